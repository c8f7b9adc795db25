/** What `npm run bench send` measures: a whole house, everything real, with a list, a letter, workers and a sink. */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { startRedis } from '../../src/cli/redis.ts'
import { WORKER_FLAGS } from '../../src/cli/serve.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { compile, make } from '../../src/edition/index.ts'
import { type Ledger, openLedger } from '../../src/ledger/index.ts'
import { mould, tokens } from '../../src/mail/index.ts'
import {
  type CheckedEdition,
  gate,
  houseOf,
  ledgerPath,
  lookerOf,
  publish,
  secretKey,
  tokensOf,
} from '../../src/publishing/index.ts'
import { openSite } from '../demo/site.ts'
import { freePort } from '../servers/port.ts'
import { openPostgresServer } from '../servers/postgres.ts'
import { cpuSeconds, peakMegabytes } from './measure.ts'
import { importPeople } from './people.ts'

export interface Setup {
  readonly count: number
  readonly lanes: number
  readonly workers: number
  readonly ledger: 'sqlite' | 'postgres'
  readonly redis: 'socket' | 'tcp'
  /** Milliseconds that each answer of the sink takes. */
  readonly delay: number
  readonly tls: boolean
  readonly dkim: boolean
}

export interface House extends AsyncDisposable {
  readonly dir: string
  /** The sink's own port: what stands between it and the worker is not the peers' business. */
  readonly sink: number
  readonly edition: CheckedEdition
  /** One copy as it leaves. */
  readonly message: Buffer
  /** A whole mailing: published by its steps, delivered by the workers, and its counts proved. */
  send(): Promise<Round>
}

export interface Round {
  readonly rate: number
  /** Seconds, of all workers with all their threads. */
  readonly cpu: number
  /** Megabytes, of the largest worker. */
  readonly peak: number
}

/** Null where PostgreSQL is asked for and is not installed. */
export async function openHouse(setup: Setup): Promise<House | null> {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const postgres = setup.ledger === 'postgres' ? await openPostgresServer({ durable: true }) : null
  if (postgres) stack.use(postgres)
  else if (setup.ledger === 'postgres') return null
  const env = {
    DATA_DIR: dir,
    LOOK_ALLOW: '127.0.0.0/8',
    LANES: `${setup.lanes}`,
    LEDGER_URL: (await postgres?.database()) ?? '',
    FROM: 'The GLL Team <gll@gll.test>',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    WATCH_SCHEDULE: '1h/2h',
    DKIM_KEY: setup.dkim ? signingKey(dir) : '',
  }
  const config = readConfig(env)
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  await importPeople(config, ledger, setup.count)
  const site = stack.use(
    await openSite(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`/page/${n}`, `Page ${n}`]))),
  )
  const edition = await letter(config, site.url)
  const sink = await startSink(stack)
  const wire = setup.delay > 0 || setup.tls ? await startWire(stack, { dir, sink, setup }) : { port: sink, env: {} }
  const redis = stack.use(await startRedis({ dir: join(dir, 'redis') }))
  const orders = {
    redis: setup.redis === 'tcp' ? await startTcpRedis(stack) : { socket: redis.socket, password: redis.password },
    smtpUrl: `${setup.tls ? 'smtps' : 'smtp'}://127.0.0.1:${wire.port}`,
  }
  const workers: ChildProcess[] = []
  for (let n = 0; n < setup.workers; n += 1) {
    workers.push(await startWorker(stack, ledger, { env: { ...env, ...wire.env }, orders }))
  }
  const owned = stack.move()
  return {
    dir,
    sink,
    edition,
    message: stamped(config, edition),
    send: () => send({ config, ledger, edition, workers }, setup),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function send(
  at: { config: Config; ledger: Ledger; edition: CheckedEdition; workers: readonly ChildProcess[] },
  { count, lanes, workers }: Setup,
): Promise<Round> {
  const { ledger, config, edition } = at
  const pids = at.workers.map(({ pid }) => pid ?? 0)
  const cpu = (): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const before = cpu()
  const order = { list: 'members', expect: count, dueAt: Date.now(), lanes: lanes * workers }
  const { mailing } = await publish({ ledger, config, now: Date.now }, edition, order)
  let state = await ledger.mailing({ id: mailing })
  while (state?.state !== 'done') {
    if (state?.state === 'held') throw new Error(`the mailing was held: ${JSON.stringify(state)}`)
    await wait(100)
    state = await ledger.mailing({ id: mailing })
  }
  const { accepted } = await ledger.counts({ mailing })
  if (accepted !== count) throw new Error(`${accepted} of ${count} were accepted`)
  const seconds = ((state.finishedAt ?? 0) - (state.startedAt ?? 0)) / 1_000
  return { rate: count / seconds, cpu: cpu() - before, peak: Math.max(...pids.map(peakMegabytes)) }
}

async function startWorker(
  stack: AsyncDisposableStack,
  ledger: Ledger,
  { env, orders }: { env: NodeJS.ProcessEnv; orders: object },
): Promise<ChildProcess> {
  const root = join(import.meta.dirname, '..', '..')
  const worker = fork(join(root, 'queues', 'worker.ts'), {
    // As `gll serve` starts it, sources stripped and compiled by an earlier start.
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...WORKER_FLAGS],
  })
  stack.defer(async () => {
    const gone = once(worker, 'exit')
    worker.kill('SIGTERM')
    await gone
  })
  worker.once('message', () => worker.send(orders))
  for (;;) {
    const beat = await ledger.heartbeat({ name: 'worker' })
    if (beat && beat.pid === worker.pid) return worker
    if (worker.exitCode !== null) throw new Error(`the worker ended with ${worker.exitCode}`)
    await wait(20)
  }
}

/** Debian keeps postfix's programs where only root looks. */
export const withSbin = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin`,
})

async function startSink(stack: AsyncDisposableStack): Promise<number> {
  const port = await freePort()
  // As root it wants a user to become.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn('smtp-sink', [...user, '-8', `127.0.0.1:${port}`, '1000'], { env: withSbin(), stdio: 'ignore' })
  stack.defer(() => void child.kill())
  await answering(child, port)
  return port
}

async function startWire(
  stack: AsyncDisposableStack,
  { dir, sink, setup }: { dir: string; sink: number; setup: Setup },
): Promise<{ port: number; env: NodeJS.ProcessEnv }> {
  const [key, cert] = [join(dir, 'wire.key'), join(dir, 'wire.pem')]
  if (setup.tls) {
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', ...how, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  }
  const script = join(import.meta.dirname, 'wire.ts')
  const child = spawn(process.execPath, [script, `${sink}`, `${setup.delay}`, ...(setup.tls ? [key, cert] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  stack.defer(() => void child.kill())
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { port: Number(port), env: setup.tls ? { NODE_EXTRA_CA_CERTS: cert } : {} }
}

async function startTcpRedis(stack: AsyncDisposableStack): Promise<{ url: string }> {
  const port = await freePort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  stack.defer(() => void child.kill())
  await answering(child, port)
  return { url: `redis://127.0.0.1:${port}` }
}

async function answering(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (up) return
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    await wait(50)
  }
}

function signingKey(dir: string): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const file = join(dir, 'dkim.pem')
  mkdirSync(dir, { recursive: true })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return `bench._domainkey.gll.test=${file}`
}

const SUBJECT = 'Two new reports on listening to patients'

/** A letter of ours whose copies have about 20 KB and 12 links. */
async function letter(config: Config, site: string): Promise<CheckedEdition> {
  const paragraph = (n: number): string =>
    `The ${n}th chapter, which you can read [on its own page](${site}/page/${n}), tells how a ward listens: who asks, ` +
    'who answers, what is written down, and what changes because of it. '.repeat(4)
  const source = `---\nsubject: ${SUBJECT}\nlist: members\nlanguage: en\ndefaults: { name: Colleague }\n---\nDear {{name}},\n\n${Array.from({ length: 12 }, (_, n) => paragraph(n)).join('\n\n')}\n`
  const made = await make(
    { name: 'bench.md', format: 'md', text: source },
    { kind: 'announcement', house: houseOf(config), now: new Date() },
  )
  await using looker = await lookerOf(config)
  const checked = await gate({ config, looker, now: Date.now, tokens: tokensOf(config, secretKey(config)) }, made)
  if ('refused' in checked) throw new Error(`the bench's letter was refused: ${JSON.stringify(checked.refused.faults)}`)
  return checked
}

function stamped(config: Config, edition: CheckedEdition): Buffer {
  const cast = mould(compile(edition), {
    kind: 'announcement',
    from: config.from,
    replyTo: null,
    date: new Date(),
    language: 'en',
    listId: null,
  })
  const token = tokens(secretKey(config), 'gll.test')
  return cast.stamp({
    address: 'reader1@members.test',
    name: 'Reader 1',
    fields: { name: 'Reader 1', unsubscribe: 'https://gll.test/u/1', webcopy: 'https://gll.test/c/1' },
    messageId: token.messageId({ mailing: 1, edition: 1, n: 1 }),
    unsubscribeUrl: null,
    inReplyTo: null,
    references: [],
  })
}
