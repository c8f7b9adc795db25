import { counts, deliverDue, type House, header, openHouse, reader, received, running } from './house.ts'

const all = [1, 2, 3, 4].map(reader)
const others = [1, 3, 4].map(reader)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const suppressed = async (house: House, n: number) =>
  (await house.ledger.subscriber({ key: reader(n) }))?.suppressed ?? null
const state = async (house: House, mailing: number) => {
  const found = await house.ledger.mailing({ id: mailing })
  return [found?.state, found?.stateWhy]
}

test('everybody gets one copy, and the mailing is done', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
  expect(await state(house, mailing)).toEqual(['done', null])
  expect(await deliverDue(house)).toBe(0)
  const raw = house.sink.messages[0]?.raw ?? Buffer.alloc(0)
  expect(header(raw, 'Feedback-ID')).toBe(`${mailing}:members:announcement:gll-glltest`)
  expect(header(raw, 'List-Id')).toContain('<members.gll.test>')
  expect(header(raw, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
})

test('a 450 is tried again when it is due and not before, with the same bytes; then it is accepted', async () => {
  await using house = await openHouse()
  let refusals = 1
  house.sink.behave({
    only: { [reader(2)]: { dot: () => (refusals-- > 0 ? { reply: '450 4.2.1 later' } : undefined) } },
  })
  const bodies: string[] = []
  house.sink.behave({
    only: { [reader(2)]: { dot: () => (refusals-- > 0 ? { reply: '450 4.2.1 later' } : undefined) } },
    onDot: ({ to }, raw) => void (to[0] === reader(2) && bodies.push(raw.toString())),
  })
  const mailing = await running(house)
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(others)
  expect(await counts(house, mailing)).toEqual({ accepted: 3, deferred: 1 })
  expect(await deliverDue(house)).toBe(0)
  house.clock.at += 2 * MINUTE
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
  expect(bodies).toHaveLength(2)
  expect(bodies[1]).toBe(bodies[0])
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
  expect(await state(house, mailing)).toEqual(['done', null])
})

test('a greylisting 451 at RCPT is a deferral of that person alone', async () => {
  await using house = await openHouse()
  house.sink.behave({ only: { [reader(2)]: { rcpt: { reply: '451 4.7.1 greylisted, come back' } } } })
  const mailing = await running(house)
  await deliverDue(house)
  house.clock.at += 4 * MINUTE
  expect(await deliverDue(house)).toBe(0)
  house.sink.behave({})
  house.clock.at += 3 * MINUTE
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

test('what is deferred past the end of its mailing expires', async () => {
  await using house = await openHouse({ env: { EXPIRE_AFTER: '1h' } })
  house.sink.behave({ only: { [reader(2)]: { rcpt: { reply: '450 4.2.1 later' } } } })
  const mailing = await running(house)
  for (let n = 0; n < 12; n += 1) {
    await deliverDue(house)
    house.clock.at += 10 * MINUTE
  }
  expect(await counts(house, mailing)).toEqual({ accepted: 3, expired: 1 })
  expect(await state(house, mailing)).toEqual(['done', null])
})

test('550 5.1.1 rejects and suppresses the address; nothing is ever sent to it again', async () => {
  await using house = await openHouse()
  house.sink.behave({ only: { [reader(2)]: { rcpt: { reply: '550 5.1.1 no such user' } } } })
  const mailing = await running(house)
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 3, rejected: 1 })
  expect(await suppressed(house, 2)).toMatchObject({ reason: '5.1.1' })
  house.sink.behave({})
  const second = await running(house)
  await deliverDue(house)
  expect(await counts(house, second)).toEqual({ accepted: 3 })
  expect(received(house)).not.toContain(reader(2))
})

test('550 5.7.1 rejects and never suppresses: it speaks of us, not of the address', async () => {
  await using house = await openHouse()
  house.sink.behave({ only: { [reader(2)]: { rcpt: { reply: '550 5.7.1 blocked for spam' } } } })
  const mailing = await running(house)
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 3, rejected: 1 })
  expect(await suppressed(house, 2)).toBeNull()
})

test.each([
  ['552 5.3.4 at the dot', { dot: { reply: '552 5.3.4 message too big' } }],
  ['552 5.3.4 at MAIL', { mail: { reply: '552 5.3.4 message too big' } }],
  ['a SIZE smaller than the letter', { size: 1_000 }],
  ['535 at AUTH', { auth: { reply: '535 5.7.8 no' } }],
  ['530 at MAIL', { mail: { reply: '530 5.7.0 authentication required' } }],
])('%s holds the run: nobody is burnt, nobody has it, and it goes on when it is resumed', async (_, behaviour) => {
  await using house = await openHouse()
  house.sink.behave(behaviour)
  const mailing = await running(house)
  await deliverDue(house, 'auth' in behaviour ? await withLogin(house) : house.tools)
  expect((await state(house, mailing))[0]).toBe('held')
  expect((await state(house, mailing))[1]).toMatch(/^the relay (refuses the letter|does not take us): /)
  expect(await counts(house, mailing)).toEqual({ pending: 4 })
  expect(received(house)).toEqual([])
  house.sink.behave({})
  await house.ledger.resume({ mailing, now: house.clock.at })
  house.clock.at += MINUTE
  await house.ledger.begin({ mailing, now: house.clock.at })
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

/** The same tools over a route that logs in. */
async function withLogin(house: House) {
  const { openLane, parseRoute } = await import('../../src/mail/index.ts')
  house.sink.behave({ login: { user: 'u', pass: 'p' }, auth: { reply: '535 5.7.8 no' } })
  const route = parseRoute(house.sink.url.replace('://', '://u:wrong@'), { ehloName: 'gll.test' })
  return { ...house.tools, openLane: () => openLane(route) }
}

test('a connection that drops after the dot leaves the row uncertain, and no second copy is sent', async () => {
  await using house = await openHouse()
  house.sink.behave({ only: { [reader(2)]: { dot: 'drop' } } })
  const mailing = await running(house)
  await deliverDue(house)
  house.sink.behave({})
  for (let n = 0; n < 4; n += 1) {
    house.clock.at += HOUR
    await deliverDue(house)
  }
  expect(received(house).toSorted()).toEqual(all)
  expect(await counts(house, mailing)).toEqual({ accepted: 3, uncertain: 1 })
  expect(await state(house, mailing)).toEqual(['done', null])
})

test('a connection that drops within the body is uncertain too: how much the relay took, only the relay knows', async () => {
  await using house = await openHouse()
  house.sink.behave({ only: { [reader(2)]: { body: 'drop' } } })
  const mailing = await running(house)
  await deliverDue(house)
  house.sink.behave({})
  house.clock.at += HOUR
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(others)
  expect(await counts(house, mailing)).toEqual({ accepted: 3, uncertain: 1 })
})

test('a connection that drops before the 354 was no attempt: the same row is tried again', async () => {
  await using house = await openHouse()
  let drops = 1
  house.sink.behave({ only: { [reader(2)]: { data: () => (drops-- > 0 ? 'drop' : undefined) } } })
  const mailing = await running(house)
  await deliverDue(house)
  expect((await counts(house, mailing)).uncertain).toBeUndefined()
  house.clock.at += MINUTE
  await deliverDue(house)
  house.clock.at += MINUTE
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

test("421 leaves the chunk alone for five minutes and is nobody's fault", async () => {
  await using house = await openHouse()
  house.sink.behave({ mail: { reply: '421 4.3.2 shutting down' } })
  const mailing = await running(house)
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ pending: 4 })
  house.sink.behave({})
  house.clock.at += 4 * MINUTE
  expect(await deliverDue(house)).toBe(0)
  house.clock.at += 2 * MINUTE
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
})

test('a relay that is down is no attempt; what waits is sent when it answers', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  house.sink.behave({ greeting: 'drop' })
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ pending: 4 })
  expect(house.logged.map(({ event }) => event)).toContain('relay-unreached')
  expect(await deliverDue(house)).toBe(0)
  house.sink.behave({})
  house.clock.at += 2_000
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

test('who unsubscribes between freeze and hand gets nothing, though DATA was said', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  const card = await house.ledger.subscriber({ key: reader(2) })
  const listId = (await house.ledger.survey({ list: 'members' }))?.listId ?? 0
  house.sink.behave({
    only: {
      [reader(2)]: {
        data: async () => {
          await house.ledger.unsubscribe({ listId, subscriber: card?.id ?? 0, source: 'test', now: house.clock.at })
          return undefined
        },
      },
    },
  })
  for (let n = 0; n < 3; n += 1) {
    await deliverDue(house)
    house.clock.at += MINUTE
  }
  expect(received(house).toSorted()).toEqual(others)
  expect(await counts(house, mailing)).toEqual({ accepted: 3, suppressed: 1 })
})

test('a hold between two messages stops the second; resumed, everybody has one copy', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await running(house)
  let dots = 0
  house.sink.behave({
    onDot: async () => {
      dots += 1
      if (dots === 3) await house.ledger.hold({ mailing, why: 'test' })
    },
  })
  while ((await deliverDue(house)) > 0 && (await state(house, mailing))[0] === 'running');
  expect(received(house)).toHaveLength(3)
  expect(await counts(house, mailing)).toEqual({ accepted: 3, pending: 9 })
  await house.ledger.resume({ mailing, now: house.clock.at })
  await house.ledger.begin({ mailing, now: house.clock.at })
  await deliverDue(house)
  expect(new Set(received(house)).size).toBe(12)
  expect(received(house)).toHaveLength(12)
})

test('a mailing held while its last message was in hand is done once it is resumed', async () => {
  await using house = await openHouse({ people: 1 })
  const mailing = await running(house)
  house.sink.behave({ onDot: async () => void (await house.ledger.hold({ mailing, why: 'test' })) })
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 1 })
  await house.ledger.resume({ mailing, now: house.clock.at })
  await house.ledger.begin({ mailing, now: house.clock.at })
  expect(await state(house, mailing)).toEqual(['done', null])
})

test('asked to stop, a lane finishes the message in hand, and the rest waits for whoever comes next', async () => {
  let stop = false
  await using house = await openHouse({ stopping: () => stop })
  const mailing = await running(house)
  house.sink.behave({
    onDot: () => {
      stop = true
    },
  })
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 1, pending: 3 })
  stop = false
  house.sink.behave({})
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual(all)
})

test('every copy is of one person: their name, their own unsubscribe address, their own Message-ID', async () => {
  await using house = await openHouse()
  await running(house)
  await deliverDue(house)
  const { messages } = house.sink
  expect(new Set(messages.map(({ raw }) => header(raw, 'Message-ID'))).size).toBe(4)
  expect(new Set(messages.map(({ raw }) => header(raw, 'List-Unsubscribe'))).size).toBe(4)
  for (const { raw, to } of messages) {
    expect(header(raw, 'To')).toContain(to[0])
    expect(header(raw, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
  }
})
