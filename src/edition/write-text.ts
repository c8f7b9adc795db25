/**
 * A letter as plain text. Addresses stand whole between angle brackets (RFC 3986 appendix C), behind the words they
 * belong to, so that no mail reader takes a full stop into them or loses their end; no line is broken inside one.
 */
import { type Block, type Letter, type Row, type Run, wordsOf } from './letter.ts'
import { MARK } from './mustache.ts'

const WIDTH = 72
/** A hard line break, while lines are being filled. */
const BREAK = '\v'

/** `address` says how an href is written here; it must neither add white space nor lose a mark. */
export function writeText(letter: Letter, address: (href: string) => string): string {
  return blocks(letter, address, WIDTH).trimEnd()
}

/** Fills lines up to 72 columns; words longer than that stay whole. */
export const filled = (text: string): string => fill(text, WIDTH)

type Address = (href: string) => string

function blocks(letter: Letter, address: Address, width: number): string {
  // A mustache alone on its line takes the line with it, so it has no blank line of its own: none is left behind.
  return letter
    .map((block) => (block.kind === 'marker' ? `${block.mark}\n` : `${written(block, address, width)}\n\n`))
    .join('')
}

function written(block: Exclude<Block, { kind: 'marker' }>, address: Address, width: number): string {
  switch (block.kind) {
    case 'paragraph':
      return fill(inline(block.inside, address), width)
    case 'heading': {
      const text = fill(inline(block.inside, address), width)
      const longest = Math.max(...text.split('\n').map(columns))
      return block.level <= 2 ? `${text}\n${'-'.repeat(Math.min(longest, width))}` : text
    }
    case 'quote':
      return prefixed(blocks(block.blocks, address, width - 2).trimEnd(), '> ', '> ')
    case 'standing':
      return blocks(block.blocks, address, width).trimEnd()
    case 'list':
      return listed(block.items, block.start, address, width)
    case 'code':
      return prefixed(block.text, '    ', '    ')
    case 'rule':
      return '* * *'
    case 'table':
      return tabled(block.rows, address, width)
  }
}

function listed(items: readonly Letter[], start: number | null, address: Address, width: number): string {
  const bullets = items.map((_, n) => (start === null ? '- ' : `${start + n}. `))
  const indent = Math.max(...bullets.map((bullet) => bullet.length))
  const texts = items.map((item, n) => {
    const text = blocks(item, address, width - indent).trimEnd()
    return prefixed(text, (bullets[n] ?? '').padEnd(indent), ' '.repeat(indent))
  })
  const tight = items.every((item) => item.length <= 1) && texts.every((text) => !text.includes('\n'))
  return texts.join(tight ? '\n' : '\n\n')
}

const prefixed = (text: string, first: string, rest: string): string =>
  text
    .split('\n')
    .map((line, n) => `${n === 0 ? first : rest}${line}`.trimEnd())
    .join('\n')

/** Columns where they fit; otherwise a line a cell, under the name of its column. */
function tabled(rows: readonly Row[], address: Address, width: number): string {
  const cells = rows.map((row) => row.cells.map((cell) => inline(cell, address).replaceAll(BREAK, ' ').trim()))
  const widths = cells.reduce<number[]>((all, row) => {
    for (const [n, cell] of row.entries()) all[n] = Math.max(all[n] ?? 0, columns(cell))
    return all
  }, [])
  const total = widths.reduce((sum, one) => sum + one + 2, -2)
  if (total <= width && !cells.flat().some((cell) => /[\uE000<]/.test(cell))) {
    return cells
      .flatMap((row, n) => {
        const line = row.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - columns(cell) + 2)).join('')
        return rows[n]?.head ? [line.trimEnd(), widths.map((one) => '-'.repeat(one)).join('  ')] : [line.trimEnd()]
      })
      .join('\n')
  }
  const names = rows[0]?.head ? (cells[0] ?? []) : []
  return cells
    .slice(names.length > 0 ? 1 : 0)
    .map((row) =>
      row
        .map((cell, n) => (cell === '' ? '' : fill(names[n] ? `${names[n]}: ${cell}` : cell, width)))
        .filter((cell) => cell !== '')
        .join('\n'),
    )
    .join('\n\n')
}

function inline(runs: readonly Run[], address: Address): string {
  return runs
    .map((run): string => {
      switch (run.kind) {
        case 'text':
          return run.text
        case 'code':
          return run.text.replace(/\s+/g, ' ')
        case 'break':
          return BREAK
        case 'image':
          return run.alt === '' ? '' : `(${run.alt})`
        case 'link':
          return linked(run.href, run.inside, address)
        default:
          return around(run.kind === 'strong' ? '*' : run.kind === 'em' ? '_' : '~', inline(run.inside, address))
      }
    })
    .join('')
}

const around = (sign: string, text: string): string => (text.trim() === '' ? text : `${sign}${text}${sign}`)

/** Words that are an address themselves are left out: plain text would show, and link, the address twice. */
function linked(href: string, inside: readonly Run[], address: Address): string {
  const words = wordsOf(inside)
  const written = `<${address(href)}>`
  if (words === '' || /^(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S*$|^(?:mailto:)?[^\s@]+@[^\s@]+\.[^\s@]+$/i.test(words)) {
    return written
  }
  const text = inline(
    inside.map((run) => (run.kind === 'image' ? { kind: 'text', text: run.alt } : run)),
    address,
  )
  return `${text.trimEnd()} ${written}`
}

function fill(text: string, width: number): string {
  return text
    .split(BREAK)
    .map((line) => {
      const lines: string[] = []
      let current = ''
      for (const word of line.split(/[ \t\n]+/)) {
        if (word === '') continue
        if (current !== '' && columns(current) + 1 + columns(word) > width) {
          lines.push(current)
          current = word
        } else current = current === '' ? word : `${current} ${word}`
      }
      return [...lines, current].join('\n')
    })
    .join('\n')
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g

/** Columns on a terminal. A mark counts as a short name; block mustaches print nothing, but nobody sees the difference. */
function columns(text: string): number {
  const plain = text.replace(MARK, 'a short name')
  return plain.length + (plain.match(WIDE)?.length ?? 0)
}
