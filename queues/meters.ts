/** What the worker counts for Prometheus: its lanes, what relays reply, how long a commit takes. The pages show it. */
import { Counter, Gauge, Histogram, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client'
import type { Lane } from '../src/mail/index.ts'
import type { OpenTools } from '../src/publishing/index.ts'
import type { Chore } from './chores.ts'
import type { Queues } from './tick.ts'

/** Seconds. A commit on a good disk takes one or two milliseconds, and half a lease is too late. */
const COMMITS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30]

export interface Meters {
  /** The same tools, counted: a lane's life and outcomes, the commits of hand and settle. */
  around(tools: OpenTools): OpenTools
  /** A chore of the worker failed. */
  failed(chore: Chore): void
  /** Everything, as prom-client gives it to another process. */
  read(queues: Queues): Promise<MetricObjectWithValues<MetricValue<string>>[]>
}

export function openMeters(): Meters {
  const registers = [new Registry()]
  const lanes = new Gauge({ name: 'gll_lanes', help: 'Connections to a relay that are in use', registers })
  const outcomes = new Counter({
    name: 'gll_replies_total',
    help: 'What became of a submission, by outcome and class of the reply',
    labelNames: ['outcome', 'class'],
    registers,
  })
  const commits = new Histogram({
    name: 'gll_commit_seconds',
    help: 'From asking for a hand, or giving replies, to the end of the commit',
    buckets: COMMITS,
    registers,
  })
  const faults = new Counter({
    name: 'gll_chore_faults_total',
    help: 'What the worker does beside its jobs and could not: the next round tries again',
    labelNames: ['chore'],
    registers,
  })
  const jobs = new Gauge({ name: 'gll_jobs', help: 'Jobs in Redis', labelNames: ['queue', 'state'], registers })
  return {
    around: (tools) => {
      const write: OpenTools['ledger']['write'] = async (request) => {
        const began = performance.now()
        const answer = await tools.ledger.write(request)
        commits.observe((performance.now() - began) / 1_000)
        return answer
      }
      /** Lanes in use, each with the one that it counts around. */
      const inUse = new Map<Lane, Lane>()
      const done = (counted: Lane): Lane => {
        const lane = inUse.get(counted) ?? counted
        if (inUse.delete(counted)) lanes.dec()
        return lane
      }
      const openLane: OpenTools['openLane'] = async () => {
        const lane = await tools.openLane()
        const submit: Lane['submit'] = async (envelope, message, hand) => {
          const outcome = await lane.submit(envelope, message, hand)
          outcomes.inc({ outcome: outcome.kind, class: ('class' in outcome && outcome.class) || '' })
          return outcome
        }
        const close = async (): Promise<void> => await done(counted).close()
        const counted = Object.create(lane, { submit: { value: submit }, close: { value: close } }) as Lane
        inUse.set(counted, lane)
        lanes.inc()
        return counted
      }
      const park: OpenTools['park'] = async (lane) => await tools.park(done(lane))
      // The ledger has its verbs by a proxy: only what is asked of it is there.
      return {
        ...tools,
        openLane,
        park,
        ledger: Object.create(tools.ledger, { write: { value: write } }) as typeof tools.ledger,
      }
    },
    failed: (chore) => faults.inc({ chore }),
    read: async (queues) => {
      for (const [queue, one] of Object.entries(queues)) {
        // Redis may be away: then what was known last is told.
        const counts: Record<string, number> = await one.getJobCounts('waiting', 'active').catch(() => ({}))
        for (const [state, n] of Object.entries(counts)) jobs.set({ queue, state }, n)
      }
      return await (registers[0] ?? new Registry()).getMetricsAsJSON()
    },
  }
}
