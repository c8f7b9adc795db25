import fc from 'fast-check'
import type { Lane, LaneOptions, Outcome, Route } from '../../src/mail/index.ts'
import { laneTimeouts, openLane, parseRoute } from '../../src/mail/index.ts'
import { type Behaviour, openSink, type Sink } from '../support/smtp.ts'
import { certificate } from '../support/smtp-certificate.ts'

const envelope = { from: 'b-1@bounce.example', to: 'ann@example.org' }
const message = Buffer.from('Subject: One\r\nMessage-ID: <1@example.org>\r\n\r\nDear Ann,\r\n')
/** For what is meant to time out; all else has time, however busy the machine. */
const short = { timeouts: { connect: 400, greeting: 400, reply: 400, quit: 200 } } satisfies LaneOptions
const patient = { timeouts: { connect: 10_000, greeting: 10_000, reply: 10_000, quit: 1_000 } } satisfies LaneOptions
const forActs = (acts: unknown) => (JSON.stringify(acts).includes('hang') ? short : patient)

const route = (sink: Sink, changes: Partial<Route> = {}): Route => ({
  ...parseRoute(sink.url, { ehloName: 'mail.example.org' }),
  ...changes,
})
const yes = async () => true

/** Opens a sink and a lane, submits one message, and tells what came of it. */
async function attempt(behaviour: Behaviour, hand: () => Promise<boolean> = yes) {
  await using sink = await openSink()
  await using lane = await openLane(route(sink), forActs(behaviour))
  sink.behave(behaviour)
  const outcome = await lane.submit(envelope, message, hand)
  return { outcome, usable: lane.usable, kept: sink.messages.length, commands: sink.commands(), log: sink.log }
}

const failure = async (opening: Promise<unknown>) =>
  opening.then(
    () => null,
    (error) => error,
  )

describe('a message that goes through', () => {
  test('arrives with its envelope and its bytes, and the reply comes back', async () => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), patient)
    expect(await lane.submit(envelope, message, yes)).toEqual({
      kind: 'accepted',
      reply: { code: 250, enhanced: '2.0.0', text: 'accepted' },
    })
    expect(sink.messages).toMatchObject([{ from: envelope.from, to: [envelope.to], raw: message }])
    expect(sink.commands()).toEqual([
      'EHLO mail.example.org',
      `MAIL FROM:<${envelope.from}> SIZE=${message.length}`,
      `RCPT TO:<${envelope.to}>`,
      'DATA',
    ])
  })

  test('waits for the hand after the 354: not one octet of the body leaves before it', async () => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), patient)
    const hand = Promise.withResolvers<boolean>()
    const asked = Promise.withResolvers<void>()
    const outcome = lane.submit(envelope, message, () => {
      asked.resolve()
      return hand.promise
    })
    await asked.promise
    // A round trip over another connection: whatever had left would be there by now.
    await (await openLane(route(sink), patient)).close()
    const events = sink.log.filter(({ session }) => session === 1).map(({ event, line }) => `${event} ${line}`)
    expect(events.at(-1)).toBe('reply 354 go ahead')
    hand.resolve(true)
    expect(await outcome).toMatchObject({ kind: 'accepted' })
  })

  test.each([true, false])('a hundred messages share one connection (pipelining: %s)', async (pipelining) => {
    await using sink = await openSink({ pipelining })
    await using lane = await openLane(route(sink), patient)
    for (let n = 0; n < 100; n += 1) {
      const to = `reader-${n}@example.org`
      expect(await lane.submit({ ...envelope, to }, message, yes)).toMatchObject({ kind: 'accepted' })
    }
    expect(sink.sessions()).toBe(1)
    expect(new Set(sink.messages.flatMap(({ to }) => to)).size).toBe(100)
  })

  test.each(['a\r\n.\r\nb', 'a\n.\nb', 'a\r.\rb', 'a\n.\r\nb', 'a\r\n.\rb', '.', '..', '.\r\nMAIL FROM:<x@y.example>'])(
    'a body with %j is one message, whole',
    async (body) => {
      await using sink = await openSink()
      await using lane = await openLane(route(sink), patient)
      await lane.submit(envelope, Buffer.from(`X: 1\r\n\r\n${body}\r\n`), yes)
      await lane.submit(envelope, message, yes)
      const canonical = body.replace(/\r\n|\r|\n/g, '\r\n')
      expect(sink.messages.map(({ raw }) => raw.toString())).toEqual([`X: 1\r\n\r\n${canonical}\r\n`, `${message}`])
    },
  )

  test('whatever the body is made of, it arrives as one message with its line ends mended and nothing else changed', async () => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), { timeouts: { reply: 5_000 } })
    const piece = fc.constantFrom('\r\n', '\r', '\n', '.', '..', '\r\n.', '\r\n.\r\n', 'DATA', 'é', ' ', 'x'.repeat(70))
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const body = pieces.join('')
        const outcome = await lane.submit(envelope, Buffer.from(body), yes)
        const canonical = body.replace(/\r\n|\r|\n/g, '\r\n')
        const arrived = sink.messages.splice(0).map(({ raw }) => raw.toString())
        return (
          outcome.kind === 'accepted' &&
          arrived.length === 1 &&
          arrived[0] === (canonical.endsWith('\r\n') ? canonical : `${canonical}\r\n`)
        )
      }),
      { numRuns: 500 },
    )
  })

  test('a large message arrives whole', async () => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), { timeouts: { reply: 10_000 } })
    const large = Buffer.from(`X: 1\r\n\r\n${'.dots and more dots\r\n'.repeat(100_000)}`)
    expect(await lane.submit(envelope, large, yes)).toMatchObject({ kind: 'accepted' })
    expect(sink.messages[0]?.raw.equals(large)).toBe(true)
  })

  test('a slow 250 is waited for', async () => {
    expect(await attempt({ dot: { delay: 150 } })).toMatchObject({
      outcome: { kind: 'accepted' },
      usable: true,
      kept: 1,
    })
  })

  test('the session ends with QUIT', async () => {
    await using sink = await openSink()
    const lane = await openLane(route(sink), patient)
    await lane.submit(envelope, message, yes)
    await Promise.all([lane.close(), lane.close()])
    expect(sink.commands().at(-1)).toBe('QUIT')
    expect(lane.usable).toBe(false)
    expect(await lane.submit(envelope, message, yes)).toMatchObject({ kind: 'unreached' })
  })

  test('closing waits for the message in hand, and a relay that never says 221 does not hold it', async () => {
    await using sink = await openSink({ dot: { delay: 100 }, quit: 'hang' })
    const lane = await openLane(route(sink), short)
    const outcome = lane.submit(envelope, message, yes)
    await lane.close()
    expect(await outcome).toMatchObject({ kind: 'accepted' })
  })
})

describe('before the body, whatever fails leaves the message certainly unsent', () => {
  const stages = ['mail', 'rcpt', 'data'] as const
  const both = stages.flatMap((stage) => [true, false].map((pipelining) => [stage, pipelining] as const))

  test.each(both)('the connection drops at %s (pipelining: %s): unreached', async (stage, pipelining) => {
    const { outcome, usable, kept } = await attempt({ [stage]: 'drop', pipelining })
    expect(outcome).toMatchObject({ kind: 'unreached', class: null })
    expect([usable, kept]).toEqual([false, 0])
  })

  test.each(both)('silence at %s (pipelining: %s): unreached after the time-out', async (stage, pipelining) => {
    const { outcome, usable } = await attempt({ [stage]: 'hang', pipelining })
    expect(outcome).toMatchObject({ kind: 'unreached', class: null, why: 'Timeout' })
    expect(usable).toBe(false)
  })

  test.each(both)('421 at %s (pipelining: %s): unreached, and the session is over', async (stage, pipelining) => {
    const { outcome, usable } = await attempt({ [stage]: { reply: '421 4.3.2 going down' }, pipelining })
    expect(outcome).toMatchObject({ kind: 'unreached', class: 'session-end', reply: { code: 421, enhanced: '4.3.2' } })
    expect(usable).toBe(false)
  })

  test.each([
    ['mail', '451 4.3.0 later', 'deferred', 'soft'],
    ['mail', '550 5.7.1 not you', 'rejected', 'policy'],
    ['mail', '552 5.3.4 too big', 'rejected', 'too-big'],
    ['mail', '530 5.7.0 log in first', 'unreached', 'auth'],
    ['rcpt', '450 4.2.0 greylisted', 'deferred', 'greylisted'],
    ['rcpt', '550 5.1.1 no such user', 'rejected', 'hard'],
    ['rcpt', '550 no such user', 'rejected', 'hard-by-text'],
    ['data', '451 4.7.1 come back', 'deferred', 'greylisted'],
    ['data', '554 5.7.1 no', 'rejected', 'policy'],
  ] as const)('at %s "%s" is %s, %s', async (stage, reply, kind, replyClass) => {
    for (const pipelining of [true, false]) {
      const { outcome, usable, kept } = await attempt({ [stage]: { reply }, pipelining })
      expect(outcome).toMatchObject({ kind, class: replyClass })
      expect([usable, kept]).toEqual([kind !== 'unreached', 0])
    }
  })

  test('a refused recipient costs a RSET, and the lane carries the next message', async () => {
    await using sink = await openSink({ only: { 'gone@example.org': { rcpt: { reply: '550 5.1.1 no such user' } } } })
    await using lane = await openLane(route(sink), patient)
    for (const to of ['gone@example.org', 'ann@example.org', 'gone@example.org', 'bob@example.org']) {
      const outcome = await lane.submit({ ...envelope, to }, message, yes)
      expect(outcome.kind).toBe(to.startsWith('gone') ? 'rejected' : 'accepted')
    }
    expect(sink.messages.map(({ to }) => to[0])).toEqual(['ann@example.org', 'bob@example.org'])
    expect(sink.commands().filter((line) => line === 'RSET')).toHaveLength(2)
    expect(sink.sessions()).toBe(1)
  })

  test('a relay that does not answer RSET costs the lane, not the outcome', async () => {
    await using sink = await openSink({ rcpt: { reply: '550 5.1.1 no' }, rset: 'hang' })
    await using lane = await openLane(route(sink), short)
    expect(await lane.submit(envelope, message, yes)).toMatchObject({ kind: 'rejected' })
    expect(await lane.submit(envelope, message, yes)).toMatchObject({ kind: 'unreached' })
  })

  test('a relay that hung up while the lane was idle is unreached', async () => {
    await using sink = await openSink()
    const lane = await openLane(route(sink), patient)
    await sink.close()
    expect(await lane.submit(envelope, message, yes)).toMatchObject({ kind: 'unreached' })
    expect(lane.usable).toBe(false)
    await lane.close()
  })

  test('a 250 in place of the 354 asks for no hand and sends no body', async () => {
    const asked: number[] = []
    const { outcome, usable } = await attempt({ data: { reply: '250 2.0.0 fine' } }, async () => asked.push(1) > 0)
    expect(outcome).toMatchObject({ kind: 'unreached', class: 'protocol' })
    expect([usable, asked]).toEqual([false, []])
  })
})

describe('the hand', () => {
  test('refused: no dot is sent, the message is withheld, and the lane is over', async () => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), patient)
    expect(await lane.submit(envelope, message, async () => false)).toEqual({ kind: 'withheld' })
    expect(lane.usable).toBe(false)
    await sink.close()
    expect(sink.messages).toHaveLength(0)
    expect(sink.log.filter(({ event }) => event === 'body')).toHaveLength(0)
  })

  test.each([
    ['throws', () => Promise.reject(new Error('the ledger is gone'))],
    [
      'throws at once',
      () => {
        throw new Error('the ledger is gone')
      },
    ],
  ])('%s: submit rejects with that, and nothing was sent', async (_, hand) => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), patient)
    await expect(lane.submit(envelope, message, hand)).rejects.toThrow('the ledger is gone')
    expect(lane.usable).toBe(false)
    await sink.close()
    expect(sink.messages).toHaveLength(0)
  })

  test.each([
    ['drops the connection', { reply: '354 go', next: 'drop' }, 'unreached', null],
    ['says 421', { reply: ['354 go', '421 4.4.2 too slow'] }, 'unreached', 'session-end'],
    ['says 451', { reply: ['354 go', '451 4.4.2 too slow'] }, 'deferred', 'soft'],
    ['says 250', { reply: ['354 go', '250 2.0.0 thanks'] }, 'unreached', 'protocol'],
  ] as const)(
    'slow, and the relay %s meanwhile: certainly unsent, even when it comes true',
    async (_, data, kind, c) => {
      for (const ours of [true, false]) {
        const slow = async () => {
          // The news must be in before the hand is: there is nothing to wait for that would show it.
          await new Promise((resolve) => setTimeout(resolve, 50))
          return ours
        }
        const { outcome, usable, commands } = await attempt({ data }, slow)
        expect(outcome).toMatchObject(ours ? { kind, class: c } : { kind: 'withheld' })
        expect(usable).toBe(false)
        expect(commands.at(-1)).toBe('DATA')
      }
    },
  )
})

describe('after the body', () => {
  test.each([
    ['the connection drops at the first octet', { body: 'drop' }, 0],
    ['the connection drops after the dot', { dot: 'drop' }, 1],
    ['nothing is heard after the dot', { dot: 'hang' }, 1],
    ['nothing is read of the body', { body: 'hang' }, 0],
    ['a 354 comes for an answer', { dot: { reply: '354 more?' } }, 1],
  ] satisfies [string, Behaviour, number][])('%s: uncertain, and the lane is over', async (_, behaviour, arrived) => {
    const { outcome, usable, kept } = await attempt(behaviour)
    expect(outcome.kind).toBe('uncertain')
    expect([usable, kept]).toEqual([false, arrived])
  })

  test.each([
    ['451 4.3.0 disk full', 'deferred', 'soft', true],
    ['421 4.3.2 going down', 'deferred', 'session-end', false],
    ['554 5.7.1 spam', 'rejected', 'policy', true],
    ['550 5.1.1 nobody', 'rejected', 'hard', true],
    ['552 5.3.4 too big', 'rejected', 'too-big', true],
  ] as const)('"%s" after the dot is %s, %s', async (reply, kind, replyClass, usable) => {
    for (const pipelining of [true, false]) {
      const seen = await attempt({ dot: { reply }, pipelining })
      expect(seen).toMatchObject({ outcome: { kind, class: replyClass }, usable, kept: 0 })
    }
  })

  test('a refusal in the middle of a large body ends the session, so that no command lands in the body', async () => {
    await using sink = await openSink({ body: { reply: '554 5.6.0 no' } })
    await using lane = await openLane(route(sink), { timeouts: { ...patient.timeouts, reply: 5_000 } })
    const large = Buffer.alloc(9_000_000, 'a line of text\r\n')
    expect(await lane.submit(envelope, large, yes)).toMatchObject({ kind: 'rejected', class: 'policy' })
    expect(lane.usable).toBe(false)
    expect(sink.messages).toHaveLength(0)
  })

  test('no time-out in earnest is under ten minutes', () => {
    expect(laneTimeouts.reply).toBeGreaterThanOrEqual(600_000)
  })
})

describe('what is judged here, without a byte sent', () => {
  test('an address beyond ASCII needs SMTPUTF8', async () => {
    await using sink = await openSink({ smtputf8: false })
    await using lane = await openLane(route(sink), patient)
    const before = sink.commands().length
    const outcome = await lane.submit({ ...envelope, to: '用户@example.org' }, message, yes)
    expect(outcome).toMatchObject({ kind: 'rejected', class: 'unsupported', reply: { code: 553, enhanced: '5.6.7' } })
    expect(sink.commands()).toHaveLength(before)
    expect(lane.usable).toBe(true)
  })

  test('with SMTPUTF8 it goes, and MAIL says so', async () => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), patient)
    await lane.submit({ ...envelope, to: '用户@example.org' }, message, yes)
    expect(sink.messages[0]?.to).toEqual(['用户@example.org'])
    expect(sink.commands()[1]).toContain(' SMTPUTF8')
  })

  test('a message over SIZE is not offered', async () => {
    await using sink = await openSink({ size: message.length - 1 })
    await using lane = await openLane(route(sink), patient)
    const outcome = await lane.submit(envelope, message, yes)
    expect(outcome).toMatchObject({ kind: 'rejected', class: 'too-big' })
    expect(sink.commands()).toHaveLength(1)
  })

  test.each(['a@x.org, z@q.org', 'a@x.org\r\nRCPT TO:<z@q.org>', 'a@x.org>', 'a b@x.org', 'nobody'])(
    'an envelope to %j is a mistake of ours and goes nowhere',
    async (to) => {
      await using sink = await openSink()
      await using lane = await openLane(route(sink), patient)
      await expect(lane.submit({ ...envelope, to }, message, yes)).rejects.toThrow('parseAddress')
      expect(sink.commands()).toHaveLength(1)
      expect(lane.usable).toBe(true)
    },
  )

  test('two messages at once over one lane are a mistake of ours', async () => {
    await using sink = await openSink()
    await using lane = await openLane(route(sink), patient)
    const first = lane.submit(envelope, message, yes)
    await expect(lane.submit(envelope, message, yes)).rejects.toThrow('one message at a time')
    expect(await first).toMatchObject({ kind: 'accepted' })
  })
})

describe('opening a lane', () => {
  test.each([
    ['greeting', 'drop', null],
    ['greeting', 'hang', null],
    ['greeting', { reply: '421 4.3.2 busy' }, 'session-end'],
    ['greeting', { reply: '554 5.7.1 go away' }, 'policy'],
    ['ehlo', 'drop', null],
    ['ehlo', 'hang', null],
    ['ehlo', { reply: '421 4.3.2 busy' }, 'session-end'],
  ] as const)('%s %j: it is unreached', async (stage, act, replyClass) => {
    await using sink = await openSink({ [stage]: act })
    const error = await failure(openLane(route(sink), forActs(act)))
    expect(error).toMatchObject({ kind: 'unreached', code: 'COMPLAINT', class: replyClass })
  })

  test('nobody listens: the complaint names the relay and what to do', async () => {
    const sink = await openSink()
    await sink.close()
    const error = await failure(openLane(route(sink), patient))
    expect(error).toMatchObject({ kind: 'unreached', class: null })
    expect(error.message).toContain(`127.0.0.1:${sink.port}`)
    expect(error.why).toContain('ECONNREFUSED')
  })

  test('a refused EHLO falls back to HELO, and the message goes', async () => {
    await using sink = await openSink({ ehlo: { reply: '502 5.5.1 what?' } })
    await using lane = await openLane(route(sink), patient)
    expect(lane.offers).toEqual({ extensions: new Set(), size: null })
    expect(await lane.submit(envelope, message, yes)).toMatchObject({ kind: 'accepted' })
  })

  test('what the relay offers is known', async () => {
    await using sink = await openSink({ smtputf8: false, size: 20_000 })
    await using lane = await openLane(route(sink), patient)
    expect(lane.offers.size).toBe(20_000)
    expect([...lane.offers.extensions]).toEqual(['PIPELINING', 'SIZE', '8BITMIME', 'ENHANCEDSTATUSCODES'])
  })
})

describe('TLS and login', () => {
  const login = { user: 'gll', pass: 's3cret' }
  const secure: LaneOptions = { ...patient, ca: certificate.cert }
  const submitOver = async (lane: Lane): Promise<Outcome> => lane.submit(envelope, message, yes)

  test('STARTTLS, then login, then the message', async () => {
    await using sink = await openSink({ tls: certificate, login })
    await using lane = await openLane(route(sink, { tls: 'required', auth: login }), secure)
    expect(await submitOver(lane)).toMatchObject({ kind: 'accepted' })
    expect(sink.commands().map((line) => line.split(' ')[0])).toEqual([
      'EHLO',
      'STARTTLS',
      'EHLO',
      'AUTH',
      'MAIL',
      'RCPT',
      'DATA',
    ])
  })

  test('TLS from the first byte', async () => {
    await using sink = await openSink({ tls: { ...certificate, implicit: true }, login })
    const way = parseRoute(sink.url.replace('//', `//${login.user}:${login.pass}@`), { ehloName: 'x.example' })
    await using lane = await openLane(way, secure)
    expect(await submitOver(lane)).toMatchObject({ kind: 'accepted' })
  })

  test('a stripped STARTTLS: neither password nor message leaves', async () => {
    await using sink = await openSink({ login })
    const error = await failure(openLane(route(sink, { tls: 'required', auth: login }), secure))
    expect(error).toMatchObject({ kind: 'unreached' })
    expect(sink.commands()).toEqual(['EHLO mail.example.org', 'STARTTLS'])
  })

  test('a certificate that nobody vouches for is no relay of ours', async () => {
    await using sink = await openSink({ tls: certificate, login })
    const error = await failure(openLane(route(sink, { tls: 'required', auth: login }), patient))
    expect(error).toMatchObject({ kind: 'unreached', class: null })
    expect(sink.commands()).not.toContain('AUTH PLAIN')
  })

  test.each([
    ['535 5.7.8 no', 'auth'],
    ['534 5.7.9 too weak', 'auth'],
    ['454 4.7.0 later', 'soft'],
    ['421 4.7.0 too many', 'session-end'],
  ])('"%s" at login is %s, and shows no password', async (reply, replyClass) => {
    await using sink = await openSink({ tls: certificate, login, auth: { reply } })
    const error = await failure(openLane(route(sink, { tls: 'required', auth: login }), secure))
    expect(error).toMatchObject({ kind: 'unreached', class: replyClass })
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain(login.pass)
  })

  test.each(['drop', 'hang'] as const)('%s at login: unreached', async (auth) => {
    await using sink = await openSink({ tls: certificate, login, auth })
    const options = { ...forActs(auth), ca: certificate.cert }
    const error = await failure(openLane(route(sink, { tls: 'required', auth: login }), options))
    expect(error).toMatchObject({ kind: 'unreached', class: null })
  })
})
