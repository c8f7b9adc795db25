/**
 * A letter as the HTML inside a frame. What must survive without a style sheet (Outlook on a phone, Gmail with a foreign
 * account) is written on the element; the frame's own style sheet adds the dark colours.
 */
import type { Align, Block, Letter, Row, Run } from './letter.ts'

/** The first heading level below the frame's own headline, which is the mail's one <h1>. */
const FIRST_LEVEL = 2

export function writeHtml(letter: Letter, direction: 'ltr' | 'rtl'): string {
  const outline = outlineOf(letter)
  return letter.map((block, n) => written(block, direction, outline.get(n) ?? FIRST_LEVEL)).join('\n')
}

/** Heading levels without a gap, whatever level the author began with. */
function outlineOf(letter: Letter): Map<number, number> {
  const levels = letter.map((block) => (block.kind === 'heading' ? block.level : null))
  const top = Math.min(...levels.filter((level) => level !== null))
  const outline = new Map<number, number>()
  let before = FIRST_LEVEL - 1
  for (const [n, level] of levels.entries()) {
    if (level === null) continue
    before = Math.min(level - top + FIRST_LEVEL, before + 1, 6)
    outline.set(n, before)
  }
  return outline
}

const SIZES: Readonly<Record<number, string>> = { 2: '22px', 3: '19px' }
const RULE = '1px solid #d5dde3'

function written(block: Block, direction: 'ltr' | 'rtl', level: number): string {
  const start = direction === 'rtl' ? 'right' : 'left'
  switch (block.kind) {
    case 'marker':
      return block.mark
    case 'paragraph':
      return `<p style="margin:0 0 16px;">${inline(block.inside)}</p>`
    case 'heading': {
      const style = `margin:28px 0 10px;font-size:${SIZES[level] ?? '17px'};line-height:1.3;font-weight:700;color:#1f2933;`
      return `<h${level} style="${style}">${inline(block.inside)}</h${level}>`
    }
    case 'quote': {
      const style = `margin:0 0 16px;padding-${start}:16px;border-${start}:4px solid #8fa3b1;`
      return `<blockquote style="${style}">\n${writeHtml(block.blocks, direction)}\n</blockquote>`
    }
    case 'standing': {
      const style = `margin:0 0 24px;padding:16px 18px 2px;background-color:#eaf3f9;border-${start}:4px solid #0b5c8a;`
      return `<div class="standing" style="${style}">\n${writeHtml(block.blocks, direction)}\n</div>`
    }
    case 'list':
      return listed(block.items, block.start, direction)
    case 'code': {
      const style = `margin:0 0 16px;padding:12px;background-color:#f2f5f7;border:${RULE};font-size:14px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere;font-family:Consolas,Menlo,monospace;`
      return `<pre dir="ltr" style="${style}">${escaped(block.text)}</pre>`
    }
    case 'rule':
      return `<hr style="margin:24px 0;border:0;border-top:${RULE};" />`
    case 'table':
      return tabled(block.rows, block.aligns, start)
  }
}

function listed(items: readonly Letter[], start: number | null, direction: 'ltr' | 'rtl'): string {
  const tag = start === null ? 'ul' : 'ol'
  const first = start === null || start === 1 ? '' : ` start="${start}"`
  const side = direction === 'rtl' ? 'right' : 'left'
  const rows = items.map((item) => {
    const [first, ...rest] = item
    // A point with points below it stands close to them; one of several paragraphs keeps its paragraphs.
    const close = first?.kind === 'paragraph' && rest.every((block) => block.kind === 'list')
    const inside = close ? `${inline(first.inside)}${writeHtml(rest, direction)}` : writeHtml(item, direction)
    return `<li style="margin:0 0 8px;">${inside}</li>`
  })
  const style = `margin:8px 0 16px;padding:0;padding-${side}:26px;`
  return `<${tag}${first} style="${style}">\n${rows.join('\n')}\n</${tag}>`
}

function tabled(rows: readonly Row[], aligns: readonly Align[], start: 'left' | 'right'): string {
  const cell = (inside: readonly Run[], head: boolean, n: number): string => {
    const style = `padding:8px 10px;border-bottom:${RULE};text-align:${aligns[n] ?? start};vertical-align:top;`
    return head
      ? `<th scope="col" style="${style}font-weight:700;">${inline(inside)}</th>`
      : `<td style="${style}">${inline(inside)}</td>`
  }
  const lines = rows.map((row) => `<tr>${row.cells.map((one, n) => cell(one, row.head, n)).join('')}</tr>`)
  return `<table style="width:100%;margin:0 0 16px;border-collapse:collapse;font-size:16px;line-height:1.5;">\n${lines.join('\n')}\n</table>`
}

function inline(runs: readonly Run[]): string {
  return runs
    .map((run): string => {
      switch (run.kind) {
        case 'text':
          return escaped(run.text)
        case 'code':
          return `<code style="font-family:Consolas,Menlo,monospace;font-size:0.9em;">${escaped(run.text)}</code>`
        case 'break':
          return '<br />'
        case 'image': {
          const title = run.title === null ? '' : ` title="${escaped(run.title)}"`
          return `<img src="${escaped(run.src)}" alt="${escaped(run.alt)}"${title} style="max-width:100%;height:auto;border:0;" />`
        }
        case 'link': {
          const style = 'color:#0b5c8a;text-decoration:underline;overflow-wrap:anywhere;'
          return `<a href="${escaped(run.href)}" style="${style}">${inline(run.inside)}</a>`
        }
        case 'strong':
        case 'em':
          return `<${run.kind}>${inline(run.inside)}</${run.kind}>`
        default:
          return `<s>${inline(run.inside)}</s>`
      }
    })
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
