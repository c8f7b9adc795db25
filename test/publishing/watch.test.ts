import { watch } from '../../src/publishing/index.ts'
import { DAY, gone, HOUR, MINUTE, sent } from './broken.ts'
import { type House, letter, openHouse, running, watchFor } from './house.ts'

async function watchOf(house: House, mailing: number, path = '/report') {
  const found = (await house.ledger.linkLines({ mailing })).find((w) => w.href === house.site.url(path))
  if (!found) throw new Error(`${path} is not watched`)
  return found
}

test('a page that goes is alive, failing, alert and dead in that order, and not before four looks over two hours', async () => {
  await using house = await openHouse()
  const mailing = await sent(house)
  await watchFor(house, 20 * MINUTE)
  expect(await watchOf(house, mailing)).toMatchObject({ state: 'alive', looks: 4 })
  house.site.set('/report', gone)
  const seen: [string, number][] = []
  const from = house.clock.at
  while (house.clock.at - from < 4 * HOUR) {
    await watchFor(house, 5 * MINUTE)
    const { state } = await watchOf(house, mailing)
    if (seen.at(-1)?.[0] !== state) seen.push([state, house.clock.at])
  }
  expect(seen.map(([state]) => state)).toEqual(['alive', 'failing', 'alert', 'dead'])
  const failing = seen[1]?.[1] ?? 0
  const dead = seen[3]?.[1] ?? 0
  expect(dead - failing).toBeGreaterThanOrEqual(2 * HOUR - 5 * MINUTE)
  expect(dead - failing).toBeLessThan(2 * HOUR + 30 * MINUTE)
  expect(await watchOf(house, mailing, '/stories')).toMatchObject({ state: 'alive', cause: null })
})

test('one look that finds it alive wipes the slate', async () => {
  await using house = await openHouse()
  const mailing = await sent(house)
  house.site.set('/report', { inTurn: [gone, gone, gone, gone, gone, gone, {}, gone, gone, gone] })
  await watchFor(house, 100 * MINUTE)
  house.site.set('/report', {})
  await watchFor(house, 2 * HOUR)
  house.site.set('/report', gone)
  await watchFor(house, 3 * HOUR)
  expect((await watchOf(house, mailing)).state).not.toBe('dead')
})

test('a failing look while our own way out is closed proves nothing, however often', async () => {
  // A network that looks may not reach: nobody answers there.
  await using house = await openHouse({ env: { LOOK_REFERENCE: 'http://10.0.0.1/' } })
  const mailing = await running(house)
  for (const path of ['/report', '/stories', '/toolkit']) house.site.set(path, gone)
  await watchFor(house, HOUR)
  expect(await watchOf(house, mailing)).toMatchObject({ state: 'alive' })
  expect((await house.ledger.mailing({ id: mailing }))?.state).toBe('running')
  expect(house.logged.map(({ event }) => event)).toContain('no-way-out')
  // It was asked again all the while, not given up.
  expect(house.site.seen('/report')).toBeGreaterThan(40)
})

test('a reference that answers with any status is a way out', async () => {
  await using house = await openHouse()
  house.site.set('/', { status: 404 })
  const mailing = await sent(house)
  house.site.set('/report', gone)
  await watchFor(house, 3 * HOUR)
  expect(await watchOf(house, mailing)).toMatchObject({ state: 'dead', cause: 'not-found' })
})

test('a second job for the same slot changes nothing', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  house.site.set('/report', gone)
  house.clock.at += 5 * MINUTE
  const { link, looks } = await watchOf(house, mailing)
  await Promise.all([watch(house.tools, link), watch(house.tools, link), watch(house.tools, link)])
  await watch(house.tools, link)
  const after = await watchOf(house, mailing)
  expect(after.looks).toBe(looks + 1)
  expect(after).toMatchObject({ state: 'failing' })
  expect(await house.ledger.audits({ mailing })).toHaveLength(1)
})

test('a machine that slept for a week has looked once, and nothing is dead', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  house.site.set('/report', gone)
  house.clock.at += 7 * DAY
  const { link, looks } = await watchOf(house, mailing)
  await watch(house.tools, link)
  expect(await watchOf(house, mailing)).toMatchObject({ looks: looks + 1, state: 'failing' })
})

test('a clock that is set forward makes no link dead: its looks are still as far apart as they must be', async () => {
  await using house = await openHouse()
  const mailing = await sent(house)
  house.site.set('/report', gone)
  await watchFor(house, MINUTE)
  expect(await watchOf(house, mailing)).toMatchObject({ state: 'failing' })
  house.clock.at += 3 * DAY
  await watchFor(house, HOUR)
  const { state, looks } = await watchOf(house, mailing)
  expect([state, looks]).toEqual(['alert', expect.any(Number)])
  expect(looks).toBeLessThanOrEqual(6)
})

test('a clock that is set back by a month keeps neither the looks nor a death waiting', async () => {
  await using house = await openHouse()
  const mailing = await sent(house)
  const beat = () => house.ledger.beat({ name: 'worker', pid: 1, at: house.clock.at, note: '' })
  // The clock was a month ahead for some minutes, in which every link was looked at.
  house.clock.at += 30 * DAY
  await watchFor(house, 10 * MINUTE)
  await beat()
  house.clock.at -= 30 * DAY
  house.site.set('/report', gone)
  await watchFor(house, HOUR)
  expect(await watchOf(house, mailing)).toMatchObject({ state: 'alive' })
  await beat()
  await watchFor(house, 3 * HOUR)
  expect(await watchOf(house, mailing)).toMatchObject({ state: 'dead' })
})

test('a dead link holds the mailing that still hands it out, and says why', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  house.site.set('/report', gone)
  await watchFor(house, 10 * MINUTE)
  expect(await house.ledger.mailing({ id: mailing })).toMatchObject({
    state: 'held',
    stateWhy: `${house.site.url('/report')} is dead`,
  })
})

test('two mailings with one link share the look and are judged each from its own publication', async () => {
  await using house = await openHouse()
  const first = await sent(house)
  house.site.set('/report', gone)
  await watchFor(house, HOUR)
  house.site.set('/report', {})
  const second = await sent(house)
  house.site.set('/report', gone)
  const before = house.site.seen('/report')
  await watchFor(house, 5 * MINUTE)
  expect(house.site.seen('/report') - before).toBeLessThanOrEqual(3)
  expect((await watchOf(house, second)).state).not.toBe('dead')
  expect((await watchOf(house, second)).state).not.toBe('alive')
  expect((await watchOf(house, first)).state).not.toBe('alive')
})

test('the watch of a link ends with its day', async () => {
  await using house = await openHouse()
  const day = new Date(house.clock.at + 2 * DAY).toISOString().slice(0, 10)
  const mailing = await sent(house, letter(house, `links:\n  ${house.site.url('/report')}: { until: ${day} }\n`))
  await watchFor(house, 4 * DAY)
  house.site.set('/report', gone)
  await watchFor(house, 10 * DAY)
  expect(await watchOf(house, mailing)).toMatchObject({ state: 'alive', dueAt: null })
})
