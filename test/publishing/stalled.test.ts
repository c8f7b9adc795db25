/** A corrigendum whose neighbours fail as it is made, or as it is to leave. */
import { corrigenda, gone, HOUR, linksOf, MINUTE, noticesOf, sent, watchedLink } from './broken.ts'
import { type House, insteadOfReport, letter, openHouse, reader, received } from './house.ts'
import { pass } from './turn.ts'

const all = [1, 2, 3, 4].map(reader)

/** Sent to everybody; then the report goes, and some hours pass. */
async function broken(house: House, hours: number): Promise<number> {
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  house.site.set('/report', gone)
  await pass(house, hours * HOUR)
  return mailing
}

test('a neighbour that fails as it is made keeps it waiting, and it leaves once that one answers', async () => {
  await using house = await openHouse()
  const mailing = await broken(house, 1)
  // Between two looks of the watch: the gate is the first to see it.
  await pass(house, 55 * MINUTE)
  house.site.set('/stories', gone)
  const before = house.site.seen('/stories')
  await pass(house, 30 * MINUTE)
  expect((await watchedLink(house, mailing))?.answer).toBeNull()
  house.site.set('/stories', {})
  await pass(house, 3 * HOUR)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
  // Each gate and each look of the watch is one request or two: waiting makes nobody look every minute.
  expect(house.site.seen('/stories') - before).toBeLessThan(20)
  expect(await noticesOf(house, mailing)).not.toContain('waits')
})

test('a neighbour that fails as the notice has passed puts off that very corrigendum', async () => {
  await using house = await openHouse()
  const mailing = await broken(house, 2.5)
  const [made = 0] = await house.ledger.corrigendaOf({ mailing })
  expect(made).toBeGreaterThan(0)
  const dueAt = (await house.ledger.mailing({ id: made }))?.dueAt ?? 0
  await pass(house, dueAt - house.clock.at - MINUTE)
  house.site.set('/stories', gone)
  await pass(house, 30 * MINUTE)
  expect(received(house, 'Corrigendum')).toEqual([])
  expect(await house.ledger.mailing({ id: made })).toMatchObject({ state: 'scheduled', publishedAt: null })
  house.site.set('/stories', {})
  await pass(house, 2 * HOUR)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
  expect(await house.ledger.corrigendaOf({ mailing })).toEqual([made])
  expect((await noticesOf(house, mailing)).filter((kind) => kind === 'corrigendum')).toHaveLength(1)
})

test('a neighbour that dies while it waits goes into the same corrigendum', async () => {
  await using house = await openHouse()
  const mailing = await broken(house, 2.5)
  house.site.set('/stories', gone)
  await pass(house, 6 * HOUR)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
  const links = await linksOf(corrigenda(house)[0])
  expect(links).toContain(house.site.url('/new-report'))
  expect(links).not.toContain(house.site.url('/stories'))
  expect(await noticesOf(house, mailing)).toContain('asked')
})

test('one that has waited as long as mail may goes to the operator, who was told once that it waits', async () => {
  await using house = await openHouse({
    env: { EXPIRE_AFTER: '9h', QUIET_WINDOW: '1h', DEAD_AFTER: '4/48h', DEAD_AFTER_INDEFINITE: '4/48h' },
  })
  const mailing = await broken(house, 47)
  house.site.set('/stories', gone)
  await pass(house, 8 * HOUR)
  expect((await noticesOf(house, mailing)).filter((kind) => kind === 'waits')).toHaveLength(1)
  expect((await watchedLink(house, mailing))?.answer).toBeNull()
  await pass(house, 16 * HOUR)
  expect((await watchedLink(house, mailing))?.answer).toBe('refused')
  house.site.set('/stories', {})
  await pass(house, 24 * HOUR)
  expect(received(house, 'Corrigendum')).toEqual([])
  expect((await noticesOf(house, mailing)).filter((kind) => kind === 'waits')).toHaveLength(1)
})
