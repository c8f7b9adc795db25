/**
 * The rates: RATE and DOMAIN_RATES are buckets in Redis, one pace over all workers; DAILY_QUOTA is counted in the ledger,
 * for a Redis that forgot must not let a second day's mail out. Without Redis no message leaves.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Config } from '../src/config.ts'
import type { Permits, Tools } from '../src/publishing/index.ts'
import { takeTurn } from './redis.ts'

/** A turn of a route is waited for however far it is: lanes have nothing else to do. */
const FOREVER = 1e12
/** A turn of a domain is waited for this long at most; else the chunk is given back. Milliseconds. */
const PATIENCE = 10_000
/** While it waits for a turn, a lane looks so often whether the program is to end. Milliseconds. */
const LOOK_UP = 250
/** Taken from the ledger at a time, of a quota: what a worker that is killed may cost, or one that is idle keep back. */
const takenAtOnce = (limit: number): number => Math.max(1, Math.min(25, Math.floor(limit / 100)))
/** A quota that is used up is asked for again after so long at the latest: somebody may have given some back. */
const ASK_AGAIN = 15 * 60_000

export interface OpenPermits extends Permits {
  /** Gives back what was taken ahead. */
  close(): Promise<void>
}

export function openPermits(of: {
  readonly config: Pick<Config, 'rate' | 'dailyQuota' | 'domainRates'>
  readonly redis: Redis
  readonly ledger: QuotaOf['ledger']
  readonly now: () => number
  readonly stopping: () => boolean
}): OpenPermits {
  const { config, redis } = of
  const { rate, dailyQuota } = config
  const quotas = new Map<string, Quota>()
  const quotaOf = (route: string): Quota | null => {
    if (dailyQuota === null) return null
    const known = quotas.get(route) ?? new Quota({ ...of, route, limit: dailyQuota })
    quotas.set(route, known)
    return known
  }
  /** False: the program is to end first. */
  const waited = async (ms: number): Promise<boolean> => {
    for (let left = ms; left > 0 && !of.stopping(); left -= LOOK_UP) await wait(Math.min(left, LOOK_UP))
    return !of.stopping() || ms === 0
  }
  const route = async (name: string): Promise<number | null> => {
    const full = await quotaOf(name)?.take()
    if (full) return full
    if (rate === null || (await waited(await takeTurn(redis, `route:${name}`, rate, FOREVER)))) return null
    quotaOf(name)?.putBack()
    return of.now()
  }
  const buckets = new Map(
    config.domainRates.flatMap(({ domains, rate }) =>
      domains.map((one) => [one, { name: `domain:${domains.join('+')}`, rate }] as const),
    ),
  )
  const domain = async (name: string, patient: boolean): Promise<number | null> => {
    const bucket = buckets.get(name)
    if (!bucket) return null
    const patience = patient ? Math.min(PATIENCE, 1_000 / bucket.rate) : 0
    const ms = await takeTurn(redis, bucket.name, bucket.rate, patience)
    return ms >= 0 && (await waited(ms)) ? null : of.now() + Math.max(0, -ms)
  }
  return {
    route: rate === null && dailyQuota === null ? null : route,
    domain: buckets.size === 0 ? null : domain,
    close: async () => {
      for (const quota of quotas.values()) await quota.giveBack()
    },
  }
}

interface QuotaOf {
  /** Opened after the permits. */
  readonly ledger: () => Pick<Tools['ledger'], 'takeQuota' | 'giveBackQuota'>
  readonly now: () => number
  readonly route: string
  readonly limit: number
}

/** What this process may still use of a route's day. It lives as long as the worker, and gives the rest back. */
class Quota {
  readonly #of: QuotaOf
  #left = 0
  #hour = 0
  #fullUntil = 0
  #taking: Promise<void> | null = null

  constructor(of: QuotaOf) {
    this.#of = of
  }

  /** Null: one message is ours. Else when to ask again. */
  async take(): Promise<number | null> {
    for (;;) {
      const now = this.#of.now()
      if (now < this.#fullUntil) return this.#fullUntil
      if (this.#left > 0 && this.#hour === Math.floor(now / 3_600_000)) {
        this.#left -= 1
        return null
      }
      this.#taking ??= this.#takeMore(now).finally(() => {
        this.#taking = null
      })
      await this.#taking
    }
  }

  putBack(): void {
    this.#left += 1
  }

  async giveBack(): Promise<void> {
    const n = this.#left
    this.#left = 0
    if (n > 0) await this.#of.ledger().giveBackQuota({ route: this.#of.route, hour: this.#hour, n })
  }

  /** What is left over of an hour that is over is given back: it is that hour's, and would be free again too soon. */
  async #takeMore(now: number): Promise<void> {
    await this.giveBack()
    const { ledger, route, limit } = this.#of
    const { granted, hour, from } = await ledger().takeQuota({ route, limit, want: takenAtOnce(limit), now })
    this.#left = granted
    this.#hour = hour
    if (granted === 0) this.#fullUntil = Math.min(from, now + ASK_AGAIN)
  }
}
