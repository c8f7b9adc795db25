/**
 * What a report's sentences say of the addresses it names: the lines that follow one, down to the next, the replies that
 * quote it, and where nobody else is named all there is. The lines are searched once, however many are asked about.
 */
import { keyOf, mentions } from './addresses.ts'
import { HEADER_LINE, SUBJECT_LINE } from './forms.ts'

export interface Words {
  /** The words about this address, one line. */
  readonly said: string
  /** The line of the receiving system in them; null where there is none. */
  readonly reply: string | null
}

export interface Found {
  readonly address: string
  /** Of its mention; -1: not in the text. */
  readonly line: number
}

/** Lines that may belong to one address. */
export const BLOCK = 40

const REPLY = /(?:^|[^\d.@\w])([45]\d\d(?:[ :-]\s?#?[45]\.\d{1,3}\.\d{1,3}\b|[ -](?=\D)|: ).{0,900})/
const CODED = /#?\(?\b[45]\.\d{1,3}\.\d{1,3}\b/

/** Of any of `all`, what is said of it. */
export function sayings(lines: readonly string[], all: readonly Found[]): (address: string, line: number) => Words {
  const quoting = repliesIn(lines)
  const starts = [...new Set(all.map(({ line }) => line))].sort((one, other) => one - other)
  const isAlone = all.length === 1 || starts.every((line) => line < 0)
  const whole = isAlone ? { said: joined(spoken(lines)), reply: replyIn(lines) } : { said: '', reply: null }
  return (address, line) => {
    const next = starts.find((start) => start > line) ?? lines.length
    const block = line < 0 ? [] : lines.slice(line, Math.min(next, line + BLOCK))
    const said = joined(spoken(block))
    const isBare = said.length < address.length + 12
    return {
      said: isBare && isAlone ? whole.said : said,
      reply: replyIn(block) ?? replyIn(quoting.get(keyOf(address)) ?? []) ?? whole.reply,
    }
  }
}

/** Lines with a reply, by the addresses that they quote. */
function repliesIn(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const quoting = new Map<string, string[]>()
  for (const line of lines) {
    if (!line.includes('@') || !REPLY.test(line) || HEADER_LINE.test(line)) continue
    for (const key of new Set(mentions(line).map(({ address }) => keyOf(address)))) {
      const known = quoting.get(key)
      if (known) known.push(line)
      else quoting.set(key, [line])
    }
  }
  return quoting
}

function replyIn(block: readonly string[]): string | null {
  const at = block.findIndex((line) => REPLY.test(line) && !/^\s{0,8}>>>/.test(line))
  if (at < 0) {
    const coded = block.find((line) => CODED.test(line) && !/https?:/.test(line))
    return coded === undefined ? null : joined([coded])
  }
  const begun = REPLY.exec(block[at] ?? '')?.[1] ?? ''
  // A reply of several lines, or one that was folded.
  const more = block.slice(at + 1, at + 6)
  const ends = more.findIndex((line) => isOtherReply(line, begun) || ENDS_REPLY.test(line))
  return joined([begun, ...(ends < 0 ? more : more.slice(0, ends))])
}

const ENDS_REPLY = /^\s*$|^\s{0,8}(?:>>>|---|giving up|\w[^@\s]{0,60}@\S{1,200}$)/i

function isOtherReply(line: string, begun: string): boolean {
  const code = /^\s{0,8}([45]\d\d)[ -]/.exec(line)?.[1]
  return code !== undefined && !begun.startsWith(code)
}

/** Without the subject of the returned message: it is quoted, and not what the reporter says. */
export const spoken = (lines: readonly string[]): string[] => lines.filter((line) => !SUBJECT_LINE.test(line))

/** In one line; no more of it than anybody judges. */
export const joined = (lines: readonly string[]): string =>
  lines
    .join(' ')
    .slice(0, 20_000)
    .replace(/[\s\p{Cc}]{1,500}/gu, ' ')
    .trim()
    .slice(0, 1_500)
