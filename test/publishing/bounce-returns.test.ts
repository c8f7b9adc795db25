/** When too much of a mailing comes back: what stops it, and what the team hears. */
import type { Returns } from '../../src/ledger/index.ts'
import { seeToReturns, takeBounce } from '../../src/publishing/index.ts'
import { tooMuch } from '../../src/publishing/returns.ts'
import { deliverDue, openHouse, reader, running } from './house.ts'

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
  unauthenticated: null,
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
  [{ unauthenticated: '5.7.26', settled: 1 }, /not authenticated \(5\.7\.26\)/],
])('%j: %s', (of, why) => {
  const said = tooMuch({ ...none, ...of })
  if (why === null) expect(said).toBeNull()
  else expect(said).toMatch(why)
})

test('one report that our mail is not authenticated holds the mailing and tells the team; a person lets it go on', async () => {
  const sink = { only: { [reader(4)]: { rcpt: { reply: '451 4.3.0 later' } } } }
  await using house = await openHouse({ env: { BOUNCE_DOMAIN: 'bounces.gll.test' }, sink })
  const mailing = await running(house)
  await deliverDue(house)
  const copy = house.sink.messages.find((message) => message.to[0] === reader(1))
  const report = `From: MAILER-DAEMON@mx.test
To: ${copy?.from}
Subject: Undelivered Mail Returned to Sender

<${reader(1)}>: host mx.test[192.0.2.1] said: 550 5.7.26 This message fails DMARC (in reply to end of DATA command)
`
  await takeBounce(house.tools, Buffer.from(report), { who: 'test' })
  expect(await house.ledger.mailing({ id: mailing })).toMatchObject({
    state: 'held',
    stateWhy: expect.stringContaining('5.7.26'),
  })
  expect(await house.ledger.noticesOf({ mailing })).toMatchObject([{ kind: 'held', remind: true }])
  await house.ledger.resume({ mailing, now: house.clock.at })
  await house.ledger.begin({ mailing, now: house.clock.at })
  await seeToReturns(house.tools, { mailing: null })
  expect(await house.ledger.mailing({ id: mailing })).toMatchObject({ state: 'running' })
})
