/** Makes faults: the place, the mail's own words around it, and what the rule says. */
import type { Block } from '../../edition/index.ts'
import type { Fault } from '../fault.ts'
import { RULES, type RuleName } from './rules.ts'

/** A fault with the stretch it concerns, so that two rules about one place can be told from two places. */
export interface Found extends Fault {
  readonly block: number
  readonly start: number
  readonly end: number
}

/** The line on which the character at `offset` stands. */
function lineOf(block: Block, offset: number): number {
  let low = 0
  let high = block.breaks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((block.breaks[middle]?.[0] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return block.breaks[low - 1]?.[1] ?? block.line
}

const WIDTH = 118

export function found(
  rule: RuleName,
  part: 'html' | 'text',
  place: { block: Block; index: number; start: number; end: number },
  more: { link?: string | null; why?: string; line?: number } = {},
): Found {
  const { certainty, why, remedy } = RULES[rule]
  const { block, index, start, end } = place
  return {
    rule,
    certainty,
    part,
    line: more.line ?? lineOf(block, start),
    excerpt: excerpt(block.text, start, end),
    link: more.link ?? null,
    why: more.why ?? why,
    remedy,
    block: index,
    start,
    end,
  }
}

/** A fault of the mail as a whole, or of a place without words. */
export function foundWhole(
  rule: RuleName,
  part: Fault['part'],
  more: { excerpt: string; link?: string | null; why?: string; line?: number | null },
): Found {
  const { certainty, why, remedy } = RULES[rule]
  return {
    rule,
    certainty,
    part,
    line: more.line ?? null,
    excerpt: excerpt(more.excerpt, 0, more.excerpt.length),
    link: more.link ?? null,
    why: more.why ?? why,
    remedy,
    block: -1,
    start: 0,
    end: 0,
  }
}

/** The words around a stretch, on one line, the stretch in ⟦ ⟧. Direction marks go: they would turn the report around. */
export function excerpt(text: string, start: number, end: number): string {
  const clean = (words: string): string =>
    words.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').replace(/[\s\p{Cc}]+/gu, ' ')
  const inside = clean(text.slice(start, Math.min(end, start + 200))).trim()
  const fault = inside.length > 70 ? `${cut(inside, 69)}…` : inside
  const room = WIDTH - fault.length
  const before = clean(text.slice(Math.max(0, start - 100), start)).trimStart()
  const after = clean(text.slice(end, end + 100)).trimEnd()
  const left = before.length > room * 0.6 ? `…${cutFront(before, Math.floor(room * 0.6) - 1)}` : before
  const rest = room - left.length
  const right = after.length > rest ? `${cut(after, Math.max(0, rest - 1))}…` : after
  return `${left}⟦${fault}⟧${right}`
}

// Never half of a surrogate pair: half a letter is not valid JSON everywhere.
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
const cutFront = (text: string, length: number): string => text.slice(-length).replace(/^[\udc00-\udfff]/, '')
