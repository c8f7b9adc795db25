/**
 * Reports in sentences: which addresses failed, and what was said of each. The forms are tables (forms.ts); here is
 * only the order in which they are trusted: what stands on a line made to name it, the header that names nothing else,
 * a reply that quotes it, and last, where a report names nobody at all, the one person the message was for.
 */
import { isDaemon, isEnvelopeSender, keyOf, mentions, tidy } from './addresses.ts'
import { HEADER_LINE, HELP_LINE, QUOTED, RETURNED_BELOW, SURELY, TO_LINE } from './forms.ts'
import { BLOCK, type Found, joined, sayings, spoken, type Words } from './said.ts'
import { MOST_RECIPIENTS } from './status.ts'

export interface Said extends Words {
  readonly address: string
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
  /** Of a reporter that names its own people without it. */
  readonly domain: string | null
  /** Nothing but its words speaks for a report: then only what is made to name an address names one. */
  readonly isUnsure: boolean
}

const MOST_LINES = 3_000

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
    (around.isUnsure
      ? [named, sure]
      : [named, sure, screenNames(lines, around), found(lines, QUOTED, around), lastResort(lines, around)]
    ).find((candidates) => candidates.length > 0) ?? []
  const about = sayings(lines, chosen)
  return chosen.slice(0, MOST_RECIPIENTS).map(({ address, line }) => ({
    address: aliasOf(lines, address, line, around) ?? address,
    ...about(address, line),
    naming: line < 0 ? '' : joined([lines[line] ?? '']),
    all: chosen.length === 1 ? joined(spoken(lines)) : '',
  }))
}

/** The one we wrote to, where an address was made from it on the way (Exim, Postfix) and the returned message shows it. */
function aliasOf(lines: readonly string[], address: string, line: number, around: Around): string | null {
  if (line < 0 || around.returnedTo.some((to) => same(to, address))) return null
  const from = /\((?:generated|expanded) from (\S{3,330})\)/.exec(lines.slice(line, line + 2).join(' '))?.[1]
  const alias = from === undefined ? null : tidy(from)
  return alias !== null && around.returnedTo.some((to) => same(to, alias)) ? alias : null
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
  if (around.returnedTo.length === 0 && everyone.length === 1) {
    return everyone.filter(({ address }) => !isEnvelopeSender(address) && !isDaemon(address))
  }
  return everyone.filter(({ address }) => around.returnedTo.some((to) => same(to, address)))
}

/** Names that stand alone below a sentence that ends in a colon. */
function screenNames(lines: readonly string[], { domain }: Around): Found[] {
  const after = domain === null ? -1 : lines.findIndex((line) => /:\s{0,5}$/.test(line))
  if (after < 0) return []
  return lines.slice(after + 1, after + BLOCK).flatMap((line, at) => {
    const name = /^\s{0,12}([a-z][\w.-]{2,31})\s{0,5}$/i.exec(line)?.[1]
    return name === undefined ? [] : [{ address: `${name}@${domain}`, line: after + 1 + at }]
  })
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
  const wroteTo = new Set(around.returnedTo.map(keyOf))
  const seen = new Set<string>()
  const known: Found[] = []
  const free: Found[] = []
  lines.forEach((line, at) => {
    if (HEADER_LINE.test(line)) return
    const isHelp = HELP_LINE.test(line)
    for (const { address } of mentions(line)) {
      const key = keyOf(address)
      if (seen.has(key) || around.others.has(key) || isDaemon(address) || isHost(address)) continue
      seen.add(key)
      if (wroteTo.has(key)) known.push({ address, line: at })
      else if (!isHelp) free.push({ address, line: at })
    }
  })
  if (known.length > 0) return known
  if (free.length === 1) return free
  const to = lines.flatMap((line) => mentions(TO_LINE.exec(line)?.[1] ?? ''))
  if (to.length === 1) return to.map(({ address }) => ({ address, line: -1 }))
  const left = around.returnedTo.filter((address) => !around.others.has(keyOf(address)))
  return left.length === 1 ? left.map((address) => ({ address, line: -1 })) : []
}
