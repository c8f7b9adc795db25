/**
 * Plain text as its reader sees it: paragraphs, and the addresses that a mail client makes pressable. Those are
 * addresses with a scheme, `www.` names and mail addresses, nothing else.
 */
import type { Anchor, AnchorStroke, Block, CopyLink, CopyPart, Stroke } from './copy.ts'

const BULLET = /^(?:[-*+•·●▪■◦‣–—»>]|\d{1,3}[.)]|[a-z][.)])\s+\S/
const RULER = /^[-=_*~#+.·•–—─━═]{3,}$/

/** Reads one plain text body. `flowed` and `delsp` as its Content-Type says (RFC 3676). */
export function readText(
  text: string,
  how: { alternative?: number | null; flowed?: boolean; delsp?: boolean } = {},
): CopyPart {
  const blocks: Block[] = []
  const anchors: Anchor[] = []
  const links: CopyLink[] = []
  for (const run of runs(text, how)) {
    const found = addresses(run.text)
    const strokes: AnchorStroke[] = found.map(({ start, end, href }) => {
      const anchor: Anchor = { href, line: lineOf(run, start), what: 'address', empty: false }
      anchors.push(anchor)
      const words = run.text.slice(start, end)
      links.push({ part: 'text', n: links.length, href, words, line: anchor.line, image: false })
      return { start, end, anchor }
    })
    blocks.push({
      ...run,
      anchors: strokes,
      bare: bareAddresses(run.text, strokes),
      verbatim: [],
      linkLike: [],
      pictures: [],
      hollow: false,
    })
  }
  return {
    part: 'text',
    rich: false,
    blocks,
    anchors,
    links,
    targets: new Set(),
    language: null,
    direction: 'ltr',
    alternative: how.alternative ?? null,
  }
}

type Run = Pick<Block, 'text' | 'line' | 'breaks' | 'kind' | 'blanks'>

/** The line on which the character at `offset` stands. */
export function lineOf(block: Pick<Block, 'line' | 'breaks'>, offset: number): number {
  let low = 0
  let high = block.breaks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((block.breaks[middle]?.[0] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return block.breaks[low - 1]?.[1] ?? block.line
}

/** Lines gathered to paragraphs: a blank line, a ruler, a bullet, or another depth of quoting starts a new one. */
function* runs(text: string, how: { flowed?: boolean; delsp?: boolean }): Generator<Run> {
  let chunks: string[] = []
  let length = 0
  let breaks: [number, number][] = []
  let blanks: number[] = []
  let first = 0
  let depth = 0
  let item = false
  let soft = false
  const flush = (): Run | null => {
    const joined = chunks.join('').trimEnd()
    const kind = depth > 0 ? 'quote' : item ? 'item' : 'text'
    const run: Run | null = joined === '' ? null : { text: joined, line: first, breaks, kind, blanks }
    chunks = []
    length = 0
    breaks = []
    blanks = []
    soft = false
    return run
  }
  let number = 0
  for (const raw of lines(text)) {
    number += 1
    const [quoted, line] = unquoted(raw)
    const shown = withoutUnseen(line)
    const words = shown.normalize('NFC').trim()
    const bullet = BULLET.test(words)
    if (words === '' || RULER.test(words) || quoted !== depth || (bullet && !soft)) {
      const run = flush()
      if (run) yield run
      if (words === '' || RULER.test(words)) continue
    }
    if (chunks.length === 0) {
      first = number
      depth = quoted
      item = bullet
    } else {
      const gap = soft ? (how.delsp ? '' : ' ') : '\n'
      // The blank that says that a flowed line goes on (RFC 3676 §4.2) is none of its words'.
      if (soft) blanks.pop()
      chunks.push(gap)
      length += gap.length
      breaks.push([length, number])
    }
    chunks.push(words)
    length += words.length
    if (/\s$/.test(shown)) blanks.push(length)
    soft = how.flowed === true && line.endsWith(' ') && line !== '-- '
  }
  const run = flush()
  if (run) yield run
}

/**
 * Without the characters that nobody sees, and without direction marks inside a word, which would make two of it: a
 * pointer must not pass because of them. Marks beside words stay: they keep an address apart from its neighbours.
 */
export function withoutUnseen(text: string): string {
  const plain = text.replace(/[\u200b\u2060\ufeff\u00ad]/g, '')
  if (!/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(plain)) return plain
  return plain.replace(/(?<=\p{L})[\u200e\u200f\u202a-\u202e\u2066-\u2069]+(?=\p{L})/gu, '')
}

function* lines(text: string): Generator<string> {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    yield text.slice(start, text[end - 1] === '\r' ? end - 1 : end)
    start = end + 1
  }
  yield text.slice(start)
}

/** The depth of `> > ` before a line, and the line without it. */
function unquoted(line: string): [number, string] {
  let depth = 0
  let at = 0
  for (; at < line.length; at += 1) {
    if (line[at] === '>') depth += 1
    else if (line[at] !== ' ' || depth === 0) break
  }
  return depth === 0 ? [0, line] : [depth, line.slice(at)]
}

export interface Address {
  readonly start: number
  readonly end: number
  readonly href: string
}

const START =
  /(?:\b[a-z][a-z0-9+.-]{1,20}:\/\/|\b(?:mailto|tel|sms|news|xmpp|urn):(?=[^\s<>])|\bwww\d?\.(?=[\p{L}\p{N}-]+\.)|@)/giu
/** Without one of these there is no address: most paragraphs have none, and this is told much sooner. */
const SIGN = /:\S|@|www/i
const DOTTED = /[^\s.]\.\p{L}{2}/u
/** Host names without a scheme, of the domains that turn up in letters. */
const HOSTS =
  /(?<![\p{L}\p{N}@._-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,60}[\p{L}\p{N}])?\.){1,4}(?:com|org|net|edu|gov|int|info|io|eu|co|uk|fr|de|es|it|pt|br|mx|ar|cl|pe|ru|ua|by|kz|cn|jp|tw|hk|kr|in|us|ca|au|nz|ch|at|be|nl|se|no|dk|fi|pl|cz|il|sa|ae|eg|ma|tn|za|ly|me|tv|app|dev|gl|ai|рф|укр)(?![\p{L}\p{N}_-])(?:\/[^\s<>"]{0,300})?/giu
/** What an address is made of. Wide punctuation and CJK sentence marks end it; so does a quote mark. */
const REST = /[^\s<>"“”„«»‹›「」『』【】（）《》〈〉、。，；：！？\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069|]/u
const LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u
const HOST = /[\p{L}\p{N}.-]/u

/** The addresses in a text, left to right, not overlapping. Linear: each character is looked at a fixed number of times. */
export function addresses(text: string): Address[] {
  const found: Address[] = []
  if (!SIGN.test(text)) return found
  START.lastIndex = 0
  for (let hit = START.exec(text); hit; hit = START.exec(text)) {
    const floor = found.at(-1)?.end ?? 0
    const one = hit[0] === '@' ? mailAddress(text, hit.index, floor) : urlAt(text, hit.index, hit[0].length)
    if (!one || one.start < floor) continue
    found.push(one)
    START.lastIndex = Math.max(one.end, hit.index + 1)
  }
  return found
}

/** Addresses that stand as mere words, in order; `pressed` are those that do not. */
export function bareAddresses(text: string, pressed: readonly Stroke[]): Stroke[] {
  if (!text.includes('.')) return []
  const found: Stroke[] = pressed.length === 0 && !/:\/\/|www|@/i.test(text) ? [] : addresses(text)
  if (DOTTED.test(text))
    for (const hit of text.matchAll(HOSTS)) found.push({ start: hit.index, end: hit.index + hit[0].length })
  return found.map(({ start, end }) => ({ start, end })).sort((a, b) => a.start - b.start || b.end - a.end)
}

function mailAddress(text: string, at: number, floor: number): Address | null {
  let start = at
  while (start > floor && at - start < 64 && LOCAL.test(text[start - 1] ?? '')) start -= 1
  while (start < at && /[.'*_~`|=/{}#&?]/.test(text[start] ?? '')) start += 1
  let end = at + 1
  while (end < text.length && end - at < 255 && HOST.test(text[end] ?? '')) end += 1
  while (end > at && /[.-]/.test(text[end - 1] ?? '')) end -= 1
  const host = text.slice(at + 1, end)
  if (start === at || !/\.[\p{L}]{2,}$/u.test(host) || /\.\.|^[.-]/.test(host)) return null
  return { start, end, href: `mailto:${text.slice(start, end)}` }
}

function urlAt(text: string, start: number, scheme: number): Address | null {
  if (text[start - 1] === '<') return bracketed(text, start)
  let end = start + scheme
  while (end < text.length && REST.test(text[end] ?? '') && !unspaced(text, start + scheme, end)) end += 1
  end = tidied(text, start + scheme, end)
  if (end <= start + scheme - (text[start] === 'w' || text[start] === 'W' ? 4 : 0)) return null
  const href = text.slice(start, end)
  if (text[end] === '\n') {
    const more = continued(text, start, end)
    if (more > end + 1) return { start, end: more, href: href + text.slice(end + 1, more) }
  }
  return { start, end, href: schemed(href) }
}

const schemed = (href: string): string => (/^www/i.test(href) ? `http://${href}` : href)

/** Between `<` and `>` an address may be broken over lines (RFC 3986 appendix C). */
function bracketed(text: string, start: number): Address | null {
  let end = start
  while (end < text.length && end - start < 4000 && text[end] !== '>' && text[end] !== '<') end += 1
  const inside = text.slice(start, end)
  if (text[end] === '>' && !/[^\n]\s[^\n]*\s/.test(inside))
    return { start, end, href: schemed(inside.replace(/\s+/g, '')) }
  end = start
  while (end < text.length && REST.test(text[end] ?? '')) end += 1
  return end - start > 8 ? { start, end, href: schemed(text.slice(start, end)) } : null
}

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/

/** Chinese and Japanese put no space after an address: their letters belong to it only after a mark of a path. */
function unspaced(text: string, from: number, at: number): boolean {
  const letter = text[at] ?? ''
  if (!CJK.test(letter)) return false
  const before = text[at - 1] ?? ''
  return at > from && !/[/=_%&?#-]/.test(before) && !CJK.test(before)
}

/** Without the full stop that ends the sentence, or the bracket that was opened before the address. */
function tidied(text: string, from: number, to: number): number {
  let end = to
  let open = 0
  for (let i = from; i < to; i += 1) open += text[i] === '(' ? 1 : text[i] === ')' ? -1 : 0
  for (; end > from; end -= 1) {
    const last = text[end - 1] ?? ''
    if (last === ')' && open < 0) open += 1
    else if (!/[.,;:!?'’*_\]}~^`…]/.test(last)) break
  }
  return end
}

/** A long address that fills its line and goes on in the next, as old senders break it. */
function continued(text: string, start: number, end: number): number {
  const lineStart = text.lastIndexOf('\n', start) + 1
  if (end - lineStart < 66 || /[.,;:!?)]/.test(text[end - 1] ?? '')) return end
  let next = end + 1
  while (next < text.length && REST.test(text[next] ?? '')) next += 1
  const rest = text.slice(end + 1, next)
  const alone = next >= text.length || text[next] === '\n'
  return alone && /[/=&?%_\d]/.test(rest) && !/^[a-z]+:|^www\.|@/i.test(rest) ? tidied(text, end + 1, next) : end
}
