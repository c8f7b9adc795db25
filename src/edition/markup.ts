/** HTML and MJML as source text: where each mustache stands in it, changes to its addresses, and the letter it holds. */
import { QuoteType, Tokenizer } from 'htmlparser2'
import type { Grievance } from './grievances.ts'
import { type Cloak, inAddress, MARK } from './mustache.ts'
import { escaped } from './write-html.ts'

/** One attribute value, by its place in the source: `[start, end)`, without quotes. */
export interface Attribute {
  readonly tag: string
  /** Where its element's `<` stands. */
  readonly tagStart: number
  readonly name: string
  readonly nameStart: number
  readonly start: number
  readonly end: number
  readonly quoted: boolean
}

export interface Tag {
  readonly name: string
  /** Of the `<`. */
  readonly start: number
  /** Behind the `>`; for a closing tag too. */
  readonly end: number
  readonly kind: 'open' | 'close' | 'whole'
}

interface Region {
  readonly kind: 'text' | 'raw' | 'comment'
  readonly start: number
  readonly end: number
}

export interface Marks {
  readonly attributes: readonly Attribute[]
  readonly tags: readonly Tag[]
  readonly regions: readonly Region[]
}

/** Reads tags, attributes and texts with their places. Never throws: what is no markup is text. */
export function scan(source: string): Marks {
  const attributes: Attribute[] = []
  const tags: Tag[] = []
  const regions: Region[] = []
  let tag = { name: '', start: 0 }
  let name = { name: '', start: 0 }
  let value: { start: number; end: number } | null = null
  const region = (kind: Region['kind']) => (start: number, end: number) => {
    const raw = kind === 'text' && (tag.name === 'style' || tag.name === 'script')
    regions.push({ kind: raw ? 'raw' : kind, start, end })
  }
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname(start, end) {
        tag = { name: source.slice(start, end).toLowerCase(), start: start - 1 }
      },
      onopentagend: (end) => tags.push({ ...tag, end: end + 1, kind: 'open' }),
      onselfclosingtag: (end) => tags.push({ ...tag, end: end + 1, kind: 'whole' }),
      onclosetag(start, end) {
        tag = { name: source.slice(start, end).toLowerCase(), start: start - 2 }
        tags.push({ ...tag, end: source.indexOf('>', end) + 1, kind: 'close' })
        tag = { name: '', start: 0 }
      },
      onattribname(start, end) {
        name = { name: source.slice(start, end).toLowerCase(), start }
        value = null
      },
      onattribdata(start, end) {
        value = { start: value?.start ?? start, end }
      },
      onattribend(quote) {
        if (!value) return
        const quoted = quote === QuoteType.Double || quote === QuoteType.Single
        attributes.push({
          tag: tag.name,
          tagStart: tag.start,
          name: name.name,
          nameStart: name.start,
          ...value,
          quoted,
        })
      },
      onattribentity() {},
      ontextentity() {},
      ontext: region('text'),
      oncomment: region('comment'),
      oncdata: region('text'),
      ondeclaration: region('comment'),
      onprocessinginstruction: region('comment'),
      onend() {},
    },
  )
  tokenizer.write(source)
  tokenizer.end()
  return { attributes, tags, regions }
}

const ADDRESS = new Set(['href', 'src', 'background', 'action', 'cite', 'poster', 'xlink:href', 'background-url'])

/** A mustache in a part, put back for where it stands; and what is wrong with where some stand. */
export interface Placed {
  readonly html: string
  readonly grievances: readonly Grievance[]
}

/**
 * Puts the mustaches back into HTML. Values are escaped for text and quoted attributes, and for nothing else, so one
 * anywhere else is a fault. One inside an address is encoded for it (`inUrl`), one that is an address is checked (`asUrl`).
 */
export function placeMustaches(html: string, { show, of }: Cloak): Placed {
  const { attributes, regions } = scan(html)
  const grievances: Grievance[] = []
  const places = [...attributes.map((one) => ({ ...one, kind: 'attribute' as const })), ...regions].toSorted(
    (a, b) => a.start - b.start,
  )
  let next = 0
  const shown = show(html, (mustache, at) => {
    while (next < places.length && (places[next]?.end ?? 0) <= at) next++
    const found = places[next]
    const here = found && found.start <= at ? found : null
    const wrong = here === null ? 'inside a tag, outside a quoted attribute' : misplaced(here)
    if (wrong) {
      const remedy = 'mustaches may stand in text and between the quotes of an attribute'
      grievances.push({ line: mustache.line, fault: `${mustache.source} stands ${wrong}`, remedy })
    }
    if (here?.kind !== 'attribute' || !ADDRESS.has(here.name)) return mustache.source
    return inAddress(mustache, html.slice(here.start, at))
  })
  for (const { start, end } of attributes.filter((one) => ADDRESS.has(one.name))) {
    complainOfAddress(html.slice(start, end), of, grievances)
  }
  return { html: shown, grievances }
}

function misplaced(here: Region | (Attribute & { kind: 'attribute' })): string | null {
  if (here.kind === 'raw') return 'in a style sheet or a script'
  if (here.kind !== 'attribute') return null
  if (!here.quoted) return `in the attribute ${here.name}, which has no quotes`
  return /^(?:on.*|style|srcdoc|srcset)$/.test(here.name) ? `in the attribute ${here.name}` : null
}

function complainOfAddress(value: string, of: Cloak['of'], grievances: Grievance[]): void {
  const [scheme] = /^[^:/?#]*:/.exec(value) ?? []
  const marks = scheme ? [...scheme.matchAll(MARK)] : []
  for (const [mark] of marks) {
    if (of(mark).kind !== 'value') continue
    const fault = `${of(mark).source} is part of a scheme`
    grievances.push({ line: of(mark).line, fault, remedy: 'write https:// out, or let the field be the whole address' })
  }
}

/** An href as a mail reader would take it: character references decoded. */
export const decoded = (value: string): string =>
  value.replace(
    /&(?:amp|lt|gt|quot|apos|nbsp|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (whole, decimal?: string, hex?: string) => {
      if (decimal) return String.fromCodePoint(Math.min(Number(decimal), 0x10ffff))
      if (hex) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff))
      return { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" }[whole.toLowerCase()] ?? ' '
    },
  )

/**
 * The same HTML with addresses changed: `change` gives the new one, null to withdraw the link (its words stay, with
 * `withdrawn` behind them), or undefined to leave it.
 */
export function changeAddresses(
  html: string,
  change: (href: string) => string | null | undefined,
  withdrawn: string,
): string {
  const { attributes, tags } = scan(html)
  const edits: { start: number; end: number; text: string }[] = []
  for (const attribute of attributes.filter((one) => ADDRESS.has(one.name))) {
    const to = change(decoded(html.slice(attribute.start, attribute.end)))
    if (typeof to === 'string') edits.push({ start: attribute.start, end: attribute.end, text: escaped(to) })
    if (to !== null) continue
    // The attribute goes, and with it what only a link has, its looks above all: words dressed as a link promise one.
    for (const one of attributes) {
      if (
        one.tagStart !== attribute.tagStart ||
        !['target', 'rel', 'style', 'class', attribute.name].includes(one.name)
      )
        continue
      edits.push({ start: one.nameStart, end: one.end + (one.quoted ? 1 : 0), text: '' })
    }
    if (attribute.tag !== 'a') continue
    const close = tags.find((tag) => tag.kind === 'close' && tag.name === 'a' && tag.start > attribute.tagStart)
    const style = attributes.find((one) => one.tagStart === attribute.tagStart && one.name === 'style')
    const looks = plainLooks(style ? html.slice(style.start, style.end) : '')
    edits.push({ start: attribute.tagStart, end: attribute.tagStart + 2, text: `<span${looks}` })
    if (close) edits.push({ start: close.start, end: close.end, text: ` ${escaped(withdrawn)}</span>` })
  }
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, text }) => all.slice(0, start) + text + all.slice(end), html)
}

/** What is left of a link's style when it is none any more. MJML sets the size on the link alone: without it, no words. */
function plainLooks(style: string): string {
  const kept = [...style.matchAll(/(?:^|;)\s*((?:font-(?:size|family|weight)|line-height)\s*:[^;]*)/gi)].map(
    ([, one]) => one,
  )
  if (/background/i.test(style))
    kept.push('display:block', 'padding:8px 12px', 'background-color:#ffffff', 'color:#1f2933')
  return kept.length === 0 ? '' : ` style="${kept.join(';')}"`
}
