/** What the team is told of corrigenda: one that leaves, one that waits, and one that a person must decide about. */
import type { NoticeStart } from '../../ledger/index.ts'
import { code, grouped, type Link, list, named, type Of, people, plainly, safe, subjectOf, utc } from './words.ts'

/** A corrigendum is on its way, and can be stopped. `%CORRIGENDUM%` is filled in by the ledger. */
export function corrigendumLeaves(of: {
  mailing: Of
  changes: readonly { from: string; to: string | null }[]
  people: number
  at: number
}): NoticeStart {
  const many = of.people === 1 ? '1 person' : `${grouped(of.people)} people`
  return {
    topic: 'corrigendum %CORRIGENDUM%',
    kind: 'corrigendum',
    mailing: of.mailing.id,
    link: null,
    subject: subjectOf(`A corrigendum to ${many} leaves at ${utc(of.at)}`),
    body: [
      `A link in ${named(of.mailing)} is dead. A corrigendum to ${many} leaves at **${utc(of.at)}**; who left the list by then is passed over.`,
      list(
        of.changes.map(
          ({ from, to }) =>
            `${code(plainly(from))} becomes ${to === null ? 'words without a link' : code(plainly(to))}`,
        ),
      ),
      list([
        `To stop it, type ${code('gll veto %CORRIGENDUM%')}.`,
        `To see every look, type ${code(`gll links ${of.mailing.id}`)}.`,
      ]),
      'If the link lives again before, the corrigendum is not sent.',
    ].join('\n\n'),
    facts: { people: of.people, leavesAt: of.at },
    remind: false,
  }
}

/** Its own neighbours keep a corrigendum from leaving, for some hours already. Told once. */
export function corrigendumWaits(of: {
  mailing: Of
  links: readonly Link[]
  neighbours: readonly Link[]
  since: number
  /** When it is given up, and a person asked. */
  until: number
}): NoticeStart {
  const { id } = of.mailing
  const [first] = of.links
  const shown = (links: readonly Link[]): string =>
    [...new Set(links.map(({ href }) => code(plainly(href))))].join(', ')
  return {
    topic: `waits ${id} ${first?.link ?? 0} ${of.since}`,
    kind: 'waits',
    mailing: id,
    link: first?.link ?? null,
    subject: subjectOf(`A corrigendum of mailing ${id} waits`),
    body: [
      `The corrigendum for ${shown(of.links)} in ${named(of.mailing)} has not left: it repeats the letter, and there ${shown(of.neighbours)} fails just now.`,
      `It is tried again until ${utc(of.until)}, and leaves when all its links answer. One that dies meanwhile goes into the same corrigendum. Nothing is needed now.`,
      list([
        `To send it now without that link, type ${code(`gll correct ${id}${of.links.map(({ link }) => ` --link ${link}=instead`).join('')}${of.neighbours.map(({ link }) => ` --link ${link}=-`).join('')}`)}.`,
        `To see every look, type ${code(`gll links ${id}`)}.`,
      ]),
    ].join('\n\n'),
    facts: { links: of.links.length, since: of.since, until: of.until },
    remind: false,
  }
}

/** A dead link that nothing is done about by itself: told again every day until somebody decides. */
export function deadAsked(of: {
  mailing: Of
  link: Link
  since: number | null
  holders: number
  why: 'no-replacement' | 'ask' | 'corrigendum' | 'refused' | 'nobody'
  faults?: string
  known?: string | null
}): NoticeStart {
  const because = {
    'no-replacement': 'No address is known that could take its place.',
    ask: 'CORRIGENDUM=ask leaves it to you.',
    corrigendum: 'It is in a corrigendum, and those are never corrected by themselves.',
    refused: `The gate refused its corrigendum: ${safe(plainly(of.faults ?? ''))}.`,
    nobody: 'Nobody holds a copy yet, and the mailing is held.',
  }[of.why]
  const { id } = of.mailing
  return {
    topic: `asked ${id} ${of.link.link} ${of.why} ${of.since ?? 0}`,
    kind: of.why === 'refused' ? 'refused' : 'asked',
    mailing: id,
    link: of.link.link,
    subject: subjectOf(`A link in mailing ${id} is dead: what should take its place?`),
    body: [
      `The link ${code(plainly(of.link.href))} in ${named(of.mailing)} is dead${of.since === null ? '' : `: it fails since ${utc(of.since)}`}. ${people(of.holders)}.`,
      `${because} Nothing is sent until somebody decides; you are reminded daily for a week, then weekly.`,
      list([
        ...(of.known
          ? [
              `To send readers to ${code(plainly(of.known))}, type ${code(`gll correct ${id} --link ${of.link.link}=instead`)}.`,
            ]
          : []),
        `To send readers elsewhere, type ${code(`gll correct ${id} --link ${of.link.link}=NEW-ADDRESS`)}.`,
        `To withdraw the link, type ${code(`gll correct ${id} --link ${of.link.link}=-`)}.`,
        `Add ${code('--dry-run')} to see the corrigendum and who would get it.`,
      ]),
    ].join('\n\n'),
    facts: { link: of.link.href, since: of.since, holders: of.holders, why: of.why },
    remind: true,
  }
}

/** Too late for mail: the web copy is corrected. */
export function webCorrected(of: {
  mailing: Of
  link: Link
  to: string | null
  holders: number
  age: number
}): NoticeStart {
  const { id } = of.mailing
  return {
    topic: `web ${id} ${of.link.link} %CORRIGENDUM%`,
    kind: 'web',
    mailing: id,
    link: of.link.link,
    subject: subjectOf(`A link in mailing ${id} is dead; its web copy is corrected`),
    body: [
      `The link ${code(plainly(of.link.href))} in ${named(of.mailing)} is dead. ${people(of.holders)}. The mailing is ${Math.floor(of.age / 86_400_000)} days old, so no corrigendum goes by itself.`,
      `Its web copy ${of.to === null ? 'shows the words without the link' : `leads to ${code(plainly(of.to))}`} now.`,
      list([
        `To write to its holders all the same, type ${code(`gll correct ${id} --link ${of.link.link}=${of.to === null ? '-' : 'instead'}`)}.`,
      ]),
    ].join('\n\n'),
    facts: { link: of.link.href, holders: of.holders },
    remind: false,
  }
}
