/**
 * A copy as it arrived against the copy as it was sent, place by place. Pure. What a gateway adds (a banner, a footer)
 * is no fault; what it takes away is, and an address that we cannot follow back is one that nobody can vouch for.
 */
import type { Copy, CopyLink, CopyPart } from '../edition/index.ts'
import { undoRewriting } from '../links/index.ts'

export interface Comparison {
  readonly state: 'sound' | 'damaged' | 'unsure'
  /** What is wrong, a line each, the gravest first; of a sound copy, what is worth knowing. */
  readonly report: readonly string[]
}

type Finding = readonly ['damaged' | 'unsure' | 'note', string]

const LINES = 12
const NAMES = { html: 'HTML part', text: 'text part' } as const

export function compareCopies(sent: Copy, received: Copy): Comparison {
  const arrived = (part: CopyPart): CopyPart[] => received.parts.filter((other) => other.part === part.part)
  const [gone, there] = [
    sent.parts.filter((part) => arrived(part).length === 0),
    sent.parts.filter((part) => arrived(part).length > 0),
  ]
  const findings = [
    ...gone.map(isGone),
    ...there.flatMap((part) => [...compareLinks(part, arrived(part)), ...compareWords(part, arrived(part))]),
  ]
  const of = (kind: Finding[0]): string[] => [
    ...new Set(findings.filter(([found]) => found === kind).map(([, line]) => line)),
  ]
  const [damaged, unsure] = [of('damaged'), of('unsure')]
  if (damaged.length + unsure.length === 0) return { state: 'sound', report: of('note') }
  return { state: damaged.length > 0 ? 'damaged' : 'unsure', report: shortened([...damaged, ...unsure]) }
}

const isGone = ({ part, links }: CopyPart): Finding => [
  'damaged',
  `the ${NAMES[part]} is gone, and with it ${links.length} ${links.length === 1 ? 'link' : 'links'}`,
]

const shortened = (lines: readonly string[]): string[] =>
  lines.length <= LINES ? [...lines] : [...lines.slice(0, LINES), `and ${lines.length - LINES} more of the same kind`]

function compareLinks(sent: CopyPart, arrived: readonly CopyPart[]): Finding[] {
  const received = arrived.flatMap((part) => part.links).map(readBack)
  const findings: Finding[] = []
  for (const { lost, instead } of gaps(sent.links, received)) {
    lost.forEach((link, at) => {
      const other =
        instead.find((one) => link.words !== '' && one.link.words === link.words) ??
        (instead.length === lost.length ? instead[at] : undefined)
      findings.push(other ? changed(link, other) : ['damaged', `${NAMES[link.part]}: ${named(link)} is gone`])
    })
  }
  const gateways = new Set(received.flatMap((one) => one.by))
  for (const by of gateways) findings.push(['note', `${by} rewrote addresses; they lead where they should`])
  return findings
}

function changed(link: CopyLink, other: Received): Finding {
  const where = `${NAMES[link.part]}: ${named(link)}`
  if (other.hidden !== null) return ['unsure', `${where} goes through ${other.hidden}, which keeps to itself where to`]
  const [from, to] = [URL.parse(link.href), URL.parse(other.link.href)]
  if (to === null) return ['damaged', `${where} leads to no address any more (${cut(other.link.href)})`]
  if (from?.hostname === to.hostname) return ['damaged', `${where} leads to another page: ${cut(other.link.href)}`]
  return ['unsure', `${where} leads to ${to.host || to.protocol} now, by a rewriter that is not known here`]
}

const named = (link: CopyLink): string =>
  link.words === '' || link.words === link.href
    ? `the ${link.image ? 'picture' : 'link'} ${cut(link.href)}`
    : `the ${link.image ? 'picture' : 'link'} “${cut(link.words, 60)}” to ${cut(link.href)}`

const cut = (text: string, most = 120): string => (text.length > most ? `${text.slice(0, most)}…` : text)

interface Received {
  readonly link: CopyLink
  /** As it stands, and as it was before the gateways that we know. */
  readonly keys: readonly string[]
  readonly by: readonly string[]
  readonly hidden: string | null
}

function readBack(link: CopyLink): Received {
  const undone = undoRewriting(link.href)
  if (undone.kind === 'hidden') return { link, keys: [keyOf(link.href)], by: [], hidden: undone.by }
  const keys = [...new Set([keyOf(link.href), keyOf(undone.href)])]
  return { link, keys, by: undone.kind === 'undone' ? undone.by : [], hidden: null }
}

const keyOf = (href: string): string => URL.parse(href.trim())?.href ?? href.trim()

interface Gap {
  readonly lost: readonly CopyLink[]
  /** What stands between the same two neighbours instead. */
  readonly instead: readonly Received[]
}

/** The longest common run of links, in order; what is left over on either side falls into the gaps between. */
function gaps(sent: readonly CopyLink[], received: readonly Received[]): Gap[] {
  const same = (i: number, j: number): boolean => received[j]?.keys.includes(keyOf(sent[i]?.href ?? '')) ?? false
  const width = received.length + 1
  const length = new Uint16Array((sent.length + 1) * width)
  const at = (i: number, j: number): number => length[i * width + j] ?? 0
  for (let i = sent.length - 1; i >= 0; i -= 1) {
    for (let j = received.length - 1; j >= 0; j -= 1) {
      length[i * width + j] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const found: Gap[] = []
  let [i, j] = [0, 0]
  let [from, since] = [0, 0]
  const close = (): void => {
    if (i > from) found.push({ lost: sent.slice(from, i), instead: received.slice(since, j) })
  }
  while (i < sent.length && j < received.length) {
    if (same(i, j) && at(i, j) === at(i + 1, j + 1) + 1) {
      close()
      i += 1
      j += 1
      from = i
      since = j
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1
    else j += 1
  }
  i = sent.length
  j = received.length
  close()
  return found
}

function compareWords(sent: CopyPart, arrived: readonly CopyPart[]): Finding[] {
  const stream = arrived.flatMap((part) => part.blocks.flatMap((block) => wordsOf(block.text)))
  const blocks = sent.blocks.map((block) => wordsOf(block.text)).filter((words) => words.length > 0)
  const missing = blocks.map((words) => !holds(stream, words))
  const name = NAMES[sent.part]
  const count = missing.filter(Boolean).length
  if (count === 0) return []
  const broken = blocks.filter((words, at) => missing[at] && charsetBroke(stream, words))
  if (broken.length > 0 && broken.length * 2 >= count) {
    return [['damaged', `${name}: its characters are broken, as “${excerpt(broken[0] ?? [])}” shows (charset)`]]
  }
  const firstOfEnd = missing.lastIndexOf(false) + 1
  if (firstOfEnd > 0 && blocks.length - firstOfEnd === count) {
    return [['damaged', `${name}: cut off after “${excerpt(blocks[firstOfEnd - 1] ?? [], true)}”`]]
  }
  const lost = blocks.filter((_, at) => missing[at])
  return lost.map((words): Finding => ['damaged', `${name}: the words “${excerpt(words)}” are gone or changed`])
}

/** Addresses are compared as links: a rewriter changes them in the text too. */
const wordsOf = (text: string): string[] =>
  text
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, ' ')
    .normalize('NFKC')
    .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

/** In order and close together: a gateway may put a word of its own between ours. */
function holds(stream: readonly string[], words: readonly string[]): boolean {
  const room = words.length + Math.max(10, words.length)
  for (let start = stream.indexOf(words[0] ?? ''); start >= 0; start = stream.indexOf(words[0] ?? '', start + 1)) {
    let found = 0
    for (let at = start; at < stream.length && at < start + room && found < words.length; at += 1) {
      if (stream[at] === words[found]) found += 1
    }
    if (found === words.length) return true
  }
  return false
}

const isAscii = (word: string): boolean => /^[\x20-\x7e]+$/.test(word)
const MOJIBAKE = /[ÃÂØÙÐÑãäåæçèé][\u0080-\u00bf‚-™]|â€|\ufffd/

/** The plain letters of a stretch are there and its others are not, or what is there is UTF-8 read as something else. */
function charsetBroke(stream: readonly string[], words: readonly string[]): boolean {
  if (words.every(isAscii)) return false
  const plain = words.filter(isAscii)
  return (plain.length > 0 && holds(stream.filter(isAscii), plain)) || MOJIBAKE.test(stream.join(' '))
}

const excerpt = (words: readonly string[], end = false): string =>
  cut((end ? words.slice(-8) : words.slice(0, 8)).join(' '), 80)
