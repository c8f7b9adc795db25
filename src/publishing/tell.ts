/**
 * What the team is told, in words: a notice a fact, with the exact commands. Addresses stand without scheme, in code:
 * a notice about a dead link must not itself carry one, or its own gate would refuse it.
 */
import type { Mailing, NoticeStart, Watched } from '../ledger/index.ts'

type Of = Pick<Mailing, 'id' | 'subject'>
type Link = Pick<Watched, 'link' | 'href'>

/** A moment as the team reads it, wherever it is. */
export const utc = (ms: number): string => {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  return `${day.format(ms)} UTC`
}

/** An address that no mail reader makes a link of. */
export const plainly = (href: string): string =>
  href
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/|\b(?:mailto|tel|sms):/gi, '')
    .replace(/\bwww\d?\./gi, '')
    .replaceAll('@', ' (at) ')
    .replace(/\/$/, '')

/** In code, and nothing in it that Markdown or Handlebars would take for their own. */
const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('{{', '{ {')}\``

const named = (mailing: Of): string => `mailing ${mailing.id} (“${safe(mailing.subject)}”)`

/** Words from elsewhere in a sentence of ours. */
const safe = (text: string): string =>
  text
    .replaceAll('{{', '{ {')
    .replace(/[\\`*_[\]<>#|~]/g, (sign) => `\\${sign}`)
    .replace(/\s+/g, ' ')

const people = (n: number): string => (n === 1 ? '1 person holds it' : `${n.toLocaleString('en-GB')} people hold it`)

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')

const subjectOf = (text: string): string => text.replaceAll('{{', '{ {').slice(0, 150)

/** At ALERT_AFTER: once a run of failing looks, whatever follows. */
export function linkFails(of: {
  link: Link
  why: string
  since: number
  mailings: readonly { mailing: Of; holders: number }[]
  /** What happens next, and when at the earliest. */
  next: 'dead' | 'person' | 'host'
  deadFrom: number | null
}): NoticeStart {
  const { link, since, mailings } = of
  const holders = mailings.reduce((sum, one) => sum + one.holders, 0)
  const follows =
    of.next === 'dead'
      ? `It counts as dead if it still fails at ${utc(of.deadFrom ?? since)}; what happens then is told in another notice. Nothing is needed now.`
      : of.next === 'host'
        ? 'Its whole site fails, so nothing follows by itself: a person decides. Once the site is back, the watch goes on.'
        : 'The site turns our looks away, which says little about readers. Nothing follows by itself: open the page, and decide.'
  const body = [
    `The link ${code(plainly(link.href))} fails since ${utc(since)}. The last look says *${safe(of.why)}*.`,
    `It stands in ${mailings.map(({ mailing }) => named(mailing)).join(', ')}; ${people(holders)}.`,
    follows,
    list([
      `To see every look, type ${code(`gll links ${mailings[0]?.mailing.id ?? ''}`)}.`,
      ...mailings.map(
        ({ mailing }) =>
          `To correct mailing ${mailing.id} now, type ${code(`gll correct ${mailing.id} --link ${link.link}=NEW-ADDRESS`)}.`,
      ),
    ]),
  ].join('\n\n')
  return {
    topic: `${of.next === 'host' ? 'host' : 'alert'} ${link.link} ${since}`,
    kind: of.next === 'host' ? 'host' : 'alert',
    mailing: mailings[0]?.mailing.id ?? null,
    link: link.link,
    subject: subjectOf(`A link in mailing ${mailings[0]?.mailing.id ?? ''} fails`),
    body,
    facts: { link: link.href, why: of.why, since, holders },
    remind: false,
  }
}

/** A site of which nothing answers: told once for all its links. */
export function hostFails(of: { origin: string; links: number; since: number; why: string }): NoticeStart {
  const host = plainly(of.origin)
  return {
    topic: `host ${of.origin} ${of.since}`,
    kind: 'host',
    mailing: null,
    link: null,
    subject: subjectOf(`The site ${host} fails as a whole`),
    body: [
      `All of the ${of.links} links that we watch at ${code(host)} fail, and so does its home page. The last look says *${safe(of.why)}*.`,
      'Nothing follows by itself, because a site that is down comes back, as a rule. Once it answers, its links are judged one by one. If it is gone for good, a person decides.',
      list([`To see the mailings concerned, type ${code('gll status')}.`]),
    ].join('\n\n'),
    facts: { host: of.origin, links: of.links, since: of.since, why: of.why },
    remind: false,
  }
}

/** A corrigendum is on its way, and can be stopped. `%CORRIGENDUM%` is filled in by the ledger. */
export function corrigendumLeaves(of: {
  mailing: Of
  changes: readonly { from: string; to: string | null }[]
  people: number
  at: number
}): NoticeStart {
  const many = of.people === 1 ? '1 person' : `${of.people.toLocaleString('en-GB')} people`
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

/** A mailing that is held, and what a person can do about it. */
export function lineAsks(of: {
  mailing: Of & Pick<Mailing, 'holds'>
  links: readonly Link[]
  waiting: number
  handed: number
  why: 'no-replacement' | 'third' | 'corrigendum' | 'refused'
  faults?: string
}): NoticeStart {
  const { id, holds } = of.mailing
  const because = {
    'no-replacement':
      'No address is known that could take its place. The mailing goes on by itself if the link lives again.',
    third: 'It was held twice before, so now it waits for you.',
    corrigendum: 'It is a corrigendum, so nothing is changed in it by itself. It goes on if the link lives again.',
    refused: `The corrected edition was refused by the gate: ${safe(plainly(of.faults ?? ''))}.`,
  }[of.why]
  const [first] = of.links
  const correct = `gll correct ${id}${of.links.map(({ link }) => ` --link ${link}=NEW-ADDRESS`).join('')}`
  const remove = `gll correct ${id}${of.links.map(({ link }) => ` --link ${link}=-`).join('')}`
  return {
    topic: `held ${id} ${holds} ${of.why}`,
    kind: 'held',
    mailing: id,
    link: first?.link ?? null,
    subject: subjectOf(`Mailing ${id} is held: a link in it is dead`),
    body: [
      `${capital(named(of.mailing))} is held, because ${of.links.map(({ href }) => code(plainly(href))).join(', ')} fails. ${of.handed.toLocaleString('en-GB')} people were handed it before, and ${of.waiting.toLocaleString('en-GB')} wait.`,
      `${because} You are reminded daily for a week, then weekly.`,
      list([
        ...(of.why === 'corrigendum'
          ? []
          : [
              `To replace the link for those who wait, and go on, type ${code(correct)}.`,
              `To take the link out, and go on, type ${code(remove)}.`,
            ]),
        `To let it go on once the link lives again, type ${code(`gll resume ${id}`)}.`,
        `To end it here, type ${code(`gll cancel ${id}`)}.`,
      ]),
    ].join('\n\n'),
    facts: { link: first?.href ?? null, waiting: of.waiting, handed: of.handed, why: of.why },
    remind: true,
  }
}

/** A mailing that was held goes on. */
export function lineWentOn(of: {
  mailing: Of & Pick<Mailing, 'holds'>
  edition: number
  changes: readonly { from: string; to: string | null }[]
  handed: number
}): NoticeStart {
  const { id, holds } = of.mailing
  const how =
    of.changes.length === 0
      ? 'Its links live again, so it goes on as it was.'
      : `Those who waited get a corrected edition. The ${of.handed.toLocaleString('en-GB')} who were handed the earlier one get a corrigendum if the link stays dead.`
  return {
    topic: `went on ${id} ${holds} ${of.edition}`,
    kind: 'went-on',
    mailing: id,
    link: null,
    subject: subjectOf(`Mailing ${id} is no longer held`),
    body: [
      `${capital(named(of.mailing))} was held because of a failing link. ${how}`,
      ...(of.changes.length === 0
        ? []
        : [
            list(
              of.changes.map(
                ({ from, to }) =>
                  `${code(plainly(from))} became ${to === null ? 'words without a link' : code(plainly(to))}`,
              ),
            ),
          ]),
      list([`To follow it, type ${code(`gll status ${id}`)}.`]),
    ].join('\n\n'),
    facts: { changed: of.changes.length, handed: of.handed },
    remind: false,
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
