/**
 * HTML as its reader sees it: blocks of words, and what can be pressed in them.
 *
 * Built on htmlparser2's tokenizer rather than its parser: the parser keeps open elements in an array that it shifts
 * and searches, which takes minutes on 100,000 nested tags. What we need of the tree is small: where a block ends,
 * what is hidden, which link is open. The stack here is searched no deeper than REACH, so the work is linear.
 */
import { QuoteType, Tokenizer, type TokenizerCallbacks } from 'htmlparser2'
import type { CopyPart } from './copy.ts'
import { type BodyBuilder, buildBody } from './copy-body.ts'
import { blueUnderlined, buttonClass, buttonStyle, hiddenStyle, roundBox } from './html-looks.ts'

const REACH = 400

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '))
const SILENT = new Set(
  'script style head title template noscript select textarea object svg math audio video'.split(' '),
)
const BLOCKS = new Set(
  `address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer form
  h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul`.split(
    /\s+/,
  ),
)
const IN_HEAD = new Set('base basefont link meta noscript script style template title'.split(' '))
const KINDS: Record<string, 'heading' | 'item' | 'cell' | 'code'> = {
  h1: 'heading',
  h2: 'heading',
  h3: 'heading',
  h4: 'heading',
  h5: 'heading',
  h6: 'heading',
  li: 'item',
  dd: 'item',
  dt: 'item',
  td: 'cell',
  th: 'cell',
}
/** What opening one of these closes, and where looking for it stops (HTML §13.2.6, the part that matters here). */
const CLOSES: Record<string, readonly string[]> = {
  li: ['li'],
  dt: ['dt', 'dd'],
  dd: ['dt', 'dd'],
  td: ['td', 'th'],
  th: ['td', 'th'],
  tr: ['td', 'th', 'tr'],
  tbody: ['td', 'th', 'tr', 'tbody', 'thead', 'tfoot'],
}
const SCOPES: Record<string, ReadonlySet<string>> = {
  li: new Set(['ul', 'ol', 'table', 'td', 'th']),
  dt: new Set(['dl', 'table', 'td', 'th']),
  dd: new Set(['dl', 'table', 'td', 'th']),
}
const CELLS = new Set(['table', 'td', 'th'])
const TABLE = new Set(['table'])
const CELL_PARTS = new Set(['table', 'tbody', 'thead', 'tfoot', 'tr', 'td', 'th'])

/** Elements that, with nothing in them, look like the place of something that was taken out. */
const HOLLOW = new Set('p li dd td th'.split(' '))

interface Open {
  readonly name: string
  /** What had been said before it. */
  readonly from: number
  readonly hidden: boolean
  readonly silent: boolean
  readonly kind: 'text' | 'heading' | 'item' | 'cell' | 'quote' | 'code'
  readonly verbatim: boolean
  /** `<form action>`: a button in it sends something. */
  readonly sends: boolean
  readonly block: boolean
  readonly closesAnchor: boolean
  readonly linkLike: number
}

type Attributes = Record<string, string>

/** Attribute by which our own rendering of Markdown tells the line of the source. */
export const LINE_ATTRIBUTE = 'data-source-line'

/** Reads one HTML body. Never throws: whatever the bytes, there is some reading of them, as in a browser. */
export function readHtml(
  html: string,
  how: { part?: 'html' | 'text'; alternative?: number | null; marked?: boolean } = {},
): CopyPart {
  const body = buildBody({ part: how.part ?? 'html', rich: true, alternative: how.alternative ?? null })
  const walk = walker(body, how.marked ?? false)
  const tokenizer = new Tokenizer({ decodeEntities: true }, tokens(html, walk))
  tokenizer.write(html)
  tokenizer.end()
  walk.end()
  return body.done()
}

interface Walker {
  open(name: string, attributes: Attributes): void
  close(name: string): void
  text(words: string, line: number): void
  at(line: number): void
  end(): void
}

/** The tokenizer's call-backs, with character references decoded and lines counted. */
function tokens(html: string, walk: Walker): TokenizerCallbacks {
  let name = ''
  let attributes: Attributes = Object.create(null)
  let attribute = ''
  let value = ''
  let line = 1
  let lineFeed = html.indexOf('\n')
  const lineAt = (offset: number): number => {
    while (lineFeed !== -1 && lineFeed < offset) {
      line += 1
      lineFeed = html.indexOf('\n', lineFeed + 1)
    }
    return line
  }
  // A slash at the end of a tag says nothing in HTML: only the elements that never have content have none.
  const opened = (): void => walk.open(name, attributes)
  return {
    isInForeignContext: () => false,
    ontext: (start, end) => walk.text(html.slice(start, end), lineAt(start)),
    ontextentity: (code, end) => walk.text(String.fromCodePoint(code), lineAt(end)),
    onopentagname(start, end) {
      name = html.slice(start, end).toLowerCase()
      attributes = Object.create(null)
      walk.at(lineAt(start))
    },
    onattribname(start, end) {
      attribute = html.slice(start, end).toLowerCase()
      value = ''
    },
    onattribdata(start, end) {
      value += html.slice(start, end)
    },
    onattribentity(code) {
      value += String.fromCodePoint(code)
    },
    onattribend(quote) {
      // The first of two attributes of one name counts, as in a browser (HTML §13.2.5.33).
      if (!(attribute in attributes)) attributes[attribute] = quote === QuoteType.NoValue ? '' : value
    },
    onopentagend: opened,
    onselfclosingtag: opened,
    onclosetag(start, end) {
      walk.at(lineAt(start))
      walk.close(html.slice(start, end).toLowerCase())
    },
    oncomment: () => {},
    oncdata: () => {},
    ondeclaration: () => {},
    onprocessinginstruction: () => {},
    onend: () => {},
  }
}

const ROOT: Open = {
  name: '',
  from: 0,
  hidden: false,
  silent: false,
  kind: 'text',
  verbatim: false,
  sends: false,
  block: true,
  closesAnchor: false,
  linkLike: -1,
}

function walker(body: BodyBuilder, marked: boolean): Walker {
  const elements = openElements(body)
  const { top } = elements
  // With marks, lines are counted from the last mark; without, the tokenizer counts them.
  let line = 1
  const standAt = (now: number): void => {
    line = now
    body.at(now)
  }
  return {
    at(now) {
      if (!marked) standAt(now)
    },
    open(name, attributes) {
      const mark = marked ? Number(attributes[LINE_ATTRIBUTE]) : 0
      if (mark > 0) standAt(mark)
      elements.closeImplied(name)
      tell(body, name, attributes, top())
      const outer = top()
      const hidden = outer.hidden || hiddenStyle(attributes)
      if (name === 'a' && !hidden && !outer.silent) elements.popTo(['a'], CELLS)
      if (VOID.has(name)) single(body, name, attributes, { ...outer, hidden })
      else elements.push(begun(body, name, attributes, { outer, hidden }))
    },
    close(name) {
      if (name === 'br') body.lineEnd()
      else if (!VOID.has(name)) elements.close(name)
    },
    text(words, now) {
      const { hidden, silent, name } = top()
      if (!marked) body.at(now)
      if (!hidden && !silent) body.words(words, { keepLines: marked && name !== 'pre', pre: elements.isPre() })
      if (marked) {
        for (let i = words.indexOf('\n'); i !== -1; i = words.indexOf('\n', i + 1)) line += 1
        body.at(line)
      }
    },
    end() {
      elements.closeAll()
      body.flush('text')
    },
  }
}

/** The elements that are open, the innermost last. What one of them began in the body ends as it closes. */
function openElements(body: BodyBuilder) {
  const stack: Open[] = []
  const counts = new Map<string, number>()
  const top = (): Open => stack.at(-1) ?? ROOT
  /** The cell before, in the same row, has something in it. */
  let inRow = false

  function push(element: Open): void {
    counts.set(element.name, (counts.get(element.name) ?? 0) + 1)
    stack.push(element)
  }

  function pop(): void {
    const closed = stack.pop()
    if (!closed) return
    counts.set(closed.name, (counts.get(closed.name) ?? 1) - 1)
    if (closed.closesAnchor) body.closeAnchor()
    if (closed.linkLike >= 0) body.closeLinkLike(closed.linkLike)
    if (closed.block) body.flush(top().kind)
    const cell = closed.name === 'td' || closed.name === 'th'
    const empty = body.said() === closed.from
    if (empty && HOLLOW.has(closed.name) && (inRow || !cell)) body.hollow()
    if (cell) inRow = !empty
    body.verbatim(top().verbatim)
  }

  /** Pops down to the nearest of `names`, unless a boundary or the reach comes first. */
  function popTo(names: readonly string[], boundary: ReadonlySet<string>): void {
    if (!names.some((name) => (counts.get(name) ?? 0) > 0)) return
    const floor = Math.max(0, stack.length - REACH)
    for (let i = stack.length - 1; i >= floor; i -= 1) {
      const name = stack[i]?.name ?? ''
      if (names.includes(name)) {
        while (stack.length > i) pop()
        return
      }
      if (boundary.has(name)) return
    }
  }

  return {
    top,
    push,
    popTo,
    isPre: (): boolean => stack.at(-1)?.name === 'pre' || stack.at(-2)?.name === 'pre',
    /** Elements whose end tag may be left out end where this one opens. */
    closeImplied(name: string): void {
      // An unclosed <head> ends where content starts, or it would hide the whole letter (HTML §13.2.6.4.4).
      if (name === 'body') while (stack.length > 0 && top().name !== 'html') pop()
      else if (top().name === 'head' && !IN_HEAD.has(name)) pop()
      const closes = CLOSES[name]
      if (closes) for (const each of closes) popTo([each], SCOPES[name] ?? TABLE)
      if (top().name === 'p' && (name === 'p' || BLOCKS.has(name))) pop()
      if (name === 'tr') inRow = false
    },
    close: (name: string): void =>
      popTo([name], name === 'table' ? new Set<string>() : CELL_PARTS.has(name) ? TABLE : CELLS),
    closeAll(): void {
      while (stack.length > 0) pop()
    },
  }
}

/** What an element says of the whole, whether it is seen or not: where links may lead to, the base, the language. */
function tell(body: BodyBuilder, name: string, attributes: Attributes, outer: Open): void {
  const { id, href, lang, dir } = attributes
  const isRoot = name === 'html' || name === 'body'
  if (id) body.target(id)
  if (attributes.name && name !== 'input' && name !== 'meta') body.target(attributes.name)
  if (name === 'base' && href) body.base(href)
  if (lang && isRoot) body.language(lang)
  if (dir && outer.name !== 'bdo') body.direction(dir, isRoot)
}

/** An element with content, begun in the body. */
function begun(
  body: BodyBuilder,
  name: string,
  attributes: Attributes,
  { outer, hidden }: { outer: Open; hidden: boolean },
): Open {
  const block = BLOCKS.has(name) || /display\s*:\s*block/i.test(attributes.style ?? '')
  const kind = KINDS[name] ?? (name === 'blockquote' && attributes.type === 'cite' ? 'quote' : outer.kind)
  const verbatim = outer.verbatim || name === 'code' || name === 'samp' || name === 'kbd'
  const silent = outer.silent || SILENT.has(name)
  if (block) body.flush(kind)
  body.verbatim(verbatim)
  const isAnchor = name === 'a' && !silent
  const closesAnchor = isAnchor && anchor(body, attributes, hidden)
  const linkLike = isAnchor || hidden || silent ? -1 : pressable(body, name, attributes, outer)
  const sends = outer.sends || (name === 'form' && !!attributes.action?.trim())
  return { name, from: body.said(), hidden, silent, kind, verbatim, sends, block, closesAnchor, linkLike }
}

/** True where an anchor was opened, which ends with its element. A hidden one is noted alone. */
function anchor(body: BodyBuilder, attributes: Attributes, hidden: boolean): boolean {
  if (!hidden) return body.openAnchor({ what: 'a', href: attributes.href ?? null, attributes })
  if (attributes.href) body.unseen(attributes.href)
  return false
}

/** The number of what looks as if it could be pressed and is no anchor; -1: it does not, or a script or form takes it. */
function pressable(body: BodyBuilder, name: string, attributes: Attributes, outer: Open): number {
  if (name === 'button' || buttonClass(attributes) || buttonStyle(name, attributes)) {
    if (outer.sends || attributes.onclick !== undefined) return -1
    const really = name === 'button' || attributes.role === 'button' || name === 'p'
    return body.openLinkLike(really ? 'button' : 'styled')
  }
  if (blueUnderlined(name, attributes)) return body.openLinkLike('styled')
  return roundBox(name, attributes) ? body.openLinkLike('box') : -1
}

/** Elements without content: pictures, line ends, image maps, submit buttons. */
function single(body: BodyBuilder, name: string, attributes: Attributes, outer: Open): void {
  if (outer.silent) return
  if (name === 'img' && attributes.src && !outer.hidden) body.image(attributes.src, attributes.alt ?? '')
  else if (outer.hidden) return
  else if (name === 'br') body.lineEnd()
  else if (name === 'hr') body.flush(outer.kind)
  else if (name === 'img') body.image(null, attributes.alt ?? '')
  else if (name === 'area' && attributes.nohref === undefined) {
    const shown = attributes.href !== undefined || attributes.target !== undefined || !!attributes.alt
    if (shown) body.area(attributes.href ?? null, attributes.alt ?? '')
  } else if (name === 'input' && /^(submit|button|image)$/i.test(attributes.type ?? '')) {
    const n = outer.sends || attributes.onclick !== undefined ? -1 : body.openLinkLike('button')
    body.words(attributes.value ?? attributes.alt ?? 'Submit', { keepLines: false, pre: false })
    if (n >= 0) body.closeLinkLike(n)
  }
}
