/** Words that want an address next: "please visit", "write to". */
import { colonKept } from './colons.ts'
import { anyGiven, follows, gives, type Scene, sentence, spokenFor } from './scene.ts'

const OPENER = /^["'“„«»(<[_*]$/
/** A pair that closes with nothing in it lost what stood there; two marks that are no pair begin something else. */
const MISMATCHED = /^(?:[^<]>|[^(]\)|[^[]\])$/

export function askKept(scene: Scene): boolean {
  const { tokens, from, to, table, rich, views, at } = scene
  const view = views[at]
  const [, last] = sentence(tokens, from)
  let next = to
  while (next < last && OPENER.test(tokens[next]?.text ?? '')) next += 1
  const token = next < last ? tokens[next] : undefined
  if (token?.given || token?.kind === 'address' || anyGiven(tokens, from, to)) return true
  if (token?.text === ':') return colonKept(scene, next)
  const ends = token?.newLine === true && deliberate(scene, next)
  if (token?.kind === 'word' && !ends && !(table.stops.has(token.text) && !token.newLine)) return true
  if (token && next > to && MISMATCHED.test(`${tokens[next - 1]?.text}${token.text}`)) return true
  if (token?.kind === 'mark' && !/^[.,;!?)>\]'"”»、。，–—-]$/.test(token.text)) return true
  // In plain text the address may come a word or two later: "write to Ann at a@b".
  const later = Math.min(last, next + 4)
  if (!rich && view && anyGiven(tokens, next, later) && !spokenFor(view, next, later)) return true
  if (ends && token?.kind === 'word') return view !== undefined && gives(view, next, tokens.length, 6)
  return next >= last - 1 ? follows(scene, last, 3) : false
}

/** A line of plain text that ends although the next word had room: it was meant to end there. */
export function deliberate({ tokens, views, at, rich }: Scene, next: number): boolean {
  if (rich) return true
  const text = views[at]?.block.text ?? ''
  const end = tokens[next - 1]?.end ?? 0
  const line = end - text.lastIndexOf('\n', end - 1)
  const word = /^\s*\S+/.exec(text.slice(end, end + 60))?.[0].length ?? 0
  // Where letters have no case, nothing tells a new sentence from a line that was broken.
  const letter = /[\p{L}]/u.exec(text.slice(end, end + 4))?.[0] ?? ''
  return line + word < 62 && letter.toLowerCase() !== letter.toUpperCase()
}
