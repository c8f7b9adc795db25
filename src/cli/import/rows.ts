/** The rows of a file as cells, one after the other, whatever kind of file it is. */
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { type CsvError, type Parser, parse } from 'csv-parse'
import { Complaint } from '../../complaint.ts'
import { charsetOf, textOf } from './charset.ts'
import { excelRows, withMacros } from './excel.ts'

export interface Row {
  /** On which line of the file it ends, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

export interface Rows {
  readonly header: readonly string[]
  readonly rows: AsyncIterable<Row>
  /** How it was read, where that was guessed. */
  readonly told: string | null
}

export interface How {
  readonly charset?: string | undefined
  /** One character, or `tab`. */
  readonly separator?: string | undefined
  /** Hears which share of the file was read, from 0 to 1. */
  readonly onRead: (share: number) => void
  /** Hears of a row that cannot be taken apart. */
  readonly onBad: (line: number, why: string) => void
}

/** Throws a Complaint for a file that cannot be read, is empty, or is none that is opened here. */
export async function rowsOf(file: string, how: How): Promise<Rows> {
  const kind = extname(file).toLowerCase()
  if (['.xlsm', '.xltm', '.xlsb', '.xlam'].includes(kind)) throw withMacros(file)
  if (kind === '.xls') {
    throw new Complaint(`${file} is of the old Excel format`, { remedy: 'save it as .xlsx, or as CSV in UTF-8' })
  }
  const { size } = await stat(file).catch((error: Error) => {
    throw unreadable(file, error)
  })
  const { rows, told } = kind === '.xlsx' ? { rows: sheet(file), told: null } : await csv(file, size, how)
  const iterator = explained(file, rows)
  const first = await iterator.next()
  if (first.done) throw unreadable(file, new Error('nobody stands in it'))
  return { header: first.value.cells, rows: iterator, told }
}

/** What goes wrong while reading, in words for people; a header alone is nobody. */
async function* explained(file: string, rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  let count = 0
  try {
    for await (const row of rows) {
      count += 1
      yield row
    }
    if (count < 2) throw new Error('nobody stands in it')
  } catch (error) {
    throw (error as { code?: string }).code === 'COMPLAINT' ? error : unreadable(file, error as Error)
  }
}

const unreadable = (file: string, error: Error): Complaint =>
  new Complaint(`cannot read ${file}: ${error.message}`, {
    remedy: 'it should be an .xlsx or CSV file whose first line names its columns: address,name,language',
    cause: error,
  })

async function* sheet(file: string): AsyncGenerator<Row> {
  const rows = await excelRows(file)
  for (const [at, cells] of rows.entries()) if (cells.some((cell) => cell !== '')) yield { line: at + 1, cells }
}

/** A row longer than this is a quote that nobody closed: without a limit the rest of the file would be one cell. */
const ROW_CHARACTERS = 1_000_000

const ENDLESS = new Set(['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE'])

async function csv(file: string, size: number, how: How): Promise<{ rows: AsyncGenerator<Row>; told: string | null }> {
  const charset = await charsetOf(file, how.charset)
  const separator = separatorGiven(how.separator) ?? (await separatorOf(file, charset))
  const text = textOf(file, charset, (bytes) => how.onRead(size === 0 ? 1 : bytes / size))
  const parser: Parser = text.pipe(
    parse({
      delimiter: separator,
      info: true,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: ROW_CHARACTERS,
      skip_records_with_error: true,
      on_skip: (error: CsvError | undefined) => {
        // The rest of the file went into this one row.
        if (error && ENDLESS.has(error.code)) parser.destroy(error)
        else how.onBad(Number(error?.lines ?? 0), error?.message ?? 'it cannot be read')
      },
    }),
  )
  // A pipe does not carry the fault of a file that cannot be read.
  text.on('error', (error) => parser.destroy(error))
  return { rows: records(parser), told: charset.guessed ? `read as ${charset.name}: see --charset` : null }
}

async function* records(parser: AsyncIterable<unknown>): AsyncGenerator<Row> {
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    yield { line: info.lines, cells: record }
  }
}

function separatorGiven(given: string | undefined): string | null {
  if (given === undefined) return null
  if (/^tab$/i.test(given)) return '\t'
  if ([...given].length === 1) return given
  throw new Complaint(`"${given}" is no separator`, { remedy: 'one character, such as ";", or tab', exit: 3 })
}

const USUAL = [',', ';', '\t', '|'] as const

/** The one that the first line has most of, outside quotes. */
async function separatorOf(file: string, charset: Parameters<typeof textOf>[1]): Promise<string> {
  let head = ''
  for await (const piece of textOf(file, charset, () => {})) {
    head = `${head}${piece}`
    if (/\n|\r/.test(head.trimStart()) || head.length > ROW_CHARACTERS) break
  }
  const line =
    head
      .trimStart()
      .replaceAll(/"(?:[^"]|"")*"/g, '')
      .split(/\r|\n/, 1)[0] ?? ''
  const counts = USUAL.map((mark) => ({ mark, count: line.split(mark).length - 1 }))
  return counts.toSorted((a, b) => b.count - a.count)[0]?.mark ?? ','
}
