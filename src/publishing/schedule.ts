/**
 * A mailing that was given a time: when the time comes its links are looked at once more, for the gate's word is a day
 * old at most when the first body leaves; and a time that passed while nothing ran asks instead of sending. A letter
 * whose time comes in quiet hours leaves when they end.
 */
import type { Mailing } from '../ledger/index.ts'
import { someReaders } from './again.ts'
import { certify } from './certificate.ts'
import { gate } from './check.ts'
import { isForList } from './head.ts'
import { quietUntil } from './hours.ts'
import { start } from './prove.ts'
import type { Tools } from './tools.ts'

type ScheduleTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'tokens' | 'now' | 'log'>

/** A mailing published so much before its time was given a time. Milliseconds. */
const AHEAD = 60_000
/** A time that passed so long ago passed while nothing ran. Milliseconds. */
const LATE = 15 * 60_000

/** The undo window is no time that was given: a mailing that waited it out while nothing ran leaves all the same. */
export const wasGivenATime = (
  mailing: Pick<Mailing, 'publishedAt' | 'dueAt' | 'startedAt' | 'kind'>,
  { undoWindow }: Pick<Tools['config'], 'undoWindow'>,
): boolean =>
  mailing.kind === 'announcement' &&
  mailing.startedAt === null &&
  mailing.publishedAt !== null &&
  mailing.dueAt - mailing.publishedAt > AHEAD + undoWindow

/** Quiet hours are for letters to lists: a notice to the team or a mail to one is waited for. */
export const isQuietFor = (tools: Pick<Tools, 'config'>, kind: Mailing['kind'], now: number): number | null =>
  isForList(kind) ? quietUntil(tools.config.quietHours, now) : null

/** Its time has come: judged again, then started, or held with the reason. Safe to run twice. */
export async function startOnTime(tools: ScheduleTools, id: number): Promise<void> {
  const { ledger } = tools
  const mailing = await ledger.mailing({ id })
  if (mailing?.state !== 'scheduled') return
  const now = tools.now()
  if (now - (isQuietFor(tools, mailing.kind, mailing.dueAt) ?? mailing.dueAt) > LATE) {
    await ledger.hold({ mailing: id, why: `its time passed while nothing ran; to send it now: gll resume ${id}` })
    return tools.log('time-passed', { mailing: id })
  }
  const edition = await ledger.edition({ id: mailing.edition })
  const checked = await gate(tools, edition, { readers: await someReaders(tools, mailing) })
  if ('refused' in checked) {
    const faults = checked.refused.faults.map((fault) => `${fault.link ?? fault.excerpt}: ${fault.why}`)
    await ledger.hold({ mailing: id, why: `the gate refuses it now: ${faults.slice(0, 3).join('; ')}` })
    return tools.log('refused-on-time', { mailing: id, faults: faults.length })
  }
  await certify(tools, checked)
  await start(tools, id)
}
