/**
 * The timetable: what the ledger says is due becomes jobs. It lives in the worker and not in Redis, whose own
 * schedulers vanish with a FLUSHALL. Adding a job that is there already changes nothing, so a tick may repeat itself.
 */
import type { Queue } from 'bullmq'
import { areReportsDue, isQuietFor, start, type Tools, wasGivenATime } from '../src/publishing/index.ts'
import { type DecisionJob, decisionJob } from './decisions.ts'
import { type ChunkJob, chunkJob } from './deliveries.ts'
import { EVENTS_JOB, type EventsJob } from './events.ts'
import { type LookJob, lookJob } from './looks.ts'
import { type ProofJob, proofJob } from './proofs.ts'
import { REPORTS_JOB, type ReportsJob } from './reports.ts'

/** Milliseconds between two looks into the ledger. */
export const EVERY = 250
/** BullMQ's `add` waits for ever while Redis is away; a tick does not. */
const ADD_WITHIN = 2_000
const LOOKS_AT_ONCE = 100

export interface Queues {
  readonly deliveries: Queue<ChunkJob>
  readonly looks: Queue<LookJob>
  readonly decisions: Queue<DecisionJob>
  readonly proofs: Queue<ProofJob>
  readonly reports: Queue<ReportsJob>
  readonly events: Queue<EventsJob>
}

// One retrier: the ledger. A job that failed is gone, and the next tick asks again.
const ONCE = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const

/** One round. Rejects when Redis is away or the ledger cannot be read: then nothing was lost, and the next round comes. */
export async function tick(tools: Tools, queues: Queues, lanes: number): Promise<void> {
  const { ledger } = tools
  const now = tools.now()
  for (const mailing of await ledger.dueMailings({ now })) {
    if (isQuietFor(tools, mailing.kind, now) !== null) continue
    if (mailing.publishedAt === null) await addDecision(queues, { address: mailing.id })
    else if (wasGivenATime(mailing, tools.config)) await addDecision(queues, { start: mailing.id })
    else await start(tools, mailing.id)
  }
  const chunks = await ledger.dueChunks({ now, limit: lanes * 2 })
  if (chunks.length > 0) {
    const jobs = chunks.map(({ chunk, epoch }) => ({
      name: 'chunk',
      data: { chunk },
      opts: { ...ONCE, jobId: chunkJob(chunk, epoch) },
    }))
    await inTime(queues.deliveries.addBulk(jobs))
  }
  const proofs = new Map((await ledger.dueProofs({ now, mailing: null })).map((p) => [p.mailing, p.dueAt]))
  for (const [mailing, dueAt] of proofs)
    await inTime(queues.proofs.add('proof', { mailing }, { ...ONCE, jobId: proofJob(mailing, dueAt) }))
  const due = new Map((await ledger.dueWatches({ now, limit: LOOKS_AT_ONCE })).map((w) => [w.link, w.dueAt ?? now]))
  for (const [link, dueAt] of due)
    await inTime(queues.looks.add('look', { link }, { ...ONCE, jobId: lookJob(link, dueAt) }))
  for (const mailing of await ledger.ripe({ quietBefore: now - tools.config.quietWindow, now })) {
    await addDecision(queues, { correct: mailing })
  }
  for (const mailing of await ledger.dueLines({ now })) await addDecision(queues, { line: mailing })
  if (await ledger.toTell({ now })) await addDecision(queues, { tell: true })
  const events = await ledger.dueEvents({ now, limit: 1 })
  if (events.length > 0) await inTime(queues.events.add('events', {}, { ...ONCE, jobId: EVENTS_JOB }))
  if (await areReportsDue(tools)) await inTime(queues.reports.add('reports', {}, { ...ONCE, jobId: REPORTS_JOB }))
  await ledger.sweepCancelled({ now })
  await ledger.parkLapsed({ now })
}

async function addDecision(queues: Queues, data: DecisionJob): Promise<void> {
  await inTime(queues.decisions.add('decision', data, { ...ONCE, jobId: decisionJob(data) }))
}

async function inTime<T>(added: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('Redis does not answer')), ADD_WITHIN).unref()
  })
  return await Promise.race([added, late])
}
