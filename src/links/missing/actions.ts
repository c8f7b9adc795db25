/** Calls to action that stand where a link stands and are none: "Unsubscribe", "Read more". */
import { calledFor } from './colons.ts'
import { anyAddress, anyGiven, follows, lineEnd, nextGives, type Scene, sentence, UNSPACED } from './scene.ts'

const LEAD = 16

/** Words that stand between two links: or, and. */
export const JOINERS: ReadonlySet<string> = new Set(
  'or and ou et o y e u oder und или и або і й та או ו او و lub albo i 或 或者 和 または'.split(' '),
)

/**
 * The stretch of the sentence that could be one link with the phrase: up to a link beside it, if a small word or a
 * comma stands between ("Unsubscribe or ⟨manage preferences⟩"). Null: it holds more words than the phrase.
 */
export function alone({ tokens, views, at, from, to, rich, led }: Scene): [number, number] | null {
  const [first, last] = sentence(tokens, from)
  let start = led && from - first <= LEAD ? first : from
  while (start > first && (tokens[start - 1]?.kind === 'mark' || JOINERS.has(tokens[start - 1]?.text ?? ''))) {
    if (tokens[start - 1]?.given || (rich && tokens[start - 1]?.text === ':')) break
    start -= 1
  }
  let end = to
  while (end < last && (tokens[end]?.kind === 'mark' || JOINERS.has(tokens[end]?.text ?? ''))) {
    if (tokens[end]?.given) break
    end += 1
  }
  const open = (at: number, edge: number, joined: boolean): boolean =>
    at === edge ||
    (at === start && rich && tokens[at - 1]?.text === ':') ||
    (rich && joined && tokens[at === start ? at - 1 : at]?.given === true)
  // "Details – in this article": a dash, and the link goes on in small letters.
  const letter = views[at]?.block.text.charAt(tokens[end]?.start ?? 0) ?? ''
  if (/^[–—-]$/.test(tokens[end - 1]?.text ?? '') && tokens[end]?.given && letter !== letter.toUpperCase()) return null
  return open(start, first, start < from) && open(end, last, end > to) ? [start, end] : null
}

export function actionKept(scene: Scene): boolean {
  // `[ ] Buy seeds`: a task.
  if (/^(?:[-*+•]\s+)?\[[ xX]?\]/.test(scene.views[scene.at]?.block.text ?? '')) return true
  const { tokens, from, to, rich } = scene
  if (echoes(scene)) return true
  const stretch = alone(scene)
  if (!stretch) return true
  const [first, last] = stretch
  // A sentence with its full stop is prose, unless it answers a question: "Forwarded to you? Subscribe."
  const answers = rich && last - first <= 6 && /^[?？؟]$/.test(tokens[first - 1]?.text ?? '')
  if (!answers && tokens[last - 1]?.text === '.') return true
  if (anyGiven(tokens, first, last) || (tokens[last - 1]?.text === ':' && tokens[last]?.given)) return true
  if (!rich) {
    const line = lineEnd(tokens, to - 1)
    if (line < last || from < 0) return true
    if (scene.enclosed) return anyGiven(tokens, first - 1, last + 3)
    if (anyGiven(tokens, first - 1, last + 12)) return true
    return nextGives(scene, 1) || precedes(scene)
  }
  if (anyAddress(tokens, first, last + 3)) return true
  // After whole sentences it belongs to them, not to what the next block offers.
  if (first > 0 && last === tokens.length && ENDED.test(tokens[first - 1]?.text ?? '')) return false
  return last === sentence(tokens, from)[1] && follows(scene, last, 3)
}

/** The same words are a link right before or after: a picture with its caption, a headline over its button. */
export function echoes({ tokens, from, to, views, at }: Scene): boolean {
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

export function followKept(scene: Scene): boolean {
  const { tokens, views, at } = scene
  const stretch = alone(scene)
  if (!stretch || tokens[stretch[1] - 1]?.text === '.' || anyGiven(tokens, 0, tokens.length)) return true
  return [-1, 1, 2, 3, 4].some((step) => views[at + step]?.given)
}

const ENDED = /^[.!?؟。！？…]$/
const APART = /^[|•·»›→>]$/

/**
 * A call that any verb may open, "See how it went". Alone in its block it could be a headline; it is a call where it
 * stands after whole sentences without a full stop of its own, in a row of such, before an arrow, or in a button's box.
 */
export function callKept(scene: Scene): boolean {
  const { tokens, to, rich, views, at, led } = scene
  if (tokens[to]?.text === ':') return calledFor(scene)
  if (!rich || echoes(scene)) return true
  const [first, last] = sentence(tokens, scene.from)
  const from = led ? first : scene.from
  const end = Math.max(to, last)
  if (tokens.slice(to, end).some((token) => token.kind !== 'mark')) return true
  const tail = tokens[end - 1]
  const most = UNSPACED.test(tail?.text ?? '') ? 18 : led ? 5 : 9
  if (tokens.slice(from, end).some(({ text }) => text === ',')) return true
  if (from !== first || end - from > most || anyGiven(tokens, first, end) || /^[.:,;…。؟?!！]$/.test(tail?.text ?? ''))
    return true
  const before = tokens[first - 1]
  const after = tokens[end]
  if (after?.given || (after === undefined && follows(scene, end, 2))) return true
  const sentencesBefore = before !== undefined && ENDED.test(before.text) && tokens[first - 2]?.text !== before.text
  const capital = (views[at]?.block.text ?? '').charAt(after?.start ?? 0)
  const over = after === undefined || APART.test(after.text) || (after.newLine && capital !== capital.toLowerCase())
  if (sentencesBefore && over) return false
  if (APART.test(before?.text ?? '') || APART.test(after?.text ?? '') || APART.test(tail?.text ?? '')) return false
  const box = views[at]?.block.linkLike.some(
    ({ by, start, end: to }) => by === 'box' && start <= (tokens[from]?.start ?? 0) && to >= (tail?.end ?? 0),
  )
  return !box || before !== undefined || after !== undefined
}
