/**
 * Words that promise a link, and whether the promise is kept. Which words those are stands in the phrase tables; what
 * counts as kept depends on the kind of phrase and is decided here, for every language alike.
 */
import type { Block, CopyPart } from '../../edition/index.ts'
import { type Match, matches, type PhraseKind, type Phrases } from './phrases.ts'
import { type Found, found } from './place.ts'
import type { RuleName } from './rules.ts'
import { LONGEST, type Token, tokensOf } from './tokens.ts'

interface View {
  readonly block: Block
  readonly index: number
  readonly tokens: readonly Token[]
  readonly given: boolean
}

/** What the judge of one phrase may look at. */
interface Scene {
  readonly rich: boolean
  readonly views: readonly View[]
  readonly at: number
  readonly tokens: readonly Token[]
  readonly footnotes: boolean
  readonly from: number
  readonly to: number
  readonly led: boolean
  readonly table: Phrases
}

const RULE: Record<PhraseKind, RuleName> = {
  here: 'pointer-without-link',
  below: 'pointer-without-link',
  above: 'pointer-without-link',
  promise: 'pointer-without-link',
  ask: 'verb-without-address',
  colon: 'label-without-address',
  label: 'label-without-address',
  action: 'action-without-link',
  follow: 'action-without-link',
}

const KEPT: Record<PhraseKind, (scene: Scene) => boolean> = {
  here: hereKept,
  below: (scene) =>
    scene.tokens[scene.to]?.text === ':' && !scene.rich ? colonKept(scene, scene.to) : standsBelow(scene),
  above: (scene) => near(scene, -6, 0),
  promise: promiseKept,
  ask: askKept,
  colon: (scene) => scene.tokens[scene.to]?.text !== ':' || colonKept(scene, scene.to),
  label: labelKept,
  action: actionKept,
  follow: followKept,
}

const STRICT: ReadonlySet<PhraseKind> = new Set<PhraseKind>(['here', 'ask', 'colon'])

/** Every promise of a part that is not kept, in reading order. */
export function brokenPromises(part: CopyPart, tables: readonly Phrases[]): Found[] {
  const views = part.blocks
    .map((block, index): View => {
      const tokens = tokensOf(block, part)
      return { block, index, tokens, given: tokens.some((token) => token.given) }
    })
    .filter((view) => view.tokens.length > 0)
  const footnotes = !part.rich && part.blocks.some((block) => /^\[\d+\]:?\s+\S{0,10}:\/\//m.test(block.text))
  const habit = habitOf(views)
  const faults: Found[] = []
  views.forEach(({ block, index, tokens }, at) => {
    if (block.kind === 'quote' || block.kind === 'code') return
    const scene = { rich: part.rich, views, at, tokens, footnotes }
    const all = matches(tokens, tables)
    // "Click the link below" points below and not at itself: the wider-looking phrase answers for both.
    const pointing = all.filter(({ match }) => match.kind === 'below' || match.kind === 'above')
    for (const { match, table } of all) {
      if (
        match.kind === 'here' &&
        pointing.some((other) => other.match.from <= match.to && match.from <= other.match.to)
      )
        continue
      // The words are a link themselves, or stand in a headline, which calls and promises nothing.
      if (anyGiven(tokens, match.from, match.to) || (block.kind === 'heading' && !STRICT.has(match.kind))) continue
      if (KEPT[match.kind]({ ...scene, ...match, table })) continue
      const [start, end] = stretch(tokens, match)
      faults.push(found(rule(match, tokens), part.part, { block, index, start, end }))
    }
    for (const { start, end } of bareColons(scene, habit)) {
      faults.push(found('label-without-address', part.part, { block, index, start, end }))
    }
  })
  return faults
}

function rule(match: Match, tokens: readonly Token[]): RuleName {
  const colon = tokens[match.to]?.text === ':'
  return colon && match.kind !== 'action' && match.kind !== 'follow' ? 'label-without-address' : RULE[match.kind]
}

function stretch(tokens: readonly Token[], { from, to }: Match): [number, number] {
  const start = tokens[from]?.start ?? 0
  const colon = tokens[to]
  const last = colon?.text === ':' ? colon : tokens[to - 1]
  return [start, last?.end ?? start]
}

/** First and, exclusive, last token of the sentence in which token `i` stands. */
function sentence(tokens: readonly Token[], i: number): [number, number] {
  const which = tokens[i]?.sentence
  let from = i
  while (from > 0 && tokens[from - 1]?.sentence === which) from -= 1
  let to = i + 1
  while (to < tokens.length && tokens[to]?.sentence === which) to += 1
  return [from, to]
}

/** End, exclusive, of the line on which token `i` stands; in rich text a line is a sentence at most. */
function lineEnd(tokens: readonly Token[], i: number): number {
  const furthest = Math.min(tokens.length, i + LONGEST)
  let to = i + 1
  while (to < furthest && !tokens[to]?.newLine) to += 1
  return to
}

const anyGiven = (tokens: readonly Token[], from: number, to: number): boolean => {
  const start = Math.max(0, from)
  for (let i = start; i < Math.min(tokens.length, to, start + LONGEST); i += 1) if (tokens[i]?.given) return true
  return false
}

/** A link in the blocks from `first` to `last`, counted from this one; or in this one on that side of the phrase. */
function near({ views, at, tokens, from, to }: Scene, first: number, last: number): boolean {
  if (anyGiven(tokens, first < 0 ? 0 : from, first < 0 ? to : tokens.length)) return true
  for (let i = at + first; i <= at + last; i += 1) if (i !== at && views[i]?.given) return true
  return false
}

/** A link that one would call "below": in the rest of this block, or standing alone, or first, in one of the next. */
function standsBelow({ views, at, tokens, from, rich }: Scene): boolean {
  if (anyGiven(tokens, from, tokens.length)) return true
  for (let i = at + 1; i <= at + (rich ? 4 : 2); i += 1) {
    const next = views[i]
    if (!next?.given) continue
    if (next.block.kind === 'item' || anyGiven(next.tokens, 0, 3)) return true
    if (lineOfLink(next.tokens)) return true
  }
  return false
}

/** Some line of the block begins with a link. */
const lineOfLink = (tokens: readonly Token[]): boolean =>
  tokens.slice(0, LONGEST).some((token) => token.newLine && token.given)

/** Whether what comes right after token `to` is an address: the next words, or the beginning of the next block. */
function follows({ views, at, tokens, rich }: Scene, to: number, reach: number): boolean {
  const next = views[at + 1]
  if (to < tokens.length) return opensWithLink(tokens.slice(to, to + reach + 12), reach, rich)
  return next ? opensWithLink(next.tokens, reach, rich) : false
}

function opensWithLink(tokens: readonly Token[], reach: number, rich: boolean): boolean {
  for (let i = 0; i < Math.min(reach, tokens.length); i += 1) {
    const token = tokens[i]
    if (token?.kind === 'address') return true
    if (token?.given && !rich) return true
  }
  return false
}

const CLAUSE = /^[,;]$/

function hereKept(scene: Scene): boolean {
  const { tokens, from, to, rich, footnotes } = scene
  const [first, last] = sentence(tokens, from)
  if (anyGiven(tokens, Math.max(first, from - 2), Math.min(last, to + 2))) return true
  if (footnotes && /^[[(]$/.test(tokens[to]?.text ?? '') && /^\d+$/.test(tokens[to + 1]?.text ?? '')) return true
  if (!rich && anyGiven(tokens, first, last)) return true
  for (let i = to; i < last; i += 1) {
    const token = tokens[i]
    if (token?.kind === 'address' && (token.given || i < to + 4)) return true
    if (rich && token && CLAUSE.test(token.text)) break
    if (token?.given) return true
  }
  if (anyAddress(tokens, Math.max(first, from - 4), from)) return true
  const colon = tokens[last - 1]?.text === ':'
  if (colon && last === tokens.length) return nextGives(scene, 1)
  return follows(scene, last, 4)
}

const anyAddress = (tokens: readonly Token[], from: number, to: number): boolean =>
  tokens.slice(Math.max(0, from), to).some((token) => token.kind === 'address')

/** The next block, or one of the next `count`, begins with a link, or is short and holds one. */
function nextGives({ views, at }: Scene, count: number): boolean {
  for (let i = at + 1; i <= at + count; i += 1) {
    const next = views[i]
    if (!next) return false
    if (gives(next.tokens, next.tokens.length < 12 ? 8 : 4)) return true
  }
  return false
}

/** A link among the first `reach` tokens, and no other label before it: "To subscribe, write to: x@y" answers itself. */
function gives(tokens: readonly Token[], reach: number): boolean {
  for (let i = 0; i < Math.min(reach, tokens.length); i += 1) {
    const token = tokens[i]
    if (token?.given || token?.kind === 'address') return true
    if (token?.text === ':' && i > 0) return false
  }
  return false
}

function promiseKept(scene: Scene): boolean {
  const { tokens, from, to } = scene
  const [first, last] = sentence(tokens, from)
  if (anyGiven(tokens, first - 2, last)) return true
  if (tokens[first]?.newLine && anyGiven(tokens, first - 3, first)) return true
  return (
    follows(scene, last, 4) || (last < tokens.length && anyGiven(tokens, last, sentence(tokens, last)[1])) || to < 0
  )
}

const OPENER = /^["'“„«»(<[_*]$/

function askKept(scene: Scene): boolean {
  const { tokens, from, to, table, rich } = scene
  const [, last] = sentence(tokens, from)
  let next = to
  while (next < last && OPENER.test(tokens[next]?.text ?? '')) next += 1
  const token = next < last ? tokens[next] : undefined
  if (token?.given || anyGiven(tokens, from, to)) return true
  if (token?.text === ':') return colonKept(scene, next)
  const ends = token?.newLine === true && deliberate(scene, next)
  if (token?.kind === 'word' && !ends && !(table.stops.has(token.text) && !token.newLine)) return true
  if (token?.kind === 'mark' && !/^[.,;!?)>\]'"”»、。，-]$/.test(token.text)) return true
  // In plain text the address may come a word or two later: "write to Ann at a@b".
  if (!rich && anyGiven(tokens, next, Math.min(last, next + 4))) return true
  if (ends && token?.kind === 'word') return gives(tokens.slice(next), 6)
  return next >= last - 1 ? follows(scene, last, 3) : false
}

/** A line of plain text that ends although the next word had room: it was meant to end there. */
function deliberate({ tokens, views, at, rich }: Scene, next: number): boolean {
  if (rich) return true
  const text = views[at]?.block.text ?? ''
  const end = tokens[next - 1]?.end ?? 0
  const line = end - text.lastIndexOf('\n', end - 1)
  const word = /^\s*\S+/.exec(text.slice(end, end + 60))?.[0].length ?? 0
  return line + word < 62
}

/** After a colon: an address on its line, or in what comes next; or words that are the answer themselves. */
function colonKept(scene: Scene, colon: number): boolean {
  const { tokens, views, at, rich } = scene
  const end = rich ? sentence(tokens, colon)[1] : lineEnd(tokens, colon)
  if (end > colon + 1) {
    // Words follow on the line. Only when none of them can be an answer is anything gone: "see: ."
    return tokens.slice(colon + 1, end).some((token) => token.given || token.kind === 'word')
  }
  if (end < tokens.length) {
    const more = rich ? sentence(tokens, end)[1] : Math.max(lineEnd(tokens, end), sentence(tokens, end)[1])
    return gives(tokens.slice(end, more), 12) || telephone(tokens.slice(end, Math.min(more, end + 25)))
  }
  const next = views[at + 1]
  if (!next) return false
  // "Contact:" is answered by a name as well.
  const person = /^(?:contac|kontakt|контакт|contat)/.test(tokens[colon - 1]?.text ?? '')
  if (person && next.tokens.length <= 4 && !labelled(next.tokens)) return true
  return nextGives(scene, next.block.kind === 'item' ? 2 : 1) || (next.tokens.length < 30 && telephone(next.tokens))
}

/** Six digits or more: a telephone number, which is an answer to "contact:". */
const telephone = (tokens: readonly Token[]): boolean =>
  tokens.reduce((digits, token) => digits + (/^\d+$/.test(token.text) ? token.text.length : 0), 0) >= 6

function labelKept(scene: Scene): boolean {
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

/** `Word word:` at its beginning. */
const labelled = (tokens: readonly Token[]): boolean => {
  const colon = tokens.findIndex((token) => token.text === ':')
  return colon > 0 && colon <= 4
}

const LEAD = 16

/** Words that stand between two links: or, and. */
const JOINERS = new Set(
  'or and ou et o y e u oder und или и або і й та או ו او و lub albo i 或 或者 和 または'.split(' '),
)

/**
 * The stretch of the sentence that could be one link with the phrase: up to a link beside it, if a small word or a
 * comma stands between ("Unsubscribe or ⟨manage preferences⟩"). Null: it holds more words than the phrase.
 */
function alone({ tokens, from, to, rich, led }: Scene): [number, number] | null {
  const [first, last] = sentence(tokens, from)
  let start = led && from - first <= LEAD ? first : from
  while (start > first && (tokens[start - 1]?.kind === 'mark' || JOINERS.has(tokens[start - 1]?.text ?? ''))) {
    if (tokens[start - 1]?.given) break
    start -= 1
  }
  let end = to
  while (end < last && (tokens[end]?.kind === 'mark' || JOINERS.has(tokens[end]?.text ?? ''))) {
    if (tokens[end]?.given) break
    end += 1
  }
  const open = (at: number, edge: number, joined: boolean): boolean =>
    at === edge || (rich && joined && tokens[at === start ? at - 1 : at]?.given === true)
  return open(start, first, start < from) && open(end, last, end > to) ? [start, end] : null
}

function actionKept(scene: Scene): boolean {
  const { tokens, from, to, rich } = scene
  if (echoes(scene)) return true
  const stretch = alone(scene)
  // A sentence with its full stop is prose.
  if (!stretch || tokens[stretch[1] - 1]?.text === '.') return true
  const [first, last] = stretch
  if (anyGiven(tokens, first, last)) return true
  if (!rich) {
    const line = lineEnd(tokens, to - 1)
    if (line < last || from < 0) return true
    if (anyGiven(tokens, first - 1, last + 12)) return true
    return nextGives(scene, 1) || precedes(scene)
  }
  if (anyAddress(tokens, first, last + 3)) return true
  return last === sentence(tokens, from)[1] && follows(scene, last, 3)
}

/** The same words are a link right before or after: a picture with its caption, a headline over its button. */
function echoes({ tokens, from, to, views, at }: Scene): boolean {
  const words = tokens.slice(from, to).map((token) => token.text)
  return [-2, -1, 1, 2].some((step) => {
    const near = views[at + step]?.tokens.slice(0, words.length * 2 + 4).filter((token) => token.kind === 'word') ?? []
    return near.length >= words.length && near[0]?.given === true && words.every((word, i) => near[i]?.text === word)
  })
}

const precedes = ({ views, at }: Scene): boolean => {
  const before = views[at - 1]
  return before !== undefined && anyGiven(before.tokens, before.tokens.length - 3, before.tokens.length)
}

function followKept(scene: Scene): boolean {
  const { tokens, views, at } = scene
  const stretch = alone(scene)
  if (!stretch || tokens[stretch[1] - 1]?.text === '.' || anyGiven(tokens, 0, tokens.length)) return true
  return [-1, 1, 2, 3, 4].some((step) => views[at + step]?.given)
}

/**
 * A colon that ends its line where the other colons of this part are followed by an address: told from the mail's own
 * habit, without words, so in every language.
 */
function bareColons(
  scene: Omit<Scene, 'from' | 'to' | 'led' | 'table'>,
  habit: Habit,
): { start: number; end: number }[] {
  const { tokens, views, at, rich } = scene
  if (rich) return []
  const usual = habit.kept >= 3 && habit.kept >= habit.bare * 2
  return colonsOf(tokens).flatMap(({ colon, kept }) => {
    if (kept || colon === 0) return []
    const inner = colon + 1 < tokens.length
    // `Label:` in a row of `Label: address`.
    const row = rowOfLabels(tokens, colon) || (!inner && rowOfBlocks(views, at))
    if (!row && (!usual || inner || answered(views, at))) return []
    return [{ start: tokens[colon - 1]?.start ?? 0, end: tokens[colon]?.end ?? 0 }]
  })
}

interface Habit {
  readonly kept: number
  readonly bare: number
}

function habitOf(views: readonly View[]): Habit {
  let kept = 0
  let bare = 0
  views.forEach((view, at) => {
    for (const one of colonsOf(view.tokens)) {
      const last = one.colon + 1 >= view.tokens.length
      if (one.kept || (last && views[at + 1]?.tokens[0]?.given)) kept += 1
      else if (!last || !answered(views, at)) bare += 1
    }
  })
  return { kept, bare }
}

/** The colons that an address follows, and those that end their line. */
function colonsOf(tokens: readonly Token[]): { colon: number; kept: boolean }[] {
  const colons: { colon: number; kept: boolean }[] = []
  tokens.forEach((token, colon) => {
    if (token.text !== ':' || token.kind !== 'mark') return
    const next = tokens[colon + 1]
    if (next?.given) colons.push({ colon, kept: true })
    else if (!next || next.newLine) colons.push({ colon, kept: false })
  })
  return colons
}

/** What follows the block answers its colon: an address, a list, or a word or two standing alone. */
function answered(views: readonly View[], at: number): boolean {
  const next = views[at + 1]
  if (!next) return false
  if (next.block.kind === 'quote' || (next.block.kind === 'item' && views[at]?.block.kind !== 'item')) return true
  return next.tokens.length <= 4 || gives(next.tokens, 12) || /^[+-]/.test(next.tokens[0]?.text ?? '')
}

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

function labelWithAddress(tokens: readonly Token[]): boolean {
  const colon = tokens.findIndex((token) => token.text === ':')
  return colon > 0 && colon < 8 && tokens[colon + 1]?.given === true && tokens.length <= colon + 3
}
