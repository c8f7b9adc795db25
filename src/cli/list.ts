import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { parse } from 'csv-parse'
import { Complaint } from '../complaint.ts'
import { BULK, type Ledger, type Person } from '../ledger/index.ts'
import { parseAddress } from '../mail/index.ts'
import type { Exit } from './exit.ts'
import { whoAmI, withLedger } from './ledger.ts'
import { counted, number, print, say, table } from './terminal.ts'

export async function run([act, name, file]: string[]): Promise<Exit> {
  return await withLedger(async (ledger) => {
    if (act === 'show') return await show(ledger)
    if (act === 'import' && name !== undefined && file !== undefined) return await importFile(ledger, name, file)
    throw new Complaint(`list has no "${act}"${act === 'import' ? ' without a name and a file' : ''}`, {
      remedy: 'gll list import NAME FILE.csv, or gll list show',
      exit: 3,
    })
  })
}

async function show(ledger: Ledger): Promise<Exit> {
  const lists = await ledger.lists()
  if (lists.length === 0) say('there is no list yet: gll list import NAME FILE.csv')
  else
    print(
      table(
        ['list', '>people'],
        lists.map((list) => [list.name, number(list.people)]),
      ),
    )
  return 0
}

const BAD_ROWS_SHOWN = 20

async function importFile(ledger: Ledger, list: string, file: string): Promise<Exit> {
  const tally = { added: 0, changed: 0, same: 0, unsubscribed: 0, suppressed: 0 }
  const bad: string[] = []
  let page: Person[] = []
  const flush = async (): Promise<void> => {
    const one = await ledger.importPeople({
      list,
      people: page,
      source: `${basename(file)}, imported by ${whoAmI()}`,
      now: Date.now(),
    })
    for (const key of Object.keys(tally) as (keyof typeof tally)[]) tally[key] += one[key]
    page = []
  }
  for await (const { line, row } of rows(file)) {
    const person = personOf(row)
    if ('fault' in person) bad.push(`line ${line}: ${person.fault}`)
    else page.push(person)
    if (page.length === BULK) await flush()
  }
  await flush()
  say(
    `${list}: ${number(tally.added)} added, ${number(tally.changed)} changed, ${number(tally.same)} the same; ` +
      `${number(tally.unsubscribed)} had unsubscribed and stay so, ${number(tally.suppressed)} are suppressed`,
  )
  if (bad.length === 0) return 0
  say(`${counted(bad.length, 'row')} not imported:`)
  for (const line of bad.slice(0, BAD_ROWS_SHOWN)) say(`  ${line}`)
  if (bad.length > BAD_ROWS_SHOWN) say(`  … and ${number(bad.length - BAD_ROWS_SHOWN)} more`)
  return 1
}

type Row = Readonly<Record<string, string>>

/** The rows of a CSV file with a header line. A Complaint names the file and what is wrong with it. */
async function* rows(file: string): AsyncIterable<{ line: number; row: Row }> {
  const bytes = createReadStream(file)
  const parser = bytes.pipe(
    parse({
      bom: true,
      columns: columns(file),
      info: true,
      skip_empty_lines: true,
      trim: true,
      relax_column_count_more: true,
    }),
  )
  // A pipe does not carry the fault of a file that cannot be read.
  bytes.on('error', (error) => parser.destroy(error))
  const source = parser as AsyncIterable<{ record: Row; info: { lines: number } }>
  let count = 0
  try {
    for await (const { record, info } of source) {
      count += 1
      yield { line: info.lines, row: record }
    }
    if (count === 0) throw new Error('nobody stands in it')
  } catch (error) {
    if ((error as { code?: string }).code === 'COMPLAINT') throw error
    throw new Complaint(`cannot read ${file}: ${(error as Error).message}`, {
      remedy: 'it should be a CSV file in UTF-8 whose first line is: address,name,language',
      cause: error,
    })
  }
}

function columns(file: string): (header: string[]) => string[] {
  return (header) => {
    const names = header.map((name) => name.toLowerCase())
    if (names.includes('address')) return names
    throw new Complaint(`${file} has no column "address"`, {
      remedy: `its first line should be: address,name,language (it is: ${header.join(',').slice(0, 80)})`,
    })
  }
}

function personOf(row: Row): Person | { fault: string } {
  const text = row.address ?? ''
  const address = parseAddress(text)
  const shown = text.replace(/\p{Cc}/gu, '?').slice(0, 80)
  if ('fault' in address) return { fault: `"${shown}" is not a mail address: ${address.fault}` }
  for (const key of ['name', 'language'] as const) {
    if (/\p{Cc}/u.test(row[key] ?? '')) return { fault: `the ${key} of ${address.display} holds a control character` }
  }
  const language = row.language ? languageTag(row.language) : null
  if (language === undefined)
    return { fault: `"${row.language}" of ${address.display} is not a language such as en or pt-BR` }
  return { address: address.address, key: address.key, name: row.name || null, language }
}

function languageTag(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text)[0]
  } catch {
    return undefined
  }
}
