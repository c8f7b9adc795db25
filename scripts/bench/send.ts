/**
 * `npm run bench send`: personalised two-part mails of about 20 KB with 12 links over loopback to postfix's smtp-sink,
 * everything real: ledger, Redis, BullMQ, worker, and the counts proved. In the same run, in turn, against
 * smtp-source (C) with and without a kept connection, and a nodemailer pool that composes or repeats ready bytes.
 *
 *   [--count 20000] [--rounds 5] [--lanes 20] [--only ours] [--also NAME,… | --also all] [--json]
 *
 * --also measures ours once more under other circumstances: see VARIANTS. The machine is shared: only the ratios of one
 * run mean something.
 */
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type House, openHouse, type Round, type Setup, withSbin } from './house.ts'
import { median } from './measure.ts'

/** Delays bound a lane: it waits for one answer a message. So their mails are few, and their lanes many. */
const VARIANTS: Readonly<Record<string, Partial<Setup>>> = {
  postgres: { ledger: 'postgres' },
  tls: { tls: true },
  dkim: { dkim: true },
  'two-workers': { workers: 2 },
  'tcp-redis': { redis: 'tcp' },
  '20ms': { delay: 20, count: 5_000 },
  '200ms': { delay: 200, count: 1_000 },
  '200ms-200-lanes': { delay: 200, lanes: 200, count: 5_000 },
  '10000': { count: 10_000 },
  '100000': { count: 100_000 },
}

interface Options {
  readonly setup: Setup
  readonly rounds: number
  readonly only: string | null
  readonly also: readonly string[]
  readonly json: boolean
}

export async function run(args: readonly string[]): Promise<number> {
  const options = optionsOf(args)
  const unknown = options.also.filter((name) => VARIANTS[name] === undefined)
  if (unknown.length > 0) {
    console.error(`bench send --also knows ${Object.keys(VARIANTS).join(', ')}, and not ${unknown.join(', ')}`)
    return 3
  }
  if (!have('smtp-sink') || !have('smtp-source')) {
    console.error("bench send needs postfix's smtp-sink and smtp-source: apt-get install postfix")
    return 3
  }
  const results: Results = new Map()
  const size = await base(options, results)
  for (const name of options.also) await variant(name, options, results)
  report(results, options, size)
  return 0
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '20000' },
      rounds: { type: 'string', default: '5' },
      lanes: { type: 'string', default: '20' },
      only: { type: 'string' },
      also: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
    },
  })
  const plain = { workers: 1, ledger: 'sqlite', redis: 'socket', delay: 0, tls: false, dkim: false } as const
  return {
    setup: { ...plain, count: Number(values.count), lanes: Number(values.lanes) },
    rounds: Number(values.rounds),
    only: values.only ?? null,
    also: values.also === 'all' ? Object.keys(VARIANTS) : values.also.split(',').filter(Boolean),
    json: values.json,
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

interface Measured {
  readonly setup: Setup
  readonly rounds: readonly Round[]
}
type Results = Map<string, Measured>

/** Ours and its peers in turn, round for round. Gives the size of a message. */
async function base(options: Options, results: Results): Promise<number> {
  const { setup } = options
  await using house = await openHouse(setup)
  if (!house) throw new Error('no house')
  const templates = join(house.dir, 'templates.json')
  writeFileSync(templates, JSON.stringify({ html: house.edition.html, text: house.edition.text }))
  const message = join(house.dir, 'message.eml')
  writeFileSync(message, house.message)
  const peers: [string, () => Promise<Round>][] = [
    ['ours', () => house.send()],
    ['smtp-source -d', () => smtpSource(house, setup, true)],
    ['smtp-source', () => smtpSource(house, setup, false)],
    ['pool, composing', () => pool(house, setup, ['compose', templates, Math.ceil(setup.count / 10)])],
    ['pool, ready bytes', () => pool(house, setup, ['ready', message, Math.ceil(setup.count / 4)])],
  ]
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const [name, one] of peers) {
      if (options.only === null || name === options.only) note(results, name, { setup, round: await one(), nth: round })
    }
  }
  return house.message.length
}

async function variant(name: string, options: Options, results: Results): Promise<void> {
  const setup = { ...options.setup, ...VARIANTS[name] }
  await using house = await openHouse(setup)
  if (!house) return console.error(`${name}: left out, for PostgreSQL is not installed: apt-get install postgresql`)
  for (let round = 1; round <= options.rounds; round += 1) {
    note(results, name, { setup, round: await house.send(), nth: round })
  }
}

function note(results: Results, name: string, { setup, round, nth }: { setup: Setup; round: Round; nth: number }) {
  results.set(name, { setup, rounds: [...(results.get(name)?.rounds ?? []), round] })
  const { rate, cpu, peak } = round
  console.error(`round ${nth}: ${name} ${Math.round(rate)}/s, ${cpu.toFixed(2)} s CPU, ${Math.round(peak)} MB`)
}

async function smtpSource(house: House, { count, lanes }: Setup, kept: boolean): Promise<Round> {
  const args = ['-s', `${lanes}`, '-m', `${count}`, '-l', `${house.message.length}`, ...(kept ? ['-d'] : [])]
  const script = `time -p smtp-source ${args.join(' ')} -f gll@gll.test -t reader@members.test 127.0.0.1:${house.sink}`
  const began = performance.now()
  const said = await output('bash', ['-c', script])
  const seconds = (performance.now() - began) / 1_000
  const cpu = [...said.matchAll(/^(?:user|sys) ([\d.]+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0)
  return { rate: count / seconds, cpu, peak: 0 }
}

/** `how`: as pool.ts takes it. Its CPU is told for as many mails as the others send. */
async function pool(house: House, setup: Setup, [mode, file, count]: [string, string, number]): Promise<Round> {
  const script = join(import.meta.dirname, 'pool.ts')
  const said = await output(process.execPath, [script, `${house.sink}`, mode, `${count}`, `${setup.lanes}`, file])
  const { seconds, cpu, peak } = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as {
    seconds: number
    cpu: number
    peak: number
  }
  return { rate: count / seconds, cpu: (cpu * setup.count) / count, peak }
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { env: withSbin(), stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.slice(0, 500)}`)
  return said
}

function report(results: Results, { rounds, setup, json }: Options, size: number): void {
  const rows = [...results].map(([name, { setup: own, rounds: all }]) => ({
    name,
    count: own.count,
    lanes: own.lanes,
    rate: median(all.map((r) => r.rate)),
    /** Microseconds a mail. */
    cpu: (median(all.map((r) => r.cpu)) / own.count) * 1e6,
    peak: Math.max(...all.map((r) => r.peak)),
    /** One answer a message and lane: no rate can be above it. */
    bound: own.delay > 0 ? (own.lanes * 1_000) / own.delay : null,
  }))
  const ours = rows.find((row) => row.name === 'ours')?.rate ?? Number.NaN
  if (json) {
    const said = rows.map((row) => ({ ...row, ratio: ours / row.rate }))
    console.log(JSON.stringify({ ...setup, rounds, size, cores: cpus().length, node: process.version, rows: said }))
    return
  }
  const { count, lanes } = setup
  console.log(
    `\n${count} mails of ${size} bytes, ${lanes} sessions, medians of ${rounds} rounds, ${cpus().length} cores`,
  )
  for (const row of rows) {
    const peak = row.peak > 0 ? `${Math.round(row.peak)} MB` : ''
    const apart = row.count === count ? '' : `, ${row.count} mails`
    const bound = row.bound === null ? '' : `, ${Math.round((100 * row.rate) / row.bound)} % of the delay's bound`
    console.log(
      `${row.name.padEnd(18)} ${`${Math.round(row.rate)}/s`.padStart(8)} ${`${Math.round(row.cpu)} µs CPU`.padStart(12)} ${peak.padStart(8)}   ours is ${(ours / row.rate).toFixed(2)} ×${apart}${bound}`,
    )
  }
}
