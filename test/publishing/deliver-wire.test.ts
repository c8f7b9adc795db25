/** The deliver step against relays that misbehave at every stage, and every row of the reply table at every stage. */
import { openLane, parseRoute } from '../../src/mail/index.ts'
import { deliver, type Tools } from '../../src/publishing/index.ts'
import type { Act, Behaviour, Stage } from '../support/smtp.ts'
import { certificate } from '../support/smtp-certificate.ts'
import { addPeople, counts, deliverDue, type House, openHouse, person, reader, received, running } from './house.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const PEOPLE = 3
const all = [1, 2, 3].map(reader)

const stateOf = async (house: House, mailing: number) => (await house.ledger.mailing({ id: mailing }))?.state

/** The tools over another way to the same receiver. */
function over(house: House, of: { url?: string; ca?: string; reply?: number } = {}): Tools {
  const route = parseRoute(of.url ?? house.sink.url, { ehloName: 'gll.test' })
  const short = { connect: 400, greeting: 400, reply: of.reply ?? 400, quit: 200 }
  const options = { ...(of.ca ? { ca: of.ca } : {}), ...(of.reply === undefined ? {} : { timeouts: short }) }
  return { ...house.tools, openLane: () => openLane(route, options) }
}

/** Delivers whatever comes due, hour after hour. */
async function hours(house: House, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    house.clock.at += HOUR
    await deliverDue(house)
  }
}

/** Each reply, and what becomes of its reader: their row, and whether they are suppressed. */
const REPLIES: readonly (readonly [reply: string, state: 'deferred' | 'rejected', suppressed?: 'suppressed'])[] = [
  ['450 4.2.0 later', 'deferred'],
  ['451 4.7.1 greylisted, come back', 'deferred'],
  ['451 4.7.0 slow down', 'deferred'],
  ['452 4.2.2 mailbox full', 'deferred'],
  ['452 4.3.1 system storage', 'deferred'],
  ['454 4.7.0 TLS not available just now', 'deferred'],
  ['459 4.9.9 never heard of', 'deferred'],
  ['450 later', 'deferred'],
  ['451 greylisted, come back', 'deferred'],
  ['452 full', 'deferred'],
  ['459 never heard of', 'deferred'],
  ['500 5.5.2 what', 'rejected'],
  ['503 5.5.1 out of turn', 'rejected'],
  ['504 what', 'rejected'],
  ['550 5.1.1 no such user', 'rejected', 'suppressed'],
  ['550 5.1.2 no such host', 'rejected', 'suppressed'],
  ['550 5.1.10 null MX', 'rejected', 'suppressed'],
  ['556 5.1.10 null MX', 'rejected', 'suppressed'],
  ['556 takes no mail', 'rejected', 'suppressed'],
  ['550 5.2.1 disabled', 'rejected', 'suppressed'],
  ['552 5.2.2 over quota', 'rejected'],
  ['552 mailbox full', 'rejected'],
  ['550 5.7.1 blocked for spam', 'rejected'],
  ['554 5.7.1 refused', 'rejected'],
  ['550 5.7.26 not authenticated', 'rejected'],
  ['550 5.7.515 access denied', 'rejected'],
  ['550 5.7.25 no PTR', 'rejected'],
  ['550 5.7.28 unsolicited', 'rejected'],
  ['553 5.1.3 bad syntax', 'rejected'],
  ['550 5.6.7 EAI unsupported', 'rejected'],
  ['550 no such user here', 'rejected'],
  ['553 bad name', 'rejected'],
  ['554 transaction failed', 'rejected'],
  ['559 never heard of', 'rejected'],
]

/** Whoever answers like this is left alone (see receivers.test.ts): here each reply stands for another receiver's. */
const patient = ({ tools }: House): Tools => ({ ...tools, receivers: { ...tools.receivers, hear: () => {} } })

const isSuppressed = async (house: House, n: number): Promise<boolean> =>
  ((await house.ledger.subscriber({ key: reader(n) }))?.suppressed ?? null) !== null

test.each(['rcpt', 'data', 'dot'] as const)(
  'every row of the reply table at %s, with and without its code',
  async (stage) => {
    await using house = await openHouse({ people: REPLIES.length + 1 })
    const only = Object.fromEntries(REPLIES.map(([reply], at) => [reader(at + 1), { [stage]: { reply } }]))
    house.sink.behave({ only })
    const mailing = await running(house)
    while ((await deliverDue(house, patient(house))) > 0);
    const found = await Promise.all(
      REPLIES.map(async ([reply], at) => {
        const person = await house.ledger.subscriber({ key: reader(at + 1) })
        const [copy] = person ? await house.ledger.who({ subscriber: person.id }) : []
        return [reply, copy?.state, ...((await isSuppressed(house, at + 1)) ? ['suppressed'] : [])]
      }),
    )
    expect(found).toEqual(REPLIES.map((row) => [...row]))
    // Nobody's reply is another's fault.
    expect(received(house)).toEqual([reader(REPLIES.length + 1)])
    const deferred = REPLIES.filter(([, state]) => state === 'deferred').length
    expect(await counts(house, mailing)).toEqual({ accepted: 1, deferred, rejected: REPLIES.length - deferred })
  },
)

test('at MAIL no reply suppresses anybody: it speaks of the sender', async () => {
  // A bare 552 there answers the SIZE we gave: that is the letter's fault, and holds the run.
  const table = REPLIES.filter(([reply]) => reply !== '552 mailbox full')
  await using house = await openHouse({ people: table.length })
  let at = 0
  house.sink.behave({ mail: () => ({ reply: table[at++]?.[0] ?? '' }) })
  const mailing = await running(house)
  while ((await deliverDue(house, patient(house))) > 0);
  const deferred = table.filter(([, state]) => state === 'deferred').length
  expect(await counts(house, mailing)).toEqual({ deferred, rejected: table.length - deferred })
  for (let n = 1; n <= table.length; n += 1) expect([n, await isSuppressed(house, n)]).toEqual([n, false])
  expect(received(house)).toEqual([])
})

describe('a reply that speaks of us or of the letter', () => {
  const stages = ['mail', 'rcpt', 'data', 'dot'] as const
  const replies = [
    '530 5.7.0 log in',
    '535 5.7.8 no',
    '552 5.3.4 too big',
    '523 5.3.4 too big',
    '530 log in',
    '523 big',
  ]

  test.each(stages)('at %s holds the run, burns nobody, and all is sent once it is mended', async (stage) => {
    await using house = await openHouse({ people: PEOPLE })
    for (const reply of replies) {
      house.sink.behave({ [stage]: { reply } })
      const mailing = await running(house)
      await deliverDue(house)
      expect([reply, await stateOf(house, mailing)]).toEqual([reply, 'held'])
      expect(await counts(house, mailing)).toEqual({ pending: PEOPLE })
      house.sink.behave({})
      await house.ledger.resume({ mailing, now: house.clock.at })
      house.clock.at += 10 * MINUTE
      await house.ledger.begin({ mailing, now: house.clock.at })
      await deliverDue(house)
      expect(await counts(house, mailing)).toEqual({ accepted: PEOPLE })
    }
    expect(received(house)).toHaveLength(PEOPLE * replies.length)
  })
})

describe('a relay that fails for one message', () => {
  const before: Stage[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data']
  const acts = { drops: 'drop', hangs: 'hang', 'says 421': { reply: '421 4.3.2 bye', next: 'drop' } } as const
  const table = Object.keys(acts) as (keyof typeof acts)[]

  test.each(table.flatMap((how) => before.map((stage) => [how, stage] as const)))(
    '%s at %s: no attempt, and everybody has one copy later',
    async (how, stage) => {
      await using house = await openHouse({ people: PEOPLE })
      house.sink.behave({ [stage]: once(acts[how]) })
      const mailing = await running(house)
      await deliverDue(house, how === 'hangs' ? over(house, { reply: 400 }) : house.tools)
      expect((await counts(house, mailing)).uncertain).toBeUndefined()
      house.sink.behave({})
      await hours(house, 2)
      expect(received(house).toSorted()).toEqual(all)
      expect(await counts(house, mailing)).toEqual({ accepted: PEOPLE })
    },
  )

  test.each([
    ['drops', 'body', 'uncertain', PEOPLE - 1],
    ['hangs', 'body', 'uncertain', PEOPLE - 1],
    ['drops', 'dot', 'uncertain', PEOPLE],
    ['hangs', 'dot', 'uncertain', PEOPLE],
    // Refused in so many words: the message is ours (RFC 5321 §4.2.1), and goes again.
    ['says 421', 'body', 'accepted', PEOPLE],
    ['says 421', 'dot', 'accepted', PEOPLE],
  ] as const)('%s at the %s: that one is %s, and never sent twice', async (how, stage, state, arrived) => {
    await using house = await openHouse({ people: PEOPLE })
    house.sink.behave({ only: { [reader(2)]: { [stage]: once(acts[how]) } } })
    const mailing = await running(house)
    await deliverDue(house, how === 'hangs' ? over(house, { reply: 800 }) : house.tools)
    house.sink.behave({})
    await hours(house, 4)
    expect(new Set(received(house)).size).toBe(received(house).length)
    expect(received(house)).toHaveLength(arrived)
    expect(await counts(house, mailing)).toEqual(
      state === 'accepted' ? { accepted: PEOPLE } : { accepted: PEOPLE - 1, uncertain: 1 },
    )
  })

  test('a 250 that takes longer than the lease is waited for, and nobody else takes the chunk', async () => {
    await using house = await openHouse({ people: 1 })
    const mailing = await running(house)
    const [due] = await house.ledger.dueChunks({ now: house.clock.at, limit: 1 })
    const others: unknown[] = []
    house.sink.behave({ dot: { delay: 1_800 }, onDot: () => void setTimeout(() => void ask(), 1_300) })
    const ask = async (): Promise<void> =>
      void others.push(await house.ledger.dueChunks({ now: house.clock.at, limit: 9 }))
    await deliver(house.tools, due?.chunk ?? 0, { owner: 'slow', leaseMs: 900 })
    expect(others).toEqual([[]])
    expect(await counts(house, mailing)).toEqual({ accepted: 1 })
  })
})

/** Does it for whoever comes first, and not again. */
function once(act: Act): () => Act | undefined {
  let done = false
  return () => {
    if (done) return undefined
    done = true
    return act
  }
}

describe('a relay that is not what it should be', () => {
  test.each<[string, Behaviour, (house: House) => Tools]>([
    [
      'has a certificate nobody vouches for',
      { tls: certificate },
      (house) => over(house, { url: `${house.sink.url}?tls=required` }),
    ],
    [
      'has lost its STARTTLS',
      {},
      (house) => over(house, { url: `${house.sink.url}?tls=required`, ca: certificate.cert }),
    ],
    ['refuses connections', {}, (house) => over(house, { url: 'smtp://127.0.0.1:1' })],
  ])('%s: nothing is sent, nobody is burnt, and all is sent when it is mended', async (_, behaviour, tools) => {
    await using house = await openHouse({ people: PEOPLE })
    house.sink.behave(behaviour)
    const mailing = await running(house)
    await deliverDue(house, tools(house))
    expect(house.sink.commands().filter((line) => /^(MAIL|RCPT|DATA|AUTH)/.test(line))).toEqual([])
    expect(await counts(house, mailing)).toEqual({ pending: PEOPLE })
    house.sink.behave({})
    await hours(house, 1)
    expect(received(house).toSorted()).toEqual(all)
  })

  test('offers nothing: mail goes one command at a time, and who needs SMTPUTF8 is rejected here, by name', async () => {
    await using house = await openHouse({
      people: PEOPLE,
      sink: { pipelining: false, eightBitMime: false, smtputf8: false },
    })
    const someone = person(house.tools, 'zoë@members.test')
    await addPeople(house.tools, [someone])
    const mailing = await running(house)
    await deliverDue(house)
    expect(received(house).toSorted()).toEqual(all)
    expect(await counts(house, mailing)).toEqual({ accepted: PEOPLE, rejected: 1 })
    const zoe = await house.ledger.subscriber({ key: someone.key })
    const [copy] = zoe ? await house.ledger.who({ subscriber: zoe.id }) : []
    expect(copy?.reply).toContain('needs SMTPUTF8')
    // Every octet of what arrived is ASCII, and no line is too long (RFC 5322 §2.1.1).
    for (const { raw } of house.sink.messages) {
      expect(raw.every((octet) => octet < 0x80)).toBe(true)
      expect(
        raw
          .toString()
          .split('\r\n')
          .every((line) => line.length <= 998),
      ).toBe(true)
    }
  })
})

test.each([HOUR, -HOUR])(
  'a clock that jumps by %i ms between any two messages: everybody has one copy',
  async (jump) => {
    await using house = await openHouse({ people: 12 })
    let dots = 0
    house.sink.behave({
      onDot: () => {
        dots += 1
        house.clock.at += dots % 2 === 0 ? jump : -jump
      },
      only: { [reader(4)]: { rcpt: once({ reply: '450 4.2.0 later' }) } },
    })
    const mailing = await running(house)
    await deliverDue(house)
    house.sink.behave({})
    await hours(house, 4)
    expect(received(house).toSorted()).toEqual(Array.from({ length: 12 }, (_, n) => reader(n + 1)).toSorted())
    expect(await counts(house, mailing)).toEqual({ accepted: 12 })
    expect(await stateOf(house, mailing)).toBe('done')
  },
)
