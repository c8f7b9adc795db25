/**
 * The Redis child of `gll serve`: the clockwork's own server, on a private socket, with nothing on disk. It may be lost
 * at any moment, so it saves nothing; what must not happen is that a second one runs beside a forgotten first.
 *
 * It is in a session of its own, so that a Ctrl-C meant for us does not take it away while the worker drains, and it
 * ends when a pipe that only we hold closes, however we ended. One that even so outlived us is ended through its socket
 * at the next start. Call this only while DATA_DIR is locked: that one could belong to another `gll serve`.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { Complaint } from '../complaint.ts'

export interface RedisChild extends AsyncDisposable {
  /** Path of its unix socket. */
  readonly socket: string
  readonly password: string
  readonly pid: number
  /** Ends it and takes its traces off the disk; may be called twice. */
  stop(): Promise<void>
  /** Settles when it has ended, by itself or by `stop`. Starting another is the caller's business. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** What it is given to answer in, and what it is given to end in (milliseconds). */
const READY_WITHIN = 10_000
const END_WITHIN = 5_000
/** sun_path is 108 bytes on Linux and 104 elsewhere, the closing NUL included. */
const LONGEST_SOCKET_PATH = 103

/**
 * `exec` keeps the shell's process number, so the second line can end Redis by it when the pipe on 3 closes.
 * The configuration, and with it the password, comes on standard input: argv is for everybody to read.
 */
const SCRIPT = `
(cat <&3; kill $$) >/dev/null 2>&1 &
exec 3<&-
for server in redis-server valkey-server; do command -v $server >/dev/null && exec $server -; done
exit 127`

/**
 * Starts a Redis in `dir` (made, 0700) and waits until it answers. The password is made here unless given.
 * Throws a Complaint: exit 3 where neither redis-server nor valkey-server is installed.
 */
export async function startRedis({ dir, password }: { dir: string; password?: string }): Promise<RedisChild> {
  await mkdir(dir, { recursive: true })
  await chmod(dir, 0o700)
  await endLeftOver(dir)
  const socket = await placeForSocket(dir)
  const traces = { socket, password: password ?? randomBytes(24).toString('hex') }
  await writeFile(recordIn(dir), JSON.stringify(traces), { mode: 0o600 })
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true })
  const said = tailOf(child.stdout, child.stderr)
  const exited = new Promise<Awaited<RedisChild['exited']>>((resolve) => {
    child.on('error', () => resolve({ code: 127, signal: null }))
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  const life = child.stdio[3] as Writable
  for (const pipe of [life, child.stdin]) pipe.on('error', () => {})
  const over = new AbortController()
  exited.then(() => {
    over.abort()
    life.destroy()
  })
  child.stdin.end(configuration(dir, traces))

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const stubborn = setTimeout(() => child.kill('SIGKILL'), END_WITHIN)
    await exited
    clearTimeout(stubborn)
    await clear(dir, socket)
  }
  const end = await Promise.race([exited, untilItAnswers(traces, over.signal)])
  if (end === 'ready') {
    return { ...traces, pid: child.pid ?? 0, stop, exited, [Symbol.asyncDispose]: stop }
  }
  await stop()
  throw end === 'silent' ? tooSlow() : ended(end, said())
}

/** One command to the Redis behind a socket; its answer as text. For what has no client at hand. */
export async function askRedis(at: { socket: string; password: string }, ...words: string[]): Promise<string> {
  const connection = connect(at.socket)
  connection.setTimeout(END_WITHIN, () => connection.destroy(new Error('Redis does not answer')))
  const answers: string[] = []
  connection.write(command('AUTH', at.password) + command(...words))
  for await (const piece of connection.setEncoding('utf8')) {
    answers.push(piece)
    const lines = answers.join('').split('\r\n')
    if (lines[0]?.startsWith('-') || lines.length > 2) break
  }
  connection.destroy()
  const [auth, answer] = answers.join('').split('\r\n')
  if (auth?.startsWith('-')) throw new Error(auth.slice(1))
  return answer ?? ''
}

const command = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`

const recordIn = (dir: string): string => join(dir, 'redis.json')

async function placeForSocket(dir: string): Promise<string> {
  const socket = join(dir, 'redis.sock')
  if (Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) return socket
  for (const short of [tmpdir(), '/tmp']) {
    const other = join(await mkdtemp(join(short, 'gll-')), 'redis.sock')
    if (Buffer.byteLength(other) <= LONGEST_SOCKET_PATH) return other
    await rm(join(other, '..'), { recursive: true, force: true })
  }
  throw new Complaint(`no folder is short enough for the socket of Redis: ${dir}`, {
    remedy: 'set DATA_DIR to a shorter path',
    exit: 3,
  })
}

/** Takes away the socket and the record; and the folder made for the socket, where one was. */
async function clear(dir: string, socket: string): Promise<void> {
  await rm(socket, { force: true })
  await rm(recordIn(dir), { force: true })
  if (join(socket, '..') !== join(dir)) await rm(join(socket, '..'), { recursive: true, force: true })
}

/** Ends the Redis that an earlier, killed `gll serve` left in `dir`: the record has its socket and password. */
async function endLeftOver(dir: string): Promise<void> {
  const record = await readFile(recordIn(dir), 'utf8').catch(() => null)
  if (record === null) return
  const { socket, password } = asRecord(record)
  if (!socket) return
  await askRedis({ socket, password }, 'SHUTDOWN', 'NOSAVE').catch((error: NodeJS.ErrnoException) => {
    // Nobody behind the socket is what we want; a reset is how a SHUTDOWN that worked may look.
    if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')) return
    throw new Complaint(`the Redis of an earlier run at ${socket} cannot be ended: ${error.message}`, {
      remedy: `end it by hand and remove ${recordIn(dir)}`,
      cause: error,
    })
  })
  await clear(dir, socket)
}

/** A record cut short by a full disk or a kill names nobody. */
function asRecord(text: string): { socket: string; password: string } {
  try {
    const { socket, password } = JSON.parse(text)
    return { socket: String(socket ?? ''), password: String(password ?? '') }
  } catch {
    return { socket: '', password: '' }
  }
}

function configuration(dir: string, { socket, password }: { socket: string; password: string }): string {
  const lines = {
    port: '0',
    unixsocket: quoted(socket),
    unixsocketperm: '600',
    requirepass: quoted(password),
    dir: quoted(dir),
    save: '""',
    appendonly: 'no',
    // BullMQ's keys must never be thrown out to make room for others.
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    loglevel: 'warning',
  }
  return Object.entries(lines)
    .map((line) => `${line.join(' ')}\n`)
    .join('')
}

const quoted = (text: string): string =>
  `"${Array.from(Buffer.from(text), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`

async function untilItAnswers(
  at: { socket: string; password: string },
  over: AbortSignal,
): Promise<'ready' | 'silent'> {
  for (const start = Date.now(); Date.now() - start < READY_WITHIN && !over.aborted; await wait(10)) {
    const answer = await askRedis(at, 'PING').catch(() => null)
    if (answer === '+PONG') return 'ready'
  }
  return 'silent'
}

/** Keeps the last of what it says, and reads all of it, or it would block on a full pipe. */
function tailOf(...streams: Readable[]): () => string {
  let text = ''
  for (const stream of streams) stream.setEncoding('utf8').on('data', (piece) => (text = (text + piece).slice(-2_000)))
  return () => text.trim()
}

const tooSlow = (): Complaint =>
  new Complaint(`redis-server did not answer within ${READY_WITHIN / 1_000} s`, {
    remedy: 'look whether this machine is overloaded, or set REDIS_URL to a Redis that runs already',
  })

function ended(end: { code: number | null; signal: string | null }, said: string): Complaint {
  if (end.code === 127) {
    return new Complaint('neither redis-server nor valkey-server is installed', {
      remedy: 'install one (Debian: apt-get install redis-server), or set REDIS_URL',
      exit: 3,
    })
  }
  const how = end.signal ? `was ended by ${end.signal}` : `ended with ${end.code}`
  return new Complaint(`redis-server ${how} before it answered${said && `: ${said}`}`, {
    remedy: 'mend that, or set REDIS_URL to a Redis that runs already',
  })
}
