/** Cells as they are written into a file that a person will open in a spreadsheet, and read back. */
import { createWriteStream, openSync, type WriteStream } from 'node:fs'
import { Complaint } from '../../complaint.ts'

/**
 * What a spreadsheet takes for a formula: these beginnings, also in full width (OWASP, CSV Injection). A quote before
 * one makes a text of it. Whatever begins with quotes and then so gets one more, so that reading is writing undone.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u

export const neutral = (cell: string): string => (FORMULA.test(cell) ? `'${cell}` : cell)

export const restored = (cell: string): string => (cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell)

/** One line of a CSV file (RFC 4180), its formulas neutralised. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => quoted(neutral(cell))).join(',')}\r\n`

const quoted = (cell: string): string => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** A file of people's data, for its owner alone; throws a Complaint where it cannot be written. */
export function openOut(path: string): WriteStream {
  try {
    return createWriteStream(path, { fd: openSync(path, 'w', 0o600) })
  } catch (error) {
    throw new Complaint(`cannot write ${path}: ${(error as Error).message}`, {
      remedy: 'name a file that can be written (--out, --rejected)',
      exit: 3,
      cause: error,
    })
  }
}
