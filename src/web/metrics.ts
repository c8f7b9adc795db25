/** What runs, as Prometheus reads it: the ledger's sums, and what the worker of this host counts. No address is in it. */
import { AggregatorRegistry, Gauge, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client'

/** A worker's own metrics, as prom-client gives them between processes. */
export type WorkerMetrics = MetricObjectWithValues<MetricValue<string>>[]

export interface MetricsTools {
  readonly now: () => number
  readonly facts: () => Promise<{
    readonly deliveries: Readonly<Record<string, number>>
    readonly mailings: Readonly<Record<string, number>>
    readonly leased: number
    readonly resting: number
    readonly due: Readonly<Record<string, { readonly count: number; readonly oldest: number | null }>>
  }>
  /** When a worker was last heard of, in milliseconds since the epoch; null: never. `waits`: something stands in its way. */
  readonly heartbeat: () => Promise<{ readonly at: number; readonly waits: boolean } | null>
  /** Null until the worker of this host has told. */
  readonly worker: () => WorkerMetrics | null
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

export async function metricsOf(tools: MetricsTools): Promise<string> {
  const register = new Registry()
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [register] })
  const { deliveries, mailings, leased, resting, due } = await tools.facts()
  const now = tools.now()
  const byState = gauge('gll_deliveries', 'Deliveries by state', ['state'])
  for (const [state, n] of Object.entries(deliveries)) byState.set({ state }, n)
  const mailing = gauge('gll_mailings', 'Mailings by state', ['state'])
  for (const [state, n] of Object.entries(mailings)) mailing.set({ state }, n)
  gauge('gll_chunks_leased', 'Chunks that a lane has, over all workers').set(leased)
  gauge('gll_receivers_resting', 'Receivers that refused too much and get no mail of mailings for now').set(resting)
  const depth = gauge('gll_due', 'What is due and waits: chunks, looks, mailings', ['what'])
  const oldest = gauge('gll_oldest_due_seconds', 'Since when the first of them is due', ['what'])
  for (const [what, one] of Object.entries(due)) {
    depth.set({ what }, one.count)
    oldest.set({ what }, one.oldest === null ? 0 : Math.max(0, now - one.oldest) / 1_000)
  }
  const beat = await tools.heartbeat()
  gauge('gll_worker_heard_seconds', 'Since when no worker was heard of; -1: never').set(
    beat === null || beat.at === 0 ? -1 : (now - beat.at) / 1_000,
  )
  gauge('gll_worker_waits', 'Something stands in its way, such as a Redis that is away').set(beat?.waits ? 1 : 0)
  const own = tools.worker()
  const workers = own === null ? '' : await AggregatorRegistry.aggregate([own]).metrics()
  return `${await register.metrics()}\n${workers}`
}
