/**
 * What a person would see of a fetched page, as far as judging needs it. A scanner and not a parser: pages are hostile,
 * so it goes over the text once, never back, and whatever it does not understand it steps over.
 */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

export interface Page {
  readonly title: string
  /** The first h1. */
  readonly heading: string
  /** Visible text, white space collapsed, at most TEXT_CAP characters. */
  readonly text: string
  /** Values of id and of <a name>: where a fragment may point. */
  readonly places: ReadonlySet<string>
  /** It runs scripts, so what we see need not be what a reader sees. */
  readonly scripted: boolean
  /** It shows something besides text. */
  readonly pictured: boolean
  readonly password: boolean
  /** <link rel=canonical>, as written. */
  readonly canonical: string | null
  /** Where <meta http-equiv=refresh> sends the reader within ten seconds, as written. */
  readonly refresh: string | null
}

const TEXT_CAP = 20_000
const TITLE_CAP = 500

export function readPage(html: string): Page {
  const page = { title: '', heading: '', places: new Set<string>(), scripted: false, pictured: false, password: false }
  let canonical: string | null = null
  let refresh: string | null = null
  const text: string[] = []
  let length = 0
  let inHeading = false
  const show = (piece: string): void => {
    if (piece === '') return
    if (inHeading) page.heading += piece
    if (length < TEXT_CAP) text.push(piece)
    length += piece.length
  }

  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at)
    show(html.slice(at, open < 0 ? html.length : open))
    if (open < 0) break
    const tag = tagAt(html, open)
    at = tag.end
    if (tag.name === '') continue
    const { name, attributes } = tag
    const place = attributes.get('id') ?? (name === 'a' ? attributes.get('name') : undefined)
    if (place) page.places.add(unreferenced(place))
    if (name === 'h1') inHeading = page.heading.trim() === ''
    else if (name === '/h1') inHeading = false
    else if (name === 'link' && attributes.get('rel')?.toLowerCase() === 'canonical') {
      canonical ??= unreferenced(attributes.get('href') ?? '')
    } else if (name === 'meta' && attributes.get('http-equiv')?.toLowerCase() === 'refresh') {
      refresh ??= refreshTarget(unreferenced(attributes.get('content') ?? ''))
    } else if (name === 'input' && attributes.get('type')?.toLowerCase() === 'password') page.password = true
    else if (PICTURES.has(name)) page.pictured = true
    if (RAW.has(name)) {
      const close = closing(html, at, name)
      if (name === 'title' && page.title === '') page.title = html.slice(at, close.start)
      if (name === 'script') page.scripted = true
      at = close.end
    } else if (!INLINE.has(name)) show(' ')
  }
  const read = (raw: string): string => unreferenced(raw).replace(/\s+/g, ' ').trim()
  return {
    ...page,
    title: read(page.title.slice(0, TITLE_CAP)),
    heading: read(page.heading.slice(0, TITLE_CAP)),
    text: read(text.join('').slice(0, 4 * TEXT_CAP)).slice(0, TEXT_CAP),
    canonical: canonical || null,
    refresh: refresh || null,
  }
}

const PICTURES = new Set(['img', 'iframe', 'video', 'embed', 'object', 'canvas', 'svg', 'frame'])
/** Their content is no text that anybody sees, or, of a title, not in the page. */
const RAW = new Set(['script', 'style', 'noscript', 'title', 'template', 'textarea'])
const INLINE = new Set(['a', '/a', 'b', '/b', 'i', '/i', 'em', '/em', 'strong', '/strong', 'span', '/span', 'wbr'])

interface Tag {
  /** Lower case, with the slash of a closing tag; '' for a comment, a doctype or a stray `<`. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly end: number
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map()

function tagAt(html: string, open: number): Tag {
  if (html.startsWith('<!--', open)) return skipTo(html, '-->', open + 4)
  if (html.startsWith('<!', open) || html.startsWith('<?', open)) return skipTo(html, '>', open + 2)
  NAME.lastIndex = open + 1
  const name = NAME.exec(html)?.[0].toLowerCase()
  if (name === undefined) return { name: '', attributes: NO_ATTRIBUTES, end: open + 1 }
  let at = open + 1 + name.length
  if (html[at] === '>') return { name, attributes: NO_ATTRIBUTES, end: at + 1 }
  const attributes = new Map<string, string>()
  for (;;) {
    ATTRIBUTE.lastIndex = at
    const match = ATTRIBUTE.exec(html)
    if (!match) break
    at = ATTRIBUTE.lastIndex
    const [, key, double, single, bare] = match
    if (key === undefined) continue
    if (!attributes.has(key.toLowerCase())) attributes.set(key.toLowerCase(), double ?? single ?? bare ?? '')
  }
  const end = html.indexOf('>', at)
  return { name, attributes, end: end < 0 ? html.length : end + 1 }
}

// Both sticky: they match where they stand or not at all, so the whole page is gone over once.
const NAME = /\/?[a-z][a-z0-9:-]*/iy
const ATTRIBUTE =
  /[\s/]+|([^\s=>"'/]+)(?:\s{0,100}=\s{0,100}(?:"([^"]{0,20000})"|'([^']{0,20000})'|([^\s>"']{1,20000})))?/y

function skipTo(html: string, mark: string, from: number): Tag {
  const found = html.indexOf(mark, from)
  return { name: '', attributes: NO_ATTRIBUTES, end: found < 0 ? html.length : found + mark.length }
}

function closing(html: string, from: number, name: string): { start: number; end: number } {
  const mark = new RegExp(`</${name}[\\s/>]`, 'gi')
  mark.lastIndex = from
  const match = mark.exec(html)
  if (!match) return { start: html.length, end: html.length }
  const end = html.indexOf('>', match.index)
  return { start: match.index, end: end < 0 ? html.length : end + 1 }
}

function refreshTarget(content: string): string | null {
  const [, seconds, target] = /^\s*(\d{1,9})[.\d]{0,9}\s*[;,]\s*(?:url\s*=\s*)?['"]?([^'"]+)/i.exec(content) ?? []
  return target === undefined || Number(seconds) > 10 ? null : target.trim()
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  mdash: '—',
  ndash: '–',
  middot: '·',
  laquo: '«',
  raquo: '»',
  rsquo: '’',
}

/** Character references, as far as titles and addresses use them; a letter with an accent loses the accent. */
function unreferenced(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) {
      return NAMED[name] ?? /^([a-z])(?:acute|grave|circ|uml|tilde|cedil|ring)$/i.exec(name)?.[1] ?? whole
    }
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ''
  })
}

/**
 * Undoes Content-Encoding, at most `cap` bytes of it: a small body may hold gigabytes. A body that breaks off is
 * given as far as it goes. Null where the encoding is unknown or the bytes are not in it.
 */
export async function unpack(body: Buffer, encoding: string | undefined, cap: number): Promise<Buffer | null> {
  const name = encoding?.trim().toLowerCase()
  if (name === undefined || name === '' || name === 'identity') return body.subarray(0, cap)
  const unpacker =
    name === 'gzip' || name === 'x-gzip'
      ? createGunzip()
      : name === 'deflate'
        ? createInflate()
        : name === 'br'
          ? createBrotliDecompress()
          : null
  if (unpacker === null) return null
  const parts: Buffer[] = []
  let size = 0
  unpacker.end(body)
  try {
    for await (const part of unpacker) {
      parts.push(part)
      size += part.length
      if (size >= cap) break
    }
  } catch {
    // Cut short or capped by us: what came out before still tells what page it is.
    if (parts.length === 0) return null
  }
  return Buffer.concat(parts).subarray(0, cap)
}

/** Text of a page in the charset that its header or its first kilobyte names; UTF-8 otherwise. */
export function decodeText(body: Buffer, type: string | undefined): string {
  const head = body.subarray(0, 1024).toString('latin1')
  const charset =
    /charset\s*=\s*["']?([\w-]{1,40})/i.exec(type ?? '')?.[1] ?? /charset\s*=\s*["']?([\w-]{1,40})/i.exec(head)?.[1]
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(body)
  } catch {
    return new TextDecoder().decode(body)
  }
}
