import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openLane, parseRoute } from '../../src/mail/index.ts'
import { openSink, type SinkEvent } from '../support/smtp.ts'

const envelope = { from: 'b-1@bounce.example', to: 'ann@example.org' }
const message = Buffer.from('Subject: One\r\nMessage-ID: <1@example.org>\r\n\r\nDear Ann,\r\n')
const yes = async () => true
const lane = (url: string) =>
  openLane(parseRoute(url, { ehloName: 'mail.example.org' }), { timeouts: { reply: 2_000 } })

/** The sink as a process of its own, as drills use it. */
async function sinkProcess(...args: string[]) {
  const dir = await mkdtemp(join(tmpdir(), 'gll-sink-'))
  const file = join(dir, 'sink.log')
  const entry = new URL('../support/smtp-sink.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [entry, '--port', '0', '--log', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(createInterface(child.stdout), 'line')
  const events = async (): Promise<SinkEvent[]> =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return {
    url: `smtp://127.0.0.1:${port}`,
    events,
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await once(child, 'exit')
      await rm(dir, { recursive: true })
    },
  }
}

describe('the sink as a process', () => {
  test('has every event in its file before the client hears of it', async () => {
    await using sink = await sinkProcess()
    await using one = await lane(sink.url)
    expect(await one.submit(envelope, message, yes)).toMatchObject({ kind: 'accepted' })
    const events = await sink.events()
    expect(events.map(({ event }) => event).slice(-4)).toEqual(['reply', 'body', 'dot', 'reply'])
    expect(events.find(({ event }) => event === 'dot')).toMatchObject({
      ...envelope,
      line: '<1@example.org>',
      octets: message.length,
      session: 1,
    })
    expect(events.at(-1)).toMatchObject({ ...envelope, line: '250 2.0.0 accepted' })
  })

  test('takes a behaviour and a delay', async () => {
    const behaviour = { only: { 'gone@example.org': { rcpt: { reply: '550 5.1.1 no' } } } }
    await using sink = await sinkProcess('--behaviour', JSON.stringify(behaviour), '--delay', '100')
    await using one = await lane(sink.url)
    expect(await one.submit({ ...envelope, to: 'gone@example.org' }, message, yes)).toMatchObject({ kind: 'rejected' })
    await one.submit(envelope, message, yes)
    const events = await sink.events()
    const dot = events.find(({ event }) => event === 'dot')
    expect((events.at(-1)?.at ?? 0) - (dot?.at ?? 0)).toBeGreaterThanOrEqual(95)
  })
})

describe('the sink’s hooks', () => {
  test('wait at the first octet, with nothing kept yet, and at the dot, with the message kept and no reply out', async () => {
    const seen: string[] = []
    const at = (what: string) => seen.push(`${what}: ${sink.messages.length} kept, last "${sink.log.at(-1)?.event}"`)
    await using sink = await openSink({
      onFirstBodyByte: async (to, raw) => {
        await new Promise(setImmediate)
        expect([to, raw.length > 0]).toEqual([{ from: envelope.from, to: [envelope.to] }, true])
        at('body')
      },
      onDot: async (_, raw) => {
        await new Promise(setImmediate)
        expect(raw).toEqual(message)
        at('dot')
      },
    })
    await using one = await lane(sink.url)
    expect(await one.submit(envelope, message, yes)).toMatchObject({ kind: 'accepted' })
    expect(seen).toEqual(['body: 0 kept, last "body"', 'dot: 1 kept, last "dot"'])
  })

  test.each([
    ['in the body', 'Subject: One\r\n', 0],
    ['before the line end after the dot', 'Subject: One\r\n.', 0],
    ['after the dot', 'Subject: One\r\n.\r\n', 1],
  ])('a client that is cut off %s has left so many messages', async (_, octets, kept) => {
    const gone = Promise.withResolvers<void>()
    await using sink = await openSink({ onEvent: ({ event }) => event === 'close' && gone.resolve() })
    const socket = net.connect(sink.port, sink.host)
    for (const line of [null, 'EHLO x', `MAIL FROM:<${envelope.from}>`, `RCPT TO:<${envelope.to}>`, 'DATA']) {
      if (line !== null) socket.write(`${line}\r\n`)
      await once(socket, 'data')
    }
    socket.end(octets)
    await gone.promise
    expect(sink.messages).toHaveLength(kept)
  })
})
