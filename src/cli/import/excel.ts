/**
 * Excel files. An .xlsx is a zip of XML: before anything is unpacked its directory is read, and what carries macros or
 * would unpack to more than a list of people can be is refused.
 */
import { readFile, stat } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import { readSheet } from 'read-excel-file/node'
import { Complaint } from '../../complaint.ts'

/** Octets: of the file, and of all that it unpacks to. Its reader holds all of it at once. */
const LIMIT = { packed: 100_000_000, unpacked: 400_000_000 } as const

/** The rows of the first sheet; a cell is a text, a date YYYY-MM-DD. Throws a Complaint for what is not to be opened. */
export async function excelRows(file: string): Promise<string[][]> {
  if ((await stat(file)).size > LIMIT.packed) throw tooLarge(file)
  const bytes = await readFile(file)
  checkZip(file, bytes)
  try {
    const rows: readonly (readonly unknown[])[] = await readSheet(bytes)
    return rows.map((row) => row.map(cellOf))
  } catch (error) {
    throw new Complaint(`cannot read ${file}: ${(error as Error).message}`, {
      remedy: 'open it in a spreadsheet and save it as CSV in UTF-8',
      cause: error,
    })
  }
}

const cellOf = (cell: unknown): string => {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10)
  return cell === null || cell === undefined ? '' : String(cell).trim()
}

interface Entry {
  readonly name: string
  readonly method: number
  readonly packed: number
  readonly unpacked: number
  readonly offset: number
}

/** Its directory first (APPNOTE §4.3.12), and then each entry as it unpacks, never past what its directory says. */
function checkZip(file: string, bytes: Buffer): void {
  const entries = directoryOf(bytes)
  if (entries === null || !entries.some(({ name }) => name === 'xl/workbook.xml')) {
    throw new Complaint(`${file} is no Excel file`, { remedy: 'save it as .xlsx, or as CSV in UTF-8' })
  }
  if (entries.some(({ name }) => /vbaProject\.bin$|\/macrosheets\/|^xl\/activeX\//i.test(name))) throw withMacros(file)
  const total = entries.reduce((sum, { unpacked }) => sum + unpacked, 0)
  if (total > LIMIT.unpacked) throw tooLarge(file)
  for (const entry of entries) {
    if (entry.method !== 8) continue
    try {
      inflateRawSync(packedOf(bytes, entry), { maxOutputLength: Math.max(1, entry.unpacked) })
    } catch (error) {
      throw new Complaint(`${file} is not what its directory says: ${entry.name}`, {
        remedy: 'open it in a spreadsheet and save it as CSV in UTF-8',
        cause: error,
      })
    }
  }
}

export const withMacros = (file: string): Complaint =>
  new Complaint(`${file} carries macros, and is not opened`, {
    remedy: 'save it as .xlsx without macros, or as CSV in UTF-8',
  })

const tooLarge = (file: string): Complaint =>
  new Complaint(
    `${file} is larger than an Excel file may be here: ${LIMIT.packed / 1e6} MB, or ${LIMIT.unpacked / 1e6} MB unpacked`,
    { remedy: 'save it as CSV in UTF-8: such a file may be of any size' },
  )

const END = 0x06054b50
const ENTRY = 0x02014b50

function directoryOf(bytes: Buffer): Entry[] | null {
  // The end record stands last, before a comment of at most 65,535 octets.
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 0xffff); at -= 1) {
    if (bytes.readUInt32LE(at) === END)
      return entriesOf(bytes, bytes.readUInt32LE(at + 16), bytes.readUInt16LE(at + 10))
  }
  return null
}

function entriesOf(bytes: Buffer, start: number, count: number): Entry[] | null {
  const entries: Entry[] = []
  let at = start
  for (let n = 0; n < count; n += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY) return null
    const length = bytes.readUInt16LE(at + 28)
    entries.push({
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
      name: bytes.toString('utf8', at + 46, at + 46 + length),
    })
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

function packedOf(bytes: Buffer, { offset, packed }: Entry): Buffer {
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  return bytes.subarray(start, start + packed)
}
