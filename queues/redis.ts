/** The way to Redis, and what is kept there beside the jobs: the pace of the relay. Nothing here may be missed when it is gone. */
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

// KEYS[1]: the bucket, whose `next` is when its next message may go; ARGV: ms between two messages, ms that the asker
// would wait. Gives the ms to wait, that turn being the asker's; or, below 0, how long until it is worth asking again:
// askers that are turned away are told one turn after the other, or all would come back for the same one. A bucket
// starts empty, so that a Redis that forgot everything does not let a burst out. The clock is Redis's own, which all
// workers share.
const TAKE = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gap, patience = tonumber(ARGV[1]), tonumber(ARGV[2])
local next = math.max(tonumber(redis.call('hget', KEYS[1], 'next') or now + gap), now)
if next - now <= patience then
  redis.call('hset', KEYS[1], 'next', next + gap)
  redis.call('pexpire', KEYS[1], math.ceil(next - now + gap + 60000))
  return math.ceil(next - now)
end
redis.call('hset', KEYS[1], 'next', next)
local promised = next
if patience > 0 then
  promised = math.max(tonumber(redis.call('hget', KEYS[1], 'promised') or 0), next)
  redis.call('hset', KEYS[1], 'promised', promised + gap)
end
redis.call('pexpire', KEYS[1], math.ceil(promised - now + gap + 60000))
return -math.max(1, math.ceil(promised - now))`

/**
 * Asks for the next turn in a bucket that gives `rate` turns a second over all workers. 0 or more: the turn is ours in so
 * many milliseconds; below 0: it is further away than `patience`, and worth asking for again in so many.
 */
export async function takeTurn(redis: Redis, bucket: string, rate: number, patience: number): Promise<number> {
  return Number(await redis.eval(TAKE, 1, `${PREFIX}:pace:${bucket}`, 1_000 / rate, patience))
}
