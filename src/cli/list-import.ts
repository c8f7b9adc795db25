/** `gll list import`: a file of any length becomes people of a list, a page at a time. */
import type { WriteStream } from 'node:fs'
import { basename } from 'node:path'
import { finished } from 'node:stream/promises'
import cliProgress from 'cli-progress'
import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import type { FieldSchema } from '../edition/index.ts'
import { BULK, type Imported, type Ledger, type Person } from '../ledger/index.ts'
import { secretKey, tokensOf } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { csvLine, openOut } from './import/cells.ts'
import { columnsOf } from './import/columns.ts'
import { declarationsOf } from './import/fields.ts'
import { personOf } from './import/person.ts'
import { type Row, rowsOf } from './import/rows.ts'
import { seenBy } from './import/seen.ts'
import { whoAmI } from './ledger.ts'
import { counted, number, printJson, say } from './terminal.ts'

export interface ImportOptions {
  readonly map?: string
  readonly fields?: string
  readonly tag?: readonly string[]
  readonly charset?: string
  readonly separator?: string
  readonly source?: string
  readonly rejected?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

interface Order {
  readonly list: string
  readonly file: string
  readonly options: ImportOptions
}

export async function importFile(ledger: Ledger, config: Config, order: Order): Promise<Exit> {
  const { list, file, options } = order
  checkName(list)
  const schema = await schemaFor(ledger, list, options)
  const hash = tokensOf(config, secretKey(config)).addressHash
  const bad = rejecting(options.rejected ?? rejectedName(file))
  const bar = progress()
  let unread: Promise<void> = Promise.resolve()
  const rows = await rowsOf(file, {
    charset: options.charset,
    separator: options.separator,
    onRead: bar.show,
    onBad: (line, why) => {
      unread = unread.then(() => bad.take({ line, cells: [] }, why))
    },
  })
  const columns = columnsOf(rows.header, schema, options.map)
  bad.header = rows.header
  const reading = { columns, schema, tags: options.tag ?? [], hash }
  const put = putter(ledger, order)
  const isSeen = seenBy()
  let [page, again] = [[] as Person[], [] as Person[]]
  let twice = 0
  const flush = async (): Promise<void> => {
    await put(page, 'first')
    await put(again, 'again')
    page = []
    again = []
  }
  for await (const row of rows.rows) {
    const person = personOf(row.cells, reading)
    if ('fault' in person) {
      await bad.take(row, person.fault)
      continue
    }
    if (isSeen(person)) {
      twice += 1
      again.push(person)
    } else page.push(person)
    if (page.length === BULK || again.length === BULK) await flush()
  }
  await flush()
  const tally = await put.done()
  await unread
  bar.end()
  await bad.end()
  tell(order, { tally, twice, ignored: columns.ignored, told: rows.told, bad })
  return bad.count === 0 ? 0 : 1
}

/** Throws a Complaint for what cannot be the name of a list. */
export function checkName(list: string): void {
  if (/^[^\p{Cc}\s,][^\p{Cc},]{0,99}$/u.test(list) && list.trim() === list) return
  throw new Complaint(`"${list.replace(/\p{Cc}/gu, '?').slice(0, 80)}" is no name for a list`, {
    remedy: 'use up to 100 characters, without a comma, such as gll-members',
    exit: 3,
  })
}

/** What the list has, and what `--fields` declares besides: kept at once, but for a dry run. */
async function schemaFor(ledger: Ledger, list: string, options: ImportOptions): Promise<FieldSchema> {
  const known = (await ledger.list({ name: list }))?.fields ?? {}
  if (options.fields === undefined) return known
  const { fields, without } = declarationsOf([options.fields])
  if (options.dryRun) return { ...known, ...fields }
  return await declared(ledger, { list, fields, without })
}

/** Declares fields; throws a Complaint where one is of another type already. */
export async function declared(
  ledger: Ledger,
  of: { list: string; fields: FieldSchema; without: readonly string[] },
): Promise<FieldSchema> {
  checkName(of.list)
  const { conflicts, fields } = await ledger.declareFields({ ...of, now: Date.now() })
  const [first] = conflicts
  if (first === undefined) return fields
  throw new Complaint(`${conflicts.join(', ')} of ${of.list} is of another type already`, {
    remedy: `give the field another name, or take it back first: gll list fields ${of.list} ${first}:-`,
    exit: 3,
  })
}

const NOBODY: Imported = { added: 0, changed: 0, same: 0, unsubscribed: 0, suppressed: 0, erased: 0 }

/**
 * Puts pages into the ledger, one while the next is being read. What becomes of those who stand in the file a second
 * time (`again`) is not counted: they were.
 */
function putter(ledger: Ledger, { list, file, options }: Order) {
  const tally = { ...NOBODY }
  const source = `${options.source ?? basename(file)}, imported by ${whoAmI()}`
  let last: Promise<void> = Promise.resolve()
  const one = async (people: readonly Person[], which: 'first' | 'again'): Promise<void> => {
    const became = options.dryRun
      ? await ledger.wouldImport({ list, people })
      : await ledger.importPeople({ list, people, source, now: Date.now() })
    if (which === 'first') for (const key of Object.keys(tally) as (keyof Imported)[]) tally[key] += became[key]
  }
  const put = async (people: readonly Person[], which: 'first' | 'again'): Promise<void> => {
    if (people.length === 0) return
    await last
    // A dry run tells nobody anything: the second row of a person would change nothing yet.
    if (which === 'first' || !options.dryRun) last = one(people, which)
    // It is awaited with the next page: until then its fault waits with it.
    last.catch(() => {})
  }
  return Object.assign(put, {
    done: async (): Promise<Imported> => {
      await last
      return tally
    },
  })
}

const rejectedName = (file: string): string => `${file.replace(/\.[^./\\]+$/, '')}.rejected.csv`

const BAD_ROWS_SHOWN = 20

/** Rows that were not taken: the first of them are shown, all of them go to a file that only its owner can read. */
function rejecting(path: string) {
  let out: WriteStream | undefined
  const shown: string[] = []
  const it = {
    path,
    shown,
    header: [] as readonly string[],
    count: 0,
    take: async (row: Row, why: string): Promise<void> => {
      it.count += 1
      if (shown.length < BAD_ROWS_SHOWN) shown.push(`line ${row.line}: ${why}`)
      if (out === undefined) {
        out = openOut(path)
        // A mark, because a spreadsheet would else take it for another charset.
        out.write(`\ufeff${csvLine(['line', 'reason', ...it.header])}`)
      }
      const more = out.write(csvLine([String(row.line), why, ...row.cells]))
      if (!more) await new Promise<void>((resolve) => out?.once('drain', () => resolve()))
    },
    end: async (): Promise<void> => {
      if (out === undefined) return
      out.end()
      await finished(out)
    },
  }
  return it
}

/** A bar where a person looks. */
function progress(): { show: (share: number) => void; end: () => void } {
  if (!process.stderr.isTTY) return { show: () => {}, end: () => {} }
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} % · {eta_formatted} left',
    barsize: 30,
    stream: process.stderr,
    hideCursor: true,
  })
  bar.start(1_000, 0)
  return { show: (share) => bar.update(Math.min(1_000, Math.round(share * 1_000))), end: () => bar.stop() }
}

function tell(
  { list, options }: Order,
  of: {
    tally: Imported
    twice: number
    ignored: readonly string[]
    told: string | null
    bad: ReturnType<typeof rejecting>
  },
): void {
  const { tally, twice, bad } = of
  if (options.json) {
    printJson({
      list,
      dryRun: options.dryRun === true,
      ...tally,
      twice,
      rejected: bad.count,
      ignored: of.ignored,
    })
  }
  if (of.told) say(of.told)
  if (of.ignored.length > 0) {
    const [first = ''] = of.ignored
    say(
      `not taken: ${of.ignored.join(', ')} (declare it as a field: --fields "${first.replace(/\W+/g, '_').toLowerCase()}:text")`,
    )
  }
  const [added, changed] = options.dryRun ? ['would be new', 'would change'] : ['added', 'changed']
  say(`${list}: ${number(tally.added)} ${added}, ${number(tally.changed)} ${changed}, ${number(tally.same)} the same`)
  const skipped = [
    [tally.unsubscribed, 'had unsubscribed and stay so'],
    [tally.suppressed, 'suppressed'],
    [tally.erased, 'asked to be forgotten'],
    [twice, 'in the file twice'],
  ] as const
  const told = skipped.flatMap(([count, why]) => (count > 0 ? [`${number(count)} ${why}`] : []))
  if (told.length > 0) say(`skipped: ${told.join(', ')}`)
  if (bad.count === 0) return
  say(`${counted(bad.count, 'row')} not imported; all of them, with their reasons: ${bad.path}`)
  for (const line of bad.shown) say(`  ${line}`)
  if (bad.count > bad.shown.length) say(`  … and ${number(bad.count - bad.shown.length)} more`)
}
