import { publish, startOnTime, wasGivenATime } from '../../src/publishing/index.ts'
import { checked, LANES, letter, openHouse } from './house.ts'

const HOUR = 3_600_000

async function scheduled() {
  const house = await openHouse()
  const edition = await checked(house, letter(house))
  const order = { list: 'members', expect: 4, dueAt: house.clock.at + 30 * HOUR, lanes: LANES }
  const { mailing } = await publish(house.tools, edition, order)
  return { house, mailing }
}

test('a mailing given a time is judged again when it comes, and leaves with a fresh certificate', async () => {
  const { house, mailing } = await scheduled()
  await using at = house
  expect(await at.ledger.dueMailings({ now: at.clock.at + 29 * HOUR })).toEqual([])
  at.clock.at += 30 * HOUR
  const [due] = await at.ledger.dueMailings({ now: at.clock.at })
  expect(due && wasGivenATime(due, at.config)).toBe(true)
  await startOnTime(at.tools, mailing)
  expect((await at.ledger.mailing({ id: mailing }))?.state).toBe('running')
})

test('one whose page died meanwhile is held, and says which', async () => {
  const { house, mailing } = await scheduled()
  await using at = house
  at.site.set('/report', { status: 404 })
  at.clock.at += 30 * HOUR
  await startOnTime(at.tools, mailing)
  const now = await at.ledger.mailing({ id: mailing })
  expect(now?.state).toBe('held')
  expect(now?.stateWhy).toContain(at.site.url('/report'))
})

test('a time that passed while nothing ran asks instead of sending', async () => {
  const { house, mailing } = await scheduled()
  await using at = house
  at.clock.at += 32 * HOUR
  await startOnTime(at.tools, mailing)
  expect(await at.ledger.mailing({ id: mailing })).toMatchObject({ state: 'held', startedAt: null })
  expect((await at.ledger.mailing({ id: mailing }))?.stateWhy).toContain(`gll resume ${mailing}`)
  await at.ledger.resume({ mailing, now: at.clock.at })
  await startOnTime(at.tools, mailing)
  expect((await at.ledger.mailing({ id: mailing }))?.state).toBe('running')
})
