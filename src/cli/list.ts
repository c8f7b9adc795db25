import { finished } from 'node:stream/promises'
import { Complaint } from '../complaint.ts'
import { type Ledger, type List, type Member, parseSegment } from '../ledger/index.ts'
import { readersOf, resolve, theList } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { csvLine, openOut } from './import/cells.ts'
import { declarationsOf } from './import/fields.ts'
import { withLedger } from './ledger.ts'
import { declared, type ImportOptions, importFile } from './list-import.ts'
import { counted, number, print, printJson, say, table } from './terminal.ts'

interface Options extends ImportOptions {
  readonly where?: string
  readonly format?: string
  readonly out?: string
}

export async function run([act, name, ...more]: string[], options: Options): Promise<Exit> {
  return await withLedger(async (ledger, config) => {
    const [file] = more
    if (act === 'show') return name === undefined ? await show(ledger, options) : await count(ledger, name, options)
    if (act === 'fields' && name !== undefined) return await fields(ledger, name, { more, options })
    if (act === 'export' && name !== undefined) return await exportList(ledger, name, options)
    if (act === 'import' && name !== undefined && file !== undefined) {
      return await importFile(ledger, config, { list: name, file, options })
    }
    throw new Complaint(`list has no "${act}"${act === 'import' ? ' without a name and a file' : ''}`, {
      remedy: 'gll list import NAME FILE, export NAME, fields NAME, or show',
      exit: 3,
    })
  })
}

async function show(ledger: Ledger, options: Options): Promise<Exit> {
  const lists = await ledger.lists()
  if (options.json) for (const list of lists) printJson({ list: list.name, people: list.people, fields: list.fields })
  else if (lists.length === 0) say('there is no list yet: gll list import NAME FILE.csv')
  else {
    const rows = lists.map((list) => [list.name, number(list.people), Object.keys(list.fields).join(', ')])
    print(table(['list', '>people', 'fields'], rows))
  }
  return 0
}

/** How many of one list may be written to, or of them whom a segment means: as a mailing would count them. */
async function count(ledger: Ledger, name: string, { where: asked, json }: Options): Promise<Exit> {
  const where = asked ?? null
  const { chosen } = await resolve(ledger, { lists: [name], except: [], where })
  const survey = await ledger.survey({ list: name })
  if (!survey) throw new Error(`list ${name} is gone`)
  let people = 0
  for await (const page of readersOf(ledger, chosen)) people += page.length
  const { unsubscribed, paused, suppressed } = survey
  if (json) printJson({ list: name, where, people, unsubscribed, paused, suppressed })
  else if (where !== null) print(`${number(people)} of ${counted(survey.people, 'person', 'people')}`)
  else {
    print(
      `${counted(people, 'person', 'people')}; ${number(unsubscribed)} unsubscribed, ${number(paused)} paused, ${number(suppressed)} suppressed`,
    )
  }
  return 0
}

/** Declares fields where some are given; shows them all. */
async function fields(ledger: Ledger, name: string, of: { more: readonly string[]; options: Options }): Promise<Exit> {
  const all =
    of.more.length === 0
      ? (await theList(ledger, name)).fields
      : await declared(ledger, { list: name, ...declarationsOf(of.more) })
  if (of.options.json) printJson({ list: name, fields: all })
  else if (Object.keys(all).length === 0)
    say(`${name} has no fields but address and name: gll list fields ${name} city:text`)
  else
    print(
      table(
        ['field', 'type', 'default'],
        Object.entries(all).map(([f, t]) => [f, t.type, t.default ?? '']),
      ),
    )
  return 0
}

const OWN_COLUMNS = ['address', 'name', 'language', 'time_zone', 'tags']
const RECORD_COLUMNS = ['state', 'since', 'until', 'suppressed', 'consent', 'consent_at', 'consent_source']

/** Everybody on a list, whatever their state, with what they agreed to: CSV, or one JSON object a line with all of it. */
async function exportList(ledger: Ledger, name: string, options: Options): Promise<Exit> {
  const list = await theList(ledger, name)
  const where = options.where === undefined ? null : parseSegment(options.where, list.fields)
  const json = options.json === true || options.format === 'json'
  if (!json && options.format !== undefined && options.format !== 'csv') {
    throw new Complaint(`"${options.format}" is no format of an export`, { remedy: 'csv or json', exit: 3 })
  }
  const out = options.out === undefined ? process.stdout : openOut(options.out)
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', () => resolve()))
  }
  if (!json) await write(`\ufeff${csvLine([...OWN_COLUMNS, ...Object.keys(list.fields), ...RECORD_COLUMNS])}`)
  let people = 0
  for (let after: number | null = 0; after !== null; ) {
    const page: { members: Member[]; after: number | null } = await ledger.members({ listId: list.id, where, after })
    people += page.members.length
    await write(page.members.map((member) => (json ? jsonLine(member) : csvLine(cellsOf(list, member)))).join(''))
    after = page.after
  }
  if (out !== process.stdout) {
    out.end()
    await finished(out)
  }
  say(`${counted(people, 'person', 'people')} of ${name}`)
  return 0
}

const day = (ms: number | null | undefined): string => (ms ? new Date(ms).toISOString() : '')

function cellsOf({ fields }: List, member: Member): string[] {
  const last = member.consent.at(-1)
  return [
    member.address,
    member.name ?? '',
    member.language ?? '',
    member.timeZone ?? '',
    member.tags.join(';'),
    ...Object.keys(fields).map((field) => String(member.fields[field] ?? '')),
    ...[member.state, day(member.since), day(member.until), member.suppressed ?? ''],
    ...[last?.act ?? '', day(last?.at), last?.source ?? ''],
  ]
}

const jsonLine = ({ subscriber: _, consent, since, until, ...member }: Member): string =>
  `${JSON.stringify({
    ...member,
    since: day(since),
    until: until === null ? null : day(until),
    consent: consent.map(({ act, at, source }) => ({ act, at: day(at), source })),
  })}\n`
