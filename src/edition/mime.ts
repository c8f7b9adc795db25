/**
 * The tree of a MIME message and the bodies a reader is shown. postal-mime parses the tree (RFC 2045, 2046); which
 * leaf is shown, and in which charset, is decided here, because its own merging turns one part into the other, and
 * then nobody can tell what a part lacks.
 */
import PostalMime, { decodeWords } from 'postal-mime'
import { Complaint } from '../complaint.ts'
import type { CopyHeaders } from './copy.ts'

export interface Leaf {
  readonly kind: 'html' | 'text'
  readonly text: string
  readonly alternative: number | null
  readonly flowed: boolean
  readonly delsp: boolean
  readonly language: string | null
}

export interface Mime {
  readonly headers: CopyHeaders
  readonly leaves: readonly Leaf[]
}

/** The part of postal-mime's tree that is used here; its typings keep the tree to themselves. */
interface Node {
  readonly childNodes: readonly Node[]
  readonly headers: readonly { readonly key: string; readonly value: string }[]
  readonly contentType: {
    readonly parsed: { readonly value: string; readonly params: Readonly<Record<string, string>> }
    readonly multipart: string | false
  }
  readonly contentDisposition: { readonly parsed: { readonly value: string; readonly params: Record<string, string> } }
  readonly content: ArrayBuffer | null
}

/** Reads a message. Throws a Complaint where its nesting or its header is beyond all bounds. */
export async function readMime(bytes: Uint8Array, name: string): Promise<Mime> {
  const root = await tree(bytes, name)
  const leaves = shown(root)
  if (leaves.length > 0) return { headers: headersOf(root), leaves }
  // A mail that only forwards another one: then that one is what the reader reads.
  const inner = only(root, 'message/rfc822')
  if (!inner) return { headers: headersOf(root), leaves }
  return { headers: headersOf(root), leaves: shown(await tree(new Uint8Array(inner), name)) }
}

async function tree(bytes: Uint8Array, name: string): Promise<Node> {
  const parser = new PostalMime({ maxNestingDepth: 100, maxRfc822NestingDepth: 0 })
  // Its merging of the parts into one HTML and one text is neither wanted nor bounded in time: left out.
  Object.assign(parser, {
    collectNode: async () => {},
    renderTextContent: () => {},
    buildMessage: () => ({}),
    encodeAttachments: () => {},
  })
  try {
    await parser.parse(bytes)
  } catch (error) {
    throw new Complaint(`${name} cannot be read as a mail: ${(error as Error).message}`, {
      remedy: 'check that the file is one message as it was received (.eml)',
      cause: error,
    })
  }
  return (parser as unknown as { root: Node }).root
}

/** What gathers the bytes of one body in postal-mime. */
interface Gatherer {
  readonly chunks: readonly (Uint8Array | ArrayBuffer | '\n')[]
  readonly flushBuffer?: () => void
  readonly flushRemainder?: () => void
  finalize: () => unknown
}

interface NodeMaker {
  contentDecoder: Gatherer
  setupContentDecoder: (encoding: string) => void
}

/** Its pieces of a body go through a Blob to become one, which costs as much as all its parsing: joined here instead. */
function joinPlainly(parser: PostalMime): void {
  const nodes: NodeMaker = Object.getPrototypeOf((parser as unknown as { root: Node }).root)
  const { setupContentDecoder } = nodes
  nodes.setupContentDecoder = function (this: NodeMaker, encoding: string): void {
    setupContentDecoder.call(this, encoding)
    const gatherer = this.contentDecoder
    gatherer.finalize = () => {
      gatherer.flushBuffer?.()
      gatherer.flushRemainder?.()
      return joined(gatherer.chunks)
    }
  }
}

function joined(chunks: Gatherer['chunks']): ArrayBuffer {
  const length = (chunk: Gatherer['chunks'][number]): number => (chunk === '\n' ? 1 : chunk.byteLength)
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + length(chunk), 0))
  let at = 0
  for (const chunk of chunks) {
    if (chunk === '\n') bytes[at] = 0x0a
    else bytes.set(chunk instanceof Uint8Array ? chunk : new Uint8Array(chunk), at)
    at += length(chunk)
  }
  return bytes.buffer
}

joinPlainly(new PostalMime())

/** The bodies in reading order; attachments are not what the letter says. */
function shown(root: Node): Leaf[] {
  const leaves: Leaf[] = []
  let alternatives = 0
  const walk = (node: Node, alternative: number | null): void => {
    let inside = alternative
    if (node.contentType.multipart === 'alternative') {
      alternatives += 1
      inside = alternatives
    }
    for (const child of node.childNodes) walk(child, inside)
    const leaf = node.contentType.multipart ? null : asLeaf(node, alternative)
    if (leaf) leaves.push(leaf)
  }
  walk(root, null)
  return leaves
}

function asLeaf(node: Node, alternative: number | null): Leaf | null {
  const { value, params } = node.contentType.parsed
  const type = value.toLowerCase().trim()
  const disposition = node.contentDisposition.parsed
  const attached = /^attachment$/i.test(disposition.value) || disposition.params.filename !== undefined
  const kind = /^(?:text\/html|application\/xhtml\+xml)$/.test(type)
    ? 'html'
    : /^text\/plain$|^text$|^$/.test(type)
      ? 'text'
      : null
  if (!node.content || !kind || attached) return null
  const text = decoded(new Uint8Array(node.content), params.charset ?? null, kind)
  return {
    kind,
    text,
    alternative,
    flowed: /^flowed$/i.test(params.format ?? ''),
    delsp: /^yes$/i.test(params.delsp ?? ''),
    language: headerOf(node, 'content-language'),
  }
}

function only(node: Node, type: string): ArrayBuffer | null {
  if (node.contentType.parsed.value.toLowerCase() === type && node.content) return node.content
  for (const child of node.childNodes) {
    const found = only(child, type)
    if (found) return found
  }
  return null
}

const headerOf = (node: Node, key: string): string | null => node.headers.find((h) => h.key === key)?.value ?? null

function headersOf(root: Node): CopyHeaders {
  const words = (key: string): string | null => {
    const value = headerOf(root, key)
    return value === null ? null : decodeWords(value).normalize('NFC')
  }
  const list = headerOf(root, 'list-unsubscribe') ?? ''
  return {
    subject: words('subject'),
    from: words('from'),
    listUnsubscribe: [...list.matchAll(/<([^<>]{1,2000})>/g)].map((match) => (match[1] ?? '').replace(/\s+/g, '')),
    listUnsubscribePost: headerOf(root, 'list-unsubscribe-post'),
    language: headerOf(root, 'content-language'),
  }
}

const ALIASES: Record<string, string> = {
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'windows-31j': 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  cp1256: 'windows-1256',
  'iso-8859-8-e': 'iso-8859-8',
  'x-euc-jp': 'euc-jp',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  utf8mb4: 'utf-8',
}

/**
 * Bytes as text. A byte order mark wins; then bytes that are valid UTF-8 and not plain ASCII, whatever was declared;
 * then the declared charset, or the one an HTML body names; then windows-1252, which decodes anything.
 */
export function decoded(bytes: Uint8Array, charset: string | null, kind: 'html' | 'text'): string {
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
  if (mark) return new TextDecoder(mark).decode(bytes)
  const declared = labelled(charset) ?? (kind === 'html' ? labelled(metaCharset(bytes)) : null)
  // ISO-2022 and UTF-16 are made of ASCII bytes: they would pass as UTF-8.
  if (declared && /^(?:iso-2022|utf-16)/.test(declared)) return new TextDecoder(declared).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder(declared && declared !== 'utf-8' ? declared : guess(bytes)).decode(bytes)
  }
}

/** Invalid UTF-8 without another name: damaged UTF-8 if most of it decodes, else the Western charset. */
function guess(bytes: Uint8Array): string {
  const sample = new TextDecoder('utf-8').decode(bytes.subarray(0, 65_536))
  let bad = 0
  let good = 0
  for (const letter of sample) {
    if (letter === '\ufffd') bad += 1
    else if (letter > '\u007f') good += 1
  }
  return good > bad ? 'utf-8' : 'windows-1252'
}

function labelled(charset: string | null): string | null {
  if (!charset) return null
  const label = charset.trim().toLowerCase()
  try {
    return new TextDecoder(ALIASES[label] ?? label.replace(/^x-(?!mac|user|sjis|gbk|cp|big5|euc)/, '')).encoding
  } catch {
    return null
  }
}

function metaCharset(bytes: Uint8Array): string | null {
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 2048))
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})/i.exec(head)?.[1] ?? null
}
