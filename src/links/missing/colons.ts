/** Colons that an address should follow: after a verb, after a label, or as this mail's other colons do. */
import type { PhraseKind } from './phrases.ts'
import {
  anyGiven,
  gives,
  type Habit,
  labelled,
  lineEnd,
  nextGives,
  type Scene,
  sentence,
  UNSPACED,
  type View,
} from './scene.ts'
import { LONGEST, type Token } from './tokens.ts'

/** After a colon: an address on its line, or in what comes next; or words that are the answer themselves. */
export function colonKept(scene: Scene, colon: number): boolean {
  const { tokens, views, at, rich } = scene
  const view = views[at]
  const end = rich ? sentence(tokens, colon)[1] : lineEnd(tokens, colon)
  if (end > colon + 1) {
    // Words follow on the line. Only when none of them can be an answer is anything gone: "see: ."
    return tokens.slice(colon + 1, end).some((token) => token.given || token.kind === 'word')
  }
  if (end < tokens.length) {
    const more = rich ? sentence(tokens, end)[1] : Math.max(lineEnd(tokens, end), sentence(tokens, end)[1])
    return (view !== undefined && gives(view, end, more, 12)) || telephone(tokens.slice(end, Math.min(more, end + 25)))
  }
  const next = views[at + 1]
  if (!next) return false
  // "Contact:" is answered by a name as well.
  const person = /^(?:contac|kontakt|контакт|contat)/.test(tokens[colon - 1]?.text ?? '')
  if (person && next.tokens.length <= 4 && !labelled(next.tokens)) return true
  return nextGives(scene, next.block.kind === 'item' ? 2 : 1) || (next.tokens.length < 30 && telephone(next.tokens))
}

/** Six digits or more in one row, and no date: a telephone number, which is an answer to "contact:". */
function telephone(tokens: readonly Token[]): boolean {
  let digits = ''
  for (const { text } of tokens) {
    if (/^\d+$/.test(text)) digits += text
    else if (!/^[-+/.()]$/.test(text)) digits = ''
    if (digits.length > 8 || (digits.length >= 6 && !/(?:19|20)\d\d/.test(digits))) return true
  }
  return false
}

export function labelKept(scene: Scene): boolean {
  const { tokens, from, to, rich, views, at } = scene
  if (tokens[to]?.text !== ':') return true
  // A label begins its line; in the middle of a sentence a colon may mean anything.
  const [first] = sentence(tokens, from)
  let start = from
  while (start > first && !(tokens[start]?.newLine ?? false)) start -= 1
  if (from - start > 3) return true
  const end = rich ? sentence(tokens, to)[1] : lineEnd(tokens, to)
  if (end > to + 1) return tokens.slice(to + 1, end).some((token) => token.given || token.kind === 'word')
  if (end < tokens.length) {
    // Another label follows at once: this one has nothing.
    const more = lineEnd(tokens, end)
    return anyGiven(tokens, end, end + 1) || !labelled(tokens.slice(end, more))
  }
  const next = views[at + 1]
  if (!next) return false
  if (anyGiven(next.tokens, 0, 2) || nextGives(scene, 1)) return !labelled(next.tokens.slice(0, 8))
  return !labelled(next.tokens.slice(0, 8))
}

/** Words of a label before the word that tells what it is one of; letters, where they are not spaced. */
const BEFORE = 6

/** So many labels with addresses tell that a short line with a colon is one, too, and no salutation. */
const MANY = 3

/**
 * "Short recording (4 min):", in a mail whose colons are mostly followed by addresses and do not end headings: a label,
 * whatever stands before its noun.
 */
export function topicKept(scene: Scene): boolean {
  const { tokens, from, to, habit } = scene
  const start = lineStart(tokens, from)
  if (start === -1) return true
  let colon = to
  if (tokens[colon]?.text === '(') while (colon < to + BEFORE && tokens[colon]?.text !== ')') colon += 1
  if (tokens[colon]?.text === ')') colon += 1
  return (
    tokens[colon]?.text !== ':' ||
    habit.kept === 0 ||
    habit.bare > habit.kept ||
    (habit.kept < MANY && greets(scene.views, scene.at)) ||
    lineAnswered(scene, start, colon)
  )
}

/** First token of the line in which token `i` stands; -1: it stands too far in. */
function lineStart(tokens: readonly Token[], i: number): number {
  const reach = UNSPACED.test(tokens[i]?.text ?? '') ? 2 * BEFORE : BEFORE
  let start = i
  while (start > 0 && i - start <= reach && !tokens[start]?.newLine) start -= 1
  return i - start > reach ? -1 : start
}

/** "Listen to the second part:": a call, and what it calls to should follow. */
export function calledFor(scene: Scene): boolean {
  const { tokens, from, to, led } = scene
  const start = lineStart(tokens, from)
  return start === -1 || (start < from && !led) || lineAnswered(scene, start, to)
}

/** The line that ends with this colon has its answer on it, in the next line, or in the next block. */
function lineAnswered(scene: Scene, start: number, colon: number): boolean {
  const { tokens } = scene
  if (anyGiven(tokens, start, colon + 2)) return true
  const next = tokens[colon + 1]
  if (!next) return answered(scene, false)
  return !next.newLine || !labelNext(tokens, colon + 1)
}

/**
 * A colon that ends its line where the other colons of this part are followed by an address, or that shows where one was
 * cut off: told from the mail's own habit and from what is left, without words, so in every language.
 */
export function bareColons(scene: Omit<Scene, 'from' | 'to' | 'led' | 'table'>): { start: number; end: number }[] {
  const { tokens, views, at, rich, habit } = scene
  const view = views[at]
  const usual = habit.kept >= 3 && habit.kept >= habit.bare * 2
  const blanks = new Set(habit.typesBlanks ? [] : view?.block.blanks)
  return colonsOf(tokens).flatMap(({ colon, kept, severed }) => {
    if (kept || colon === 0) return []
    if (severed) return [{ start: tokens[colon - 1]?.start ?? 0, end: tokens[colon + 1]?.end ?? 0 }]
    const inner = colon + 1 < tokens.length
    // `Label:` in a row of `Label: address`.
    const row = rowOfLabels(tokens, colon) || (!inner && rowOfBlocks(views, at))
    // With nothing at all after it, any colon has lost something; a salutation is never alone.
    const end =
      !inner &&
      at === views.length - 1 &&
      at > 0 &&
      tokens[colon - 1]?.kind === 'word' &&
      tokens[colon - 2]?.text !== ':'
    const cut = blanks.has(tokens[colon]?.end ?? -1) || (!inner && view?.block.hollow === true)
    const open = inner
      ? cut && labelNext(tokens, colon + 1)
      : (cut || (usual && !rich)) && !answered(scene, cut) && !greets(views, at)
    if (!row && !end && !open) return []
    return [{ start: tokens[colon - 1]?.start ?? 0, end: tokens[colon]?.end ?? 0 }]
  })
}

/** The line that begins at this token is a label of its own. */
const labelNext = (tokens: readonly Token[], from: number): boolean =>
  labelled(tokens.slice(from, Math.min(from + LABEL, lineEnd(tokens, from))))

/** Lines with a blank at their end, other than after a colon, that are still an accident. */
const ACCIDENTS = 3

export function habitOf(views: readonly View[]): Habit {
  let kept = 0
  let bare = 0
  let typed = 0
  views.forEach((view, at) => {
    const { text, blanks } = view.block
    for (const end of blanks) typed += /[:：]/.test(text.charAt(end - 1)) ? -1 : 1
    for (const one of colonsOf(view.tokens)) {
      const last = one.colon + 1 >= view.tokens.length
      if (one.kept || (last && views[at + 1]?.tokens[0]?.given)) kept += 1
      else if (!last || !answered({ views, at }, false)) bare += 1
    }
  })
  return { kept, bare, typesBlanks: typed > ACCIDENTS }
}

interface Colon {
  readonly colon: number
  readonly kept: boolean
  /** "The form is here: . Please …": a full stop and nothing before it. */
  readonly severed: boolean
}

/** The colons that an address follows, those that end their line, and those before a full stop. */
function colonsOf(tokens: readonly Token[]): Colon[] {
  const colons: Colon[] = []
  tokens.forEach((token, colon) => {
    if (token.text !== ':' || token.kind !== 'mark') return
    const next = tokens[colon + 1]
    if (next?.given) colons.push({ colon, kept: true, severed: false })
    else if (!next || next.newLine) colons.push({ colon, kept: false, severed: false })
    else if (stops(tokens, colon)) colons.push({ colon, kept: false, severed: true })
  })
  return colons
}

/** Right after the word's colon the sentence ends. Not `::.`, nor three dots. */
function stops(tokens: readonly Token[], colon: number): boolean {
  const [before, stop, after] = [tokens[colon - 1], tokens[colon + 1], tokens[colon + 2]]
  if (before?.kind !== 'word' || before.verbatim || !/^[.。]$/.test(stop?.text ?? '')) return false
  return after === undefined || after.sentence !== stop?.sentence
}

const GREETED = 3

/** "Dear all:" opens a letter, perhaps below its name and the date, and before any link. */
const greets = (views: readonly View[], at: number): boolean =>
  at === 0 || (at < GREETED && short(views[at]?.tokens ?? []) && !views.slice(0, at).some(({ given }) => given))

/**
 * What follows the block answers its colon: an address, a list, or a word or two standing alone. Where the address was
 * seen to be cut off (`cut`), no link whose own words call for it, and where addresses stand in brackets, each right
 * after its own words, none but one at the beginning.
 */
function answered({ views, at, enclosed }: Pick<Scene, 'views' | 'at'> & Partial<Scene>, cut: boolean): boolean {
  const next = views[at + 1]
  if (!next) return false
  const { tokens, block, heard } = next
  if (block.kind === 'quote' || block.kind === 'code') return true
  if (block.kind === 'item' && views[at]?.block.kind !== 'item') return true
  if (labelled(tokens)) return false
  if (cut && heard.some(({ match }) => match.from === 0 && CALLS.has(match.kind))) return false
  if (tokens.length < 30 && telephone(tokens)) return true
  const first = tokens.findIndex((token) => /^[?？؟!！]$/.test(token.text)) + 1
  const reach = enclosed ? 2 : UNSPACED.test(tokens[0]?.text ?? '') ? 4 : 8
  return (
    (short(tokens) && !next.given) ||
    gives(next, 0, first || tokens.length, reach) ||
    /^[+-]/.test(tokens[0]?.text ?? '')
  )
}

const CALLS: ReadonlySet<PhraseKind> = new Set<PhraseKind>(['here', 'promise', 'offer', 'action', 'call'])

/** A word or two: a name, a date, a place; some letters, where words are not spaced. */
const short = (tokens: readonly Token[]): boolean => tokens.length <= (UNSPACED.test(tokens[0]?.text ?? '') ? 10 : 4)

/** The line before or after, in the same paragraph, is `label: address`. */
function rowOfLabels(tokens: readonly Token[], colon: number): boolean {
  const next = colon + 1
  if (next < tokens.length) {
    const end = lineEnd(tokens, next)
    return labelWithAddress(tokens.slice(next, end))
  }
  let start = colon
  while (start > 0 && colon - start < LONGEST && !tokens[start]?.newLine) start -= 1
  if (!tokens[start]?.newLine) return false
  let before = start - 1
  while (before > 0 && start - before < LONGEST && !tokens[before]?.newLine) before -= 1
  return labelWithAddress(tokens.slice(before, start))
}

function rowOfBlocks(views: readonly View[], at: number): boolean {
  const here = views[at]
  if (!here || here.tokens.length > 8) return false
  return [at - 1, at + 1].every((n) => labelWithAddress(views[n]?.tokens ?? []))
}

/** Words of a label before its address; letters, where they are not spaced. */
const LABEL = 16

function labelWithAddress(tokens: readonly Token[]): boolean {
  const colon = tokens.findIndex((token) => token.text === ':')
  return colon > 0 && colon < LABEL && tokens[colon + 1]?.given === true && tokens.length <= colon + 3
}
