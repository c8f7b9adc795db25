/** Colons that an address should follow: after a verb, after a label, or as this mail's other colons do. */
import { anyGiven, gives, labelled, lineEnd, nextGives, type Scene, sentence, type View } from './scene.ts'
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

/** Six digits or more: a telephone number, which is an answer to "contact:". */
const telephone = (tokens: readonly Token[]): boolean =>
  tokens.reduce((digits, token) => digits + (/^\d+$/.test(token.text) ? token.text.length : 0), 0) >= 6

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

/**
 * A colon that ends its line where the other colons of this part are followed by an address: told from the mail's own
 * habit, without words, so in every language.
 */
export function bareColons(
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
    // With nothing at all after it, any colon has lost something; a salutation is never alone.
    const end =
      !inner &&
      at === views.length - 1 &&
      at > 0 &&
      tokens[colon - 1]?.kind === 'word' &&
      tokens[colon - 2]?.text !== ':'
    if (!row && !end && (!usual || inner || answered(views, at) || greets(views, at))) return []
    return [{ start: tokens[colon - 1]?.start ?? 0, end: tokens[colon]?.end ?? 0 }]
  })
}

export interface Habit {
  readonly kept: number
  readonly bare: number
}

export function habitOf(views: readonly View[]): Habit {
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

const GREETED = 3

/** "Dear all:" opens a letter, perhaps below its name and the date. */
const greets = (views: readonly View[], at: number): boolean =>
  at === 0 || (at < GREETED && (views[at]?.tokens.length ?? 0) <= 4)

/** What follows the block answers its colon: an address, a list, or a word or two standing alone. */
function answered(views: readonly View[], at: number): boolean {
  const next = views[at + 1]
  if (!next) return false
  if (next.block.kind === 'quote' || (next.block.kind === 'item' && views[at]?.block.kind !== 'item')) return true
  return next.tokens.length <= 4 || gives(next, 0, next.tokens.length, 12) || /^[+-]/.test(next.tokens[0]?.text ?? '')
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

/** Words of a label before its address; letters, where they are not spaced. */
const LABEL = 16

function labelWithAddress(tokens: readonly Token[]): boolean {
  const colon = tokens.findIndex((token) => token.text === ':')
  return colon > 0 && colon < LABEL && tokens[colon + 1]?.given === true && tokens.length <= colon + 3
}
