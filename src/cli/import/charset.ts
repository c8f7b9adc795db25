/** In which characters a file is written, and its text whatever they are. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { Complaint } from '../../complaint.ts'

export interface Charset {
  /** As TextDecoder calls it (WHATWG Encoding §4). */
  readonly name: string
  /** Whether it was guessed: a person is told, because names would look wrong. */
  readonly guessed: boolean
}

const BEGINNING = 4_096

/**
 * By its byte order mark, by the zeros of UTF-16, or by all of it being UTF-8; else windows-1252, which is what Excel
 * writes in the west. `given` says it outright. Reads the whole file, because a single é may stand in its last line.
 */
export async function charsetOf(file: string, given: string | undefined): Promise<Charset> {
  if (given !== undefined) return { name: known(given), guessed: false }
  const head = beginning(file)
  if (head[0] === 0xff && head[1] === 0xfe) return { name: 'utf-16le', guessed: false }
  if (head[0] === 0xfe && head[1] === 0xff) return { name: 'utf-16be', guessed: false }
  const wide = zerosOf(head)
  if (wide !== null) return { name: wide, guessed: false }
  return (await isUtf8(file)) ? { name: 'utf-8', guessed: false } : { name: 'windows-1252', guessed: true }
}

function known(name: string): string {
  try {
    return new TextDecoder(name).encoding
  } catch (error) {
    throw new Complaint(`"${name}" is no charset`, {
      remedy: 'such as utf-8, utf-16, windows-1251, windows-1256, gb18030',
      exit: 3,
      cause: error,
    })
  }
}

function beginning(file: string): Buffer {
  const bytes = Buffer.alloc(BEGINNING)
  const fd = openSync(file, 'r')
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, BEGINNING, 0))
  } finally {
    closeSync(fd)
  }
}

/** Without a mark, UTF-16 still shows: the separators and line ends of any language have a zero beside them. */
function zerosOf(head: Buffer): string | null {
  const zeros = [0, 0]
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (Math.max(even, odd) < head.length / 40) return null
  return odd > even ? 'utf-16le' : 'utf-16be'
}

async function isUtf8(file: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const bytes of createReadStream(file, { highWaterMark: 1 << 20 }))
      decoder.decode(bytes, { stream: true })
    decoder.decode()
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false
    throw error
  }
}

/** The file's text piece by piece, without a byte order mark; `onBytes` hears how many bytes were read so far. */
export function textOf(file: string, charset: Charset, onBytes: (bytes: number) => void): Readable {
  return Readable.from(pieces(file, charset, onBytes), { objectMode: true })
}

async function* pieces(file: string, charset: Charset, onBytes: (bytes: number) => void): AsyncIterable<string> {
  const decoder = new TextDecoder(charset.name)
  let read = 0
  for await (const bytes of createReadStream(file, { highWaterMark: 1 << 18 })) {
    read += (bytes as Buffer).length
    onBytes(read)
    const text = decoder.decode(bytes, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
