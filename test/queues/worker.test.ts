/** The clockwork: workers as processes of their own, a real Redis that is flushed, killed and brought back. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { counts, openHouse, publishDue, received, rowsByState } from '../publishing/house.ts'
import { openRedis } from '../support/redis.ts'
import { isDone, startWorker, until } from './running.ts'

test('two workers share one mailing, and one pace between them: nobody has it twice, and never faster than RATE', async () => {
  await using house = await openHouse({ people: 60 })
  await using redis = await openRedis()
  const mailing = await publishDue(house)
  await using _one = startWorker(house, redis, { RATE: '30' })
  await using _two = startWorker(house, redis, { RATE: '30' })
  await until(() => isDone(house, mailing))
  expect(received(house)).toHaveLength(60)
  expect(new Set(received(house)).size).toBe(60)
  expect(await counts(house, mailing)).toEqual({ accepted: 60 })
  const at = house.sink.messages.map((message) => message.at)
  // 59 gaps at 30 a second; the receiver's clock begins with the first.
  expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan((59 / 30) * 1_000 * 0.9)
})

test('without Redis no mail leaves that was not begun, the heartbeat says why, and all of it goes when it is back', async () => {
  await using house = await openHouse({ people: 20 })
  await using redis = await openRedis()
  await using worker = startWorker(house, redis, { LOG_LEVEL: 'info' })
  const note = async () => (await house.ledger.heartbeat({ name: 'worker' }))?.note ?? null
  await until(async () => (await note()) === '')
  // What it does beside its jobs may fail all the time: that is told once, counted, and ends nothing.
  const file = join(house.config.dataDir, 'generation.json')
  rmSync(file)
  mkdirSync(file)
  await redis.kill()
  const mailing = await publishDue(house)
  await until(async () => (await note()) !== '')
  expect(received(house)).toEqual([])
  await redis.restart()
  await until(() => isDone(house, mailing))
  await until(async () => (await note()) === '')
  expect(await counts(house, mailing)).toEqual({ accepted: 20 })
  expect(new Set(received(house)).size).toBe(20)
  await until(() => worker.counted('gll_chore_faults_total') >= 3)
  const faults = worker.logged().filter(({ msg }) => msg === 'chore-failed')
  expect(faults.filter(({ chore }) => chore === 'generation')).toMatchObject([
    { why: expect.stringContaining('EISDIR') },
  ])
  expect(faults.filter(({ chore }) => chore === 'tick').length).toBeGreaterThan(0)
})

test('flushed again and again while it sends, it forgets nobody and repeats nobody', async () => {
  await using house = await openHouse({ people: 200, sink: { dot: { delay: 20 } } })
  await using redis = await openRedis()
  const mailing = await publishDue(house)
  await using _worker = startWorker(house, redis)
  for (let last = 0; !(await isDone(house, mailing)); await wait(20)) {
    if (received(house).length < last + 20) continue
    last = received(house).length
    await redis.flush()
  }
  expect(received(house)).toHaveLength(200)
  expect(new Set(received(house)).size).toBe(200)
  expect(rowsByState(house.path, mailing)).toEqual({ accepted: 200 })
})

test('it ends in order when its parent has gone, and what is left waits', async () => {
  await using house = await openHouse({ people: 60, sink: { dot: { delay: 100 } } })
  await using redis = await openRedis()
  const mailing = await publishDue(house)
  await using worker = startWorker(house, redis)
  await until(() => received(house).length >= 4)
  worker.child.disconnect()
  expect(await worker.exited).toBe(0)
  const { accepted = 0, ...rest } = await counts(house, mailing)
  expect(accepted).toBe(received(house).length)
  expect(rest).toEqual({ pending: 60 - accepted })
  expect(await house.ledger.heartbeat({ name: 'worker' })).toMatchObject({ at: 0 })
})

test('it ends in order while Redis is away, too', async () => {
  await using house = await openHouse({ people: 60, sink: { dot: { delay: 100 } } })
  await using redis = await openRedis()
  const mailing = await publishDue(house)
  await using worker = startWorker(house, redis)
  await until(() => received(house).length >= 4)
  await redis.kill()
  worker.child.kill('SIGTERM')
  const asked = Date.now()
  expect(await worker.exited).toBe(0)
  // In half the time that a drain may last at most: it did not wait for Redis.
  expect(Date.now() - asked).toBeLessThan(15_000)
  const { accepted = 0, ...rest } = await counts(house, mailing)
  expect(accepted).toBe(received(house).length)
  expect(rest).toEqual({ pending: 60 - accepted })
})
