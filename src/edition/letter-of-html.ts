/**
 * The letter that an HTML body tells, in reading order: for .mjml announcements, whose plain text part is written from
 * what MJML made of them. Layout tables are taken apart, data tables stay tables, hidden preheaders are left out.
 */
import { ElementType, parseDocument } from 'htmlparser2'
import type { Block, Letter, Row, Run } from './letter.ts'
import { MARK } from './mustache.ts'

type Node = ReturnType<typeof parseDocument>['children'][number]
type Element = Extract<Node, { attribs: unknown }>

const SKIPPED = new Set(['head', 'style', 'script', 'title', 'noscript', 'template'])
const INLINE = new Set([
  ...[
    'a',
    'abbr',
    'b',
    'bdi',
    'bdo',
    'big',
    'br',
    'cite',
    'code',
    'del',
    'em',
    'font',
    'i',
    'img',
    'ins',
    'kbd',
    'label',
  ],
  ...['mark', 'q', 's', 'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'time', 'u', 'var', 'wbr'],
])

/** `html` may hold marks. */
export const letterOfHtml = (html: string): Letter => blocksOf(parseDocument(html).children)

function blocksOf(nodes: readonly Node[]): Block[] {
  const blocks: Block[] = []
  let line: Run[] = []
  const flush = () => {
    blocks.push(...paragraphs(line))
    line = []
  }
  for (const node of nodes) {
    if (node.type === ElementType.Text) line.push({ kind: 'text', text: node.data.replace(/\s+/g, ' ') })
    if (!isElement(node) || hidden(node)) continue
    // An inline element around blocks (a link around a whole table, say) is still read as one run.
    if (INLINE.has(node.name)) line.push(...runOf(node))
    else {
      flush()
      blocks.push(...blockOf(node))
    }
  }
  flush()
  return blocks
}

const isElement = (node: Node): node is Element => 'attribs' in node

function hidden({ name, attribs }: Element): boolean {
  return SKIPPED.has(name) || 'hidden' in attribs || /display\s*:\s*none/i.test(attribs.style ?? '')
}

/** Runs between two blocks: a paragraph; and block mustaches that stand there alone. */
function paragraphs(runs: readonly Run[]): Block[] {
  const said = runs.some((run) => run.kind !== 'break' && !(run.kind === 'text' && run.text.trim() === ''))
  if (!said) return []
  const text = runs.every((run) => run.kind === 'text')
    ? runs.map((run) => ('text' in run ? run.text : '')).join('')
    : ''
  const marks = [...text.matchAll(MARK)].map(([mark]) => mark)
  const lone = marks.length > 0 && text.replace(MARK, '').trim() === ''
  return lone ? marks.map((mark) => ({ kind: 'marker', mark })) : [{ kind: 'paragraph', inside: runs }]
}

function blockOf(element: Element): Block[] {
  const { name, children } = element
  if (/^h[1-6]$/.test(name)) return [{ kind: 'heading', level: Number(name[1]), inside: runsOf(children) }]
  if (name === 'hr') return [{ kind: 'rule' }]
  if (name === 'pre') return [{ kind: 'code', text: textOf(element).replace(/^\n|\n$/g, '') }]
  if (name === 'blockquote') return [{ kind: 'quote', blocks: blocksOf(children) }]
  if (name === 'ul' || name === 'ol') {
    const items = children.filter((node) => isElement(node) && node.name === 'li')
    const start = name === 'ul' ? null : Number(element.attribs.start ?? 1)
    return [{ kind: 'list', start, items: items.map((item) => blocksOf(isElement(item) ? item.children : [])) }]
  }
  if (name === 'table' && isData(element)) return [{ kind: 'table', aligns: [], rows: rowsOf(children) }]
  return blocksOf(children)
}

/** A table with header cells says something by its columns; one that is there for the layout does not. */
const isData = (table: Element): boolean =>
  table.attribs.role !== 'presentation' &&
  table.attribs.role !== 'none' &&
  rowsOf(table.children).some((row) => row.head)

function rowsOf(nodes: readonly Node[]): Row[] {
  return nodes.filter(isElement).flatMap((node): Row[] => {
    if (node.name !== 'tr') return /^t(?:head|body|foot)$/.test(node.name) ? rowsOf(node.children) : []
    const cells = node.children.filter(isElement).filter(({ name }) => name === 'td' || name === 'th')
    return [{ head: cells.every(({ name }) => name === 'th'), cells: cells.map((cell) => runsOf(cell.children)) }]
  })
}

const runsOf = (nodes: readonly Node[]): Run[] =>
  nodes.flatMap((node): Run[] => {
    if (node.type === ElementType.Text) return [{ kind: 'text', text: node.data.replace(/\s+/g, ' ') }]
    return isElement(node) && !hidden(node) ? runOf(node) : []
  })

function runOf(element: Element): Run[] {
  const { name, attribs, children } = element
  if (name === 'br') return [{ kind: 'break' }]
  if (name === 'img') return [{ kind: 'image', src: attribs.src ?? '', alt: attribs.alt ?? '', title: null }]
  const inside = runsOf(children)
  if (name === 'a' && attribs.href) return [{ kind: 'link', href: attribs.href, inside: trimmed(inside) }]
  if (name === 'strong' || name === 'b') return [{ kind: 'strong', inside }]
  if (name === 'em' || name === 'i') return [{ kind: 'em', inside }]
  if (name === 's' || name === 'strike' || name === 'del') return [{ kind: 'strike', inside }]
  return INLINE.has(name) ? inside : [{ kind: 'text', text: ' ' }, ...inside, { kind: 'text', text: ' ' }]
}

const trimmed = (runs: readonly Run[]): readonly Run[] =>
  runs.map((run, n) => {
    if (run.kind !== 'text') return run
    const left = n === 0 ? run.text.trimStart() : run.text
    return { ...run, text: n === runs.length - 1 ? left.trimEnd() : left }
  })

const textOf = (node: Node): string => {
  if (node.type === ElementType.Text) return node.data
  return isElement(node) ? node.children.map(textOf).join('') : ''
}
