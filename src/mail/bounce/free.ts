/**
 * Reports in sentences: which addresses failed, and what was said of each. The forms are tables (forms.ts); here is
 * only the order in which they are trusted: what stands on a line made to name it, the header that names nothing else,
 * a reply that quotes it, and last, where a report names nobody at all, the one person the message was for.
 */
import { isDaemon, keyOf, mentions, tidy } from './addresses.ts'
import { HEADER_LINE, HELP_LINE, QUOTED, RETURNED_BELOW, SURELY, TO_LINE } from './forms.ts'
import { MOST_RECIPIENTS } from './status.ts'

export interface Said {
  readonly address: string
  /** The words about this address, one line. */
  readonly said: string
  /** The line of the receiving system in them; null where there is none. */
  readonly reply: string | null
  /** The line that names it. */
  readonly naming: string
  /** All the report says, where it names one address alone. */
  readonly all: string
}

export interface Around {
  /** Whom the report is addressed to, who sent it, and the sender of the returned message: they did not fail. */
  readonly others: ReadonlySet<string>
  /** X-Failed-Recipients. */
  readonly failed: readonly string[]
  /** To and Cc of the returned message. */
  readonly returnedTo: readonly string[]
  /** Nothing but its words speaks for a report: then only what is made to name an address names one. */
  readonly isUnsure: boolean
}

const MOST_LINES = 3_000
const BLOCK = 40

/** The reporter's own lines: the text down to where the returned message begins. */
export function ownLines(text: string): string[] {
  const lines = text.split('\n', MOST_LINES).map((line) => line.slice(0, 2_000))
  const begins = lines.findIndex(
    (line, at) =>
      RETURNED_BELOW.some((mark) => mark.test(line)) && lines.slice(0, at).some((above) => above.trim() !== ''),
  )
  return begins < 0 ? lines : lines.slice(0, begins)
}

/** What lies below: header lines of the returned message may be there. */
export function returnedLines(text: string): string {
  const own = ownLines(text)
  return text.split('\n', MOST_LINES).slice(own.length).join('\n')
}

export function failedIn(lines: readonly string[], around: Around): Said[] {
  const sure = found(lines, SURELY, around)
  const named = around.failed.map((address) => ({
    address,
    line: sure.find((one) => same(one.address, address))?.line ?? -1,
  }))
  const chosen =
    (around.isUnsure ? [named, sure] : [named, sure, found(lines, QUOTED, around), lastResort(lines, around)]).find(
      (candidates) => candidates.length > 0,
    ) ?? []
  return chosen.slice(0, MOST_RECIPIENTS).map(({ address, line }) => {
    const said = about(lines, address, line, chosen)
    return {
      address: aliasOf(lines, address, line, around) ?? address,
      said: said.words,
      reply: said.reply,
      naming: line < 0 ? '' : joined([lines[line] ?? '']),
      all: chosen.length === 1 ? joined(lines) : '',
    }
  })
}

/** The one we wrote to, where an address was made from it on the way (Exim, Postfix) and the returned message shows it. */
function aliasOf(lines: readonly string[], address: string, line: number, around: Around): string | null {
  if (line < 0 || around.returnedTo.some((to) => same(to, address))) return null
  const from = /\((?:generated|expanded) from (\S{3,330})\)/.exec(lines.slice(line, line + 2).join(' '))?.[1]
  const alias = from === undefined ? null : tidy(from)
  return alias !== null && around.returnedTo.some((to) => same(to, alias)) ? alias : null
}

interface Found {
  readonly address: string
  /** Of its mention; -1: not in the text. */
  readonly line: number
}

const same = (one: string, other: string): boolean => keyOf(one) === keyOf(other)

function found(lines: readonly string[], forms: readonly (typeof SURELY)[number][], around: Around): Found[] {
  const all = new Map<string, Found>()
  lines.forEach((line, at) => {
    if (!line.includes('@') || HEADER_LINE.test(line) || all.size >= MOST_RECIPIENTS) return
    for (const address of forms === SURELY ? several(line) : []) all.set(keyOf(address), { address, line: at })
    for (const { line: expression } of forms) {
      const address = tidy(expression.exec(line)?.[1] ?? '')
      if (!address || isHost(address)) continue
      if (!all.has(keyOf(address))) all.set(keyOf(address), { address, line: at })
      break
    }
  })
  const everyone = [...all.values()]
  const others = everyone.filter(({ address }) => !around.others.has(keyOf(address)) && !isDaemon(address))
  if (others.length > 0 || forms === QUOTED) return others
  // A test mail to oneself: the address is the sender's, and failed all the same.
  return everyone.filter(({ address }) => around.returnedTo.some((to) => same(to, address)))
}

/** A line that is nothing but addresses. */
function several(line: string): string[] {
  const all = mentions(line)
  if (all.length < 2) return []
  const between = all.map(({ start }, n) => line.slice(all[n - 1]?.end ?? 0, start)).concat(line.slice(all.at(-1)?.end))
  return between.every((text) => /^[\s,;<>"'()]{0,40}$/.test(text)) ? all.map(({ address }) => address) : []
}

/** Message-IDs look like addresses. */
const isHost = (address: string): boolean =>
  /^(?:[0-9a-f.$-]{24,}|.{50,})@/i.test(address) ||
  (!/@[^@]*(?:\.[^@.]{2,}|localhost|^[^.]+)$/u.test(address) && !/@[\w-]{2,}$/.test(address))

function lastResort(lines: readonly string[], around: Around): Found[] {
  const anywhere: Found[] = []
  lines.forEach((line, at) => {
    if (HEADER_LINE.test(line)) return
    for (const { address } of mentions(line)) {
      const isOther = around.others.has(keyOf(address)) || isDaemon(address) || isHost(address)
      if (!isOther && !anywhere.some((one) => same(one.address, address))) anywhere.push({ address, line: at })
    }
  })
  const known = anywhere.filter(({ address }) => around.returnedTo.some((to) => same(to, address)))
  if (known.length > 0) return known
  const free = anywhere.filter(({ line }) => !HELP_LINE.test(lines[line] ?? ''))
  if (free.length === 1) return free
  const to = lines.flatMap((line) => mentions(TO_LINE.exec(line)?.[1] ?? ''))
  if (to.length === 1) return to.map(({ address }) => ({ address, line: -1 }))
  return around.returnedTo.length === 1 ? around.returnedTo.map((address) => ({ address, line: -1 })) : []
}

const REPLY = /(?:^|[^\d.@\w])([45]\d\d(?:[ :-]\s?#?[45]\.\d{1,3}\.\d{1,3}\b|[ -](?=\D)|: ).{0,900})/
const CODED = /#?\(?\b[45]\.\d{1,3}\.\d{1,3}\b/

/** What a report says of one address: the lines that follow it, up to the next recipient, and replies that quote it. */
function about(lines: readonly string[], address: string, line: number, all: readonly Found[]) {
  const next = Math.min(...all.map((one) => one.line).filter((at) => at > line), line + BLOCK, lines.length)
  const block = line < 0 ? [] : lines.slice(line, next)
  const quoting = lines.filter(
    (one) => one.toLowerCase().includes(keyOf(address)) && REPLY.test(one) && !HEADER_LINE.test(one),
  )
  const alone = all.length === 1 || all.every((one) => one.line < 0) ? lines : []
  const reply = replyIn(block) ?? replyIn(quoting) ?? replyIn(alone)
  const words = joined(line < 0 ? alone : block)
  return {
    words: words === '' || words.length < address.length + 12 ? joined(alone.length > 0 ? alone : block) : words,
    reply,
  }
}

function replyIn(block: readonly string[]): string | null {
  const at = block.findIndex((line) => REPLY.test(line) && !/^\s{0,8}>>>/.test(line))
  if (at >= 0) {
    const begun = REPLY.exec(block[at] ?? '')?.[1] ?? ''
    // A reply of several lines, or one that was folded.
    const more = block.slice(at + 1, at + 6)
    const ends = more.findIndex(
      (line) => line.trim() === '' || /^\s{0,8}(?:>>>|---|giving up|\w[^@\s]{0,60}@\S{1,200}$)/i.test(line),
    )
    return joined([begun, ...(ends < 0 ? more : more.slice(0, ends))])
  }
  const coded = block.find((line) => CODED.test(line) && !/https?:/.test(line))
  return coded === undefined ? null : joined([coded])
}

const joined = (lines: readonly string[]): string =>
  lines
    .join(' ')
    .replace(/[\s\p{Cc}]{1,500}/gu, ' ')
    .trim()
    .slice(0, 1_500)
