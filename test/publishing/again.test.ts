/** What is out already is judged as the gate judged it: for the people who get it, and a picture as a picture. */
import { planCorrection, publish, startOnTime } from '../../src/publishing/index.ts'
import { HOUR } from './broken.ts'
import { checked, deliverDue, type House, LANES, letter, openHouse, running, watchFor } from './house.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex')
const own = (n: number): string => `/u/Reader%20${n}`

/** A letter in which every reader has an address of their own, all of them alive. */
function personal(house: House): string {
  for (let n = 1; n <= 4; n += 1) house.site.set(own(n), {})
  return letter(house, '', `Your [own page](${house.site.url('/u/')}{{name}}).`)
}

test('a page that comes in the place of a picture kills it as surely as none', async () => {
  await using house = await openHouse()
  house.site.set('/map.png', { type: 'image/png', body: PNG })
  const mailing = await running(house, letter(house, '', `![A map of wards](${house.site.url('/map.png')})`))
  await deliverDue(house)
  const map = async () =>
    (await house.ledger.linkLines({ mailing })).find(({ href }) => href === house.site.url('/map.png'))
  await watchFor(house, HOUR)
  expect(await map()).toMatchObject({ state: 'alive', verdict: 'alive' })
  house.site.set('/map.png', {})
  await watchFor(house, 30 * HOUR)
  expect(await map()).toMatchObject({ state: 'dead', cause: 'not-image' })
  // The page that is linked to as a page stays one.
  expect((await house.ledger.linkLines({ mailing })).filter(({ state }) => state === 'dead')).toHaveLength(1)
})

test('what leaves at its time is judged with real readers: one whose own page died holds it', async () => {
  await using house = await openHouse()
  const edition = await checked(house, personal(house))
  const order = { list: 'members', expect: 4, dueAt: house.clock.at + 30 * HOUR, lanes: LANES }
  const { mailing } = await publish(house.tools, edition, order)
  house.site.set(own(3), { status: 404 })
  house.clock.at += 30 * HOUR
  await startOnTime(house.tools, mailing)
  const now = await house.ledger.mailing({ id: mailing })
  expect([now?.state, now?.stateWhy]).toEqual(['held', expect.stringContaining(house.site.url(own(3)))])
})

test('a corrigendum is judged with those whose copies it corrects', async () => {
  await using house = await openHouse()
  const mailing = await running(house, personal(house))
  await deliverDue(house)
  const changes = [{ from: house.site.url('/report'), to: house.site.url('/new-report') }]
  const plan = async () => (await planCorrection(house.tools, mailing, { changes, why: null, who: 'test' }))[0]?.checked
  expect(await plan()).not.toHaveProperty('refused')
  house.site.set(own(2), { status: 410 })
  expect(await plan()).toMatchObject({ refused: { faults: [{ rule: 'dead-link', link: house.site.url(own(2)) }] } })
})
