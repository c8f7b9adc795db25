/**
 * `npm run bench publish`: freezes and checks a large list, on SQLite or PostgreSQL, with the memory it takes.
 *
 *   [--count 1000000] [--ledger postgres://…] [--json]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { make } from '../../src/edition/index.ts'
import { BULK, type Ledger, openLedger } from '../../src/ledger/index.ts'
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
import { peakMegabytes } from './measure.ts'

export async function run(args: readonly string[]): Promise<number> {
  const value = (name: string, unset: string): string => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? unset : (args[at + 1] ?? unset)
  }
  const count = Number(value('count', '1000000'))
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  try {
    await using site = await openSite({ '/report': 'A report' })
    const config = readConfig({ DATA_DIR: dir, LOOK_ALLOW: '127.0.0.0/8', LEDGER_URL: value('ledger', '') })
    await using ledger = await openLedger(ledgerPath(config))
    const edition = await letter(config, site.url)
    const importing = await timed(() => importPeople(ledger, count))
    const before = peakMegabytes(process.pid)
    const order = { list: 'members', expect: count, dueAt: Date.now(), lanes: config.lanes }
    const publishing = await timed(() => publish({ config, ledger, now: Date.now }, edition, order))
    const after = peakMegabytes(process.pid)
    const kind = config.ledgerUrl === null ? 'SQLite' : 'PostgreSQL'
    if (args.includes('--json')) console.log(JSON.stringify({ count, kind, importing, publishing, before, after }))
    else {
      console.log(
        `${count} subscribers on ${kind}: imported in ${importing.toFixed(1)} s, published in ${publishing.toFixed(1)} s`,
      )
      console.log(`peak memory ${Math.round(before)} MB before publishing, ${Math.round(after)} MB after`)
    }
    return 0
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}

async function importPeople(ledger: Ledger, count: number): Promise<void> {
  for (let at = 0; at < count; at += BULK) {
    const people = Array.from({ length: Math.min(BULK, count - at) }, (_, n) => {
      const address = `reader${at + n + 1}@members.test`
      return { address, key: address, name: n % 10 === 0 ? null : `Reader ${at + n + 1}`, language: 'en' }
    })
    await ledger.importPeople({ list: 'members', people, source: 'bench', now: Date.now() })
  }
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
