/** The rates as the receiver sees them, over two workers and one Redis. */
import { addPeople, type House, openHouse, person, publishDue, received, rowsByState } from '../publishing/house.ts'
import { openRedis } from '../support/redis.ts'
import { isDone, startWorker, until } from './running.ts'

const slow = (n: number): string => `reader${n}@slow.test`

async function addSlow({ tools }: House, people: number): Promise<void> {
  await addPeople(
    tools,
    Array.from({ length: people }, (_, at) => person(tools, slow(at + 1))),
  )
}

test('a domain has no more than its rate, and keeps nobody else waiting', async () => {
  await using house = await openHouse({ people: 0 })
  await addSlow(house, 12)
  await addPeople(
    house.tools,
    Array.from({ length: 60 }, (_, at) => person(house.tools, `r${at}@fast.test`)),
  )
  await using redis = await openRedis()
  const mailing = await publishDue(house)
  const env = { DOMAIN_RATES: 'slow.test+slow.example=4/1s' }
  await using _one = startWorker(house, redis, env)
  await using _two = startWorker(house, redis, env)
  await until(() => isDone(house, mailing))
  const { messages } = house.sink
  expect(new Set(received(house)).size).toBe(72)
  expect(messages).toHaveLength(72)
  const at = messages.filter(({ to }) => to[0]?.endsWith('@slow.test')).map((message) => message.at)
  const lastFast = Math.max(...messages.filter(({ to }) => to[0]?.endsWith('@fast.test')).map((message) => message.at))
  expect(at).toHaveLength(12)
  // 11 gaps of 250 ms.
  expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(11 * 250 * 0.9)
  // The slow ones stand first in the list: had they been waited for, the others would have come last.
  expect(at.filter((one) => one > lastFast).length).toBeGreaterThan(4)
})

test('a quota holds over two workers, a Redis that forgets everything, and a worker that is started again', async () => {
  await using house = await openHouse({ people: 60 })
  await using redis = await openRedis()
  const mailing = await publishDue(house)
  const env = { DAILY_QUOTA: '35' }
  {
    await using _one = startWorker(house, redis, env)
    await using _two = startWorker(house, redis, env)
    await until(() => received(house).length >= 10)
    await redis.flush()
    await until(() => received(house).length >= 35)
  }
  {
    await using _third = startWorker(house, redis, env)
    await until(async () => (await house.ledger.heartbeat({ name: 'worker' }))?.at !== 0)
    await redis.flush()
    await until(async () => (await house.ledger.dueChunks({ now: Date.now(), limit: 1 })).length === 0)
  }
  expect(received(house)).toHaveLength(35)
  expect(new Set(received(house)).size).toBe(35)
  expect(rowsByState(house.path, mailing)).toEqual({ accepted: 35, pending: 25 })
})
