/**
 * Words that promise a link, and whether the promise is kept. Which words those are stands in the phrase tables; what
 * counts as kept depends on the kind of phrase and is decided in a file a kind, for every language alike.
 */
import type { CopyPart } from '../../edition/index.ts'
import { actionKept, callKept, followKept } from './actions.ts'
import { askKept } from './asks.ts'
import { bareColons, colonKept, habitOf, labelKept, topicKept } from './colons.ts'
import { blanksBeforeMarks, holeAfter, holeBefore, wideGaps } from './holes.ts'
import { type Match, matches } from './matching.ts'
import type { PhraseKind, Phrases } from './phrases.ts'
import { type Found, found, foundWhole } from './place.ts'
import { hereKept, offerKept, promiseKept, standsBelow } from './pointers.ts'
import { bareEntries } from './rows.ts'
import type { RuleName } from './rules.ts'
import { anyGiven, enclosing, near, type Scene, type View } from './scene.ts'
import { type Token, tokensOf } from './tokens.ts'

const RULE: Record<PhraseKind, RuleName> = {
  here: 'pointer-without-link',
  below: 'pointer-without-link',
  above: 'pointer-without-link',
  promise: 'pointer-without-link',
  offer: 'pointer-without-link',
  ask: 'verb-without-address',
  colon: 'label-without-address',
  label: 'label-without-address',
  topic: 'label-without-address',
  action: 'action-without-link',
  follow: 'action-without-link',
  call: 'action-without-link',
  lead: 'verb-without-address',
  trail: 'verb-without-address',
}

const KEPT: Record<Exclude<PhraseKind, 'lead' | 'trail'>, (scene: Scene) => boolean> = {
  here: hereKept,
  below: (scene) =>
    scene.tokens[scene.to]?.text === ':' && !scene.rich ? colonKept(scene, scene.to) : standsBelow(scene),
  above: (scene) => near(scene, -6, 0),
  promise: promiseKept,
  offer: offerKept,
  ask: askKept,
  colon: (scene) => scene.tokens[scene.to]?.text !== ':' || colonKept(scene, scene.to),
  label: labelKept,
  topic: topicKept,
  action: actionKept,
  follow: followKept,
  call: callKept,
}

const STRICT: ReadonlySet<PhraseKind> = new Set<PhraseKind>(['here', 'ask', 'colon'])

/** Every promise of a part that is not kept, in reading order. */
export function brokenPromises(part: CopyPart, tables: readonly Phrases[]): Found[] {
  const views = viewsOf(part, tables)
  const footnotes = !part.rich && part.blocks.some((block) => /^\[\d+\]:?\s+\S{0,10}:\/\//m.test(block.text))
  const enclosed = !part.rich && enclosing(views)
  const habit = habitOf(views)
  const faults: Found[] = []
  const weak: Found[] = []
  const wide: Found[] = []
  views.forEach(({ block, index, tokens, heard }, at) => {
    if (block.kind === 'quote' || block.kind === 'code') return
    const scene = { rich: part.rich, views, at, tokens, footnotes, enclosed, habit }
    const tell = (match: Match, into: Found[]): void => {
      const [start, end] = stretch(tokens, match)
      into.push(found(rule(match, tokens), part.part, { block, index, start, end }))
    }
    // "Click the link below" points below and not at itself: the wider-looking phrase answers for both.
    const pointing = heard.filter(({ match }) => match.kind === 'below' || match.kind === 'above')
    for (const { match, table } of heard) {
      if (match.kind === 'lead' || match.kind === 'trail') {
        const hole = (match.kind === 'lead' ? holeAfter : holeBefore)({ ...scene, ...match, table })
        if (hole !== 'none' && !anyGiven(tokens, match.from, match.to)) tell(match, hole === 'spaces' ? wide : faults)
        continue
      }
      const meets = (other: Match): boolean => other.from <= match.to && match.from <= other.to
      if (match.kind === 'here' && pointing.some((other) => meets(other.match))) continue
      // The words are a link themselves, or stand in a headline, which calls and promises nothing.
      if (anyGiven(tokens, match.from, match.to) || (block.kind === 'heading' && !STRICT.has(match.kind))) continue
      if (!KEPT[match.kind]({ ...scene, ...match, table })) tell(match, match.lone ? weak : faults)
    }
    for (const { start, end } of bareColons(scene)) {
      faults.push(found('label-without-address', part.part, { block, index, start, end }))
    }
  })
  for (const { index, start, end } of bareEntries(views, part.rich)) {
    const block = part.blocks[index]
    if (block) faults.push(found('entry-without-address', part.part, { block, index, start, end }))
  }
  for (const { block, index, start, end } of blanksBeforeMarks(views)) {
    faults.push(found('verb-without-address', part.part, { block, index, start, end }))
  }
  // "On Tuesday I am back here": in a letter without any link or other promise it is prose.
  if (faults.length > 0 || views.some(({ given }) => given)) faults.push(...weak)
  if (faults.length === 0 && part.rich) faults.push(...linkless(part, views))
  const gaps = wide.length === 0 ? 0 : views.reduce((sum, { tokens }) => sum + wideGaps(tokens), 0)
  // Who types two spaces anywhere has lost nothing where they stand.
  return gaps - wide.length > 3 + wide.length ? faults : [...faults, ...wide]
}

const SPEAKS: ReadonlySet<PhraseKind> = new Set<PhraseKind>(['here', 'promise', 'offer', 'ask', 'action'])
/** So often speaks a letter of this many characters of links; unspaced scripts say the same in a third of them. */
const OFTEN = 4
const LETTER = 700

/** A whole letter in HTML that keeps speaking of reading and registering, and has not one link or address. */
function linkless(part: CopyPart, views: readonly View[]): Found[] {
  if (part.links.some((link) => !link.image) || views.some(({ given, block }) => given || block.bare.length > 0))
    return []
  const length = views.reduce((sum, { tokens }) => sum + (tokens.at(-1)?.end ?? 0), 0)
  const dense = views.reduce((sum, { tokens }) => sum + tokens.length, 0) > length / 2
  const spoken = views.reduce((sum, { heard }) => sum + heard.filter(({ match }) => SPEAKS.has(match.kind)).length, 0)
  const first = views[0]
  if (!first || spoken < OFTEN || length < (dense ? LETTER / 3 : LETTER)) return []
  const why = `the words speak of links ${spoken} times, and there is not one`
  const { text, line } = first.block
  return [foundWhole('html-part-without-links', part.part, { excerpt: text.slice(0, 100), line, why })]
}

function viewsOf(part: CopyPart, tables: readonly Phrases[]): View[] {
  return part.blocks
    .map((block, index): View => {
      const tokens = tokensOf(block, part)
      const silent = block.kind === 'quote' || block.kind === 'code'
      const heard = silent ? [] : matches(tokens, tables)
      const taken = new Map<number, number>()
      for (const { match } of heard) {
        if ((match.kind === 'lead' || match.kind === 'ask') && tokens[match.to]?.given)
          taken.set(match.to, Math.min(match.from, taken.get(match.to) ?? match.from))
      }
      return { block, index, tokens, given: tokens.some((token) => token.given), heard, taken }
    })
    .filter((view) => view.tokens.length > 0)
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
