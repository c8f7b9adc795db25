/**
 * What the parts of one mail tell of each other, in any language: words stand in both, one part links them, the other
 * has neither that link nor another there. Judged only where the two share most of their links, so that a text part that
 * is short by habit, or whose every address goes through another counter, accuses nobody.
 */
import type { AnchorStroke, Block, Copy, CopyPart, Stroke } from '../../edition/index.ts'
import { fold } from './fold.ts'
import { pairs, same } from './parts.ts'
import { type Found, found } from './place.ts'

/** So many links must both parts have, and so many times those that one lacks: else it is a habit and no loss. */
const SHARED = 2
/** Of the sister's links this part may lack one or two, or this share of very many. */
const FEW = 0.08
/** Told at most; each search reads the part once. */
const MOST = 40
/** Letters of the words before a link by which its place is found again. */
const BEFORE = 24
const ENOUGH = /[\p{L}\p{N}]{8}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}/u

/** For mail from elsewhere: one fault for each part that lost links which its sister has. */
export function lostFromParts(copy: Copy): Found[] {
  return pairs(copy).flatMap(([html, text]) => [...lostFrom(text, html), ...lostFrom(html, text)])
}

/** The links of `sister` that `part` lost: it has their words, or it shows the seam where these were cut out, too. */
function lostFrom(part: CopyPart, sister: CopyPart): Found[] {
  const here = hrefs(part)
  const there = hrefs(sister)
  const lacked = [...there].filter((href) => !here.has(href)).length
  const shared = there.size - lacked
  if (lacked === 0 || shared < SHARED || lacked > Math.max(2, there.size * FEW)) return []
  const [letters, told] = [lettersOf(part), lettersOf(sister)]
  const lost = new Map<string, Place & { href: string }>()
  for (const { stroke, block, index } of placesOf(sister)) {
    const href = stroke.anchor.href ?? ''
    if (here.has(same(href)) || lost.size >= MOST) continue
    const place = placeIn(letters, block, stroke) ?? seamIn(letters, told, index, stroke, sister.rich)
    if (place && !othersLink(part, there, place)) lost.set(same(href), { href, ...place })
  }
  const [first] = lost.values()
  const block = part.blocks[first?.block ?? -1]
  if (!first || !block || lost.size * SHARED > shared) return []
  const [mine, other] = part.part === 'html' ? ['HTML', 'text'] : ['text', 'HTML']
  const more = lost.size === 1 ? '' : `; ${lost.size} links are lost so`
  return [
    found(
      'link-lost-from-part',
      part.part,
      { block, index: first.block, start: first.start, end: first.end },
      { link: first.href, why: `the ${other} part has a link here, the ${mine} part does not${more}` },
    ),
  ]
}

const REMOTE = /^\s*(?:https?:|mailto:)/i

const hrefs = (part: CopyPart): Set<string> =>
  new Set(part.links.filter((link) => !link.image && REMOTE.test(link.href)).map((link) => same(link.href)))

interface Place {
  readonly block: number
  readonly start: number
  readonly end: number
}

/** Every link of a part that stands in words, with its block. */
function placesOf(part: CopyPart): { stroke: AnchorStroke; block: Block; index: number }[] {
  return part.blocks.flatMap((block, index) => {
    if (block.kind === 'quote') return []
    const remote = block.anchors.filter(({ anchor }) => REMOTE.test(anchor.href ?? ''))
    return remote.map((stroke) => ({ stroke, block, index }))
  })
}

/** A part's letters and digits in one row, without addresses, and where each run of them stands. */
interface Letters {
  readonly row: string
  /** Of each run: its place in the row, its block, its offset there. */
  readonly runs: readonly (readonly [number, number, number])[]
}

function lettersOf(part: CopyPart): Letters {
  const runs: [number, number, number][] = []
  const chunks: string[] = []
  let length = 0
  part.blocks.forEach((block, index) => {
    for (const [run, offset] of runsOf(block, 0, block.text.length)) {
      runs.push([length, index, offset])
      chunks.push(run)
      length += run.length
    }
  })
  return { row: chunks.join(''), runs }
}

function runsOf(block: Block, from: number, to: number): [string, number][] {
  let words = fold(block.text.slice(from, to))
  for (const { start, end } of block.bare) {
    const [a, b] = [Math.max(0, start - from), Math.min(to - from, end - from)]
    if (a < b) words = words.slice(0, a) + ' '.repeat(b - a) + words.slice(b)
  }
  return [...words.matchAll(/[\p{L}\p{N}]+/gu)].map((run) => [run[0], from + run.index])
}

/** Where the other part has the words of this link, with those before it; null: nowhere, or too few to tell. */
function placeIn({ row, runs }: Letters, block: Block, stroke: AnchorStroke): Place | null {
  const joined = (from: number, to: number): string =>
    runsOf(block, from, to)
      .map(([run]) => run)
      .join('')
  const words = joined(stroke.start, stroke.end)
  const before = joined(Math.max(0, stroke.start - 4 * BEFORE), stroke.start).slice(-BEFORE)
  const key = before + words
  if (!ENOUGH.test(key)) return null
  const at = row.indexOf(key)
  if (at === -1) return null
  const end = spot(runs, at + key.length - 1)
  const start = words === '' ? end : spot(runs, at + before.length)
  return start.block === end.block ? { block: end.block, start: start.offset, end: end.offset + 1 } : null
}

/** Where in its block a letter of the row stands, and where its word begins. */
function spot(runs: Letters['runs'], at: number): { block: number; offset: number; word: number } {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((runs[middle]?.[0] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  const [row, block, offset] = runs[low - 1] ?? [0, 0, 0]
  return { block, offset: offset + at - row, word: offset }
}

/** Letters on each side of a seam that prove it: fewer where each letter is half a word. */
const side = (letters: string): number => (UNSPACED.test(letters.slice(-1)) ? 5 : 10)
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/
/** Words, or letters of unspaced scripts, that a link in plain text may have before its address. */
const WORDS = 12

/**
 * Where the other part has what stands before a link and what stands after it with nothing in between: the words went
 * with the link. In plain text nothing tells where a link's words begin, so each beginning is tried.
 */
function seamIn({ row, runs }: Letters, told: Letters, index: number, stroke: Stroke, rich: boolean): Place | null {
  const placeOf = (run: number): number => told.runs[run]?.[0] ?? told.row.length
  const rest = placeOf(firstRun(told.runs, index, stroke.end))
  const after = told.row.slice(rest, rest + side(told.row.slice(rest, rest + 1)))
  if (after.length < side(after)) return null
  const first = placeOf(firstRun(told.runs, index, stroke.start))
  for (const end of rich ? [first] : beginnings(told, first)) {
    const before = told.row.slice(0, end).slice(-side(told.row.slice(end - 1, end)))
    const at = before.length < side(before) ? -1 : row.indexOf(before + after)
    if (at === -1) continue
    const { block, offset, word } = spot(runs, at + before.length - 1)
    return { block, start: word, end: offset + 1 }
  }
  return null
}

/** Where the words may begin that end at this place of the row. */
function beginnings({ row, runs }: Letters, end: number): number[] {
  const places = [end]
  let run = runs.findLastIndex(([at]) => at < end)
  for (let at = end - 1; at > 0 && places.length <= WORDS; at -= 1) {
    if (at === runs[run]?.[0]) run -= 1
    else if (!UNSPACED.test(row.charAt(at))) continue
    places.push(at)
  }
  return places
}

/** The first run that begins at this place of this block or later. */
function firstRun(runs: Letters['runs'], block: number, offset: number): number {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >> 1
    const [, b, o] = runs[middle] ?? [0, 0, 0]
    if (b < block || (b === block && o < offset)) low = middle + 1
    else high = middle
  }
  return low
}

/** At the place, or after it in its block or the next, stands a link that the sister does not have: the same, counted otherwise. */
function othersLink(part: CopyPart, there: ReadonlySet<string>, { block, start }: Place): boolean {
  const after = (strokes: readonly (Stroke & { anchor: { href: string | null } })[], from: number): boolean =>
    strokes.some(({ end, anchor }) => end > from && anchor.href !== null && !there.has(same(anchor.href)))
  return after(part.blocks[block]?.anchors ?? [], start) || after(part.blocks[block + 1]?.anchors ?? [], -1)
}
