/** The way to Redis, and what is kept there beside the jobs: the pace of the relay. Nothing here may be missed when it is gone. */
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** Where Redis is: a URL, or the private socket of the one that `gll serve` started. */
export type Place = { readonly url: string } | { readonly socket: string; readonly password: string }

/** One hash slot for all keys, so that a Redis Cluster keeps them together. */
export const PREFIX = '{gll}'

export function connect(place: Place, more: { readonly enableOfflineQueue?: boolean } = {}): Redis {
  const options = {
    // BullMQ's blocking reads wait as long as they like.
    maxRetriesPerRequest: null,
    retryStrategy: (tries: number) => Math.min(tries * 100, 2_000),
    ...more,
  }
  const redis =
    'url' in place
      ? new Redis(place.url, options)
      : new Redis({ path: place.socket, password: place.password, ...options })
  // Without a listener a lost connection would end the process; the tick says when Redis is away.
  redis.on('error', () => {})
  return redis
}

// KEYS[1]: the bucket; ARGV: messages a second, now in ms. Gives the ms to wait. A bucket starts empty, so that a
// Redis that forgot everything does not let a burst out.
const TAKE = `
local rate = tonumber(ARGV[1]) / 1000
local now = tonumber(ARGV[2])
local next = tonumber(redis.call('get', KEYS[1]) or now + 1 / rate)
local at = math.max(next, now)
redis.call('set', KEYS[1], at + 1 / rate, 'px', 60000)
return math.ceil(at - now)`

/** One pace for a route over all workers: `rate` messages a second. Without Redis no message leaves. */
export function pace(redis: Redis, route: string, rate: number, now: () => number): () => Promise<void> {
  const key = `${PREFIX}:pace:${route}`
  return async () => {
    const ms = Number(await redis.eval(TAKE, 1, key, rate, now()))
    if (ms > 0) await wait(ms)
  }
}
