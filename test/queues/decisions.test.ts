/** Decisions beside each other: about several mailings at once, about one of them one at a time. */
import { runDecision } from '../../queues/decisions.ts'
import { publish } from '../../src/publishing/index.ts'
import { checked, type House, LANES, letter, openHouse, received } from '../publishing/house.ts'
import { openRedis } from '../support/redis.ts'
import { startWorker, until } from './running.ts'

const MINUTE = 60_000

/** A mailing that was given this very moment: it is judged again before it begins. */
async function givenATime(house: House, subject: string, page: string): Promise<number> {
  house.site.set(page, {})
  const text = letter(house)
    .replace('Two new reports', subject)
    .replaceAll(house.site.url('/report'), house.site.url(page))
  const edition = await checked(house, text)
  const dueAt = house.clock.at + 2 * MINUTE
  return (await publish(house.tools, edition, { list: 'members', expect: 4, dueAt, lanes: LANES })).mailing
}

const stateOf = async (house: House, id: number) => (await house.ledger.mailing({ id }))?.state

test('while a slow page keeps the gate of one mailing waiting, another begins and everybody has it', async () => {
  await using house = await openHouse()
  house.clock.at -= 3 * MINUTE
  const slow = await givenATime(house, 'A slow one', '/slow')
  const quick = await givenATime(house, 'A quick one', '/quick')
  house.site.set('/slow', { silent: true })
  await using redis = await openRedis()
  await using worker = startWorker(house, redis, { LOOK_ALLOW: '127.0.0.0/8', LOOK_PER_HOST: '8' })
  await until(async () => (await stateOf(house, quick)) === 'done')
  expect([house.site.seen('/slow') > 0, await stateOf(house, slow)]).toEqual([true, 'scheduled'])
  expect(received(house, 'A quick one')).toHaveLength(4)
  expect(received(house, 'A slow one')).toEqual([])
  worker.child.kill('SIGKILL')
})

test('two decisions about one mailing are never in hand at once: the second is left to the next tick', async () => {
  await using house = await openHouse()
  const mailing = await givenATime(house, 'One', '/one')
  house.clock.at += 2 * MINUTE
  const run = runDecision(house.tools, { lanes: LANES, soon: () => {} })
  const before = house.site.seen('/one')
  house.site.set('/one', { wait: 200 })
  await Promise.all([run({ data: { start: mailing } }), run({ data: { start: mailing } })])
  expect(house.site.seen('/one') - before).toBe(1)
  expect(await stateOf(house, mailing)).toBe('running')
  // What failed is not in hand any more.
  const away = { ...house.tools, looker: { ...house.tools.looker, look: () => Promise.reject(new Error('away')) } }
  const other = await givenATime(house, 'Two', '/two')
  house.clock.at += 2 * MINUTE
  const runAway = runDecision(away, { lanes: LANES, soon: () => {} })
  for (let n = 0; n < 2; n += 1) await expect(runAway({ data: { start: other } })).rejects.toThrow('away')
})
