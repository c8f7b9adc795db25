/**
 * The little language of the phrase tables, and the search for phrases in tokens.
 *
 * A line is a phrase. `a|b` either word; `word?` may be absent; `word*` any ending; `…` up to six words; `..` up to
 * three; `$` at its end: the sentence ends there. `NAME = a|b|c` gives a name to alternatives, used as `NAME` in later lines. `[kind]` starts a section, `#` a
 * remark. Letters are folded (fold.ts), and Chinese and Japanese are matched letter by letter.
 */
import { fold } from './fold.ts'
import type { Token } from './tokens.ts'

export type PhraseKind =
  /** The words are a link, or an address follows at once: "click here", "this link". */
  | 'here'
  /** A link follows further down: "the link below". */
  | 'below'
  /** A link stands further up. */
  | 'above'
  /** A link stands somewhere in the sentence: "view this mail in your browser". */
  | 'promise'
  /** An address follows directly: "please visit". */
  | 'ask'
  /** Before a colon only, wherever it stands in the sentence: "contact:". */
  | 'colon'
  /** Before a colon at the end of a line that it begins: "website:". */
  | 'label'
  /** Alone in its line or cell: "read more". */
  | 'action'
  /** The same, over a row of links: "follow us". */
  | 'follow'
  /** A verb that calls, with a few words after it: too open to be a call wherever it stands alone (actions.ts). */
  | 'call'
  /** What an address comes after: "at", "visit". Counts only where a hole shows that one was there (holes.ts). */
  | 'lead'
  /** What comes after an address, in languages whose particles do. */
  | 'trail'

export interface Phrases {
  readonly language: string
  /** By the first word, or by its first letters where the first word has a `*`. */
  readonly byWord: ReadonlyMap<string, readonly Phrase[]>
  readonly byStem: ReadonlyMap<string, readonly Phrase[]>
  /** What, directly after an `ask`, shows that its object is gone: "visit for", "visit or". */
  readonly stops: ReadonlySet<string>
  /** Words that may be glued before another: Arabic و, Hebrew ו. */
  readonly prefixes: readonly string[]
  /** Words before a lone "here" that make it a place, not a pointer: "we are here". */
  readonly presence: ReadonlySet<string>
  /** Leads that may end a line as well as lead to an address, "a chance to": they count inside a sentence only. */
  readonly inner: ReadonlySet<string>
  /** Leads that no sentence ends with: French "sur.", Spanish "en.". */
  readonly never: ReadonlySet<string>
  /** The commonest small words, by which the language is told. */
  readonly common: ReadonlySet<string>
}

interface Phrase {
  readonly kind: PhraseKind
  /** Begins with a gap: other words may come before it. For languages whose verb ends the sentence. */
  readonly led: boolean
  /** Only at the end of a sentence. */
  readonly last: boolean
  readonly steps: readonly Step[]
}

type Step =
  | { readonly words: ReadonlySet<string>; readonly stems: readonly string[]; readonly optional: boolean }
  | { readonly gap: number }

const STEM = 3
const UNSPACED = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]/

/** Reads a table. Throws where a line is not understood: a table is part of the program. */
export function phrasesOf(language: string, table: string): Phrases {
  const byWord = new Map<string, Phrase[]>()
  const byStem = new Map<string, Phrase[]>()
  const stops = new Set<string>()
  const common = new Set<string>()
  const presence = new Set<string>()
  const inner = new Set<string>()
  const never = new Set<string>()
  const prefixes: string[] = []
  const names = new Map<string, string>()
  let section = ''
  for (const raw of table.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const head = /^\[(\w+)\]$/.exec(line)?.[1]
    const name = /^([A-Z]+) = (.+)$/.exec(line)
    if (head) section = head
    else if (name) names.set(name[1] ?? '', named(name[2] ?? '', names))
    else if (section === 'stop') for (const word of line.split(/\s+/)) stops.add(fold(word))
    else if (section === 'common') for (const word of line.split(/\s+/)) common.add(fold(word))
    else if (section === 'presence') for (const word of line.split(/\s+/)) presence.add(fold(word))
    else if (section === 'inner') for (const word of line.split(/\s+/)) inner.add(fold(word))
    else if (section === 'never') for (const word of line.split(/\s+/)) never.add(fold(word))
    else if (section === 'prefix') prefixes.push(...line.split(/\s+/).map(fold))
    else {
      for (const one of spelledOut(named(line, names))) {
        const led = one.startsWith('… ')
        const last = one.endsWith(' $')
        const steps = stepsOf(one.slice(led ? 2 : 0, last ? -2 : undefined))
        add({ kind: section as PhraseKind, led, last, steps }, byWord, byStem)
      }
    }
  }
  return { language, byWord, byStem, stops, common, presence, inner, never, prefixes }
}

const named = (line: string, names: ReadonlyMap<string, string>): string =>
  line.replace(/\b[A-Z]{2,}\b/g, (name) => names.get(name) ?? name)

/** Alternatives of unspaced words as lines of their own: there a word is a chain of letters. */
function spelledOut(line: string): string[] {
  let lines = ['']
  for (const step of line.split(/\s+/)) {
    const choices = UNSPACED.test(step) && step.includes('|') ? step.replace('?', '').split('|') : [step]
    if (choices.length > 1 && step.endsWith('?')) choices.push('')
    lines = lines.flatMap((before) => choices.map((choice) => `${before} ${choice}`.trim()))
  }
  return lines
}

function stepsOf(line: string): Step[] {
  return line.split(/\s+/).flatMap((step): Step[] => {
    if (step === '…') return [{ gap: 6 }]
    if (step === '..') return [{ gap: 3 }]
    const optional = step.endsWith('?')
    const choices = (optional ? step.slice(0, -1) : step).split('|').map(fold)
    if (choices.length === 1 && UNSPACED.test(choices[0] ?? '')) {
      return [...(choices[0] ?? '')].map((letter) => ({ words: new Set([letter]), stems: [], optional }))
    }
    return [
      {
        words: new Set(choices.filter((word) => !word.endsWith('*'))),
        stems: choices.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1)),
        optional,
      },
    ]
  })
}

function add(phrase: Phrase, byWord: Map<string, Phrase[]>, byStem: Map<string, Phrase[]>): void {
  const put = (map: Map<string, Phrase[]>, key: string): void => {
    const list = map.get(key)
    if (list) list.push(phrase)
    else map.set(key, [phrase])
  }
  for (let i = 0; i < phrase.steps.length; i += 1) {
    const step = phrase.steps[i]
    if (!step || 'gap' in step) throw new Error('a phrase cannot begin with a gap')
    for (const word of step.words) put(byWord, word)
    for (const stem of step.stems) put(byStem, stem.slice(0, STEM))
    if (!step.optional) return
  }
}

export interface Match {
  readonly kind: PhraseKind
  readonly led: boolean
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
  const begun = beginning(table, tokens[from]?.text ?? '')
  if (begun.length === 0) return null
  let best: Map<string, Match> | null = null
  for (const { phrase, word } of begun) {
    const { kind, steps, led, last } = phrase
    if (!mayGoOn(tokens, from, steps, table.prefixes)) continue
    for (const to of ends(tokens, from, steps, word, table.prefixes)) {
      if (kind === 'lead' && wordFollows(tokens, to)) continue
      if (last && (!closes(tokens, from, to) || table.presence.has(tokens[from - 1]?.text ?? ''))) continue
      best ??= new Map()
      const key = kind === 'ask' || kind === 'lead' ? `${kind} ${to}` : kind
      if (to > (best.get(key)?.to ?? from)) best.set(key, { kind, from, to, led })
    }
  }
  return best === null ? null : [...best.values()]
}

interface Begun {
  readonly phrase: Phrase
  /** The form of the token with which it begins: without a glued prefix, perhaps. */
  readonly word: string
}

const NONE: readonly Begun[] = []
/** By table and word: the same words come again and again. Emptied when large, so that no mail can fill the memory. */
const begunBy = new WeakMap<Phrases, Map<string, readonly Begun[]>>()
const KEPT_WORDS = 20_000

function beginning(table: Phrases, text: string): readonly Begun[] {
  let known = begunBy.get(table)
  if (!known || known.size > KEPT_WORDS) {
    known = new Map()
    begunBy.set(table, known)
  }
  const before = known.get(text)
  if (before) return before
  const found = forms(text, table.prefixes).flatMap((word) =>
    [...(table.byWord.get(word) ?? []), ...(table.byStem.get(word.slice(0, STEM)) ?? [])].map((phrase) => ({
      phrase,
      word,
    })),
  )
  const begun = found.length === 0 ? NONE : found
  if (text.length < 40) known.set(text, begun)
  return begun
}

/** False where the second word already rules the phrase out: most phrases end here. */
function mayGoOn(tokens: readonly Token[], from: number, steps: readonly Step[], prefixes: readonly string[]): boolean {
  const [first, second] = steps
  if (!first || !second || 'gap' in first || first.optional || 'gap' in second || second.optional) return true
  const next = tokens[from + 1]
  if (!next) return false
  if (prefixes.length === 0) return fits(next.text, second)
  return forms(next.text, prefixes).some((word) => fits(word, second))
}

const SPACED = /[^\u3040-\u30ff\u3400-\u9fff]$/

/** After "at" a word as usual: no hole, and no address either. */
function wordFollows(tokens: readonly Token[], to: number): boolean {
  const [before, next] = [tokens[to - 1], tokens[to]]
  if (!before || next?.kind !== 'word' || next.given || next.newLine) return false
  return next.start - before.end <= 1 && SPACED.test(before.text)
}

/** Whether a sentence ends before token `to`. */
function closes(tokens: readonly Token[], from: number, to: number): boolean {
  const next = tokens[to]
  // Three dots go on.
  if (next?.text === '.' && tokens[to + 1]?.text === '.') return false
  return next === undefined || next.sentence !== tokens[from]?.sentence || /^[.!?؟。！？]$/.test(next.text)
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
): Set<number> {
  const sentence = tokens[from]?.sentence
  const found = new Set<number>()
  const read = (i: number, at: number, slack: number): void => {
    const step = steps[i]
    if (!step) {
      if (at > from) found.add(tail(tokens, at, slack))
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
      const words = at + skip === from ? [first] : forms(token.text, prefixes)
      if (words.some((word) => fits(word, step))) read(i + 1, at + skip + 1, 0)
      if (token.kind === 'mark' && !/^["'“”„«»‘’()*_/-]$/.test(token.text)) break
    }
  }
  read(0, from, 0)
  return found
}

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

const fits = (word: string, step: { words: ReadonlySet<string>; stems: readonly string[] }): boolean =>
  step.words.has(word) || (step.stems.length > 0 && step.stems.some((stem) => word.startsWith(stem)))
