/** What the team is told of a mailing that the watch holds, and of its going on. */
import type { Mailing, NoticeStart } from '../../ledger/index.ts'
import { capital, code, grouped, type Link, list, named, type Of, plainly, safe, subjectOf } from './words.ts'

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
      `${capital(named(of.mailing))} is held, because ${of.links.map(({ href }) => code(plainly(href))).join(', ')} fails. ${grouped(of.handed)} people were handed it before, and ${grouped(of.waiting)} wait.`,
      `${because} You are reminded daily for a week, then weekly.`,
      list([
        ...(of.why === 'corrigendum'
          ? []
          : [
              `To replace the link for those who wait, and go on, type ${code(correct)}.`,
              `To take the link out, and go on, type ${code(remove)}.`,
            ]),
        `To let it go on once the link lives again, type ${code(`gll resume ${id}`)}.`,
        `To end the mailing, type ${code(`gll cancel ${id}`)}.`,
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
      : `Those who waited get a corrected edition. The ${grouped(of.handed)} who were handed the earlier one get a corrigendum if the link stays dead.`
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
