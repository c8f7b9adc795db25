/** What the team is told where too much comes back: of a mailing, or from one receiver. */
import type { NoticeStart } from '../../ledger/index.ts'
import { capital, code, grouped, list, named, type Of, plainly, safe, subjectOf } from './words.ts'

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

export const complaintsTopic = (mailing: number): string => `complaints ${mailing}`

/** Told once a mailing, which goes on. `share`: such as `4 of 2,000 (0.2 %)`. */
export function manyComplain(of: { mailing: Of; share: string }): NoticeStart {
  const { id } = of.mailing
  return {
    topic: complaintsTopic(id),
    kind: 'returns',
    mailing: id,
    link: null,
    subject: subjectOf(`Many complain of mailing ${id}`),
    body: [
      `${capital(named(of.mailing))}: ${of.share} called it spam. It goes on; past three in a thousand it is held.`,
      'Receivers want less than one in a thousand. Whoever complains gets no more mail from us. Find out what they did not expect: how they came onto the list, how often it writes, how easily one leaves it.',
      list([`To see what came back, type ${code(`gll status ${id}`)}.`]),
    ].join('\n\n'),
    facts: { share: of.share },
    remind: false,
  }
}

/** Told anew each time that this receiver comes to rest: the moment stands in its topic. */
export function receiverRests(of: { receiver: string; why: string; now: number }): NoticeStart {
  const { receiver, why, now } = of
  return {
    topic: `receiver ${receiver} ${now}`,
    kind: 'receiver',
    mailing: null,
    link: null,
    subject: subjectOf(`Mail to ${plainly(receiver)} rests: it refuses too much of it`),
    body: [
      `Of mail to ${code(receiver)}, ${safe(why)}. Mail of all mailings to it rests until somebody lets it go on; other receivers get theirs.`,
      'Who goes on against such refusals is trusted less each time. Find out why first: what it replied stands in the record of each of its people (`gll who ADDRESS`), and `gll doctor` examines SPF, DKIM, DMARC and the relay. Mail that waits expires in time like any other.',
      list([`To let it go on, type ${code(`gll resume --receiver ${receiver}`)}.`]),
    ].join('\n\n'),
    facts: { receiver, why },
    remind: true,
  }
}
