/**
 * The worker: a process that does what is due. `gll serve` starts it and tells it over IPC where Redis and the relay
 * are; it ends when that channel closes, however its parent ended. SIGTERM drains in order, a second one leaves at once.
 */
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { readConfig } from '../src/config.ts'
import { makeApart } from '../src/edition/index.ts'
import { keepGeneration, type OpenTools, openTools, seeToReturns, tendConsent } from '../src/publishing/index.ts'
import { type Chores, openChores } from './chores.ts'
import { type DecisionJob, decisions, runDecision } from './decisions.ts'
import { type ChunkJob, deliveries, runChunk } from './deliveries.ts'
import { type EventsJob, events, runEvents } from './events.ts'
import { openLog } from './log.ts'
import { type LookJob, looks, runLook } from './looks.ts'
import { type Meters, openMeters } from './meters.ts'
import { openPermits } from './permits.ts'
import { type ProofJob, proofs, runProof } from './proofs.ts'
import { connect, type Place, PREFIX } from './redis.ts'
import { type ReportsJob, reports, runReports } from './reports.ts'
import { EVERY, type Queues, tick } from './tick.ts'

/** What the parent tells the worker. */
export interface Orders {
  readonly redis: Place
  /** Where mail goes while SMTP_URL is unset. */
  readonly smtpUrl: string
  /** The name it claims chunks under, so that its parent can free them when it died. Unique among all workers. */
  readonly owner?: string
  /** Milliseconds that a chunk stays its own after the last sign of life; a minute unless said. */
  readonly leaseMs?: number
}

/** A drain that takes longer leaves: what is in hand is found by its lease. Milliseconds. */
const DRAIN_WITHIN = 30_000
const CLOSE_WITHIN = 1_000
/**
 * A job that a dead worker had taken and not claimed yet keeps its name, so the tick cannot add it again: another takes
 * it so long after. One too many finds its chunk claimed, so this may be short. Milliseconds.
 */
const JOB_LOCKED = 10_000
const BEAT_EVERY = 1_000
const TEND_EVERY = 3_600_000

process.once('message', (orders: Orders) => {
  work(orders).then(
    () => leave(0),
    (error) => {
      console.error(error instanceof Error ? (error.stack ?? error.message) : error)
      leave(1)
    },
  )
})
process.send?.({ ready: true })

function leave(code: number): never {
  process.exit(code)
}

async function work(orders: Orders): Promise<void> {
  const config = readConfig()
  const log = openLog(config.logLevel)
  const meters = openMeters()
  const end = endAsked()
  const redis = connect(orders.redis, { enableOfflineQueue: false })
  const stopping = (): boolean => end.asked
  const permits = openPermits({ config, redis, ledger: () => tools.ledger, now: Date.now, stopping })
  await using tools = await openTools(config, {
    smtpUrls: config.smtpUrls.length > 0 ? config.smtpUrls : [orders.smtpUrl],
    make: makeApart,
    permit: permits,
    stopping,
    log: (event, facts) => log.info(facts ?? {}, event),
  })
  // Before the first chunk can be claimed: a restored ledger must not hand out what has left.
  await keepGeneration(tools)
  const queues = openQueues(redis)
  const hands = new Hands()
  const workers = openWorkers(meters.around(tools), orders, { lanes: config.lanes, soon: end.wake }, hands)
  for (const worker of workers) {
    worker.on('failed', (job, error) => log.error({ job: job?.id, error: error.message }, 'job-failed'))
    worker.on('error', (error) => log.debug({ error: error.message }, 'worker-error'))
  }
  log.info({ lanes: config.lanes }, 'worker-started')
  const chores = openChores({ log: tools.log, count: meters.failed })
  await ticking(tools, queues, { lanes: config.lanes, tell: tellsParent(meters, queues), chores }, end)
  log.info('worker-draining')
  await drained(workers, hands)
  await permits.close().catch(() => {})
  await tools.ledger.beat({ name: 'worker', pid: process.pid, at: 0, note: '' })
  redis.disconnect()
}

/** Ticks until the end is asked for, and keeps the heartbeat that `gll status` reads. */
async function ticking(
  tools: OpenTools,
  queues: Queues,
  { lanes, tell, chores }: { lanes: number; tell: () => void; chores: Chores },
  end: Ending,
): Promise<void> {
  let lastBeat = 0
  let lastTended = 0
  let lastNote = ''
  while (!end.asked) {
    const note = await chores('tick', () => tick(tools, queues, lanes))
    const now = tools.now()
    if (now - lastBeat >= BEAT_EVERY || note !== lastNote) {
      lastBeat = now
      lastNote = note
      tell()
      await chores('generation', () => keepGeneration(tools))
      await chores('returns', () => seeToReturns(tools, { mailing: null }, tools.receivers.hardIn))
      await chores('receivers', () => tools.receivers.refresh())
      await chores('heartbeat', () => tools.ledger.beat({ name: 'worker', pid: process.pid, at: now, note }))
    }
    if (now - lastTended >= TEND_EVERY) {
      lastTended = now
      await chores('consent', () => tendConsent(tools))
    }
    await end.within(EVERY)
  }
}

/** Tells the parent what was counted, for its pages. Redis may be away and the answer long in coming: one at a time. */
function tellsParent(meters: Meters, queues: Queues): () => void {
  let telling = false
  return () => {
    if (telling || !process.connected) return
    telling = true
    const told = meters.read(queues).then((metrics) => process.send?.({ metrics }, () => {}))
    const over = (): void => {
      telling = false
    }
    told.then(over, over)
  }
}

function openQueues(redis: Redis): Queues {
  const options = { connection: redis, prefix: PREFIX }
  const queues = {
    deliveries: new Queue<ChunkJob>(deliveries.name, options),
    looks: new Queue<LookJob>(looks.name, options),
    decisions: new Queue<DecisionJob>(decisions.name, options),
    proofs: new Queue<ProofJob>(proofs.name, options),
    reports: new Queue<ReportsJob>(reports.name, options),
    events: new Queue<EventsJob>(events.name, options),
  }
  for (const queue of Object.values(queues)) queue.on('error', () => {})
  return queues
}

function openWorkers(
  tools: OpenTools,
  orders: Orders,
  { lanes, soon }: { lanes: number; soon: () => void },
  hands: Hands,
): Worker[] {
  const options = () => ({
    connection: connect(orders.redis),
    prefix: PREFIX,
    removeOnComplete: { count: 0 },
    lockDuration: JOB_LOCKED,
    stalledInterval: JOB_LOCKED / 2,
  })
  const { owner = `${hostname()} ${process.pid}`, leaseMs } = orders
  const claim = { owner, ...(leaseMs === undefined ? {} : { leaseMs }) }
  return [
    new Worker<ChunkJob>(deliveries.name, hands.around(runChunk(tools, claim)), { ...options(), concurrency: lanes }),
    new Worker<ProofJob>(proofs.name, hands.around(runProof(tools)), { ...options(), concurrency: proofs.concurrency }),
    new Worker<EventsJob>(events.name, hands.around(runEvents(tools)), {
      ...options(),
      concurrency: events.concurrency,
    }),
    new Worker<ReportsJob>(reports.name, hands.around(runReports(tools)), {
      ...options(),
      concurrency: reports.concurrency,
    }),
    new Worker<LookJob>(looks.name, hands.around(runLook(tools)), { ...options(), concurrency: looks.concurrency }),
    new Worker<DecisionJob>(decisions.name, hands.around(runDecision(tools, { lanes, soon })), {
      ...options(),
      concurrency: decisions.concurrency,
    }),
  ]
}

/** The jobs in hand. BullMQ knows them too, but tells nobody while Redis is away. */
class Hands {
  readonly #jobs = new Set<Promise<unknown>>()

  around<J>(run: (job: J) => Promise<void>): (job: J) => Promise<void> {
    return async (job) => {
      const done = run(job)
      this.#jobs.add(done)
      await done.finally(() => this.#jobs.delete(done))
    }
  }

  async empty(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.allSettled(this.#jobs)
  }
}

/**
 * BullMQ's close waits for the jobs in hand, and for ever while Redis is away. Once nothing has been in hand for a
 * moment, it can only be Redis that it waits for.
 */
async function drained(workers: readonly Worker[], hands: Hands): Promise<void> {
  const closed = Promise.allSettled(workers.map((worker) => worker.close())).then(() => hands.empty())
  const late = wait(DRAIN_WITHIN, undefined, { ref: false })
  await Promise.race([closed, hands.empty().then(() => wait(CLOSE_WITHIN)), late])
}

interface Ending {
  asked: boolean
  /** Resolves after so many milliseconds, or as soon as the end is asked for or somebody wakes it. */
  within(ms: number): Promise<void>
  wake(): void
}

function endAsked(): Ending {
  let wake = (): void => {}
  /** Woken while nobody waited: who waits next does not. */
  let awake = false
  const ending: Ending = {
    asked: false,
    within: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          awake = false
          clearTimeout(timer)
          resolve()
        }
        if (ending.asked || awake) wake()
      }),
    wake: () => {
      awake = true
      wake()
    },
  }
  const ask = (): void => {
    if (ending.asked) leave(1)
    ending.asked = true
    wake()
  }
  process.on('SIGTERM', ask)
  // Ctrl-C reaches the whole group; the parent asks us in order, so it alone counts.
  process.on('SIGINT', () => {})
  process.on('disconnect', ask)
  return ending
}
