/** Pointers: "click here", "the link below", "view this mail in your browser". */
import { JOINERS } from './actions.ts'
import type { Match } from './matching.ts'
import type { PhraseKind } from './phrases.ts'
import {
  anyAddress,
  anyGiven,
  follows,
  labelled,
  nextGives,
  type Scene,
  sentence,
  spokenFor,
  UNSPACED,
} from './scene.ts'
import { LONGEST, type Token } from './tokens.ts'

/** A link that one would call "below": in the rest of this block, or standing alone, or first, in one of the next. */
export function standsBelow({ views, at, tokens, from, rich }: Scene): boolean {
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

const CLAUSE = /^[,;،؛]$/

/** The link at token `i` lies on another pointer, further on: "the text here and the map ⟨here⟩". */
const pointsItself = (scene: Scene, i: number): boolean =>
  liesOn(scene, i, ({ kind, from }) => kind === 'here' && from >= scene.to)

/** "Watch it here or ⟨read it⟩", "the notes here and the minutes of last year on ⟨our site⟩"; "use this link and ⟨register⟩" is one. */
const another = (tokens: readonly Token[], i: number): boolean => {
  const word = tokens[i]?.text ?? ''
  return OR.has(word) || (JOINERS.has(word) && !anyGiven(tokens, i, i + 4))
}
const OR: ReadonlySet<string> = new Set('or ou o u oder или або او lub albo 或 或者 または'.split(' '))

/** The link at token `i` has such words on it. */
function liesOn({ views, at, tokens }: Scene, i: number, such: (match: Match) => boolean): boolean {
  const anchor = tokens[i]?.anchor
  const on = ({ from, to }: Match): boolean => tokens.slice(from, to).some((token) => token.anchor === anchor)
  return anchor !== -1 && views[at]?.heard.some(({ match }) => such(match) && on(match)) === true
}

/** It promises something itself, and nothing that stands before or after it. */
const promisesItself = (scene: Scene, i: number): boolean => {
  const heard = scene.views[scene.at]?.heard ?? []
  // "Click here" is a call, too, and what it is a call to stands before it.
  const points = (at: number): boolean => heard.some(({ match }) => match.kind === 'here' && match.from === at)
  return liesOn(scene, i, ({ kind, from }) => OWN.has(kind) && !points(from))
}
const OWN: ReadonlySet<PhraseKind> = new Set<PhraseKind>(['promise', 'offer', 'action'])

export function hereKept(scene: Scene): boolean {
  const { tokens, from, to, rich, footnotes, enclosed, table } = scene
  const [first, last] = sentence(tokens, from)
  if (onlyPlace(scene, first, last)) return true
  const choice = rich && OR.has(tokens[to]?.text ?? '')
  if (anyGiven(tokens, Math.max(first, from - 2), choice ? to : Math.min(last, to + 2))) return true
  if (footnotes && /^[[(]$/.test(tokens[to]?.text ?? '') && /^\d+$/.test(tokens[to + 1]?.text ?? '')) return true
  if (enclosed && tokens[last - 1]?.text !== ':') {
    let end = to
    // "Нажмите здесь, чтобы …": a purpose belongs to the pointer.
    const goesOn = (i: number): boolean => table.stops.has(tokens[i]?.text ?? '') && !closes(tokens[i])
    // "Choose a day here or ask a neighbour <address>": the other choice is another link.
    const parts = (word: string): boolean => word !== 'o' && OR.has(word) && table.stops.has(word)
    const closed = (i: number): boolean => CLAUSE.test(tokens[i]?.text ?? '') && !goesOn(i + 1)
    while (end < last && !closed(end) && !parts(tokens[end]?.text ?? '')) end += 1
    // "Click here for more. <address>": after the full stop, too.
    return anyGiven(tokens, to, end === last ? last + 2 : end)
  }
  if (!rich && (anyGiven(tokens, from, last) || freeBefore(scene, first))) return true
  for (let i = to; i < last; i += 1) {
    const token = tokens[i]
    if (token?.kind === 'address' && (token.given || i < to + 4)) return true
    if (rich && token && (CLAUSE.test(token.text) || (token.given && pointsItself(scene, i)))) break
    if (rich && another(tokens, i)) break
    if (token?.given) return true
  }
  if (anyAddress(tokens, Math.max(first, from - 4), from)) return true
  const colon = tokens[last - 1]?.text === ':'
  if (colon && last === tokens.length) return nextGives(scene, 1)
  return follows(scene, last, 4) && !(rich && belongsElsewhere(scene, last))
}

/** What follows token `to` answers words of its own: "Register here. The map is at ⟨address⟩", "Map: ⟨address⟩". */
function belongsElsewhere({ views, at, tokens }: Scene, to: number): boolean {
  const [view, next] = [views[at], views[at + 1]]
  if (to < tokens.length) return view !== undefined && spokenFor(view, to - 1, to + 4)
  return next !== undefined && labelled(next.tokens)
}

/** A link earlier in the sentence that no other word asked for. */
const freeBefore = ({ views, at, tokens, from }: Scene, first: number): boolean =>
  tokens.slice(first, from).some((token, i) => token.given && !views[at]?.taken.has(first + i))

/** "To cancel it here, type: …": a purpose, and what serves it comes after the comma. */
function onlyPlace({ tokens, from, to, table }: Scene, first: number, last: number): boolean {
  let start = from
  while (start > first && !CLAUSE.test(tokens[start - 1]?.text ?? '')) start -= 1
  let end = to
  while (end < last && !PAUSE.test(tokens[end]?.text ?? '')) end += 1
  if (end >= last - 2) return false
  const opens =
    from - start <= (UNSPACED.test(tokens[start]?.text ?? '') ? 3 : 1) && table.purpose.has(tokens[start]?.text ?? '')
  return opens || (UNSPACED.test(tokens[end - 1]?.text ?? '') && table.purpose.has(tokens[end - 1]?.text ?? ''))
}
const PAUSE = /^[,،，、]$/

export function promiseKept(scene: Scene): boolean {
  const { tokens, from, to, rich } = scene
  const [first, last] = sentence(tokens, from)
  // "⟨Leave the list⟩ | View in your browser", "Manage your alerts or ⟨leave the list⟩": two links, and one is gone.
  const apart = /^[|•·]$/.test(tokens[first - 1]?.text ?? '')
  if (rich && JOINERS.has(tokens[to]?.text ?? '') && promisesItself(scene, to + 1)) return false
  if (anyGiven(tokens, apart ? first : first - 2, last)) return true
  if (!apart && tokens[first]?.newLine && anyGiven(tokens, first - 3, first)) return true
  if (follows(scene, last, 4)) return true
  const next = last < tokens.length ? givenIn(tokens, last, sentence(tokens, last)[1]) : -1
  return next !== -1 && !(rich && /^[.。|•·]$/.test(tokens[last - 1]?.text ?? '') && promisesItself(scene, next))
}

const givenIn = (tokens: readonly Token[], from: number, to: number): number => {
  const at = tokens.slice(from, to).findIndex((token) => token.given)
  return at === -1 ? -1 : from + at
}

/** In HTML the clause that offers something links it: the link of the next clause is for what that one offers. */
export function offerKept(scene: Scene): boolean {
  const { tokens, from, to, rich, enclosed } = scene
  const [first, last] = sentence(tokens, from)
  let start = from
  while (start > first && !closes(tokens[start - 1])) start -= 1
  const end = clauseEnd(tokens, to, last)
  if (!enclosed && (!rich || end === last)) return promiseKept(scene)
  return anyGiven(tokens, start, end)
}

const closes = (token: Token | undefined): boolean => CLAUSE.test(token?.text ?? '') || JOINERS.has(token?.text ?? '')

function clauseEnd(tokens: readonly Token[], from: number, last: number): number {
  let end = from
  while (end < last && !closes(tokens[end])) end += 1
  return end
}
