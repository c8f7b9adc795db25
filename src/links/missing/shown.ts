/** Link text that shows one address and goes to another. */
import type { CopyPart } from '../../edition/index.ts'
import { type Found, found } from './place.ts'

const ADDRESS =
  /^(?:https?:\/\/|www\.)[^\s]+$|^(?:[a-z0-9-]+\.)+(?:com|org|net|int|edu|gov|info|eu|fr|de|es|ru|cn|uk|ch)(?:\/[^\s]*)?$/i

export function shownElsewhere(part: CopyPart): Found[] {
  if (!part.rich) return []
  return part.blocks.flatMap((block, index) =>
    block.anchors.flatMap(({ anchor, start, end }) => {
      const words = block.text.slice(start, end).trim()
      if (!anchor.href || words.length > 2000 || !differ(words, anchor.href)) return []
      return found('link-text-differs', part.part, { block, index, start, end }, { link: anchor.href })
    }),
  )
}

function differ(words: string, href: string): boolean {
  const mail = /^[^\s@<>]+@([^\s@<>]+\.[a-z]{2,})$/i.exec(words)
  if (mail) return /^mailto:/i.test(href) && !decoded(href).toLowerCase().startsWith(`mailto:${words.toLowerCase()}`)
  if (!ADDRESS.test(words) || !/^https?:/i.test(href)) return false
  const shown = URL.parse(
    /^https?:/i.test(words) ? words.replace(/[.,;…]+$/, '') : `https://${words.replace(/[.,;…]+$/, '')}`,
  )
  const real = URL.parse(href)
  if (!shown || !real) return false
  if (bare(shown.hostname) !== bare(real.hostname)) return true
  // Words may be shortened to the host; a path that is shown must be the one that is linked.
  return shown.pathname.length > 1 && !words.includes('…') && trimmed(shown.pathname) !== trimmed(real.pathname)
}

const bare = (host: string): string => host.replace(/^www\./i, '').toLowerCase()
const trimmed = (path: string): string => decoded(path).replace(/\/+$/, '').toLowerCase()

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
