/**
 * The little language of the phrase tables; matching.ts finds their phrases in tokens.
 *
 * A line is a phrase. `a|b` either word; `word?` may be absent; `word*` any ending; `…` up to six words; `..` up to
 * three; `$` at its end: the sentence ends there; `;` at its end: its clause does, or goes on with a word of [stop]. `NAME = a|b|c` gives a name to alternatives, used as `NAME` in later lines. `[kind]` starts a section, `#` a
 * remark. Letters are folded (fold.ts), and Chinese and Japanese are matched letter by letter.
 */
import { fold } from './fold.ts'

export type PhraseKind =
  /** The words are a link, or an address follows at once: "click here", "this link". */
  | 'here'
  /** A link follows further down: "the link below". */
  | 'below'
  /** A link stands further up. */
  | 'above'
  /** A link stands somewhere in the sentence: "view this mail in your browser". */
  | 'promise'
  /** The same in its own clause: "the programme is available online". */
  | 'offer'
  /** An address follows directly: "please visit". */
  | 'ask'
  /** Before a colon only, wherever it stands in the sentence: "contact:". */
  | 'colon'
  /** Before a colon at the end of a line that it begins: "website:". */
  | 'label'
  /** Anywhere in a line that ends with a colon: "recording". */
  | 'topic'
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
  /** What cannot come directly after those: "sur et", "en y". */
  readonly joint: ReadonlySet<string>
  /** What cannot come directly after any lead: German "unter abrufbar". */
  readonly gone: ReadonlySet<string>
  /** Words that open a purpose, "to cancel it here, type", or end it, where they come last. */
  readonly purpose: ReadonlySet<string>
  /** The commonest small words, by which the language is told. */
  readonly common: ReadonlySet<string>
}

export interface Phrase {
  readonly kind: PhraseKind
  /** Begins with a gap: other words may come before it. For languages whose verb ends the sentence. */
  readonly led: boolean
  /** Only at the end of a sentence, or of a clause. */
  readonly last: 'sentence' | 'clause' | null
  /** One word at the end of a sentence: too little to promise anything where nothing else does. */
  readonly lone: boolean
  readonly steps: readonly Step[]
}

export type Step =
  | { readonly words: ReadonlySet<string>; readonly stems: readonly string[]; readonly optional: boolean }
  | { readonly gap: number }

/** Letters of a stem by which phrases are found that begin with it. */
export const STEM = 3
const UNSPACED = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]/

/** Sections that are mere words. */
const SETS = ['stop', 'common', 'presence', 'inner', 'never', 'joint', 'gone', 'purpose'] as const

/** Reads a table. Throws where a line is not understood: a table is part of the program. */
export function phrasesOf(language: string, table: string): Phrases {
  const byWord = new Map<string, Phrase[]>()
  const byStem = new Map<string, Phrase[]>()
  const sets = new Map<string, Set<string>>(SETS.map((name) => [name, new Set()]))
  const prefixes: string[] = []
  const names = new Map<string, string>()
  let section = ''
  for (const raw of table.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const head = /^\[(\w+)\]$/.exec(line)?.[1]
    const name = /^([A-Z]+) = (.+)$/.exec(line)
    const set = sets.get(section)
    if (head) section = head
    else if (name) names.set(name[1] ?? '', named(name[2] ?? '', names))
    else if (set) for (const word of line.split(/\s+/)) set.add(fold(word))
    else if (section === 'prefix') prefixes.push(...line.split(/\s+/).map(fold))
    else {
      for (const one of spelledOut(named(line, names))) {
        const led = one.startsWith('… ')
        const last = one.endsWith(' $') ? 'sentence' : one.endsWith(' ;') ? 'clause' : null
        const words = one.slice(led ? 2 : 0, last ? -2 : undefined)
        const lone = section === 'here' && last === 'sentence' && !words.includes(' ')
        add({ kind: section as PhraseKind, led, last, lone, steps: stepsOf(words) }, byWord, byStem)
      }
    }
  }
  const setOf = (name: (typeof SETS)[number]): ReadonlySet<string> => sets.get(name) ?? new Set()
  return {
    language,
    byWord,
    byStem,
    prefixes,
    stops: setOf('stop'),
    common: setOf('common'),
    presence: setOf('presence'),
    inner: setOf('inner'),
    never: setOf('never'),
    joint: setOf('joint'),
    gone: setOf('gone'),
    purpose: setOf('purpose'),
  }
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
