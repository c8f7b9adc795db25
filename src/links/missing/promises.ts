/**
 * Words that promise a link, and whether the promise is kept. Which words those are stands in the phrase tables; what
 * counts as kept depends on the kind of phrase and is decided in a file a kind, for every language alike.
 */
import type { CopyPart } from '../../edition/index.ts'
import { actionKept, followKept } from './actions.ts'
import { askKept } from './asks.ts'
import { bareColons, colonKept, habitOf, labelKept } from './colons.ts'
import { type Match, matches, type PhraseKind, type Phrases } from './phrases.ts'
import { type Found, found } from './place.ts'
import { hereKept, promiseKept, standsBelow } from './pointers.ts'
import type { RuleName } from './rules.ts'
import { anyGiven, near, type Scene, type View } from './scene.ts'
import { type Token, tokensOf } from './tokens.ts'

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
