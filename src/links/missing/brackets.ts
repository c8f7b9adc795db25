/** Brackets that lost what they held: the mark a gateway leaves when it takes an address out. */
import type { Block } from '../../edition/index.ts'

export interface Orphan {
  readonly block: number
  readonly start: number
  readonly end: number
}

/** How many blocks further a bracket may be closed: an editor's note may span paragraphs. */
const SPAN = 12

/** Finds orphans over all blocks of a part, in reading order. */
export function orphanBrackets(blocks: readonly Block[]): Orphan[] {
  const orphans: Orphan[] = []
  let open: Orphan[] = []
  const settle = (until: number): void => {
    const kept: Orphan[] = []
    for (const one of open) {
      if (one.block > until) kept.push(one)
      else if (strays(blocks[one.block]?.text ?? '', one.start)) orphans.push(one)
    }
    open = kept
  }
  blocks.forEach((block, index) => {
    if (open.length > 0) settle(index - SPAN)
    if (block.kind === 'quote' || block.kind === 'code') return
    const { text } = block
    for (let at = text.search(/[[\]()<>]/); at !== -1 && at < text.length; at = next(text, at + 1)) {
      if (inside(block, at)) continue
      const mark = text[at]
      if (mark === '[') open.push({ block: index, start: at, end: at + 1 })
      else if (mark === ']') {
        const opener = open.pop()
        if (!opener) {
          if (closesNothing(text, at)) orphans.push({ block: index, start: at, end: at + 1 })
        } else if (opener.block === index && emptyPair(text, opener.start, at)) {
          orphans.push({ block: index, start: opener.start, end: at + 1 })
        }
      } else if (mark === '(' && emptied(text, at, ')'))
        orphans.push({ block: index, start: at, end: closing(text, at) + 1 })
      else if (mark === '<' && emptied(text, at, '>'))
        orphans.push({ block: index, start: at, end: closing(text, at) + 1 })
    }
  })
  settle(Number.POSITIVE_INFINITY)
  return orphans.sort((a, b) => a.block - b.block || a.start - b.start)
}

const MARKS = /[[\]()<>]/g

function next(text: string, from: number): number {
  MARKS.lastIndex = from
  return MARKS.exec(text)?.index ?? -1
}

const inside = (block: Block, at: number): boolean =>
  block.verbatim.some((stroke) => at >= stroke.start && at < stroke.end)

/** `word [ word`, `word [`, `[ word`: not `[1`, `:[`, `a[` or the open end of an interval. */
function strays(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 2), at)
  const after = text.slice(at + 1, at + 3)
  if (/[:;=8x\w]$/i.test(before) || /^[\d(]/.test(after)) return false
  if (/^(?:\s|$|[.,;:!?)>"”»。，、）])/.test(after)) return true
  return /^\p{L}/u.test(after) && (/[\p{L}»”")]\s?$/u.test(before) || before.trim() === '')
}

/** `word ] word` where nothing was opened; `1]` and `:]` are something else. */
function closesNothing(text: string, at: number): boolean {
  return /\p{L}\s$/u.test(text.slice(Math.max(0, at - 2), at)) && /^(?:\s|$|[.,;!?])/.test(text.slice(at + 1, at + 2))
}

/** `word []`: not `x[]`, and not `[ ]`, which is a box to tick. */
function emptyPair(text: string, start: number, end: number): boolean {
  return end === start + 1 && apart(text, start, end)
}

function closing(text: string, at: number): number {
  let end = at + 1
  while (end < text.length && end - at < 4 && /\s/.test(text[end] ?? '')) end += 1
  return end
}

function emptied(text: string, at: number, close: string): boolean {
  const end = closing(text, at)
  if (text[end] !== close || !apart(text, at, end)) return false
  if (close === ')') return true
  // `a <> b`, `x <> 0` and "the <> operator" are code: a lost address follows words or a sentence.
  const before = /(\S+)\s$/.exec(text.slice(Math.max(0, at - 30), at))?.[1] ?? ''
  const after = text.slice(end + 1, end + 12)
  return (
    /\p{L}{2}$|[.!?:)]$/u.test(before) &&
    !/^(?:the|an?|of|use|with|like|operator)$/i.test(before) &&
    !/^\s*(?:["'\d]|operator)/i.test(after)
  )
}

function apart(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 3), start)
  const after = text.slice(end + 1, end + 2)
  return (
    /(?:[\p{L}\p{N}:»”"'.,)!?…])\s$/u.test(before) &&
    /^(?:$|[\s.,;:!?)»”"'。，、）\u3040-\u30ff\u3400-\u9fff])/.test(after)
  )
}
