/** Encodings of a message: quoted-printable bodies (RFC 2045 §6.7) and header values (RFC 5322 §2.2.3, RFC 2047). */

/** What no part of a mail may hold: NUL and its like (RFC 5321 §4.1.1.4), a byte order mark, half a character. */
const UNFIT = /(?![\t\n])\p{Cc}|[\ufeff\ufffe\uffff]|\p{Cs}/u
const UNFIT_ALL = new RegExp(UNFIT.source, 'gu')

/** Line ends as `\n`, and nothing that must not be in a mail. */
export function cleanBody(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  return UNFIT.test(lines) ? lines.replace(UNFIT_ALL, '') : lines
}

/** One line: whatever could end a header line is a space. */
const cleanLine = (text: string): string => cleanBody(text.replace(/[\s\u0085]+/g, ' ')).trim()

/** A longer line would need its own soft break: 76 columns with the `=` (RFC 2045 §6.7 rule 5). */
const WIDTH = 75
export const SOFT_BREAK = '=\r\n'

// The two shapes that nearly all merged values have, told apart from the rest before any byte is looked at.
const SHORT_AND_PLAIN = /^[!-<>-~](?:[ -<>-~]{0,70}[!-<>-~])?$/
const PLAIN_WORD = /^[!-<>-~]+$/

/**
 * A stretch of a body in quoted-printable, as it stands at the start of a line; clean, with `\n` line ends.
 * Ends at the start of a line only if the stretch ends with a line end: otherwise a soft break must come before more.
 */
export function quotedPrintable(stretch: string): string {
  if (SHORT_AND_PLAIN.test(stretch)) return safeStart(stretch)
  if (PLAIN_WORD.test(stretch)) {
    const pieces: string[] = []
    for (let at = 0; at < stretch.length; at += 72) pieces.push(safeStart(stretch.slice(at, at + 72)))
    return pieces.join(SOFT_BREAK)
  }
  return stretch.split('\n').map(encodedLine).join('\r\n')
}

/** A dot or `From ` at the start of a line has been eaten by mail systems for forty years. */
function safeStart(line: string): string {
  if (line.startsWith('.')) return `=2E${line.slice(1)}`
  return line.startsWith('From ') ? `=46${line.slice(1)}` : line
}

const HEX = Array.from({ length: 256 }, (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)

function encodedLine(text: string): string {
  if (text === '') return ''
  const bytes = Buffer.from(text)
  const lines: string[] = []
  let line = ''
  for (let at = 0; at < bytes.length; ) {
    // A character is not torn apart between two lines: some readers decode line by line.
    const size = sizeAt(bytes, at)
    let unit = ''
    for (let n = at; n < at + size; n++) {
      const byte = bytes[n] ?? 0
      const plain = (byte > 32 && byte < 127 && byte !== 61) || ((byte === 32 || byte === 9) && n < bytes.length - 1)
      unit += plain ? String.fromCharCode(byte) : (HEX[byte] ?? '')
    }
    if (line.length + unit.length > WIDTH) {
      lines.push(trimmedStart(line))
      line = ''
    }
    line += unit
    at += size
  }
  lines.push(trimmedStart(line))
  return lines.join(SOFT_BREAK)
}

/** Two columns are kept free for it: a line of 75 that begins with a dot would grow beyond 76. */
function trimmedStart(line: string): string {
  const safe = safeStart(line)
  if (safe.length <= WIDTH) return safe
  const cut = safe.lastIndexOf('=', WIDTH - 3) >= WIDTH - 5 ? safe.lastIndexOf('=', WIDTH - 3) : WIDTH - 3
  return `${safe.slice(0, cut)}${SOFT_BREAK}${safe.slice(cut)}`
}

function sizeAt(bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0
  const size = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
  return Math.min(size, bytes.length - at)
}

/** A body in base64, in lines of 76 (RFC 2045 §6.8). Line ends become CRLF, as text must have them. */
export const base64 = (body: string): string =>
  Buffer.from(body.replace(/\n/g, '\r\n'))
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n')

const FOLD = 76

/** `Name: value`, folded before a word that would pass column 76. No word is changed. Ends with CRLF. */
export function headerLine(name: string, value: string): string {
  let line = `${name}:`
  const lines: string[] = []
  for (const word of value.split(' ')) {
    if (line.length + 1 + word.length > FOLD && line.trim() !== '' && !line.endsWith(':')) {
      lines.push(line)
      line = ''
    }
    line += ` ${word}`
  }
  return `${[...lines, line].join('\r\n')}\r\n`
}

const ASCII = /^[ -~]*$/

/** Unstructured text, such as a subject: as it is where it can be, else as encoded words. */
export function headerText(text: string): string {
  const clean = cleanLine(text)
  const asIs = ASCII.test(clean) && !clean.includes('=?') && !/\S{60}/.test(clean)
  return asIs ? clean : encodedWords(clean)
}

/** A display name: an atom phrase, a quoted string, or encoded words. */
export function phrase(name: string): string {
  const clean = cleanLine(name)
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*$/.test(clean) && !clean.includes('=?') && clean.length <= 60) return clean
  if (ASCII.test(clean) && !clean.includes('=?') && clean.length <= 60) return `"${clean.replace(/["\\]/g, '\\$&')}"`
  return encodedWords(clean)
}

/** `Name <address>`; the address has passed `fitAddress`. */
export function mailbox(name: string | null, address: string): string {
  const shown = cleanLine(name ?? '').slice(0, SHOWN)
  return shown === '' ? address : `${phrase(shown.toWellFormed())} <${address}>`
}

/** No name is longer; a value that is would make a header that relays cut off (postfix at 100 KB). Characters. */
const SHOWN = 1_000

/** Encoded words of at most 75 characters (RFC 2047 §2), each with whole characters. White space between two is not shown. */
function encodedWords(text: string): string {
  const words: string[] = []
  let held: Buffer[] = []
  let size = 0
  const flush = () => {
    if (size > 0) words.push(`=?UTF-8?B?${Buffer.concat(held).toString('base64')}?=`)
    held = []
    size = 0
  }
  for (const character of text) {
    const bytes = Buffer.from(character)
    // 45 bytes are 60 characters of base64: with the 12 around them, 72. The first word shares its line with the name.
    if (size + bytes.length > (words.length === 0 ? 36 : 45)) flush()
    held.push(bytes)
    size += bytes.length
  }
  flush()
  return words.join(' ')
}
