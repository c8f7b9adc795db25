/**
 * The receiving end of the drill: a bare SMTP server that writes down what it got before it goes on, one JSON line an
 * event. It is the judge's only witness, so it knows nothing of the sender but what comes over the wire.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/**
 * `go-ahead`: 354 was said. `body`: the first octet of the body is here. `dot`: its end is here, so the message is the
 * receiver's (RFC 5321 §6.1). `accepted`: 250 was said. `end`: the session is over; `octets` of an unfinished body came.
 */
export interface Entry {
  readonly event: 'go-ahead' | 'body' | 'dot' | 'accepted' | 'end'
  readonly session: number
  readonly to: string
  readonly octets: number
  readonly messageId: string
}

/** Asked at each moment, before anything else is read or said on any session. */
export interface Hooks {
  /** Just after the 354. `cut`: the line goes dead here, as when the sender's whole machine goes. */
  goAhead(to: string): 'cut' | undefined
  firstOctet(to: string): 'cut' | undefined
  /** Before the 250; it may come late. */
  dot(to: string): void
}

export interface Receiver extends AsyncDisposable {
  readonly port: number
  /** Messages whose dot came so far, and whose first octet did. */
  readonly received: number
  readonly begun: number
  /** Resolves when every session has ended. */
  idle(): Promise<void>
}

/** `delay`: milliseconds between a dot and its 250, so that a mailing lasts. */
export async function openReceiver(file: string, hooks: Hooks, delay = 0): Promise<Receiver> {
  const log = openSync(file, 'a')
  const open = new Set<Socket>()
  let sessions = 0
  let received = 0
  let begun = 0
  let wake = (): void => {}
  const server = createServer((socket) => {
    sessions += 1
    open.add(socket)
    // Or a 354 waits in the kernel until the replies before it are acknowledged.
    socket.setNoDelay(true)
    const note = (entry: Entry): void => {
      if (entry.event === 'dot') received += 1
      if (entry.event === 'body') begun += 1
      writeSync(log, `${JSON.stringify(entry)}\n`)
    }
    converse(socket, sessions, note, { hooks, delay })
    socket.on('error', () => {})
    socket.on('close', () => {
      open.delete(socket)
      if (open.size === 0) wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    get received() {
      return received
    },
    get begun() {
      return begun
    },
    idle: () =>
      new Promise((resolve) => {
        wake = resolve
        if (open.size === 0) resolve()
      }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      closeSync(log)
    },
  }
}

export const readLog = (file: string): Entry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry)

const DOT = '\r\n.\r\n'
const EHLO = '250-drill\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n'

function converse(
  socket: Socket,
  session: number,
  note: (entry: Entry) => void,
  { hooks, delay }: { hooks: Hooks; delay: number },
): void {
  let commands = ''
  let to = ''
  let body: { octets: number; head: string; tail: string } | null = null
  /** What has come and is not read yet; while a 250 is on its way, nothing is. */
  let rest = ''
  let waiting = false
  const say = (line: string): void => {
    if (socket.writable) socket.write(`${line}\r\n`)
  }
  const entry = (event: Entry['event']): Entry => ({
    event,
    session,
    to,
    octets: body?.octets ?? 0,
    messageId: /^message-id:\s*(\S+)/im.exec(body?.head ?? '')?.[1] ?? '',
  })

  /** Gives what came after the dot: with PIPELINING the next envelope may follow at once (RFC 2920 §3.1). */
  const inBody = (bytes: string, part: NonNullable<typeof body>): string => {
    const first = part.octets === 0
    const seen = part.tail + bytes
    const dot = seen.indexOf(DOT)
    const own = dot < 0 ? bytes : seen.slice(part.tail.length, dot + DOT.length)
    part.octets += own.length
    if (part.head.length < 8_192) part.head += own.slice(0, 8_192)
    part.tail = (part.tail + own).slice(-4)
    if (first) {
      note(entry('body'))
      if (hooks.firstOctet(to) === 'cut') {
        socket.resetAndDestroy()
        return ''
      }
    }
    if (dot < 0) return ''
    note(entry('dot'))
    hooks.dot(to)
    const accept = (): void => {
      note(entry('accepted'))
      body = null
      say('250 2.0.0 accepted')
    }
    if (delay === 0) accept()
    else {
      waiting = true
      setTimeout(() => {
        accept()
        waiting = false
        read()
      }, delay)
    }
    return seen.slice(dot + DOT.length)
  }

  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') return void socket.write(EHLO)
    if (verb === 'QUIT') return void socket.end('221 2.0.0 bye\r\n')
    if (verb === 'RCPT') to = /<(.*)>/.exec(line)?.[1] ?? ''
    say(verb === 'DATA' ? '354 go ahead' : '250 2.0.0 ok')
    if (verb !== 'DATA') return
    body = { octets: 0, head: '', tail: '\r\n' }
    note(entry('go-ahead'))
    if (hooks.goAhead(to) === 'cut') socket.resetAndDestroy()
  }

  const read = (): void => {
    while (rest !== '' && !waiting && !socket.destroyed) {
      if (body) rest = inBody(rest, body)
      else {
        commands += rest
        rest = ''
        for (let end = commands.indexOf('\r\n'); end >= 0 && !body; end = commands.indexOf('\r\n')) {
          const line = commands.slice(0, end)
          commands = commands.slice(end + 2)
          command(line)
        }
        if (body) [rest, commands] = [commands, '']
      }
    }
  }

  socket.on('data', (bytes) => {
    rest += bytes.toString('latin1')
    read()
  })
  socket.on('close', () => note(entry('end')))
  say('220 drill ESMTP')
}
