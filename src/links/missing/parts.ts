/** What the two parts of one mail say of each other, and of the way out of the list. */
import type { Copy, CopyLink, CopyPart } from '../../edition/index.ts'
import { type Found, foundWhole } from './place.ts'

const web = (part: CopyPart): CopyLink[] =>
  part.links.filter((link) => !link.image && /^\s*(?:https?:|mailto:)/i.test(link.href))
const http = (part: CopyPart): CopyLink[] => web(part).filter((link) => /^\s*http/i.test(link.href))
const length = (part: CopyPart): number => part.blocks.reduce((sum, block) => sum + block.text.length, 0)

/** For mail from elsewhere: a part that gives no link at all where its alternative gives some. One fault a part. */
export function barePart(copy: Copy): Found[] {
  const faults: Found[] = []
  for (const [html, text] of pairs(copy)) {
    const first = (part: CopyPart): string => part.blocks[0]?.text.slice(0, 100) ?? ''
    const inHtml = new Set(http(html).map((link) => link.href)).size
    if (inHtml >= 1 && web(text).length === 0) {
      const stub = length(text) < 600 && length(text) < length(html) / 3
      faults.push(
        foundWhole(stub ? 'text-part-stub' : 'text-part-without-links', 'text', {
          excerpt: first(text),
          line: text.blocks[0]?.line ?? 1,
          ...(stub
            ? {}
            : { why: `the HTML part gives ${inHtml} address${inHtml === 1 ? '' : 'es'}, the text part none` }),
        }),
      )
    } else if (inHtml === 0 && http(text).length >= 1 && web(html).length === 0) {
      faults.push(
        foundWhole('html-part-without-links', 'html', { excerpt: first(html), line: html.blocks[0]?.line ?? 1 }),
      )
    }
  }
  return faults
}

function pairs(copy: Copy): [CopyPart, CopyPart][] {
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

const same = (href: string): string => URL.parse(href.trim())?.href ?? href.trim()

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
