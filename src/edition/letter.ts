/**
 * A letter: what a reader is told, as blocks and runs, before it becomes HTML or plain text. Markdown is read into it,
 * and so is the HTML of an .mjml announcement; both parts are written from it, so both carry the same links.
 * Texts are unescaped and may hold marks (mustache.ts) where they vary.
 */
export type Run =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'strike'; readonly inside: readonly Run[] }
  | { readonly kind: 'link'; readonly href: string; readonly inside: readonly Run[] }
  | { readonly kind: 'image'; readonly src: string; readonly alt: string; readonly title: string | null }
  | { readonly kind: 'break' }

export type Align = 'left' | 'center' | 'right' | null

export type Block =
  | { readonly kind: 'paragraph'; readonly inside: readonly Run[] }
  | { readonly kind: 'heading'; readonly level: number; readonly inside: readonly Run[] }
  | { readonly kind: 'quote'; readonly blocks: Letter }
  /** What a corrigendum says before the letter itself: set apart in HTML. */
  | { readonly kind: 'standing'; readonly blocks: Letter }
  | { readonly kind: 'list'; readonly start: number | null; readonly items: readonly Letter[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' }
  | { readonly kind: 'table'; readonly aligns: readonly Align[]; readonly rows: readonly Row[] }
  /** A mustache that stands alone between blocks: `{{#if …}}`, `{{else}}`, `{{/if}}`. */
  | { readonly kind: 'marker'; readonly mark: string }

/** One row of a data table; `head` rows name the columns. */
export interface Row {
  readonly head: boolean
  readonly cells: readonly (readonly Run[])[]
}

export type Letter = readonly Block[]

/** The same letter with every run passed through `change`, innermost first. A run may become several, or none. */
export function mapRuns(letter: Letter, change: (run: Run) => readonly Run[]): Block[] {
  const runs = (all: readonly Run[]): Run[] =>
    all.flatMap((run) => change('inside' in run ? { ...run, inside: runs(run.inside) } : run))
  return letter.map((block): Block => {
    switch (block.kind) {
      case 'paragraph':
      case 'heading':
        return { ...block, inside: runs(block.inside) }
      case 'quote':
      case 'standing':
        return { ...block, blocks: mapRuns(block.blocks, change) }
      case 'list':
        return { ...block, items: block.items.map((item) => mapRuns(item, change)) }
      case 'table':
        return { ...block, rows: block.rows.map((row) => ({ ...row, cells: row.cells.map(runs) })) }
      default:
        return block
    }
  })
}

/** The bare words of some runs, on one line. */
export const wordsOf = (runs: readonly Run[]): string =>
  runs
    .map((run) => {
      if ('inside' in run) return wordsOf(run.inside)
      if (run.kind === 'image') return run.alt
      return run.kind === 'break' ? ' ' : run.text
    })
    .join('')
    .replace(/\s+/g, ' ')
    .trim()

/** Every link and image of a letter: its address and its words. */
export function linksOf(letter: Letter): { href: string; words: string }[] {
  const found: { href: string; words: string }[] = []
  mapRuns(letter, (run) => {
    if (run.kind === 'link') found.push({ href: run.href, words: wordsOf(run.inside) })
    if (run.kind === 'image') found.push({ href: run.src, words: run.alt })
    return [run]
  })
  return found
}

/** Where a corrigendum's standing paragraphs go: behind the salutation, if the letter opens with one. */
export function afterSalutation(letter: Letter): number {
  const [first] = letter
  if (first?.kind !== 'paragraph') return 0
  const words = wordsOf(first.inside)
  return words.length <= 80 && /[,،，:：!！]$/.test(words) ? 1 : 0
}
