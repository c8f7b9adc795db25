/** What the judges of promises look at, and the ways in which they look around: the sentence, the line, the next block. */
import type { Block } from '../../edition/index.ts'
import type { Match } from './matching.ts'
import type { Phrases } from './phrases.ts'
import { LONGEST, type Token } from './tokens.ts'

export interface View {
  readonly block: Block
  readonly index: number
  readonly tokens: readonly Token[]
  readonly given: boolean
  readonly heard: readonly { match: Match; table: Phrases }[]
  /** Links that the words before them asked for, and where those words begin: they answer no one else. */
  readonly taken: ReadonlyMap<number, number>
}

/** What the judge of one phrase may look at. */
export interface Scene {
  readonly rich: boolean
  readonly views: readonly View[]
  readonly at: number
  readonly tokens: readonly Token[]
  readonly footnotes: boolean
  /** In plain text made from HTML each address stands in brackets right after its words, and is theirs alone. */
  readonly enclosed: boolean
  readonly from: number
  readonly to: number
  readonly led: boolean
  readonly table: Phrases
  readonly habit: Habit
}

/** How this part ends its lines. */
export interface Habit {
  /** Colons that an address follows. */
  readonly kept: number
  /** Colons that end their line, with nothing after them. */
  readonly bare: number
  /** So many lines end with a blank that it means nothing. */
  readonly typesBlanks: boolean
}

/** Whether the addresses of a text part stand in brackets, as a program that made the text of HTML puts them. */
export function enclosing(views: readonly View[]): boolean {
  let all = 0
  let enclosed = 0
  for (const { tokens } of views) {
    tokens.forEach((token, i) => {
      if (!token.given || token.kind !== 'address') return
      all += 1
      if (/^[<([（]$/.test(tokens[i - 1]?.text ?? '')) enclosed += 1
    })
  }
  return enclosed >= 3 && enclosed >= all * 0.4
}

/** First and, exclusive, last token of the sentence in which token `i` stands. */
export function sentence(tokens: readonly Token[], i: number): [number, number] {
  const which = tokens[i]?.sentence
  let from = i
  while (from > 0 && tokens[from - 1]?.sentence === which) from -= 1
  let to = i + 1
  while (to < tokens.length && tokens[to]?.sentence === which) to += 1
  return [from, to]
}

/** End, exclusive, of the line on which token `i` stands; in rich text a line is a sentence at most. */
export function lineEnd(tokens: readonly Token[], i: number): number {
  const furthest = Math.min(tokens.length, i + LONGEST)
  let to = i + 1
  while (to < furthest && !tokens[to]?.newLine) to += 1
  return to
}

export const anyGiven = (tokens: readonly Token[], from: number, to: number): boolean => {
  const start = Math.max(0, from)
  for (let i = start; i < Math.min(tokens.length, to, start + LONGEST); i += 1) if (tokens[i]?.given) return true
  return false
}

/** A link in the blocks from `first` to `last`, counted from this one; or in this one on that side of the phrase. */
export function near({ views, at, tokens, from, to }: Scene, first: number, last: number): boolean {
  if (anyGiven(tokens, first < 0 ? 0 : from, first < 0 ? to : tokens.length)) return true
  for (let i = at + first; i <= at + last; i += 1) if (i !== at && views[i]?.given) return true
  return false
}

/** Whether what comes right after token `to` is an address: the next words, or the beginning of the next block. */
export function follows({ views, at, tokens, rich }: Scene, to: number, reach: number): boolean {
  const next = views[at + 1]
  if (to < tokens.length) return opensWithLink(tokens.slice(to, to + reach + 12), reach, rich)
  return next ? opensWithLink(next.tokens, reach, rich) : false
}

export function opensWithLink(tokens: readonly Token[], reach: number, rich: boolean): boolean {
  for (let i = 0; i < Math.min(reach, tokens.length); i += 1) {
    const token = tokens[i]
    if (token?.kind === 'address') return true
    if (token?.given && !rich) return true
  }
  return false
}

export const anyAddress = (tokens: readonly Token[], from: number, to: number): boolean =>
  tokens.slice(Math.max(0, from), to).some((token) => token.kind === 'address')

/** The next block, or one of the next `count`, begins with a link, or is short and holds one. */
export function nextGives({ views, at }: Pick<Scene, 'views' | 'at'>, count: number): boolean {
  for (let i = at + 1; i <= at + count; i += 1) {
    const next = views[i]
    if (!next) return false
    if (gives(next, 0, next.tokens.length, next.tokens.length < 12 ? 8 : 4)) return true
  }
  return false
}

/**
 * A link among the first `reach` tokens that is still to be had: no other label before it ("To subscribe, write to:
 * x@y" answers itself), no verb that asked for it, no sentence of its own.
 */
export function gives(view: View, from: number, to: number, reach: number): boolean {
  const { tokens, taken } = view
  for (let i = from; i < Math.min(from + reach, to, tokens.length); i += 1) {
    const token = tokens[i]
    if (token?.given || token?.kind === 'address') return i === from || !taken.has(i)
    if (token?.text === ':' && i > from) return false
    if (token && i > from + 1 && /^[.!?؟。！？]$/.test(token.text) && !tokens[i + 1]?.given) return false
  }
  return false
}

/** Scripts whose words are not spaced: there a letter is a token. */
export const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff]/

/** `Word word:` at its beginning. */
export const labelled = (tokens: readonly Token[]): boolean => {
  const colon = tokens.findIndex((token) => token.text === ':')
  return colon > 0 && colon <= (UNSPACED.test(tokens[0]?.text ?? '') ? 12 : 4)
}

/** The first link between the tokens is one that other words, further on than `from`, asked for. */
export function spokenFor({ tokens, taken }: View, from: number, to: number): boolean {
  for (let i = from; i < Math.min(to, tokens.length); i += 1) if (tokens[i]?.given) return (taken.get(i) ?? -1) > from
  return false
}
