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
    for (let at = next(text, 0); at !== -1; at = next(text, at + 1)) {
      if (inside(block, at)) continue
      const mark = text[at] ?? ''
      if (mark === '[') open.push({ block: index, start: at, end: at + 1 })
      else if (mark === ']') {
        const opener = open.pop()
        if (!opener) {
          if (closesNothing(text, at)) orphans.push({ block: index, start: at, end: at + 1 })
        } else if (opener.block === index && at === opener.start + 1 && emptied(text, opener.start, ']')) {
          orphans.push({ block: index, start: opener.start, end: at + 1 })
        }
      } else {
        const close = CLOSING[mark]
        if (close && emptied(text, at, close)) orphans.push({ block: index, start: at, end: closing(text, at) + 1 })
      }
    }
  })
  settle(Number.POSITIVE_INFINITY)
  return orphans.sort((a, b) => a.block - b.block || a.start - b.start)
}

/** Wide brackets are of Chinese and Japanese; empty ones are never meant. */
const CLOSING: Readonly<Record<string, string>> = {
  '(': ')',
  '<': '>',
  '（': '）',
  '【': '】',
  '《': '》',
  '〈': '〉',
  '「': '」',
}
const MARKS = /[[\](<（【《〈「]/g

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
  if (/[:;=8x][-o^'’]?$|\w$/i.test(before) || /^[\d(]/.test(after)) return false
  if (/^(?:\s|$|[.,;:!?)>"”»。，、）])/.test(after)) return true
  return /^\p{L}/u.test(after) && (/[\p{L}»”")》』」）]\s?$/u.test(before) || before.trim() === '')
}

/** `word ] word` where nothing was opened; `1]` and `:]` are something else. */
function closesNothing(text: string, at: number): boolean {
  return /\p{L}\s$/u.test(text.slice(Math.max(0, at - 2), at)) && /^(?:\s|$|[.,;!?])/.test(text.slice(at + 1, at + 2))
}

function closing(text: string, at: number): number {
  let end = at + 1
  while (end < text.length && end - at < 4 && /\s/.test(text[end] ?? '')) end += 1
  return end
}

/**
 * Whether the bracket at `at` closes again with nothing in it, where words lead to it: `word []`, `word ()`, `word <>`,
 * or alone on its line. Not `x[]` and `f()`, which are code; not `[ ]` and `( )`, which are boxes to tick.
 */
function emptied(text: string, at: number, close: string): boolean {
  const end = closing(text, at)
  if (text[end] !== close || (end === at + 2 && close === ')')) return false
  if (close > '\u3000') return true
  const near = text.slice(Math.max(0, at - 30), at)
  const before = near.slice(near.lastIndexOf('\n') + 1)
  const lineStart = at - before.length
  const after = text.slice(end + 1, end + 24)
  if (/^[\s*•·–—-]*$/.test(before)) {
    if (/^[^\S\n]*(?:$|\n|[.,;:!?。，、])/.test(after)) return true
    // Not `[] buy seeds`: but where the paragraph runs on from the line before, this is no box.
    if (/\[[ xX]?\]/.test(text.slice(Math.max(0, lineStart - 80), lineStart))) return false
    return before === '' && /[\p{L}\p{N},]$/u.test(text.slice(Math.max(0, lineStart - 2), lineStart).trim())
  }
  if (!/^(?:$|[\s.,;:!?)>»”"'/|。，；：！？、）]|[\u3040-\u30ff\u3400-\u9fff])/.test(after)) return false
  const word =
    /(\S+)\s{1,2}$/.exec(before)?.[1] ?? /([\u3040-\u30ff\u3400-\u9fff：。，、！？」』）])$/u.exec(before)?.[1]
  if (word === undefined || !/[\p{L}\p{N}\p{M}:»”"'’.,;)>!?…%€$£™®©*_。，；：！？」』）》]$/u.test(word)) return false
  return close === '>' ? !comparison(word, after) : !code(word, after)
}

/** `a <> b`, `x <> 0` and "the <> operator" are code: a lost address follows words or a sentence. */
const comparison = (word: string, after: string): boolean =>
  /^(?:the|use|operator)$/i.test(word) ||
  (/^[("']?[a-z_$]["']?$/i.test(word) && /^\s*(?:[a-z_$]|["'\d][^\s]*)(?:[\s)]|$)/i.test(after)) ||
  /^\s*operator/i.test(after) ||
  (/^["'(]?[a-z_][\w.]*["']?$/.test(word) &&
    /^\s*(?:["'][^"']*["']|\d+)\s*(?:$|[);]|(?:and|or|then|selects?)\b)/i.test(after))

/** `return []`, `String [] names`, `main_loop ()`, `f(x, [])`. */
const code = (word: string, after: string): boolean =>
  /^(?:int|string|char|byte|boolean|float|double|returns?|null|empty|operator|=)$/i.test(word) ||
  /^\w*\(\w*,$/.test(word) ||
  (/_\w/.test(word) && /^\s*[;{]/.test(after)) ||
  (/[,(]$/.test(word) && /^[)\];]/.test(after))
