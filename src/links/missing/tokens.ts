/** A block as words, marks and addresses, each knowing whether it can be pressed. */
import type { Block, CopyPart } from '../../edition/index.ts'
import { fold } from './fold.ts'
import { tagsIn } from './targets.ts'
import { withdrawnIn } from './withdrawn.ts'

export interface Token {
  /** Folded; one letter a token where words are not spaced (Chinese, Japanese). */
  readonly text: string
  readonly start: number
  readonly end: number
  readonly kind: 'word' | 'mark' | 'address'
  /** Part of a link, or an address that a reader can use: the promise is kept here. A mere host may be just a name. */
  readonly given: boolean
  /** The anchor it belongs to, counted in its block; -1: none. */
  readonly anchor: number
  readonly verbatim: boolean
  /** A later line of the block than the token before it. */
  readonly newLine: boolean
  /** Counts sentences within the block. */
  readonly sentence: number
  readonly picture: boolean
}

/** A block's tokens. An anchor without words (a picture) becomes a token of its own, of kind `address`. */
export function tokensOf(block: Block, part: CopyPart): Token[] {
  const text = fold(block.text)
  const spans = gathered(block, part)
  const tokens: Token[] = []
  let sentence = 0
  let sentenceStart = 0
  let lastEnd = 0
  let span = 0
  let anchor = 0
  let verbatim = 0
  let picture = 0
  let quoted = false
  WORD.lastIndex = 0
  const push = (start: number, end: number, kind: Token['kind'], given: boolean): void => {
    const gap = text.slice(lastEnd, start)
    const newLine = gap.includes('\n')
    const previous = tokens.at(-1)
    const over = tokens.length - sentenceStart >= LONGEST
    const trailing = part.rich && dots(tokens)
    // « and » quote as well as point.
    const unquotes = quoted && previous?.text === '»'
    if (unquotes) quoted = false
    if (text[start] === '«') quoted = true
    if (previous && (over || trailing || breaks(previous, gap, newLine && part.rich, text[start] ?? '', unquotes))) {
      sentence += 1
      sentenceStart = tokens.length
    }
    while (anchor < block.anchors.length && (block.anchors[anchor]?.end ?? 0) <= start) anchor += 1
    while (verbatim < block.verbatim.length && (block.verbatim[verbatim]?.end ?? 0) <= start) verbatim += 1
    while (picture < block.pictures.length && (block.pictures[picture]?.end ?? 0) <= start) picture += 1
    const on = (block.anchors[anchor]?.start ?? Number.POSITIVE_INFINITY) < end
    tokens.push({
      text: kind === 'address' ? '' : bareLetters(text.slice(start, end)),
      start,
      end,
      kind,
      given: given || on,
      anchor: on ? anchor : -1,
      verbatim: (block.verbatim[verbatim]?.start ?? Number.POSITIVE_INFINITY) < end,
      newLine,
      sentence,
      picture: (block.pictures[picture]?.start ?? Number.POSITIVE_INFINITY) < end,
    })
    lastEnd = end
  }
  for (;;) {
    const hit = WORD.exec(text)
    const upTo = hit ? hit.index : text.length + 1
    let jumped = false
    while (span < spans.length && (spans[span]?.start ?? 0) <= upTo) {
      const { start, end } = spans[span] ?? { start: 0, end: 0 }
      span += 1
      if (start < lastEnd) continue
      push(start, end, 'address', !NAME.test(block.text.slice(start, end)) || /^[(（]/.test(block.text.charAt(start)))
      if (end > upTo || (hit && end > start && end > hit.index)) {
        WORD.lastIndex = end
        jumped = true
        break
      }
    }
    if (jumped) continue
    if (!hit) return tokens
    push(hit.index, hit.index + hit[0].length, MARK.test(hit[0]) ? 'mark' : 'word', false)
  }
}

/** Arabic and Hebrew without the marks that most writers leave out: they would make another word of it. */
const bareLetters = (word: string): string =>
  word.charCodeAt(0) >= 0x5d0 && word.charCodeAt(0) <= 0x6ff
    ? word.replace(/[\u0591-\u05c7\u0640\u064b-\u0652\u0670]/g, '')
    : word

/** Tokens of a sentence: whoever looks through a sentence looks through this many at most. */
export const LONGEST = 300

/** A letter of an unspaced script is a word of its own, also where a number stands right before it ("5月1日"). */
const WORD =
  /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[[\p{L}\p{N}\p{M}]--[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]]+(?:['\-][[\p{L}\p{N}\p{M}]--[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]]+)*|[^\s\p{L}\p{N}\p{M}]/gv
/** A host name alone is often the name of the firm. */
const NAME = /^(?!www\.)[^/@:{}*%[\]]+$/i
const MARK = /^[^\p{L}\p{N}\p{M}]$/u

/** Addresses a reader can use, pressable or not, and pictures that are links; in order, not overlapping. */
function gathered(block: Block, part: CopyPart): { start: number; end: number }[] {
  const pressed = part.rich ? block.anchors.filter(({ start, end }) => start === end) : block.anchors
  // A link that was taken back, and says so, counts as given. A merge tag stands where an address should: that is a fault of its own, and not a second one of its label.
  const tags = tagsIn(block.text).map(([start, end]) => ({ start, end }))
  return [...pressed, ...block.bare, ...tags, ...withdrawnIn(block.text)].sort(
    (a, b) => a.start - b.start || b.end - a.end,
  )
}

/** Three dots, after which a teaser's "More" stands, often without a space. */
function dots(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)?.text
  return last === '…' || (last === '.' && tokens.at(-2)?.text === '.')
}

/** Whether a new sentence begins: after a full stop and a space, at a separator, at a line's end where lines are meant. */
function breaks(previous: Token, gap: string, lineEnd: boolean, first: string, unquotes: boolean): boolean {
  if (lineEnd) return true
  if (previous.kind !== 'mark') return /^[|•·]$/.test(first)
  if (/^[。！？｡]$/.test(previous.text)) return true
  if (/^[.!?؟。]$/.test(previous.text)) return gap !== ''
  return (!unquotes && /^[|•·»›→]$/.test(previous.text)) || /^[|•·]$/.test(first)
}
