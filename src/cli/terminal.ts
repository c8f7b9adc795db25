/** How the command line speaks: prose on standard error, results on standard output, colour only where a person looks. */
import { createInterface } from 'node:readline/promises'

export const say = (line = ''): void => void process.stderr.write(`${line}\n`)
export const print = (line: string): void => void process.stdout.write(`${line}\n`)
export const printJson = (value: unknown): void => print(JSON.stringify(value))

const coloured = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && stream.hasColors?.() === true

type Colour = 'red' | 'green' | 'yellow' | 'bold' | 'dim'
const CODES: Record<Colour, [number, number]> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  bold: [1, 22],
  dim: [2, 22],
}

export function paint(colour: Colour, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const [on, off] = CODES[colour]
  return coloured(stream) ? `\u001b[${on}m${text}\u001b[${off}m` : text
}

const grouped = new Intl.NumberFormat('en-GB')
export const number = (n: number): string => grouped.format(n)

/** `1 person`, `12 people`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`

/** Milliseconds as people say them: `45 s`, `3 min`, `2 h 10 min`, `5 days`. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 60) return `${s} s`
  const min = Math.round(s / 60)
  if (min < 60) return `${min} min`
  const h = Math.floor(min / 60)
  if (h < 48) return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`
  return `${Math.round(h / 24)} days`
}

/** A moment in local time: `24 Nov 2026, 14:32`. */
export function moment(ms: number): string {
  return new Date(ms).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
}

/** Columns as wide as they need to be; numbers are right-aligned by their header's `>`. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const right = header.map((name) => name.startsWith('>'))
  const all = [header.map((name) => name.replace(/^>/, '')), ...rows]
  const widths = header.map((_, at) => Math.max(...all.map((row) => [...(row[at] ?? '')].length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => {
        const gap = ' '.repeat((widths[at] ?? 0) - [...cell].length)
        return right[at] ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd()
  return all.map(line).join('\n')
}

/** Asks a person at the keyboard; null when there is none. */
export async function askPerson(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await lines.question(question)).trim()
  } finally {
    lines.close()
  }
}
