/** Several relays: which carries what, judged by what each of them has. */
import { openPermits } from '../../queues/permits.ts'
import { openWays, parseRoute } from '../../src/mail/index.ts'
import type { Tools } from '../../src/publishing/index.ts'
import { type Behaviour, openSink, type Sink } from '../support/smtp.ts'
import { counts, deliverDue, type House, openHouse, reader, received, running } from './house.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const all = (people: number): string[] => Array.from({ length: people }, (_, at) => reader(at + 1)).toSorted()
const later = ({ messages }: Sink): string[] => messages.flatMap(({ to }) => to)

interface Two {
  readonly house: House
  readonly second: Sink
  readonly tools: Tools
}

/** A house over two relays; the house's own sink is the first. */
async function openTwo(
  of: { people?: number; first?: Behaviour; second?: Behaviour } = {},
): Promise<Two & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const house = stack.use(await openHouse({ people: of.people ?? 40, sink: of.first ?? {} }))
  const second = stack.use(await openSink(of.second))
  const routes = [house.sink.url, second.url].map((url) => parseRoute(url, { ehloName: 'gll.test' }))
  const onRest = (route: string, ms: number): void => house.tools.log('relay-rests', { route, ms })
  const { openLane, park, rest } = stack.use(openWays(routes, () => house.clock.at, { onRest }))
  const tools = { ...house.tools, openLane, park, rest }
  const owned = stack.move()
  return { house, second, tools, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

test('a relay that is down gives way to the next, and has its mail again when it is back', async () => {
  await using two = await openTwo({ first: { greeting: 'drop' } })
  const { house, second, tools } = two
  await running(house)
  await deliverDue(house, tools)
  expect([received(house), later(second).toSorted()]).toEqual([[], all(40)])
  expect(house.logged).toEqual([{ event: 'relay-rests', facts: { route: house.sink.url.slice(7), ms: 15_000 } }])
  house.sink.behave({})
  house.clock.at += MINUTE
  await running(house)
  await deliverDue(house, tools)
  expect([received(house).toSorted(), later(second).length]).toEqual([all(40), 40])
})

test('a relay that answers a fresh session with 421 is left alone for five minutes, and the next carries on', async () => {
  await using two = await openTwo({ first: { mail: { reply: '421 4.3.2 too busy' } } })
  const { house, second, tools } = two
  const mailing = await running(house)
  await deliverDue(house, tools)
  expect(house.sink.sessions()).toBe(1)
  expect([received(house), later(second).toSorted()]).toEqual([[], all(40)])
  expect(await counts(house, mailing)).toEqual({ accepted: 40 })
  house.clock.at += 4 * MINUTE
  await running(house)
  await deliverDue(house, tools)
  expect(house.sink.sessions()).toBe(1)
  house.clock.at += 2 * MINUTE
  await running(house)
  await deliverDue(house, tools)
  expect(house.sink.sessions()).toBe(2)
})

test.each([
  [
    '421 at MAIL',
    { mail: ({ nth }) => (nth === 3 ? { reply: '421 4.7.0 too many messages in this session' } : undefined) },
  ],
  ['421 at the next dot', { dot: ({ nth }) => (nth === 3 ? { reply: '421 4.7.0 enough' } : undefined) }],
  ['a connection cut at MAIL', { mail: ({ nth }) => (nth === 3 ? 'drop' : undefined) }],
] satisfies [string, Behaviour][])(
  'a relay that ends every session after two messages (%s) is not left alone: a fresh session goes on',
  async (_, first) => {
    await using house = await openHouse({ people: 40, sink: first })
    const mailing = await running(house)
    await deliverDue(house)
    house.clock.at += 2 * MINUTE
    await deliverDue(house)
    expect(received(house).toSorted()).toEqual(all(40))
    expect(await counts(house, mailing)).toEqual({ accepted: 40 })
    expect(house.sink.sessions()).toBeGreaterThanOrEqual(16)
  },
)

test('a lane that is done with one chunk carries the next, and a new one is opened where the relay ended it', async () => {
  await using two = await openTwo()
  const { house, tools } = two
  const [first, next] = [await running(house), await running(house)]
  await deliverDue(house, tools)
  expect(await counts(house, first)).toEqual({ accepted: 40 })
  expect(await counts(house, next)).toEqual({ accepted: 40 })
  const sessions = house.sink.sessions()
  await running(house)
  await deliverDue(house, tools)
  expect(house.sink.sessions()).toBe(sessions)
  house.sink.behave({ mail: { reply: '421 4.4.2 idle for too long' } })
  await running(house)
  await deliverDue(house, tools)
  expect(house.sink.sessions()).toBeGreaterThan(sessions)
  expect(later(two.second)).toHaveLength(40)
})

test('what one relay may have is never tried at the other', async () => {
  await using two = await openTwo({
    first: {
      dot: ({ nth }) => (nth === 2 ? 'drop' : undefined),
      mail: ({ session }) => (session > 9 ? 'drop' : undefined),
    },
  })
  const { house, second, tools } = two
  const mailing = await running(house)
  for (let n = 0; n < 4; n += 1) {
    await deliverDue(house, tools)
    house.clock.at += HOUR
  }
  const { accepted = 0, uncertain = 0, ...rest } = await counts(house, mailing)
  expect([accepted + uncertain, rest]).toEqual([40, {}])
  expect(uncertain).toBeGreaterThan(0)
  const got = [...received(house), ...later(second)]
  expect(got.toSorted()).toEqual(all(40))
  expect(later(second).length).toBeGreaterThan(0)
})

test('both down: nothing is an attempt, and the chunks wait until the first may be tried again', async () => {
  await using two = await openTwo({
    first: { greeting: 'drop' },
    second: { mail: { reply: '421 4.3.2 no' } },
    people: 8,
  })
  const { house, second, tools } = two
  const mailing = await running(house)
  await deliverDue(house, tools)
  expect(await counts(house, mailing)).toEqual({ pending: 8 })
  expect(await deliverDue(house, tools)).toBe(0)
  second.behave({})
  house.sink.behave({})
  house.clock.at += 6 * MINUTE
  await deliverDue(house, tools)
  expect(await counts(house, mailing)).toEqual({ accepted: 8 })
})

test('while nobody can say whose turn it is, no mail leaves, and no relay is blamed for it', async () => {
  await using two = await openTwo({ people: 4 })
  const { house, second } = two
  const away = async (): Promise<null> => {
    throw new Error('Connection is closed.')
  }
  const mailing = await running(house)
  for (const permit of [
    { route: away, domain: null },
    { route: null, domain: away },
  ]) {
    await deliverDue(house, { ...two.tools, permit })
    expect([received(house), later(second), await counts(house, mailing)]).toEqual([[], [], { pending: 4 }])
    house.clock.at += MINUTE
  }
  expect(house.logged.map(({ event }) => event)).not.toContain('relay-rests')
  await deliverDue(house, two.tools)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

describe('DAILY_QUOTA', () => {
  const quotaOf = (house: House, dailyQuota: number) =>
    openPermits({
      config: { rate: null, dailyQuota, domainRates: [] },
      // Neither a rate nor a domain asks Redis anything.
      redis: null as never,
      ledger: () => house.ledger,
      now: () => house.clock.at,
      stopping: () => false,
    })

  test('the route whose day is full gives way to the next; when both are full, the rest waits a day', async () => {
    await using two = await openTwo()
    const { house, second } = two
    const permit = quotaOf(house, 15)
    const tools = { ...two.tools, permit }
    const mailing = await running(house)
    await deliverDue(house, tools)
    expect([received(house).length, later(second).length]).toEqual([15, 15])
    expect(await counts(house, mailing)).toEqual({ accepted: 30, pending: 10 })
    for (let n = 0; n < 23; n += 1) {
      house.clock.at += HOUR
      await deliverDue(house, tools)
    }
    expect(await counts(house, mailing)).toEqual({ accepted: 30, pending: 10 })
    house.clock.at += 2 * HOUR
    await deliverDue(house, tools)
    expect(await counts(house, mailing)).toEqual({ accepted: 40 })
    expect([...received(house), ...later(second)].toSorted()).toEqual(all(40))
  })

  test('what a worker took ahead and did not use is free again when it ends', async () => {
    await using house = await openHouse({ people: 5 })
    const permit = quotaOf(house, 100)
    await running(house)
    await deliverDue(house, { ...house.tools, permit })
    await permit.close()
    const route = parseRoute(house.sink.url, { ehloName: 'gll.test' }).name
    expect(await house.ledger.quotaLeft({ route, limit: 100, now: house.clock.at })).toBe(95)
  })
})
