/** What the two parts of one mail say of each other, and of the way out of the list. */
import type { Copy, CopyLink, CopyPart } from '../../edition/index.ts'
import { type Found, foundWhole } from './place.ts'

const web = (part: CopyPart): CopyLink[] =>
  part.links.filter((link) => !link.image && /^\s*(?:https?:|mailto:)/i.test(link.href))
const http = (part: CopyPart): CopyLink[] => web(part).filter((link) => /^\s*http/i.test(link.href))
const length = (part: CopyPart): number => part.blocks.reduce((sum, block) => sum + block.text.length, 0)

/** Of this many addresses in the HTML, a text part should carry more than this share. */
const MANY = 6
const FEW = 0.2
/** Shorter than this share of the HTML's words, a text part does not repeat the letter. */
const STUB = 1 / 3

/**
 * For mail from elsewhere: a part that gives no link, or hardly any, where its alternative gives many. One fault a
 * part. A stub that leads to the letter itself is no fault: its one address is all it should have.
 */
export function barePart(copy: Copy): Found[] {
  return pairs(copy).flatMap(([html, text]) => {
    const first = (part: CopyPart): string => part.blocks[0]?.text.slice(0, 100) ?? ''
    const inHtml = addresses(html)
    const inText = addresses(text)
    if (inHtml === 0 && inText >= 1 && web(html).length === 0) {
      const line = html.blocks[0]?.line ?? 1
      return foundWhole('html-part-without-links', 'html', { excerpt: first(html), line })
    }
    const none = inHtml >= 1 && web(text).length === 0
    if (!none && (inHtml < MANY || inText > inHtml * FEW)) return []
    const stub = length(text) < 600 && length(text) < length(html) * STUB
    if (!none && (stub || length(text) < length(html) * 0.6) && leadsToLetter(text)) return []
    const told = none ? 'none' : `only ${inText}`
    const why = `the HTML part gives ${inHtml} address${inHtml === 1 ? '' : 'es'}, the text part ${told}`
    return foundWhole(stub ? 'text-part-stub' : 'text-part-without-links', 'text', {
      excerpt: first(text),
      line: text.blocks[0]?.line ?? 1,
      ...(stub ? {} : { why }),
    })
  })
}

const addresses = (part: CopyPart): number => new Set(http(part).map((link) => link.href)).size

/** An address with a path, which may be the letter's web copy; a mere home page, or a way out of the list, is not it. */
const leadsToLetter = (text: CopyPart): boolean =>
  http(text).some(({ href }) => {
    const url = URL.parse(href.trim())
    return (
      url !== null &&
      (url.pathname.length > 1 || url.search !== '') &&
      !/unsub|optout|opt-out|desinscri|desabonn|abmeld|baja/i.test(href)
    )
  })

/** Each HTML part with the text part that stands for it. */
export function pairs(copy: Copy): [CopyPart, CopyPart][] {
  return copy.parts.flatMap((html): [CopyPart, CopyPart][] => {
    if (html.part !== 'html' || html.alternative === null) return []
    const text = copy.parts.find((part) => part.part === 'text' && part.alternative === html.alternative)
    return text ? [[html, text]] : []
  })
}

/** For our own editions: every link stands in both parts. */
export function oneSided(copy: Copy, own: (href: string) => boolean): Found[] {
  const html = copy.parts.filter((part) => part.part === 'html')
  const text = copy.parts.filter((part) => part.part === 'text')
  if (html.length === 0 || text.length === 0) return []
  const lacks = (from: readonly CopyPart[], to: readonly CopyPart[]): Found[] => {
    const there = new Set(to.flatMap(web).map((link) => same(link.href)))
    const told = new Set<string>()
    return from.flatMap(web).flatMap((link) => {
      const href = same(link.href)
      if (there.has(href) || told.has(href) || own(link.href)) return []
      told.add(href)
      const other = link.part === 'html' ? 'text' : 'HTML'
      return foundWhole('link-in-one-part', link.part, {
        excerpt: link.words || link.href,
        link: link.href,
        line: link.line,
        why: `the ${other} part does not have this link`,
      })
    })
  }
  return [...lacks(html, text), ...lacks(text, html)]
}

/** An address in the form in which two are compared. */
export const same = (href: string): string =>
  NORMAL.test(href) && !href.includes('/.') ? href : (URL.parse(href.trim())?.href ?? href.trim())

/** What a URL parser would leave as it is: asking it costs more than all else that is done with a link here. */
const NORMAL =
  /^(?:https?:\/\/[a-z0-9-]+(?:\.[a-z0-9-]*[a-z][a-z0-9-]*)+\/[\w/.,;:?&=%+~!*()@#-]*|mailto:[\w.+-]+@[\w.-]+)$/

/** For our own editions: the header and a link to be seen in each part lead to our unsubscribe page. */
export function noWayOut(copy: Copy, own: (href: string) => boolean): Found[] {
  const faults: Found[] = []
  const { headers } = copy
  if (headers) {
    const https = headers.listUnsubscribe.find((href) => /^https?:/i.test(href) && own(href))
    const oneClick = headers.listUnsubscribePost?.trim() === 'List-Unsubscribe=One-Click'
    if (!https || !oneClick) {
      const why = https
        ? 'List-Unsubscribe-Post is not "List-Unsubscribe=One-Click" (RFC 8058 §3.1)'
        : 'the header has no working List-Unsubscribe address'
      faults.push(foundWhole('unsubscribe-missing', 'header', { excerpt: 'List-Unsubscribe', why }))
    }
  }
  for (const kind of ['html', 'text'] as const) {
    const parts = copy.parts.filter((part) => part.part === kind)
    if (parts.length === 0 || parts.some((part) => part.links.some((link) => !link.image && own(link.href)))) continue
    const last = parts.at(-1)?.blocks.at(-1)
    const why = `the ${kind === 'html' ? 'HTML' : 'text'} part has no unsubscribe link to be seen`
    faults.push(
      foundWhole('unsubscribe-missing', kind, { excerpt: last?.text.slice(-100) ?? '', line: last?.line ?? null, why }),
    )
  }
  return faults
}
