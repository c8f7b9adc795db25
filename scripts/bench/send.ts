/**
 * `npm run bench send`: personalised two-part mails of about 20 KB with 12 links over loopback to postfix's smtp-sink,
 * everything real: ledger, Redis, BullMQ, worker, and the counts proved. In the same run, in turn, against
 * smtp-source (C) with and without a kept connection, and a nodemailer pool that composes or repeats ready bytes.
 *
 *   [--count 20000] [--rounds 5] [--lanes 20] [--ledger postgres://…] [--delay MS] [--json] [--only ours]
 *
 * The machine is shared: only the ratios of one run mean something.
 */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startRedis } from '../../src/cli/redis.ts'
import { readConfig } from '../../src/config.ts'
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
import { cpuSeconds, median, peakMegabytes } from './measure.ts'

interface Round {
  readonly rate: number
  readonly cpu: number
  readonly peak: number
}

interface Options {
  readonly count: number
  readonly rounds: number
  readonly lanes: number
  readonly delay: number
  readonly json: boolean
  readonly only: string | null
  readonly ledger: string
}

const SUBJECT = 'Two new reports on listening to patients'

export async function run(args: readonly string[]): Promise<number> {
  const options = optionsOf(args)
  if (!have('smtp-sink') || !have('smtp-source')) {
    console.error("bench send needs postfix's smtp-sink and smtp-source: apt-get install postfix")
    return 3
  }
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  try {
    await using bench = await openBench(dir, options)
    const results = await rounds(bench, options)
    report(results, options, bench.size)
    return 0
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function optionsOf(args: readonly string[]): Options {
  const value = (name: string, unset: string): string => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? unset : (args[at + 1] ?? unset)
  }
  return {
    count: Number(value('count', '20000')),
    rounds: Number(value('rounds', '5')),
    lanes: Number(value('lanes', '20')),
    delay: Number(value('delay', '0')),
    json: args.includes('--json'),
    only: args.includes('--only') ? value('only', '') : null,
    ledger: value('ledger', ''),
  }
}

function have(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore', env: withSbin() })
    return true
  } catch {
    return false
  }
}

/** Debian keeps postfix's programs where only root looks. */
const withSbin = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` })

interface Bench extends AsyncDisposable {
  readonly dir: string
  readonly sink: number
  readonly ledger: Ledger
  readonly edition: CheckedEdition
  readonly worker: ChildProcess
  readonly size: number
  readonly config: ReturnType<typeof readConfig>
}

async function openBench(dir: string, options: Options): Promise<Bench> {
  await using stack = new AsyncDisposableStack()
  const site = stack.use(
    await openSite(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`/page/${n}`, `Page ${n}`]))),
  )
  const env = {
    DATA_DIR: dir,
    LOOK_ALLOW: '127.0.0.0/8',
    LANES: `${options.lanes}`,
    LEDGER_URL: options.ledger,
    FROM: 'The GLL Team <gll@gll.test>',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    WATCH_SCHEDULE: '1h/2h',
  }
  const config = readConfig(env)
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  await importPeople(ledger, options.count)
  const { edition, size } = await letter(config, site.url)
  const redis = stack.use(await startRedis({ dir: join(dir, 'redis') }))
  const sink = await startSink(options.delay)
  stack.defer(() => void sink.child.kill())
  const worker = fork(new URL('../../queues/worker.ts', import.meta.url), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // As gll serve starts it.
    execArgv: ['--max-semi-space-size=8'],
  })
  stack.defer(async () => {
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.kill('SIGTERM')
    await gone
  })
  const orders = { redis: { socket: redis.socket, password: redis.password }, smtpUrl: `smtp://127.0.0.1:${sink.port}` }
  worker.once('message', () => worker.send(orders))
  while (!(await ledger.heartbeat({ name: 'worker' }))) await wait(50)
  const owned = stack.move()
  return {
    dir,
    sink: sink.port,
    ledger,
    edition,
    worker,
    size,
    config,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function importPeople(ledger: Ledger, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1_000) {
    const people = Array.from({ length: Math.min(1_000, count - at) }, (_, n) => {
      const address = `reader${at + n + 1}@members.test`
      return { address, key: address, name: `Reader ${at + n + 1}`, language: 'en' }
    })
    await ledger.importPeople({ list: 'members', people, source: 'bench', now: Date.now() })
  }
}

/** A letter of ours whose copies have about 20 KB. */
async function letter(config: Bench['config'], site: string): Promise<{ edition: CheckedEdition; size: number }> {
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
  return { edition: checked, size: stamped(config, checked).length }
}

/** One copy as it leaves, for its size and for the peer that repeats ready bytes. */
function stamped(config: Bench['config'], edition: CheckedEdition): Buffer {
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

async function startSink(delay: number): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort()
  // As root it wants a user to become.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const pause = delay > 0 ? ['-w', `${delay / 1_000}`] : []
  const args = [...user, '-8', ...pause, `127.0.0.1:${port}`, '1000']
  const child = spawn('smtp-sink', args, { env: withSbin(), stdio: 'ignore' })
  for (;;) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (up) return { child, port }
    if (child.exitCode !== null) throw new Error(`smtp-sink ended with ${child.exitCode}`)
    await wait(50)
  }
}

type Results = Map<string, Round[]>

async function rounds(bench: Bench, options: Options): Promise<Results> {
  const results: Results = new Map()
  const templates = join(bench.dir, 'templates.json')
  writeFileSync(templates, JSON.stringify({ html: bench.edition.html, text: bench.edition.text }))
  const message = join(bench.dir, 'message.eml')
  writeFileSync(message, stamped(bench.config, bench.edition))
  const peers: [string, () => Promise<Round>][] = [
    ['ours', () => ours(bench, options)],
    ['smtp-source -d', () => smtpSource(bench, options, true)],
    ['smtp-source', () => smtpSource(bench, options, false)],
    ['pool, composing', () => pool(bench, options, 'compose', templates, Math.ceil(options.count / 10))],
    ['pool, ready bytes', () => pool(bench, options, 'ready', message, Math.ceil(options.count / 4))],
  ]
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [name, one] of peers) {
      if (options.only !== null && name !== options.only) continue
      const result = await one()
      results.set(name, [...(results.get(name) ?? []), result])
      console.error(
        `round ${round + 1}: ${name} ${Math.round(result.rate)}/s, ${result.cpu.toFixed(1)} s CPU, ${Math.round(result.peak)} MB`,
      )
    }
  }
  return results
}

/** A whole mailing: published by its steps, delivered by the worker, and counted. */
async function ours(bench: Bench, options: Options): Promise<Round> {
  const pid = bench.worker.pid ?? 0
  const { mailing } = await publish({ ledger: bench.ledger, config: bench.config, now: Date.now }, bench.edition, {
    list: 'members',
    expect: options.count,
    dueAt: Date.now(),
    lanes: options.lanes,
  })
  const before = cpuSeconds(pid)
  let state = await bench.ledger.mailing({ id: mailing })
  while (state?.state !== 'done') {
    await wait(100)
    state = await bench.ledger.mailing({ id: mailing })
  }
  const { accepted } = await bench.ledger.counts({ mailing })
  if (accepted !== options.count) throw new Error(`${accepted} of ${options.count} were accepted`)
  const seconds = ((state.finishedAt ?? 0) - (state.startedAt ?? 0)) / 1_000
  return { rate: options.count / seconds, cpu: cpuSeconds(pid) - before, peak: peakMegabytes(pid) }
}

async function smtpSource(bench: Bench, options: Options, kept: boolean): Promise<Round> {
  const args = ['-s', `${options.lanes}`, '-m', `${options.count}`, '-l', `${bench.size}`, ...(kept ? ['-d'] : [])]
  const script = `time -p smtp-source ${args.join(' ')} -f gll@gll.test -t reader@members.test 127.0.0.1:${bench.sink}`
  const began = performance.now()
  const said = await output('bash', ['-c', script])
  const seconds = (performance.now() - began) / 1_000
  const cpu = [...said.matchAll(/^(?:user|sys) ([\d.]+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0)
  return { rate: options.count / seconds, cpu, peak: 0 }
}

async function pool(bench: Bench, options: Options, mode: string, file: string, count: number): Promise<Round> {
  const script = new URL('./pool.ts', import.meta.url).pathname
  const said = await output(process.execPath, [script, `${bench.sink}`, mode, `${count}`, `${options.lanes}`, file])
  const { seconds, cpu, peak } = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as {
    seconds: number
    cpu: number
    peak: number
  }
  return { rate: count / seconds, cpu: (cpu * options.count) / count, peak }
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { env: withSbin(), stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.slice(0, 500)}`)
  return said
}

function report(results: Results, options: Options, size: number): void {
  const rows = [...results].map(([name, all]) => ({
    name,
    rate: median(all.map((r) => r.rate)),
    cpu: median(all.map((r) => r.cpu)),
    peak: Math.max(...all.map((r) => r.peak)),
  }))
  const ours = rows.find((row) => row.name === 'ours')?.rate ?? Number.NaN
  if (options.json) {
    console.log(
      JSON.stringify({
        ...options,
        size,
        cores: cpus().length,
        rows: rows.map((row) => ({ ...row, ratio: ours / row.rate })),
      }),
    )
    return
  }
  console.log(
    `\n${options.count} mails of ${size} bytes, ${options.lanes} sessions, medians of ${options.rounds} rounds, ${cpus().length} cores`,
  )
  for (const row of rows) {
    const peak = row.peak > 0 ? `${Math.round(row.peak)} MB` : ''
    console.log(
      `${row.name.padEnd(18)} ${`${Math.round(row.rate)}/s`.padStart(8)} ${`${row.cpu.toFixed(1)} s CPU`.padStart(12)} ${peak.padStart(8)}   ours is ${(ours / row.rate).toFixed(2)} ×`,
    )
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
