/**
 * Holes: places where an address was cut out of a sentence and the spaces around it stayed. "The map is at  and", "send
 * it to .". A hole alone is sloppy typing; a hole after a word that leads to an address is a lost address.
 */
import type { Block } from '../../edition/index.ts'
import { deliberate } from './asks.ts'
import { severed } from './matching.ts'
import { anyGiven, follows, type Scene, sentence, UNSPACED, type View } from './scene.ts'
import type { Token } from './tokens.ts'

/** `hole`: told by two spaces alone, which some people type everywhere. */
export type Hole = 'none' | 'spaces' | 'certain'

/** After a word that leads to an address. */
export function holeAfter(scene: Scene): Hole {
  const { tokens, from, to, rich, views, at, table } = scene
  const next = tokens[to]
  const text = views[at]?.block.text ?? ''
  // `from/to`, `Campeon/a`: half a word.
  if (tokens[from - 1]?.kind === 'mark' && tokens[from - 1]?.end === tokens[from]?.start) return 'none'
  const inner = to - from === 1 && table.inner.has(tokens[from]?.text ?? '')
  if ((!next || next.newLine) && inner) return 'none'
  if (!next) return openEnd(scene) ? 'certain' : 'none'
  if (next.given || next.kind === 'address') return 'none'
  if (next.newLine) {
    const letter = text.charAt(next.start)
    // A capital letter: the line was over, and the sentence too.
    const sentence = next.kind === 'word' && letter !== letter.toLowerCase()
    return !rich && sentence && to - from < 6 && deliberate(scene, to) ? 'certain' : 'none'
  }
  const before = tokens[to - 1]
  const gap = next.start - (before?.end ?? 0)
  if (next.kind === 'mark') {
    if (/^[.,;)،؛。，、；）]$/.test(next.text)) {
      const ends = !/^.\S/.test(text.slice(next.start, next.start + 2))
      const stranded = table.presence.has(tokens[from - 1]?.text ?? '')
      const never = to - from === 1 && table.never.has(tokens[from]?.text ?? '') && !stranded
      return ends && (gap > 0 || never) ? 'certain' : 'none'
    }
    return /^[(–—-]$/.test(next.text) && gap > 1 ? 'spaces' : 'none'
  }
  const unspaced = UNSPACED.test(before?.text ?? '') && UNSPACED.test(next.text)
  if (unspaced) return gap > 0 ? 'certain' : 'none'
  if (severed(tokens, to, table) && !table.presence.has(tokens[from - 1]?.text ?? '')) return 'certain'
  if (gap < 2) return 'none'
  // "send it to  the owner at a@b": the address is there, only further on.
  const [, last] = sentence(tokens, from)
  return anyGiven(tokens, to, last) && !table.stops.has(next.text) ? 'none' : 'spaces'
}

/** The words end with the block, and the next one does not give what they lead to. */
function openEnd(scene: Scene): boolean {
  const { tokens, views, at, from, table } = scene
  const block = views[at]?.block
  if (block?.kind === 'heading' || from < 4 || table.presence.has(tokens[from - 1]?.text ?? '')) return false
  const next = views[at + 1]
  if (!next) return true
  if (next.block.kind === 'item' || next.block.kind === 'quote' || next.block.kind === 'code') return false
  if (next.tokens.length <= 4 && !next.tokens.some((token) => token.text === ':')) return false
  return !follows(scene, tokens.length, 2)
}

/** Before a word that comes after an address. A lone particle follows many things: there the blank must show, too. */
export function holeBefore({ tokens, from, to }: Scene): Hole {
  const word = tokens[from]
  const before = tokens[from - 1]
  if (!word || before?.given || before?.kind === 'address') return 'none'
  const particle = to - from <= 2
  if (!before) return particle ? 'none' : 'certain'
  if (word.newLine) return 'none'
  const gap = word.start > before.end
  const open = /^[はがも、。：:]$/.test(before.text)
  if (particle) return gap && open ? 'certain' : 'none'
  return open || (gap && UNSPACED.test(before.text)) ? 'certain' : 'none'
}

/** More blanks before commas and full stops than this are how the mail is typed. */
const TYPED = 3

/**
 * A blank before a comma or a full stop, as in "see the map at our  , and": nobody sets one, so something stood there.
 * Told without words, in any language; not after a link, where the makers of HTML often leave one.
 */
export function blanksBeforeMarks(
  views: readonly View[],
): { block: Block; index: number; start: number; end: number }[] {
  const found = views.flatMap(({ block, index, tokens }) => {
    if (block.kind === 'quote' || block.kind === 'code') return []
    return tokens.flatMap((mark, i) => {
      const word = tokens[i - 1]
      if (!word || i < 4 || !/^[.,،。，、]$/.test(mark.text) || mark.newLine || mark.verbatim) return []
      if (mark.start === word.end || word.kind !== 'word' || word.given || word.picture || /^\d/.test(word.text))
        return []
      if (tokens[i - 3]?.sentence !== mark.sentence || /^[.\w]/.test(block.text.slice(mark.end))) return []
      return { block, index, start: word.start, end: mark.end }
    })
  })
  return found.length > TYPED ? [] : found
}

/** Pairs of words with more than one space between them: how this mail is typed. */
export function wideGaps(tokens: readonly Token[]): number {
  let count = 0
  for (let i = 1; i < tokens.length; i += 1) {
    const [before, word] = [tokens[i - 1], tokens[i]]
    if (before?.kind === 'word' && word?.kind === 'word' && !word.newLine && word.start - before.end > 1) count += 1
  }
  return count
}
