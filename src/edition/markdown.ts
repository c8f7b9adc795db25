/** Markdown (CommonMark with tables) to a letter. HTML in it is text like any other: an author's slip must not style the mail. */
import MarkdownIt from 'markdown-it'
import type { Align, Block, Letter, Row, Run } from './letter.ts'
import { type Cloak, MARK } from './mustache.ts'

type Token = ReturnType<InstanceType<typeof MarkdownIt>['parse']>[number]

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false })
// An address goes out as its author wrote it: link terms and corrections are found by it. Only what would end it is encoded.
markdown.normalizeLink = (url) => url.replace(/[\s<>"]/g, (character) => encodeURIComponent(character))
markdown.normalizeLinkText = (url) => url
// javascript: and its like stay links, so that the gate sees and refuses them.
markdown.validateLink = () => true
// Mail readers make links of schemes, www. and mail addresses in plain text; the HTML part must have the same.
markdown.linkify.set({ fuzzyLink: true, fuzzyEmail: true }).tlds(['[a-z]{2,24}'], true)
const match = markdown.linkify.match.bind(markdown.linkify)
markdown.linkify.match = (text) =>
  match(text)?.filter((found) => found.schema !== '' || /^www\.|@/i.test(found.text)) ?? null

/** `body` has been through `cloak.hide`. */
export function readMarkdown(body: string, { of }: Pick<Cloak, 'of'>): Letter {
  const tokens = markdown.parse(body, {})
  return blocksOf(tokens, 0, tokens.length).flatMap((block) => freed(block, of))
}

function blocksOf(tokens: readonly Token[], from: number, to: number): Block[] {
  const blocks: Block[] = []
  for (let n = from; n < to; n++) {
    const token = tokens[n]
    if (!token) break
    const end = token.nesting === 1 ? closing(tokens, n) : n
    const inside = () => runsOf(tokens[n + 1]?.children ?? [])
    const nested = () => blocksOf(tokens, n + 1, end)
    switch (token.type) {
      case 'paragraph_open':
        blocks.push({ kind: 'paragraph', inside: inside() })
        break
      case 'heading_open':
        blocks.push({ kind: 'heading', level: Number(token.tag.slice(1)), inside: inside() })
        break
      case 'blockquote_open':
        blocks.push({ kind: 'quote', blocks: nested() })
        break
      case 'bullet_list_open':
      case 'ordered_list_open': {
        const start = token.type === 'ordered_list_open' ? Number(token.attrGet('start') ?? 1) : null
        blocks.push({ kind: 'list', start, items: itemsOf(tokens, n + 1, end) })
        break
      }
      case 'fence':
      case 'code_block':
        blocks.push({ kind: 'code', text: token.content.replace(/\n$/, '') })
        break
      case 'hr':
        blocks.push({ kind: 'rule' })
        break
      case 'table_open':
        blocks.push(tableOf(tokens.slice(n, end)))
        break
      default:
        throw new Error(`Markdown token ${token.type} has no block`)
    }
    n = end
  }
  return blocks
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let n = open; n < tokens.length; n++) {
    depth += tokens[n]?.nesting ?? 0
    if (depth === 0) return n
  }
  return tokens.length
}

function itemsOf(tokens: readonly Token[], from: number, to: number): Letter[] {
  const items: Letter[] = []
  for (let n = from; n < to; n++) {
    const end = closing(tokens, n)
    items.push(blocksOf(tokens, n + 1, end))
    n = end
  }
  return items
}

function tableOf(tokens: readonly Token[]): Block {
  const rows: { head: boolean; cells: Run[][] }[] = []
  const aligns: Align[] = []
  for (const [n, token] of tokens.entries()) {
    if (token.type === 'tr_open') rows.push({ head: false, cells: [] })
    const row = rows.at(-1)
    if (!row || (token.type !== 'th_open' && token.type !== 'td_open')) continue
    row.cells.push(runsOf(tokens[n + 1]?.children ?? []))
    if (token.type === 'td_open') continue
    row.head = true
    aligns.push((/text-align:(left|center|right)/.exec(String(token.attrGet('style') ?? ''))?.[1] as Align) ?? null)
  }
  return { kind: 'table', aligns, rows: rows satisfies Row[] }
}

const NESTED: Readonly<Record<string, 'strong' | 'em' | 'strike'>> = { strong: 'strong', em: 'em', s: 'strike' }

function runsOf(tokens: readonly Token[]): Run[] {
  const runs: Run[] = []
  for (let n = 0; n < tokens.length; n++) {
    const token = tokens[n]
    if (!token) break
    const end = token.nesting === 1 ? closing(tokens, n) : n
    const inside = () => runsOf(tokens.slice(n + 1, end))
    const nested = NESTED[token.type.replace(/_open$/, '')]
    if (nested) runs.push({ kind: nested, inside: inside() })
    else if (token.type === 'link_open') runs.push({ kind: 'link', href: attribute(token, 'href'), inside: inside() })
    else if (token.type === 'image') runs.push(imageOf(token))
    else if (token.type === 'hardbreak') runs.push({ kind: 'break' })
    else if (token.type === 'softbreak') runs.push({ kind: 'text', text: '\n' })
    else if (token.content !== '') {
      runs.push({ kind: token.type === 'code_inline' ? 'code' : 'text', text: token.content })
    }
    n = end
  }
  return joinChinese(runs)
}

const attribute = (token: Token, name: string): string => String(token.attrGet(name) ?? '')

const imageOf = (token: Token): Run => ({
  kind: 'image',
  src: attribute(token, 'src'),
  alt: runsOf(token.children ?? [])
    .map((run) => ('text' in run ? run.text : ''))
    .join(''),
  title: token.attrGet('title') === null ? null : attribute(token, 'title'),
})

/** A line break between two Han or Kana characters is no space: those scripts have none. */
function joinChinese(runs: readonly Run[]): Run[] {
  const wide = /[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]/
  const end = (run: Run | undefined, at: 0 | -1) => (run && 'text' in run ? (run.text.at(at) ?? '') : '')
  return runs.filter(
    (run, n) =>
      !('text' in run && run.text === '\n' && wide.test(end(runs[n - 1], -1)) && wide.test(end(runs[n + 1], 0))),
  )
}

const whole = new RegExp(`^${MARK.source}$`)

/**
 * Frees block mustaches from paragraphs of their own, so that a condition takes its whole paragraph with it: a lone
 * `{{#if member}}` stays outside <p>, and a paragraph between one and its `{{/if}}`, each on its own line, goes whole.
 */
function freed(block: Block, of: Cloak['of']): Block[] {
  if (block.kind !== 'paragraph') return [block]
  const lines = splitLines(block.inside)
  const markers = lines.map((line) => {
    const [run, more] = line
    if (!run || more || run.kind !== 'text' || !whole.test(run.text.trim())) return null
    return of(run.text.trim()).kind === 'value' ? null : run.text.trim()
  })
  if (!markers.some((marker) => marker !== null) || !balanced(lines, markers, of)) return [block]
  const blocks: Block[] = []
  let paragraph: Run[] = []
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', inside: paragraph })
    paragraph = []
  }
  for (const [n, line] of lines.entries()) {
    const mark = markers[n]
    if (mark) {
      flush()
      blocks.push({ kind: 'marker', mark })
    } else paragraph.push(...(paragraph.length > 0 ? [{ kind: 'text', text: '\n' } as const] : []), ...line)
  }
  flush()
  return blocks
}

function splitLines(runs: readonly Run[]): Run[][] {
  const lines: Run[][] = [[]]
  for (const run of runs) {
    if (run.kind === 'text' && run.text === '\n') lines.push([])
    else lines.at(-1)?.push(run)
  }
  return lines
}

/** Freed only where no line between opens or closes a block in its middle, and none begins or ends the paragraph half-way. */
function balanced(lines: readonly Run[][], markers: readonly (string | null)[], of: Cloak['of']): boolean {
  const kindAt = (n: number): string | null => {
    const mark = markers[n]
    return mark ? of(mark).kind : null
  }
  if (lines.length === 1) return true
  return (
    kindAt(0) === 'open' &&
    kindAt(lines.length - 1) === 'close' &&
    lines.every((line, n) => markers[n] !== null || !hasBlockMark(line, of))
  )
}

const hasBlockMark = (runs: readonly Run[], of: Cloak['of']): boolean =>
  runs.some((run) => {
    if ('inside' in run) return hasBlockMark(run.inside, of)
    return 'text' in run && [...run.text.matchAll(MARK)].some(([mark]) => of(mark).kind !== 'value')
  })
