/** A receiver that refuses too much of what comes: its mail rests, the others get theirs. Judged by what the sink has. */
import { gllIn } from '../../scripts/demo/gll.ts'
import type { Answers } from '../../src/ledger/index.ts'
import { receiverOf } from '../../src/mail/index.ts'
import { takeBounce, tellTeam } from '../../src/publishing/index.ts'
import { surgeIn } from '../../src/publishing/receivers.ts'
import type { Behaviour } from '../support/smtp.ts'
import { addPeople, counts, deliverDue, type House, header, openHouse, person, received, running } from './house.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const OURS = ['gmail.com', 'googlemail.com']

test.each([
  ['ann@gmail.com', 'gmail.com'],
  ['ann@GoogleMail.com', 'gmail.com'],
  ['ann@yahoo.co.uk', 'yahoo.com'],
  ['ann@hotmail.fr', 'outlook.com'],
  ['ann@live.example.org', 'live.example.org'],
  ['"a@gmail.com"@example.org', 'example.org'],
])('%s is kept by %s', (address, receiver) => expect(receiverOf(address)).toBe(receiver))

const said = (of: Partial<Answers>): Answers => ({ answers: 500, hard: 0, refused: 0, slowed: 0, ...of })
test.each<[Partial<Answers>, RegExp | null]>([
  [{}, null],
  [{ hard: 25 }, null],
  [{ hard: 26 }, /26 of the last 500 have no mailbox there/],
  [{ answers: 749, hard: 37 }, null],
  [{ refused: 50 }, null],
  [{ refused: 51 }, /51 of the last 500 were refused/],
  // Of a receiver with few mailboxes more than half.
  [{ answers: 19, refused: 19 }, null],
  [{ answers: 20, refused: 10 }, null],
  [{ answers: 20, refused: 11 }, /11 of the last 20 were refused/],
  [{ answers: 20, hard: 20 }, null],
  [{ slowed: 51 }, /51 of the last 500 were put off/],
])('of its last answers %j: %s', (of, why) => {
  const surge = surgeIn(said(of), null)
  if (why === null) return expect(surge).toBeNull()
  expect(surge?.why).toMatch(why)
  expect(surge?.passes).toBe(said(of).slowed > 0)
})

test('one answer that our mail is not authenticated is enough', () =>
  expect(surgeIn(said({ answers: 1, refused: 1 }), '5.7.26')).toMatchObject({ passes: false }))

/** Eighty readers: every other one's mailbox is with the receiver that misbehaves. */
async function openTwoReceivers(env: Record<string, string> = {}): Promise<House> {
  const house = await openHouse({ people: 0, env: { EXPIRE_AFTER: '60d', ...env } })
  const domainOf = (n: number) => (n % 2 ? 'members.test' : OURS[(n / 2) % 2])
  const people = Array.from({ length: 80 }, (_, n) => person(house.tools, `reader${n}@${domainOf(n)}`))
  await addPeople(house.tools, people)
  return house
}

const isOurs = (address: string): boolean => OURS.some((domain) => address.endsWith(`@${domain}`))
const refusing = (reply: string): Behaviour => ({ rcpt: ({ to }) => (isOurs(to) ? { reply } : undefined) })
const tried = (house: House): number =>
  house.sink.commands().filter((line) => /^RCPT TO:<([^>]*)>/i.test(line) && isOurs(line.slice(9).split('>')[0] ?? ''))
    .length
const resting = (house: House) => house.ledger.restingReceivers({ now: house.clock.at })

test('a receiver that refuses us is left alone after some twenty, the others go on; a person lets it go on, and all have it', async () => {
  await using house = await openTwoReceivers({ NOTICE_TO: 'team@gll.test' })
  house.sink.behave(refusing('550 5.7.1 our system has detected that this message is likely unsolicited'))
  const mailing = await running(house)
  await deliverDue(house)
  const burnt = tried(house)
  expect(burnt).toBeGreaterThanOrEqual(20)
  expect(burnt).toBeLessThanOrEqual(24)
  expect(received(house)).toHaveLength(40)
  expect(await counts(house, mailing)).toEqual({ accepted: 40, rejected: burnt, pending: 40 - burnt })
  expect(await resting(house)).toMatchObject([
    { receiver: 'gmail.com', until: null, why: expect.stringMatching(/^\d\d of the last \d\d were refused$/) },
  ])

  // A second mailing keeps to it too, and the team hears of it by a route that goes on.
  await running(house)
  house.clock.at += DAY
  await tellTeam(house.tools)
  await deliverDue(house)
  expect(tried(house)).toBe(burnt)
  expect(received(house)).toHaveLength(40 + 40 + 1)
  const [notice] = house.sink.messages.filter(({ to }) => to[0] === 'team@gll.test')
  expect(header(notice?.raw ?? Buffer.alloc(0), 'Subject')).toBe('Mail to gmail.com rests: it refuses too much of it')
  expect(notice?.raw.toString()).toContain('gll resume --receiver gmail.com')

  const gll = gllIn({ PATH: process.env.PATH ?? '', DATA_DIR: house.config.dataDir })
  expect((await gll.run('status')).out).toMatch(
    /rests: mail to gmail\.com, since .*: \d\d of the last \d\d were refused; .*gll resume --receiver gmail\.com/,
  )
  house.sink.behave({})
  expect(await gll.run('resume', '--receiver', 'gmail.com')).toMatchObject({ exit: 0 })
  expect(await gll.run('resume', '--receiver', 'gmail.com')).toMatchObject({ exit: 1 })
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 80 - burnt, rejected: burnt })
  expect(received(house).filter(isOurs)).toHaveLength(40 - burnt + 40)
  expect(await house.ledger.noticesOf({ mailing: null })).toEqual([])
})

test('mail that a receiver puts off because we are not trusted yet rests for a while, and goes on by itself', async () => {
  await using house = await openTwoReceivers({ NOTICE_TO: 'team@gll.test' })
  house.sink.behave(refusing('451 4.7.28 our system has detected an unusual rate of mail'))
  const mailing = await running(house)
  await deliverDue(house)
  const put = tried(house)
  expect(put).toBeLessThanOrEqual(24)
  expect(await resting(house)).toMatchObject([{ receiver: 'gmail.com', until: house.clock.at + 15 * MINUTE }])
  expect(await house.ledger.toTell({ now: house.clock.at })).toBe(false)
  house.sink.behave({})
  house.clock.at += 14 * MINUTE
  await deliverDue(house)
  expect(tried(house)).toBe(put)
  house.clock.at += MINUTE
  await deliverDue(house)
  expect(await resting(house)).toEqual([])
  expect(await counts(house, mailing)).toEqual({ accepted: 80 })
})

test('a report that our mail is not authenticated lets that receiver rest alone; one about mail of before it went on does not', async () => {
  await using house = await openTwoReceivers({ BOUNCE_DOMAIN: 'bounces.gll.test' })
  const first = await running(house)
  await deliverDue(house)
  const copies = house.sink.messages.filter(({ to }) => isOurs(to[0] ?? ''))
  const reportOn = (copy: (typeof copies)[number] | undefined) =>
    Buffer.from(`From: MAILER-DAEMON@mx.test
To: ${copy?.from}
Subject: Undelivered Mail Returned to Sender

<${copy?.to[0]}>: host mx.test[192.0.2.1] said: 550 5.7.26 This message fails DMARC (in reply to end of DATA command)
`)
  await takeBounce(house.tools, reportOn(copies[0]), { who: 'test' })
  expect(await resting(house)).toMatchObject([
    { receiver: 'gmail.com', why: 'it says that our mail is not authenticated (5.7.26)' },
  ])
  const second = await running(house)
  house.clock.at += MINUTE
  await deliverDue(house)
  expect(await counts(house, second)).toEqual({ accepted: 40, pending: 40 })
  await house.ledger.resumeReceiver({ receiver: 'gmail.com', now: house.clock.at })
  await takeBounce(house.tools, reportOn(copies[1]), { who: 'test' })
  await deliverDue(house)
  expect(await counts(house, second)).toEqual({ accepted: 80 })
  expect(await house.ledger.mailing({ id: first })).toMatchObject({ state: 'done' })
})
