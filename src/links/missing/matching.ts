/** The search for phrases in tokens: what a table holds (phrases.ts), where it stands in a block. */
import { type Phrase, type PhraseKind, type Phrases, STEM, type Step } from './phrases.ts'
import type { Token } from './tokens.ts'

export interface Match {
  readonly kind: PhraseKind
  readonly led: boolean
  readonly lone: boolean
  /** Tokens from `from` up to, without, `to`. */
  readonly from: number
  readonly to: number
}

/**
 * Every phrase in the tokens, the longest of each kind at each place; of those that want an address next, every reading,
 * because the word after it decides ("write to", "write to us at").
 */
export function matches(tokens: readonly Token[], tables: readonly Phrases[]): { match: Match; table: Phrases }[] {
  const all: { match: Match; table: Phrases }[] = []
  tokens.forEach((token, from) => {
    if (token.kind !== 'word' || token.verbatim) return
    for (const table of tables) {
      const heard = hear(tokens, from, table)
      if (heard) for (const match of heard) all.push({ match, table })
    }
  })
  return all
}

/** The phrases of one table that begin at one token; null, as for almost every word, where none does. */
function hear(tokens: readonly Token[], from: number, table: Phrases): Match[] | null {
  const begun = goingOn(table, tokens[from]?.text ?? '', tokens[from + 1]?.text)
  if (begun.length === 0) return null
  let best: Map<string, Match> | null = null
  for (const { phrase, word } of begun) {
    const { kind, steps, led, last, lone } = phrase
    if (kind === 'topic' && !colonAhead(tokens, from)) continue
    for (const to of ends(tokens, from, steps, word, table.prefixes)) {
      if (kind === 'lead' && wordFollows(tokens, to) && !severed(tokens, to, table)) continue
      if (last && !closes(tokens, from, to) && (last === 'sentence' || goesOnAsProse(tokens, to, table))) continue
      if (lone && table.presence.has(tokens[from - 1]?.text ?? '')) continue
      best ??= new Map()
      const key = kind === 'ask' || kind === 'lead' ? `${kind} ${to}` : kind
      if (to > (best.get(key)?.to ?? from)) best.set(key, { kind, from, to, led, lone })
    }
  }
  return best === null ? null : [...best.values()]
}

interface Begun {
  readonly phrase: Phrase
  /** The form of the token with which it begins: without a glued prefix, perhaps. */
  readonly word: string
}

/** What may begin with a word, and of that, what the words after it have left so far. */
interface Beginning {
  readonly begun: readonly Begun[]
  readonly before: Map<string, readonly Begun[]>
}

/** By table and word: they come again and again. Emptied when large, so that no mail can fill the memory. */
const begunBy = new WeakMap<Phrases, Map<string, Beginning>>()
const KEPT_WORDS = 10_000
const KEPT_PAIRS = 500
const LONGEST_WORD = 60

const NOTHING: Beginning = { begun: [], before: new Map() }

/** The phrases that may begin with this word. */
function beginning(table: Phrases, text: string): Beginning {
  let known = begunBy.get(table)
  if (!known || known.size > KEPT_WORDS) {
    known = new Map()
    begunBy.set(table, known)
  }
  const kept = known.get(text)
  if (kept) return kept
  const begun = forms(text, table.prefixes).flatMap((word) =>
    [...(table.byWord.get(word) ?? []), ...(table.byStem.get(word.slice(0, STEM)) ?? [])].map((phrase) => ({
      phrase,
      word,
    })),
  )
  const made = begun.length === 0 ? NOTHING : { begun, before: new Map() }
  if (text.length < LONGEST_WORD) known.set(text, made)
  return made
}

/** Those of them that the next word does not rule out: in Chinese, where a word is a letter, a few of hundreds. */
function goingOn(table: Phrases, text: string, next = ''): readonly Begun[] {
  const { begun, before } = beginning(table, text)
  if (begun.length < 2) return begun
  const kept = before.get(next)
  if (kept) return kept
  const words = next === '' ? [] : forms(next, table.prefixes)
  const left = begun.filter(({ phrase }) => mayGoOn(phrase.steps, words))
  if (before.size > KEPT_PAIRS) before.clear()
  if (next.length < LONGEST_WORD) before.set(next, left)
  return left
}

/** False where the second word, in any of its forms, already rules the phrase out. */
function mayGoOn([first, second]: readonly Step[], words: readonly string[]): boolean {
  if (!first || !second || 'gap' in first || first.optional || 'gap' in second || second.optional) return true
  return words.some((word) => fits(word, second))
}

/** Tokens within which the colon of a label comes. */
const LABEL = 16

/** Asked first, because the nouns of labels turn up everywhere. */
function colonAhead(tokens: readonly Token[], from: number): boolean {
  for (let i = from + 1; i < from + LABEL && i < tokens.length; i += 1) if (tokens[i]?.text === ':') return true
  return false
}

const SPACED = /[^\u3040-\u30ff\u3400-\u9fff]$/

/** After "at" a word as usual: no hole, and no address either. */
function wordFollows(tokens: readonly Token[], to: number): boolean {
  const [before, next] = [tokens[to - 1], tokens[to]]
  if (!before || next?.kind !== 'word' || next.given || next.newLine) return false
  return next.start - before.end <= 1 && SPACED.test(before.text)
}

/** After a lead comes a word that cannot follow it: "sur et", "unter abrufbar". */
export function severed(tokens: readonly Token[], to: number, table: Phrases): boolean {
  const [lead, next] = [tokens[to - 1]?.text ?? '', tokens[to]?.text ?? '']
  return table.gone.has(next) || (table.joint.has(next) && table.never.has(lead))
}

/** Whether a sentence ends before token `to`. */
function closes(tokens: readonly Token[], from: number, to: number): boolean {
  const next = tokens[to]
  // Three dots go on.
  if (next?.text === '.' && tokens[to + 1]?.text === '.') return false
  return next === undefined || next.sentence !== tokens[from]?.sentence || /^[.!?؟。！？]$/.test(next.text)
}

/** "Check that the test here still fails": a word that opens nothing new. */
function goesOnAsProse(tokens: readonly Token[], to: number, table: Phrases): boolean {
  const next = tokens[to]
  return next?.kind === 'word' && !next.newLine && !table.stops.has(next.text)
}

function forms(word: string, prefixes: readonly string[]): string[] {
  if (prefixes.length === 0) return [word]
  const cut = prefixes.filter((prefix) => word.startsWith(prefix) && word.length > prefix.length + 1)
  return cut.length === 0 ? [word] : [word, ...cut.map((prefix) => word.slice(prefix.length))]
}

/** Where the phrase may end that starts at `from`. Two gaps of six words at most: a bounded number of readings. */
function ends(
  tokens: readonly Token[],
  from: number,
  steps: readonly Step[],
  first: string,
  prefixes: readonly string[],
): readonly number[] {
  const sentence = tokens[from]?.sentence
  let found: number[] | null = null
  const read = (i: number, at: number, slack: number): void => {
    const step = steps[i]
    if (!step) {
      const end = at > from ? tail(tokens, at, slack) : from
      if (found === null) found = [end]
      else if (!found.includes(end)) found.push(end)
      return
    }
    if ('gap' in step) {
      read(i + 1, at, step.gap)
      return
    }
    if (step.optional) read(i + 1, at, slack)
    for (let skip = 0; skip <= slack; skip += 1) {
      const token = tokens[at + skip]
      if (!token || token.verbatim || token.sentence !== sentence) break
      const fit = at + skip === from ? fits(first, step) : fitsInAnyForm(token.text, step, prefixes)
      if (fit) read(i + 1, at + skip + 1, 0)
      if (token.kind === 'mark' && !/^["'“”„«»‘’()*_/-]$/.test(token.text)) break
    }
  }
  read(0, from, 0)
  return found ?? NOWHERE
}

const NOWHERE: readonly number[] = []

/** A gap at the end of a phrase: up to so many words more, if the sentence ends with them. */
function tail(tokens: readonly Token[], at: number, slack: number): number {
  if (slack === 0) return at
  const sentence = tokens[at - 1]?.sentence
  let words = 0
  let end = at
  for (let i = at; i < tokens.length && tokens[i]?.sentence === sentence; i += 1) {
    if (tokens[i]?.kind === 'mark') continue
    words += 1
    end = i + 1
    if (words > slack) return at
  }
  return end
}

const fitsInAnyForm = (word: string, step: Words, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 ? fits(word, step) : forms(word, prefixes).some((form) => fits(form, step))

type Words = Exclude<Step, { readonly gap: number }>

const fits = (word: string, step: Words): boolean =>
  step.words.has(word) || (step.stems.length > 0 && step.stems.some((stem) => word.startsWith(stem)))
