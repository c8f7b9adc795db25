/** When too much of a mailing comes back: what stops it, and what the team hears. */
import type { Returns } from '../../src/ledger/index.ts'
import { seeToReturns } from '../../src/publishing/index.ts'
import { tooMuch } from '../../src/publishing/returns.ts'
import { tooMuchReturns } from '../../src/publishing/tell/returns.ts'
import { deliverDue, openHouse, reader, received, running } from './house.ts'

const none: Returns = {
  id: 1,
  subject: 'Two new reports',
  kind: 'announcement',
  state: 'running',
  settled: 1_000,
  waiting: 9_000,
  rejected: 0,
  hard: 0,
  refused: 0,
  complaints: 0,
  warned: false,
}

test.each<[Partial<Returns>, RegExp | null]>([
  [{}, null],
  [{ hard: 20 }, null],
  [{ hard: 21 }, /21 of 1,000 \(2\.1 %\).*address/],
  [{ hard: 21, settled: 499 }, null],
  [{ refused: 60, rejected: 40 }, null],
  [{ refused: 60, rejected: 41 }, /101 of 1,000.*refused/],
  [{ complaints: 3 }, null],
  [{ complaints: 4 }, /complained/],
])('%j: %s', (of, why) => {
  const said = tooMuch({ ...none, ...of })
  if (why === null) expect(said).toBeNull()
  else expect(said).toMatch(why)
})

test('a mailing is held once for what comes back, and the team is told; a person lets it go on', async () => {
  await using house = await openHouse({ people: 2 })
  const mailing = await running(house)
  const of = { mailing, why: 'too much of it comes back', now: house.clock.at }
  const notice = tooMuchReturns({ mailing: { ...none, id: mailing }, isHeld: true, why: of.why, waiting: 2 })
  expect(await house.ledger.stopForReturns({ ...of, notice })).toBe(true)
  expect(await house.ledger.mailing({ id: mailing })).toMatchObject({ state: 'held', stateWhy: of.why })
  expect(await house.ledger.noticesOf({ mailing })).toMatchObject([{ kind: 'held', remind: true }])
  await house.ledger.resume({ mailing, now: house.clock.at })
  await house.ledger.begin({ mailing, now: house.clock.at })
  expect(await house.ledger.stopForReturns({ ...of, notice })).toBe(false)
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual([reader(1), reader(2)])
})

test('over two in a hundred without a mailbox hold a mailing, be it said at once or by report', async () => {
  const [many, bad] = [520, 11]
  const nobody = Array.from({ length: bad }, (_, n) => [reader(n + 1), { rcpt: { reply: '550 5.1.1 no such user' } }])
  const later = [reader(many), { rcpt: { reply: '451 4.3.0 later' } }]
  await using house = await openHouse({ people: many, sink: { only: Object.fromEntries([...nobody, later]) } })
  const mailing = await running(house)
  await deliverDue(house)
  const { tools, ledger } = house
  // What was refused at once is known to who sends; a report that comes in elsewhere is judged without it.
  await seeToReturns(tools, { mailing })
  expect((await ledger.mailing({ id: mailing }))?.state).toBe('running')
  await seeToReturns(tools, { mailing: null }, tools.receivers.hardIn)
  expect(await ledger.mailing({ id: mailing })).toMatchObject({
    state: 'held',
    stateWhy: '11 of 519 (2.1 %) came back because their address does not exist',
  })
})

test('over one in a thousand who complain are told of once; past three the mailing is held', async () => {
  const many = 1_000
  const later = { [reader(many)]: { rcpt: { reply: '451 4.3.0 later' } } }
  await using house = await openHouse({ people: many, sink: { only: later } })
  const mailing = await running(house)
  await deliverDue(house)
  const { tools, ledger } = house
  const heard = { verdict: 'complaint', status: null, reason: null, diagnostic: null } as const
  const complains = async (n: number) => {
    await ledger.recordBounce({ mailing, n, ...heard, who: 'test', now: house.clock.at })
    for (const again of [1, 2]) await seeToReturns(tools, { mailing: again === 1 ? null : mailing })
    return (await ledger.noticesOf({ mailing })).map(({ subject }) => subject)
  }
  expect(await complains(1)).toEqual([])
  const one = expect.stringContaining(`Many complain of mailing ${mailing}`)
  expect(await complains(2)).toEqual([one])
  expect((await ledger.mailing({ id: mailing }))?.state).toBe('running')
  // Three of 999.
  expect(await complains(3)).toEqual([one, expect.stringContaining('is held')])
  expect((await ledger.mailing({ id: mailing }))?.state).toBe('held')
})
