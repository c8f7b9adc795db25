/**
 * The parts of a report, whatever its sender made of MIME (RFC 2045, 2046). A library would do for proper messages;
 * reports break the rules where it hurts: a status part that is named text/plain, a boundary that is never closed, a
 * returned message in the middle of the text. Bytes are kept one to a character until a charset is known. Everything
 * here is linear in the bytes, for each level of nesting once.
 */

export interface Part {
  /** Names in lower case, values unfolded, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** In lower case; text/plain where none is said. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly attached: boolean
  readonly parts: readonly Part[]
  /** Where the header ended and as the wire has it, one byte a character; empty for a multipart. */
  readonly body: string
}

const MOST_DEPTH = 8
const MOST_PARTS = 60
const MOST_HEADER = 256_000
/** Characters of a decoded part that anybody looks at. */
const MOST_TEXT = 3_000_000

/** Reads a message or a part, one byte a character. */
export function splitParts(raw: string, depth = 0): Part {
  const { headers, body } = splitHeader(raw)
  const said = first(headers, 'content-type')
  const bare = said === undefined ? UNTYPED.exec(body.slice(0, 1_000))?.[1] : undefined
  const { type, parameters } = contentType(bare === undefined ? (said ?? '') : 'multipart/mixed')
  // Some say multipart and forget by what: then the first line that looks like one parts it.
  const unsaid =
    bare ?? (type.startsWith('multipart/') ? /^--([^\r\n]{1,200})\r?$/m.exec(body.slice(0, 20_000))?.[1] : undefined)
  const boundary = parameters.get('boundary') ?? unsaid?.trimEnd()
  const disposition = first(headers, 'content-disposition') ?? ''
  const attached = /^\s*attachment/i.test(disposition) || /filename/i.test(disposition)
  const isParted = type.startsWith('multipart/') && boundary !== undefined && boundary !== '' && depth < MOST_DEPTH
  const parts = isParted ? splitBody(body, boundary).map((part) => splitParts(part, depth + 1)) : []
  // The boundary never comes: whatever took the parts' marks away left one text.
  if (isParted && parts.length === 0 && body.trim() !== '') parts.push(plain(body))
  return { headers, type, parameters, attached, parts, body: parts.length > 0 ? '' : body }
}

const plain = (body: string): Part => ({
  headers: [],
  type: 'text/plain',
  parameters: new Map(),
  attached: false,
  parts: [],
  body,
})

/** Parts whose header was lost on the way: what people without MIME are told stands above the first. */
const UNTYPED =
  /^\s{0,20}(?:this (?:is a (?:mime|multi-?part)|message is in mime)[^-]{0,400})?--([^\r\n]{1,200})\r?\ncontent-/i

/** The first field of that name (in lower case), as it stands there. */
export const first = (headers: Part['headers'], name: string): string | undefined =>
  headers.find(([key]) => key === name)?.[1]

/** Every part that has no parts of its own, in reading order. */
export const leaves = (part: Part): Part[] => (part.parts.length === 0 ? [part] : part.parts.flatMap(leaves))

function splitHeader(raw: string): Pick<Part, 'headers' | 'body'> {
  let at = 0
  // A mailbox file's line, and blank lines that a program put before the header.
  while (raw[at] === '\n' || raw[at] === '\r') at += 1
  if (raw.startsWith('From ', at)) at = raw.indexOf('\n', at) + 1 || raw.length
  // A part that begins with an empty line has no header of its own.
  if (at > 0 && !raw.startsWith('From ') && !FIELD.test(raw.slice(at, at + 200))) return { headers: [], body: raw }
  const headers: [string, string][] = []
  while (at < raw.length && at < MOST_HEADER) {
    const end = raw.indexOf('\n', at)
    const next = end < 0 ? raw.length : end + 1
    const line = raw.slice(at, end < 0 ? raw.length : end).replace(/\r$/, '')
    if (line === '') return { headers, body: raw.slice(next) }
    const last = headers.at(-1)
    const field = FIELD.exec(line)
    if (/^[ \t]/.test(line) && last) last[1] += ` ${line.trim()}`
    else if (field) headers.push([(field[1] ?? '').toLowerCase(), line.slice(field[0].length).trim()])
    // Not a header: the text begins here, with no line between.
    else return { headers, body: raw.slice(at) }
    at = next
  }
  return { headers, body: raw.slice(at) }
}

const FIELD = /^([!-9;-~]{1,100})[ \t]{0,10}:/

function contentType(value: string): Pick<Part, 'type' | 'parameters'> {
  const parameters = new Map<string, string>()
  const type = /^\s*([\w.+-]{1,60}\/[\w.+-]{1,80})/.exec(value)?.[1]?.toLowerCase() ?? 'text/plain'
  for (const [, name, quoted, bare] of value.matchAll(
    /;\s{0,20}([\w*-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]{0,500})"|([^\s;"]{1,500}))/g,
  )) {
    parameters.set((name ?? '').toLowerCase().replace(/\*$/, ''), quoted ?? bare ?? '')
  }
  return { type, parameters }
}

function splitBody(body: string, boundary: string): string[] {
  const mark = `--${boundary}`
  const parts: string[] = []
  let from = -1
  for (let at = nextMark(body, mark, 0); at >= 0 && parts.length < MOST_PARTS; at = nextMark(body, mark, at + 1)) {
    if (from >= 0) parts.push(body.slice(from, at))
    const line = body.indexOf('\n', at)
    if (line < 0 || body.startsWith('--', at + mark.length)) return parts
    from = line + 1
  }
  // The last part of a report that was cut.
  if (from >= 0 && parts.length < MOST_PARTS) parts.push(body.slice(from))
  return parts
}

function nextMark(body: string, mark: string, after: number): number {
  for (let at = body.indexOf(mark, after); at >= 0; at = body.indexOf(mark, at + 1)) {
    const follows = body[at + mark.length]
    const ends = follows === undefined || follows === '\n' || follows === '\r' || follows === '-' || follows === ' '
    if (ends && (at === 0 || body[at - 1] === '\n')) return at
  }
  return -1
}

/** The body of a part as bytes, one a character, its transfer encoding undone. */
export function decodedBody(part: Part): string {
  const body = part.body.slice(0, MOST_TEXT)
  switch ((first(part.headers, 'content-transfer-encoding') ?? '').toLowerCase().trim()) {
    case 'base64':
      return Buffer.from(body.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64').toString('latin1')
    case 'quoted-printable':
      return unquoted(body)
    default:
      return body
  }
}

const unquoted = (text: string): string =>
  text
    .replace(/=[ \t]{0,5}\r?\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** The text of a part: transfer encoding and charset undone, HTML without its tags, lines ended by \n. */
export function textOf(part: Part): string {
  const text = inCharset(decodedBody(part), part.parameters.get('charset') ?? null)
  const isHtml = part.type === 'text/html' || /^\s{0,200}(?:<!doctype html|<html)/i.test(text)
  return (isHtml ? withoutTags(text) : text).replace(/\r\n?/g, '\n')
}

/** Bytes, one a character, as text: valid UTF-8 is that; else the charset that was named; else the Western one. */
export function inCharset(binary: string, charset: string | null): string {
  const named = decoderOf(charset)
  const bytes = Buffer.from(binary, 'latin1')
  if (named && /^(?:iso-2022|utf-16)/.test(named.encoding)) return named.decode(bytes)
  // What the Japanese have always sent, with or without a name.
  if (binary.includes('\u001b$B') || binary.includes('\u001b$@')) return new TextDecoder('iso-2022-jp').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return (named && named.encoding !== 'utf-8' ? named : new TextDecoder('windows-1252')).decode(bytes)
  }
}

function decoderOf(charset: string | null): InstanceType<typeof TextDecoder> | null {
  try {
    const label = (charset ?? '').trim().toLowerCase()
    return label === '' ? null : new TextDecoder(ALIASES[label] ?? label)
  } catch {
    return null
  }
}

const ALIASES: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  'windows-31j': 'shift_jis',
  cp936: 'gbk',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  'unicode-1-1-utf-7': 'utf-8',
}

/** A header value as people read it (RFC 2047). */
export function decodeWords(value: string): string {
  const joined = value.replace(/(\?=)\s{1,20}(?==\?)/g, '$1')
  const text = joined.replace(
    /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bq])\?([^?]{0,2000})\?=/gi,
    (_, charset: string, encoding: string, encoded: string) =>
      inCharset(
        encoding.toLowerCase() === 'b'
          ? Buffer.from(encoded, 'base64').toString('latin1')
          : unquoted(encoded.replaceAll('_', ' ')),
        charset,
      ),
  )
  // Bytes that nobody encoded: UTF-8 most likely. What words gave is text already.
  return text === value ? inCharset(value, null) : text
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: ' ', apos: "'" }

function withoutTags(html: string): string {
  // Where lines are set as they stand, they stay; elsewhere a line's end is a space.
  const white = /<pre\b/i.test(html) ? /[\r\t ]{1,2000}/g : /[\r\n\t ]{1,2000}/g
  return (
    html
      .replace(/<(style|script|head|title)\b[^>]{0,2000}>[^<]{0,200000}<\/\1/gi, ' ')
      .replace(white, ' ')
      .replace(
        /<(?:br|\/?p|\/?div|\/?tr|\/?table|\/?h[1-6]|\/?li|\/?ul|\/?td|hr|\/?pre|\/?blockquote)\b[^<>]{0,5000}>/gi,
        '\n',
      )
      // An address between brackets that nobody escaped is not a tag.
      .replace(/<[a-z/!][^<>@]{0,5000}>|<a\b[^<>]{0,5000}>|<[a-z]+ [^<>]{0,5000}>/gi, '')
      .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|nbsp|apos));/gi, (all, decimal, hex, name) => {
        if (name) return ENTITIES[(name as string).toLowerCase()] ?? all
        const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16)
        return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : ' '
      })
      .replace(/\n[ \u00a0]{1,200}/g, '\n')
  )
}
