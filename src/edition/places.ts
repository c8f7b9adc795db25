/** Where the links of an edition stand, counted as in a copy read back: the same readers find them. */
import type { Place } from './edition.ts'
import { readHtml } from './html.ts'
import type { Cloak } from './mustache.ts'
import { readText } from './text.ts'

/** Parts with marks in them; the places have the mustaches as written. */
export function placesOf(html: string, text: string, { show }: Pick<Cloak, 'show'>): Place[] {
  const inHtml = readHtml(html).links.map(
    ({ n, href, words, image }): Place => ({
      n,
      part: 'html',
      link: show(href),
      words: show(words),
      ...(image ? { image } : {}),
    }),
  )
  // An address that begins with a mustache is none to a reader of plain text, until it is merged.
  const standIn = text.replace(/<(?=\uE000\d+\uE001)/g, '<mark://')
  const left = [...inHtml]
  const inText = readText(standIn).links.map(({ n, href }): Place => {
    const link = asWritten(show(href.replace(/^mark:\/\//, '')))
    // Plain text has no words for a link: they are those of the same link in HTML.
    const same = left.findIndex((place) => place.link === link)
    const [html] = same === -1 ? [] : left.splice(same, 1)
    return { n, part: 'text', link, words: html?.words ?? link }
  })
  return [...inHtml, ...inText]
}

/** Without the helpers that encode a mustache inside an address. */
const asWritten = (href: string): string => href.replace(/\{\{(~?)(?:inUrl|asUrl) /g, '{{$1')
