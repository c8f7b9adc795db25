/** What the team is told of a mailing too much of which comes back. */
import type { NoticeStart } from '../../ledger/index.ts'
import { capital, code, grouped, list, named, type Of, safe, subjectOf } from './words.ts'

export const returnsTopic = (mailing: number): string => `returns ${mailing}`

export function tooMuchReturns(of: { mailing: Of; isHeld: boolean; why: string; waiting: number }): NoticeStart {
  const { id } = of.mailing
  const waiting = grouped(of.waiting)
  return {
    topic: returnsTopic(id),
    kind: of.isHeld ? 'held' : 'returns',
    mailing: id,
    link: null,
    subject: subjectOf(
      of.isHeld ? `Mailing ${id} is held: too much of it comes back` : `Too much of mailing ${id} came back`,
    ),
    body: [
      `${capital(named(of.mailing))}: ${safe(of.why)}. ${of.isHeld ? `It is held, and ${waiting} people wait.` : 'It had left by then.'}`,
      'Receivers judge a sender by this, and what leaves now may be refused or taken for junk. Find out why before more leaves: an old list, a relay that is not named in SPF, mail that was not asked for.',
      list([
        `To see what came back, type ${code(`gll status ${id}`)}.`,
        ...(of.isHeld
          ? [`To let it go on all the same, type ${code(`gll resume ${id}`)}: it is not held for this again.`]
          : []),
      ]),
    ].join('\n\n'),
    facts: { why: of.why, waiting: of.waiting, held: of.isHeld },
    remind: of.isHeld,
  }
}
