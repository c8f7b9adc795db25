/** What a report that comes back changes, from the envelope sender at the receiver to the person's suppression. */
import { secretKey, surveyAudience, takeBounce, tokensOf } from '../../src/publishing/index.ts'
import { checked, counts, deliverDue, type House, letter, openHouse, reader, running } from './house.ts'

const DAY = 86_400_000
const DOMAIN = { BOUNCE_DOMAIN: 'bounces.gll.test' }
const HARD = '550 5.1.1 No such user'
const FULL = '552 5.2.2 Mailbox full'

const by = (house: House, raw: string) => takeBounce(house.tools, Buffer.from(raw), { who: 'test' })
const suppressed = async (house: House, n: number) =>
  (await house.ledger.subscriber({ key: reader(n) }))?.suppressed?.reason ?? null

/** The sender that the receiver saw with this reader's newest copy. */
function senderOf(house: House, n: number): string {
  const copy = house.sink.messages.findLast((message) => message.to[0] === reader(n))
  if (!copy) throw new Error('nothing came')
  return copy.from
}

const dsn = (to: string, address: string, said: string, action = 'failed'): string =>
  `Return-Path: <>
From: MAILER-DAEMON@mx.test
To: ${to}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=q

--q
Content-Type: text/plain

It did not go.
--q
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; ${address}
Action: ${action}
Status: ${/\d\.\d\.\d/.exec(said)?.[0] ?? '5.0.0'}
Diagnostic-Code: smtp; ${said}
--q--
`

const complaint = (to: string, sender: string): string =>
  `From: fbl@mx.test
To: ${to}
Subject: complaint
Content-Type: multipart/report; report-type=feedback-report; boundary=q

--q
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
--q
Content-Type: message/rfc822

Return-Path: <${sender}>
From: gll@gll.test
Subject: Two new reports

--q--
`

test('with BOUNCE_DOMAIN each copy has a sender of its own that says which one it is; without it FROM is the sender', async () => {
  await using house = await openHouse({ env: DOMAIN })
  const mailing = await running(house)
  await deliverDue(house)
  const senders = house.sink.messages.map(({ from }) => from)
  expect(new Set(senders).size).toBe(4)
  const read = senders.map((sender) => house.tools.tokens.verp?.read(sender))
  expect(read.map((copy) => copy?.mailing)).toEqual([mailing, mailing, mailing, mailing])
  expect(read.map((copy) => copy?.n).toSorted()).toEqual([1, 2, 3, 4])
  await using plain = await openHouse()
  await running(plain)
  await deliverDue(plain)
  expect(new Set(plain.sink.messages.map(({ from }) => from))).toEqual(new Set(['gll@gll.test']))
})

test('a relay that offers DSN is asked to name the copy and whom it was for; a report to another address proves it', async () => {
  await using house = await openHouse({ env: DOMAIN, sink: { dsn: true } })
  const mailing = await running(house)
  await deliverDue(house)
  const sender = senderOf(house, 2)
  const commands = house.sink.commands().join('\n')
  expect(commands).toMatch(new RegExp(`^MAIL FROM:<${sender}>.* RET=HDRS ENVID=${sender}`, 'm'))
  expect(commands).toMatch(/^RCPT TO:<reader2@members\.test> NOTIFY=FAILURE ORCPT=rfc822;reader2@members\.test$/m)
  const named = dsn('gll@gll.test', reader(2), HARD).replace(
    'Reporting-MTA',
    `Original-Envelope-Id: ${sender}\nReporting-MTA`,
  )
  expect(await by(house, named)).toMatchObject({ effect: 'suppressed', copy: { mailing } })
  await using plain = await openHouse({ sink: { dsn: true } })
  await running(plain)
  await deliverDue(plain)
  expect(plain.sink.commands().join('\n')).not.toMatch(/ENVID|NOTIFY/)
})

test('a hard bounce is kept, counted and suppressed at once; the same report again changes nothing', async () => {
  await using house = await openHouse({ env: DOMAIN })
  const mailing = await running(house)
  await deliverDue(house)
  const report = dsn(senderOf(house, 2).toUpperCase(), reader(2), HARD)
  expect(await by(house, report)).toMatchObject({ effect: 'suppressed', report: { kind: 'bounce' } })
  expect(await counts(house, mailing)).toEqual({ accepted: 3, bounced: 1 })
  expect(await suppressed(house, 2)).toBe('no-such-mailbox 5.1.1')
  expect(await by(house, report)).toMatchObject({ effect: 'again' })
  expect(await counts(house, mailing)).toEqual({ accepted: 3, bounced: 1 })
  const next = await running(house)
  await deliverDue(house)
  expect(await counts(house, next)).toEqual({ accepted: 3 })
})

test('a report without a valid MAC changes nothing, whatever it quotes', async () => {
  await using house = await openHouse({ env: DOMAIN })
  const mailing = await running(house)
  await deliverDue(house)
  const sender = senderOf(house, 2)
  const forged = sender.replace(/.@/, (last) => (last === 'a@' ? 'q@' : 'a@'))
  for (const to of ['gll@gll.test', forged, sender.replace('bounces', 'other')]) {
    expect(await by(house, dsn(to, reader(2), HARD))).toMatchObject({ effect: 'unproved', copy: null })
    expect(await by(house, complaint(to, forged))).toMatchObject({ effect: 'unproved' })
  }
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
  expect(await suppressed(house, 2)).toBeNull()
})

test('what is late, or an answer by program, changes nothing', async () => {
  await using house = await openHouse({ env: DOMAIN })
  const mailing = await running(house)
  await deliverDue(house)
  const sender = senderOf(house, 2)
  expect(await by(house, dsn(sender, reader(2), '451 4.4.1 timed out', 'delayed'))).toMatchObject({ effect: 'nothing' })
  const away = `From: ${reader(2)}\nTo: ${sender}\nSubject: Automatic reply: reports\nAuto-Submitted: auto-replied\n\nI am away.\n`
  expect(await by(house, away)).toMatchObject({ effect: 'nothing', report: { kind: 'autoreply' } })
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

test('policy, content and too big never suppress, however often', async () => {
  await using house = await openHouse({ env: DOMAIN })
  for (let month = 0; month < 5; month += 1) {
    const mailing = await running(house)
    await deliverDue(house)
    const said = ['554 5.7.1 blocked as spam', '550 5.7.26 fails DMARC', '554 5.6.0 virus', '552 5.3.4 too big'][
      month % 4
    ]
    expect(await by(house, dsn(senderOf(house, 2), reader(2), said ?? ''))).toMatchObject({ effect: 'recorded' })
    expect(await counts(house, mailing)).toEqual({ accepted: 3, bounced: 1 })
    house.clock.at += 30 * DAY
  }
  expect(await suppressed(house, 2)).toBeNull()
})

test('a complaint suppresses at once and leaves the copy accepted; the quoted sender names it', async () => {
  await using house = await openHouse({ env: DOMAIN })
  const mailing = await running(house)
  await deliverDue(house)
  const report = complaint('fbl@gll.test', senderOf(house, 3))
  expect(await by(house, report)).toMatchObject({ effect: 'suppressed', report: { kind: 'complaint' } })
  expect(await suppressed(house, 3)).toBe('complaint')
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
  expect(await by(house, report)).toMatchObject({ effect: 'again' })
})

test('an address that fails by words alone, or under another name, is suppressed only at the second edition', async () => {
  await using house = await openHouse({ env: DOMAIN })
  for (const effect of ['recorded', 'suppressed']) {
    await running(house)
    await deliverDue(house)
    // The status is 5.0.0: what reporters write beside words alone.
    expect(await by(house, dsn(senderOf(house, 2), reader(2), '550 no such user here'))).toMatchObject({ effect })
    expect(await by(house, dsn(senderOf(house, 3), 'elsewhere@forward.test', HARD))).toMatchObject({ effect })
    house.clock.at += DAY
  }
  expect(await suppressed(house, 2)).not.toBeNull()
})

test('a full mailbox is put in quarantine at the third edition in a row over fifteen days; a success begins anew', async () => {
  await using house = await openHouse({ env: DOMAIN })
  const effects: string[] = []
  const send = async (fails: boolean) => {
    await running(house)
    await deliverDue(house)
    if (fails) effects.push((await by(house, dsn(senderOf(house, 2), reader(2), FULL))).effect)
    house.clock.at += 8 * DAY
  }
  for (const fails of [true, true, false, true, true, true]) await send(fails)
  expect(effects).toEqual(['recorded', 'recorded', 'recorded', 'recorded', 'quarantined'])
  await running(house)
  await deliverDue(house)
  expect(house.sink.messages.filter(({ to }) => to[0] === reader(2))).toHaveLength(6)
  house.clock.at += 83 * DAY
  // As gll send does, before it asks for the count.
  expect((await surveyAudience(house.tools, await checked(house, letter(house)), 'members')).people).toBe(4)
  await running(house)
  await deliverDue(house)
  expect(house.sink.messages.filter(({ to }) => to[0] === reader(2))).toHaveLength(7)
  expect(await suppressed(house, 2)).toBeNull()
})

test('a person who is in quarantine and asks to be left alone stays so for good', async () => {
  await using house = await openHouse({ env: DOMAIN })
  for (let n = 0; n < 3; n += 1) {
    await running(house)
    await deliverDue(house)
    await by(house, dsn(senderOf(house, 2), reader(2), FULL))
    house.clock.at += 8 * DAY
  }
  await house.ledger.suppress({ key: reader(2), reason: 'asked', source: 'test', now: house.clock.at })
  expect(await house.ledger.endQuarantines({ now: house.clock.at + 1_000 * DAY })).toBe(0)
  expect(await suppressed(house, 2)).toBe('asked')
})

test('a report on a copy of more than 90 days ago, or on one that never left, changes nothing', async () => {
  await using house = await openHouse({ env: DOMAIN })
  const mailing = await running(house)
  await deliverDue(house)
  const never = house.tools.tokens.verp?.seal({ mailing, n: 99 }) ?? ''
  expect(await by(house, dsn(never, reader(2), HARD))).toMatchObject({ effect: 'unknown' })
  house.clock.at += 91 * DAY
  expect(await by(house, dsn(senderOf(house, 2), reader(2), HARD))).toMatchObject({ effect: 'late' })
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

describe('leaving by mail', () => {
  const leaveBy = (house: House, n: number): string => {
    const copy = house.sink.messages.findLast((message) => message.to[0] === reader(n))
    const header = /^List-Unsubscribe: (.+(?:\r\n .+)*)/im.exec(copy?.raw.toString() ?? '')?.[1] ?? ''
    return /<mailto:([^?>]+)\?subject=unsubscribe>/.exec(header)?.[1] ?? ''
  }
  const mail = (to: string, more = ''): string =>
    `From: somebody@else.test\nTo: ${to}\nSubject: unsubscribe\n${more}\n\n`
  const isIn = async (house: House, n: number): Promise<boolean> =>
    (await house.ledger.subscriber({ key: reader(n) }))?.lists.every(({ state }) => state === 'subscribed') ?? false

  test('a mail to the address in the header unsubscribes whom it names, whoever sends it, and twice is once', async () => {
    await using house = await openHouse({ env: DOMAIN })
    await running(house)
    await deliverDue(house)
    const to = leaveBy(house, 2)
    expect(to).toMatch(/^u-[a-z2-7]+@bounces\.gll\.test$/)
    expect(to.indexOf('@')).toBeLessThanOrEqual(64)
    expect(await by(house, mail(to.toUpperCase()))).toMatchObject({ effect: 'left' })
    expect(await by(house, mail(to))).toMatchObject({ effect: 'left' })
    expect([await isIn(house, 1), await isIn(house, 2)]).toEqual([true, false])
  })

  test('answers by program, reports, forged tokens and mail that only quotes the address unsubscribe nobody', async () => {
    await using house = await openHouse({ env: DOMAIN })
    const mailing = await running(house)
    await deliverDue(house)
    const to = leaveBy(house, 2)
    const test = house.tools.tokens.unsubscribe({ list: 1, subscriber: 2, mailing, test: true })
    const forged = to.replace(/.@/, (last) => (last === 'a@' ? 'q@' : 'a@'))
    for (const raw of [
      mail(to, 'Auto-Submitted: auto-replied\n'),
      mail(to, 'Return-Path: <>\n'),
      dsn(to, reader(2), HARD),
      mail(forged),
      mail(to.replace('bounces', 'other')),
      mail('gll@gll.test', `X-Note: ${to}\n`) + to,
    ]) {
      expect((await by(house, raw)).effect).not.toBe('left')
    }
    await by(house, mail(`u-${test}@bounces.gll.test`))
    expect(await isIn(house, 2)).toBe(true)
  })

  test('old mail leaves and bounces after SECRET_KEY has taken the place of the key in DATA_DIR, and after it changed again', async () => {
    await using house = await openHouse({ env: DOMAIN })
    await running(house)
    await deliverDue(house)
    const [to, sender] = [leaveBy(house, 2), senderOf(house, 3)]
    const keys = ['1', '2'].map((digit) => digit.repeat(40))
    const config = { ...house.config, secretKey: keys.join(' ') }
    const tokens = tokensOf(config, secretKey(config))
    const changed = { ...house, tools: { ...house.tools, config, tokens } }
    expect(
      tokens.readUnsubscribe(house.tools.tokens.unsubscribe({ list: 1, subscriber: 2, mailing: 1, test: false })),
    ).not.toBeNull()
    expect(await by(changed, mail(to))).toMatchObject({ effect: 'left' })
    expect(await by(changed, dsn(sender, reader(3), HARD))).toMatchObject({ effect: 'suppressed' })
    expect(await isIn(house, 2)).toBe(false)
  })

  test('without BOUNCE_DOMAIN the page is the only way', async () => {
    await using house = await openHouse()
    await running(house)
    await deliverDue(house)
    expect(leaveBy(house, 2)).toBe('')
    expect(house.sink.messages[0]?.raw.toString()).toMatch(
      /^List-Unsubscribe: <http:\/\/127\.0\.0\.1:9\/u\/[a-z2-7]+>\r$/m,
    )
  })
})
