/**
 * `npm run bench publish`: freezes and checks a large list, on SQLite and PostgreSQL, with the memory it takes; then once
 * more in a program that is killed half-way, and by whoever comes after it.
 *
 *   [--count 1000000] [--ledger sqlite|postgres|postgres://…] [--json]      without --ledger both in turn
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readConfig } from '../../src/config.ts'
import { make } from '../../src/edition/index.ts'
import { openLedger } from '../../src/ledger/index.ts'
import {
  type CheckedEdition,
  gate,
  houseOf,
  ledgerPath,
  lookerOf,
  publish,
  tokensOf,
} from '../../src/publishing/index.ts'
import { openSite } from '../demo/site.ts'
import { openPostgresServer } from '../servers/postgres.ts'
import { peakMegabytes } from './measure.ts'
import { importPeople } from './people.ts'

/** What another program's publishing is thrown away after, and then some: `publish` takes it for abandoned. */
const MUCH_LATER = 2 * 3_600_000
/** Seconds for a million people; a few people take a few seconds at most. */
const GOAL = 60
const FEW = 5

interface Measured {
  readonly kind: string
  readonly count: number
  /** Seconds. */
  readonly importing: number
  readonly publishing: number
  /** From the moment when another had been killed half-way. */
  readonly again: number
  /** Megabytes at their peak, before and after publishing. */
  readonly before: number
  readonly after: number
}

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '1000000' },
      ledger: { type: 'string' },
      json: { type: 'boolean', default: false },
      // For the program that is killed: where the ledger is.
      data: { type: 'string' },
    },
  })
  const count = Number(values.count)
  if (values.data !== undefined) return await publishForEver(values.data, values.ledger ?? '', count)
  const measured: Measured[] = []
  for (const ledger of values.ledger === undefined ? ['sqlite', 'postgres'] : [values.ledger]) {
    const one = await measure(ledger, count)
    if (one === null) console.error('PostgreSQL is left out, for it is not installed: apt-get install postgresql')
    else measured.push(one)
  }
  if (values.json) console.log(JSON.stringify(measured))
  else measured.forEach(tell)
  return measured.every(({ publishing }) => publishing <= Math.max(FEW, (GOAL * count) / 1_000_000)) ? 0 : 1
}

function tell({ kind, count, importing, publishing, again, before, after }: Measured): void {
  const seconds = (n: number): string => `${n.toFixed(1)} s`
  console.log(`${count} subscribers on ${kind}: imported in ${seconds(importing)}, published in ${seconds(publishing)}`)
  console.log(`  after another was killed half-way: published in ${seconds(again)}, what it left being thrown away`)
  console.log(`  peak memory ${Math.round(before)} MB before publishing, ${Math.round(after)} MB after`)
}

async function measure(asked: string, count: number): Promise<Measured | null> {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const server = asked === 'postgres' ? await openPostgresServer({ durable: true }) : null
  if (server) stack.use(server)
  else if (asked === 'postgres') return null
  const url = server ? await server.database() : asked === 'sqlite' ? '' : asked
  const site = stack.use(await openSite({ '/report': 'A report' }))
  const config = readConfig({ DATA_DIR: dir, LOOK_ALLOW: '127.0.0.0/8', LEDGER_URL: url })
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  const edition = await letter(config, site.url)
  const importing = await timed(() => importPeople(config, ledger, count, (n) => (n % 10 === 1 ? null : `Reader ${n}`)))
  const before = peakMegabytes(process.pid)
  const order = { list: 'members', expect: count, dueAt: Date.now(), lanes: config.lanes }
  const publishing = await timed(() => publish({ config, ledger, now: Date.now }, edition, order))
  const after = peakMegabytes(process.pid)
  await killedHalfWay({ dir, url, count, ms: publishing * 500 })
  const later = (): number => Date.now() + MUCH_LATER
  let mailing = 0
  const again = await timed(async () => {
    mailing = (await publish({ config, ledger, now: later }, edition, order)).mailing
  })
  const { pending } = await ledger.counts({ mailing })
  if (pending !== count) throw new Error(`${pending} of ${count} people are in the mailing that was published again`)
  if (await ledger.discardAbandoned({ before: later() })) throw new Error('what was left half-way is still there')
  return { kind: url === '' ? 'SQLite' : 'PostgreSQL', count, importing, publishing, again, before, after }
}

/** Another program publishes the same list, and is killed so many milliseconds after it began. */
async function killedHalfWay(at: { dir: string; url: string; count: number; ms: number }): Promise<void> {
  const args = ['publish', '--data', at.dir, '--ledger', at.url, '--count', `${at.count}`]
  const child = fork(join(import.meta.dirname, '..', 'bench.ts'), args)
  const gone = once(child, 'exit')
  await once(child, 'message')
  await wait(at.ms)
  child.kill('SIGKILL')
  if (child.exitCode !== null) throw new Error('nothing was killed: it had ended')
  await gone
}

async function publishForEver(dir: string, url: string, count: number): Promise<number> {
  await using site = await openSite({ '/report': 'A report' })
  const config = readConfig({ DATA_DIR: dir, LOOK_ALLOW: '127.0.0.0/8', LEDGER_URL: url })
  await using ledger = await openLedger(ledgerPath(config))
  const edition = await letter(config, site.url)
  process.send?.('publishing')
  const order = { list: 'members', expect: count, dueAt: Date.now(), lanes: config.lanes }
  await publish({ config, ledger, now: Date.now }, edition, order)
  return 0
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}

/** A letter with a merge field and a personal link, both of which are checked for every reader. */
async function letter(config: ReturnType<typeof readConfig>, site: string): Promise<CheckedEdition> {
  const text = `---\nsubject: A report\nlist: members\ndefaults: { name: Colleague }\n---\nDear {{name}},\n\nRead the [report](${site}/report).\n`
  const made = await make(
    { name: 'bench.md', format: 'md', text },
    { kind: 'announcement', house: houseOf(config), now: new Date() },
  )
  await using looker = await lookerOf(config)
  const checked = await gate({ config, looker, now: Date.now, tokens: tokensOf(config, Buffer.alloc(32, 1)) }, made)
  if ('refused' in checked) throw new Error(`the bench's letter was refused: ${JSON.stringify(checked.refused.faults)}`)
  return checked
}
