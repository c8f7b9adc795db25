/**
 * Entries that all carry an address, but one does not: told from the mail's own shape, without words, so in every
 * language. Only where the shape is plain: several entries like it, and nothing else of that shape without one.
 */
import { UNSPACED, type View } from './scene.ts'
import type { Token } from './tokens.ts'

export interface BareEntry {
  readonly index: number
  readonly start: number
  readonly end: number
}

interface Line {
  readonly view: View
  readonly from: number
  readonly to: number
  /** Nothing but an address. */
  readonly address: boolean
  readonly given: boolean
}

/** So many sound entries make a list. */
const ENTRIES = 3

export function bareEntries(views: readonly View[], rich: boolean): BareEntry[] {
  const lists = [...bareItems(views), ...bareCells(views), ...views.flatMap(bareSegments)]
  if (rich) return lists
  const lines = views.map(linesOf)
  return [...lists, ...bareParagraphs(views, lines), ...runsOfLines(views, lines).flatMap(bareTitles)]
}

function linesOf(view: View): Line[] {
  const { tokens } = view
  const lines: Line[] = []
  let from = 0
  for (let to = 1; to <= tokens.length; to += 1) {
    if (to < tokens.length && !tokens[to]?.newLine) continue
    const line = tokens.slice(from, to)
    const given = line.some((token) => token.given)
    lines.push({ view, from, to, given, address: given && line.every((token) => token.given || token.kind === 'mark') })
    from = to
  }
  return lines
}

/** Paragraphs that end with an address line, and one among them, of the same shape, that has none. */
function bareParagraphs(views: readonly View[], lines: readonly Line[][]): BareEntry[] {
  const shapes = lines.map((all, at): string | null => {
    const entry = views[at]?.block.kind === 'text' && all.length > 1 && all.at(-1)?.address
    return entry && all.slice(0, -1).every((line) => !line.given) ? shapeOf(all.slice(0, -1)) : null
  })
  const entries = shapes.filter((shape) => shape !== null).length
  const first = shapes.findIndex((shape) => shape !== null)
  if (entries < ENTRIES) return []
  const bare = views.map(
    ({ block, given }, at) => block.kind === 'text' && !given && at > first && !lines[at]?.every(headingLike),
  )
  return views.flatMap((_, at) => {
    if (!bare[at] || bare[at + 1]) return []
    let before = at - 1
    while (before > first && lines[before]?.every(headingLike)) before -= 1
    const shape = shapeOf(lines[at] ?? [])
    const sound = shapes.filter((other) => other === shape).length
    const like = views.filter((_, i) => bare[i] && shapeOf(lines[i] ?? []) === shape).length
    const line = lines[at]?.at(-1)
    return line && shapes[before] !== null && sound >= 2 * like && entries > ENTRIES * like ? [place(line)] : []
  })
}

/** How many lines, and how the last one ends: as a label, as a sentence, or as a title. */
function shapeOf(lines: readonly Line[]): string {
  const line = lines.at(-1)
  const last = line?.view.tokens[line.to - 1]?.text ?? ''
  return `${lines.length} ${last === ':' ? 'label' : /^[.!?…。！？]$/.test(last) ? 'sentence' : 'title'}`
}

/** Runs of lines, of one paragraph or of paragraphs of one line each. */
function runsOfLines(views: readonly View[], lines: readonly Line[][]): Line[][] {
  const runs: Line[][] = []
  let run: Line[] = []
  lines.forEach((all, at) => {
    const [only] = all
    if (all.length === 1 && only && views[at]?.block.kind === 'text') run.push(only)
    else {
      runs.push(run, all)
      run = []
    }
  })
  return [...runs, run]
}

/** Titles, each with its address in the next line, and one that goes without. */
function bareTitles(run: readonly Line[]): BareEntry[] {
  const groups: Line[][] = [[]]
  for (const line of run) {
    if (line.address) groups.push([])
    else groups.at(-1)?.push(line)
  }
  const [open] = groups.splice(-1)
  const sound = groups.filter((group) => group.length === 1 && !group[0]?.given).length
  const odd = groups.filter((group) => group.length !== 1)
  if (sound < ENTRIES || odd.length > 1) return []
  const [title, next] = odd[0] ?? (open?.length === 1 ? open : [])
  if (!title || odd[0]?.length !== (next ? 2 : undefined) || title.given || next?.given || headingLike(title)) return []
  return next && mayBeWrapped(title, next) ? [] : [place(title)]
}

/** A list whose every item has a link, but one. */
function bareItems(views: readonly View[]): BareEntry[] {
  const found: BareEntry[] = []
  let list: View[] = []
  const settle = (): void => {
    const [bare, ...more] = list.filter((view) => !view.given)
    if (bare && more.length === 0 && list.length > ENTRIES + 1)
      found.push({ index: bare.index, start: 0, end: bare.block.text.length })
    list = []
  }
  for (const view of views) {
    if (view.block.kind === 'item') list.push(view)
    else settle()
  }
  settle()
  return found
}

/** Letters of a cell that names what the next one holds. */
const LABEL = 40

/** A label in a cell, and the next cell of its row empty, where other rows have a link there. */
function bareCells(views: readonly View[]): BareEntry[] {
  const labels = (at: number): boolean => {
    const view = views[at]
    return view?.block.kind === 'cell' && !view.given && view.block.text.length < LABEL && !/\d/.test(view.block.text)
  }
  const gives = (at: number): boolean => labels(at) && views[at + 1]?.block.kind === 'cell' && linked(views[at + 1])
  return views.flatMap(({ block, index }, at) => {
    if (!block.hollow || !labels(at)) return []
    return gives(at - 2) || gives(at + 1) ? [{ index, start: 0, end: block.text.length }] : []
  })
}

const SEPARATOR = /^[|·•]$/
/** Words of a link in such a row; letters, where they are not spaced. */
const WORDS = 6

/** "⟨Terms⟩ | Privacy | ⟨Unsubscribe⟩": words between two links, in a row of nothing but links. */
function bareSegments({ tokens, index, given }: View): BareEntry[] {
  if (!given) return []
  const segments: Token[][] = [[]]
  for (const token of tokens) {
    if (SEPARATOR.test(token.text) && !token.given) segments.push([])
    else segments.at(-1)?.push(token)
  }
  const bare = segments.filter((segment) => !segment.some((token) => token.given))
  const [entry, ...more] = bare
  const at = entry ? segments.indexOf(entry) : -1
  if (!entry || more.length > 0 || at <= 0 || at >= segments.length - 1) return []
  const most = UNSPACED.test(entry[0]?.text ?? '') ? 2 * WORDS : WORDS
  const words = entry.every(({ kind, text }) => kind === 'word' && !/\d/.test(text))
  if (!words || entry.length === 0 || entry.length > most) return []
  return [{ index, start: entry[0]?.start ?? 0, end: entry.at(-1)?.end ?? 0 }]
}

const linked = (view: View | undefined): boolean =>
  view?.tokens.every((token) => token.given || token.kind === 'mark') === true

const place = ({ view, from, to }: Line): BareEntry => ({
  index: view.index,
  start: view.tokens[from]?.start ?? 0,
  end: view.tokens[to - 1]?.end ?? 0,
})

const CASELESS = /[\u3040-\u30ff\u3400-\u9fff\u0590-\u06ff]/

/** A word or two, capitals, or a label: what stands over entries and has no address itself. */
function headingLike({ view, from, to }: Line): boolean {
  const tokens: readonly Token[] = view.tokens.slice(from, to)
  const words = view.block.text.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0)
  const unspaced = UNSPACED.test(words)
  if (tokens.length <= (unspaced ? 6 : 2) || tokens.at(-1)?.text === ':' || !/\p{L}/u.test(words)) return true
  return words === words.toUpperCase() && words !== words.toLowerCase()
}

/** One title broken over two lines: the first is long, or the second goes on in small letters. */
function mayBeWrapped(title: Line, next: Line): boolean {
  const { text } = title.view.block
  const length = (title.view.tokens[title.to - 1]?.end ?? 0) - (title.view.tokens[title.from]?.start ?? 0)
  const letter = next.view.block.text.charAt(next.view.tokens[next.from]?.start ?? 0)
  return length > 48 || (letter === letter.toLowerCase() && !CASELESS.test(text))
}
