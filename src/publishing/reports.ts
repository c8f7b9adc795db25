/** What has come to BOUNCE_MAILBOX: each message is taken as `gll bounce` takes it, once it is on disk it is moved. */
import { openReports, type Taken } from '../mail/index.ts'
import { takeBounce } from './bounce.ts'
import type { Tools } from './tools.ts'

type ReportTools = Pick<Tools, 'config' | 'ledger' | 'tokens' | 'now' | 'log' | 'stopping'>

/** Milliseconds between two looks into the mailbox, over all hosts. */
const POLL_EVERY = 60_000
const BEAT = 'bounce-mailbox'

/** Whether it is time to look again; the ledger keeps when that was, so that several hosts take turns. */
export async function areReportsDue(tools: Pick<Tools, 'config' | 'ledger' | 'now'>): Promise<boolean> {
  if (tools.config.bounceMailbox === null) return false
  const last = await tools.ledger.heartbeat({ name: BEAT })
  return tools.now() - (last?.at ?? 0) >= POLL_EVERY
}

/** Looks once. A mailbox that is closed is told in the log and in the heartbeat, and asked again next time. */
export async function takeReports(tools: ReportTools): Promise<number> {
  const { bounceMailbox } = tools.config
  if (bounceMailbox === null) return 0
  const beat = (note: string) => tools.ledger.beat({ name: BEAT, pid: process.pid, at: tools.now(), note })
  await beat('')
  const mailbox = openReports(bounceMailbox)
  const { taken, why } = await mailbox.poll((raw) => takeOne(tools, raw))
  if (why !== null) {
    tools.log('bounce-mailbox-closed', { why })
    await beat(why)
  }
  if (taken > 0) tools.log('reports-taken', { taken })
  return taken
}

async function takeOne(tools: ReportTools, raw: Buffer): Promise<Taken> {
  if (tools.stopping()) return 'stop'
  const { report, effect } = await takeBounce(tools, raw, { who: BEAT })
  if (effect === 'early') return 'later'
  return report.kind === 'other' && effect !== 'left' ? 'aside' : 'taken'
}
