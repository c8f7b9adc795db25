/** From bytes back to a Copy: what a reader would see of them, whatever file they came in. */
import { Complaint } from '../complaint.ts'
import type { Copy, CopyHeaders, CopyPart } from './copy.ts'
import { readHtml } from './html.ts'
import { decoded, readMime } from './mime.ts'
import { readText } from './text.ts'

/** Bytes. Gmail takes 25 MB with attachments; a body beyond this is no letter. */
const LARGEST = 30_000_000
/** Characters of one body. The longest letters have a few hundred thousand; reading takes fifty times the memory. */
const LONGEST = 5_000_000

/**
 * Reads a mail or a body: .eml, .html, .txt, .md (bare Markdown); another ending is told by its content.
 * Throws a Complaint for what is no letter: empty, binary, too large, broken beyond reading, no words and no link.
 */
export async function read(bytes: Uint8Array, name: string): Promise<Copy> {
  if (bytes.length === 0) throw complaint(name, 'is empty')
  if (bytes.length > LARGEST) throw complaint(name, `is ${Math.round(bytes.length / 1e6)} MB, too large for a letter`)
  const format = formatOf(bytes, name)
  const copy = format === 'eml' ? await readMail(bytes, name) : await readBody(bytes, name, format)
  const seen = copy.parts.some((part) => part.blocks.length > 0)
  if (!seen && copy.links.length === 0) throw complaint(name, 'shows its reader nothing: no words, no link')
  return copy
}

const complaint = (name: string, what: string): Complaint =>
  new Complaint(`${name} ${what}`, {
    remedy: 'give a letter: .eml as received, or a body as .html, .txt, .md or .mjml',
  })

/** Reads a whole message (RFC 5322). */
export async function readMail(bytes: Uint8Array, name: string): Promise<Copy> {
  const { headers, leaves } = await readMime(bytes, name)
  const parts = leaves
    .filter((leaf) => leaf.text.trim() !== '')
    .map((leaf): CopyPart => {
      refuseLong(leaf.text, name)
      const part = leaf.kind === 'html' ? readHtml(leaf.text, leaf) : readText(leaf.text, leaf)
      return part.language || !leaf.language ? part : { ...part, language: leaf.language }
    })
  if (parts.length === 0) throw complaint(name, 'is a mail without a body that can be read')
  return copyOf(name, 'eml', headers, parts)
}

/** Reads a body without a header. */
async function readBody(bytes: Uint8Array, name: string, format: 'html' | 'text' | 'markdown'): Promise<Copy> {
  const text = decoded(bytes, null, format === 'html' ? 'html' : 'text')
  refuseLong(text, name)
  if (format === 'html') return copyOf(name, format, null, [readHtml(text)])
  if (format === 'text') return copyOf(name, format, null, [readText(text)])
  // Loaded only where there is Markdown: half of this room's start-up time.
  const { readMarkdown } = await import('./read-markdown.ts')
  return copyOf(name, format, null, [readMarkdown(text)])
}

function refuseLong(text: string, name: string): void {
  if (text.length > LONGEST)
    throw complaint(name, `has a body of ${Math.round(text.length / 1e6)} million characters, too long for a letter`)
}

/** A Copy of an HTML body alone, such as MJML renders to. */
export const copyOfHtml = (html: string, name: string): Copy => copyOf(name, 'html', null, [readHtml(html)])

function copyOf(name: string, format: Copy['format'], headers: CopyHeaders | null, parts: CopyPart[]): Copy {
  return { name, format, headers, parts, links: parts.flatMap((part) => part.links) }
}

const ENDINGS: Record<string, Copy['format']> = {
  eml: 'eml',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  txt: 'text',
  text: 'text',
  md: 'markdown',
  markdown: 'markdown',
}

function formatOf(bytes: Uint8Array, name: string): Copy['format'] {
  if (binary(bytes)) throw complaint(name, 'is binary, not a mail')
  const known = ENDINGS[/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '']
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 4096)).trimStart()
  const header =
    /^(?:From .{1,200}\r?\n)?(?:[!-9;-~]{1,80}:[^\n]{0,2000}\r?\n(?:[ \t][^\n]{0,2000}\r?\n){0,200}){2}/.test(head)
  const mailLike =
    header && /^(?:from|to|subject|date|received|message-id|mime-version|return-path|content-type):/im.test(head)
  if (known === 'eml' && !mailLike && !/^(?:from|to|subject|date|received|mime-version|content-type):/im.test(head)) {
    throw complaint(name, 'has no header of a mail')
  }
  if (known) return known
  if (mailLike) return 'eml'
  return /<(?:!doctype|html|body|table|div|p|a)\b/i.test(head) ? 'html' : 'text'
}

// PNG, GIF, PDF, ZIP (and .docx), JPEG, ELF, gzip, OLE (and .msg), EXE.
const BEGINNINGS = ['89504e47', '47494638', '25504446', '504b0304', 'ffd8ff', '7f454c46', '1f8b', 'd0cf11e0', '4d5a90']

/** By known beginnings, or by NUL bytes that no charset of mail explains. */
function binary(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.length)).toString('hex')
  if (BEGINNINGS.some((beginning) => start.startsWith(beginning))) return true
  if (start.startsWith('fffe') || start.startsWith('feff')) return false
  const sample = bytes.subarray(0, 8_192)
  let odd = 0
  for (const byte of sample)
    if (byte === 0 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27)) odd += 1
  return odd > Math.max(8, sample.length / 50)
}
