import { once } from 'node:events'
import net from 'node:net'
import { type Lane, openLane, parseRoute } from '../../src/mail/index.ts'
import { type Behaviour, openSink } from '../support/smtp.ts'

const to = (name: string) => ({ from: 'b-1@bounce.example', to: `${name}@example.org` })
const mail = (name: string) => Buffer.from(`Message-ID: <${name}@example.org>\r\n\r\nDear ${name},\r\n`)
const [ann, bob, cid] = [mail('ann'), mail('bob'), mail('cid')]
const yes = async () => true
const open = (url: string) =>
  openLane(parseRoute(url, { ehloName: 'mail.example.org' }), { timeouts: { reply: 10_000, quit: 1_000 } })

/** A hand that comes true, and by then the message to Bob is announced. */
const thenBob = (lane: Lane) => async () => {
  lane.announce(to('bob'), bob)
  return true
}

/** Ann's message with Bob's announced, under a behaviour that a sink has from its dot on. */
async function annThenBob(behaviour: Behaviour, hand = yes) {
  await using sink = await openSink(behaviour)
  await using lane = await open(sink.url)
  const first = await lane.submit(to('ann'), ann, thenBob(lane))
  let asked = 0
  const second = await lane.submit(to('bob'), bob, () => {
    asked += 1
    return hand()
  })
  return { first, second, asked, usable: lane.usable, sink, arrived: sink.messages.map((one) => one.to[0]) }
}

/** A relay that answers each command, and keeps what came in one piece as one piece. */
async function pieces() {
  const seen: string[] = []
  const answers: Record<string, string> = { EHLO: '250-r\r\n250 PIPELINING', DATA: '354 go', QUIT: '221 bye' }
  const server = net.createServer((socket) => {
    let inBody = false
    socket.write('220 r\r\n')
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      seen.push(bytes.toString())
      for (const line of bytes.toString().split('\r\n').slice(0, -1)) {
        if (inBody && line !== '.') continue
        socket.write(`${answers[line.slice(0, 4)] ?? '250 ok'}\r\n`)
        inBody = line === 'DATA'
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `smtp://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  return { url, seen, [Symbol.asyncDispose]: async () => void server.close() }
}

describe('a message that is announced', () => {
  test('has its envelope in one piece with the body and the dot before it, and its body waits for its own hand', async () => {
    await using relay = await pieces()
    await using lane = await open(relay.url)
    await lane.submit(to('ann'), ann, thenBob(lane))
    const hand = Promise.withResolvers<boolean>()
    const asked = Promise.withResolvers<void>()
    const second = lane.submit(to('bob'), bob, () => {
      asked.resolve()
      return hand.promise
    })
    await asked.promise
    const envelope = (name: string) => `MAIL FROM:<${to(name).from}>\r\nRCPT TO:<${to(name).to}>\r\nDATA\r\n`
    expect(relay.seen.slice(1)).toEqual([envelope('ann'), `${ann}.\r\n${envelope('bob')}`])
    hand.resolve(true)
    expect(await second).toMatchObject({ kind: 'accepted' })
    expect(relay.seen.at(-1)).toBe(`${bob}.\r\n`)
  })

  test.each([true, false])(
    'a hundred of them arrive in their order, each once (pipelining: %s)',
    async (pipelining) => {
      await using sink = await openSink({ pipelining })
      await using lane = await open(sink.url)
      const all = Array.from({ length: 100 }, (_, n) => ({ envelope: to(`r${n}`), bytes: mail(`r${n}`) }))
      for (const [n, { envelope, bytes }] of all.entries()) {
        const outcome = await lane.submit(envelope, bytes, async () => {
          const next = all[n + 1]
          if (next) lane.announce(next.envelope, next.bytes)
          return true
        })
        expect(outcome).toMatchObject({ kind: 'accepted' })
      }
      expect(sink.messages.map(({ to: [one] }) => one)).toEqual(all.map(({ envelope }) => envelope.to))
      expect(sink.messages.map(({ raw }) => raw)).toEqual(all.map(({ bytes }) => bytes))
      expect([sink.sessions(), sink.commands().includes('RSET')]).toEqual([1, false])
    },
  )

  test('goes though the one before it is refused after its dot', async () => {
    const { first, second, arrived } = await annThenBob({
      only: { 'ann@example.org': { dot: { reply: '554 5.7.1 spam' } } },
    })
    expect([first.kind, second.kind, arrived]).toEqual(['rejected', 'accepted', ['bob@example.org']])
  })

  test('is refused by itself, and the next one finds a clean session', async () => {
    await using sink = await openSink({ only: { 'bob@example.org': { rcpt: { reply: '550 5.1.1 no' } } } })
    await using lane = await open(sink.url)
    await lane.submit(to('ann'), ann, thenBob(lane))
    expect(await lane.submit(to('bob'), bob, yes)).toMatchObject({ kind: 'rejected', class: 'hard' })
    expect(await lane.submit(to('cid'), cid, yes)).toMatchObject({ kind: 'accepted' })
    expect(sink.messages.map((one) => one.to[0])).toEqual(['ann@example.org', 'cid@example.org'])
  })

  test.each([
    ['drops', 'drop', 'uncertain', null],
    ['says 421', { reply: '421 4.3.2 bye' }, 'deferred', 'session-end'],
  ] as const)('is certainly unsent where the relay %s after the dot before it', async (_, dot, kind, replyClass) => {
    const { first, second, asked, usable } = await annThenBob({ dot })
    expect([first.kind, second.kind, asked, usable]).toEqual([kind, 'unreached', 0, false])
    expect(second).toMatchObject({ class: replyClass })
  })

  test('is withheld where its own hand is refused, and the one before it is settled all the same', async () => {
    const { first, second, arrived } = await annThenBob({}, async () => false)
    expect([first.kind, second.kind, arrived]).toEqual(['accepted', 'withheld', ['ann@example.org']])
  })

  test('and never submitted leaves nothing behind: not even QUIT, which would be a line of its body', async () => {
    await using sink = await openSink()
    const lane = await open(sink.url)
    await lane.submit(to('ann'), ann, thenBob(lane))
    await lane.close()
    await sink.close()
    expect(sink.messages).toHaveLength(1)
    expect(sink.log.filter(({ event }) => event === 'body')).toHaveLength(1)
    expect(sink.commands().at(-1)).toBe('DATA')
  })

  test('is not mistaken for another one, which finds the lane closed', async () => {
    await using sink = await openSink()
    await using lane = await open(sink.url)
    await lane.submit(to('ann'), ann, thenBob(lane))
    expect(await lane.submit(to('cid'), cid, yes)).toMatchObject({ kind: 'unreached', why: 'the lane is closed' })
    expect(sink.messages).toHaveLength(1)
  })
})
