/**
 * Is the page that came the page that was linked to? A 200 says little: pages that are not there, home pages, logins and
 * domains for sale all answer 200. Pure: what was fetched comes in, a judgement goes out.
 */
import { isDeep } from './deep.ts'
import type { Cause, Verdict } from './look.ts'
import type { Page } from './page.ts'
import {
  LOGIN_HOSTS,
  LOGIN_PATH,
  LOGIN_TITLES,
  NOT_FOUND_TEXTS,
  NOT_FOUND_TITLES,
  PARKED_TEXTS,
  plain,
} from './signs.ts'
import { hostOf, isUnder } from './verdict.ts'

/** A judgement that replaces "200, alive"; null where there is nothing against the page. */
export interface Doubt {
  readonly verdict: Verdict
  readonly cause: Cause
  readonly why: string
}

/** Where the link landed, without regard to what the page says. `from` is the link, `to` its last address. */
export function doubtfulPlace(from: URL, to: URL): Doubt | null {
  const moved = to.origin !== from.origin || to.pathname !== from.pathname
  if (!moved) return null
  if (isLogin(to) && !isLogin(from)) {
    return { verdict: 'unsure', cause: 'turned-away', why: `it leads to a login at ${hostOf(to.href)}` }
  }
  if (isDeep(from) && !isDeep(to) && sameSite(from, to)) {
    return { verdict: 'dead', cause: 'home-page', why: `it leads to the home page of ${hostOf(to.href)}` }
  }
  return null
}

const isLogin = (url: URL): boolean =>
  LOGIN_HOSTS.some((host) => isUnder(url.hostname, host)) || LOGIN_PATH.test(url.pathname)

/**
 * The same site, or what is left of it under another name of its own: one host is the other's parent. A shortener that
 * lands on a home page is no fault, so other hosts do not count.
 */
function sameSite(a: URL, b: URL): boolean {
  const [one, two] = [a, b].map(({ hostname }) => hostname.replace(/^www\d?\./, ''))
  if (one === undefined || two === undefined) return false
  return isUnder(one, two) || isUnder(two, one) || registered(one) === registered(two)
}

/** The registered domain, near enough without the list of them: three labels under co.uk and its like, else two. */
function registered(host: string): string {
  const labels = host.split('.')
  if (/^\d+$/.test(labels.at(-1) ?? '')) return host
  const short = labels.at(-1)?.length === 2 && (labels.at(-2)?.length ?? 0) <= 3
  return labels.slice(short ? -3 : -2).join('.')
}

/** What the page says of itself, when that settles it. */
export function doubtfulPage(page: Page, from: URL): Doubt | null {
  const parked = parkedWords(page)
  if (parked)
    return { verdict: 'dead', cause: 'parked', why: `the domain is for sale or parked: the page says "${parked}"` }
  if (page.text === '' && !page.scripted && !page.pictured && page.refresh === null) {
    return { verdict: 'unsure', cause: 'empty', why: 'the page is empty' }
  }
  if (page.password && saysLogin(page) && !isLogin(from)) {
    return {
      verdict: 'unsure',
      cause: 'turned-away',
      why: `the page asks for a login: "${page.title || page.heading}"`,
    }
  }
  const words = notFoundTitle(page)
  if (words !== null && page.text.length < 1_500) {
    return { verdict: 'dead', cause: 'soft-404', why: `answers 200, but the page says "${words}"` }
  }
  return null
}

/** Folding a whole page costs a millisecond, so only pages short enough to matter are folded. */
function parkedWords(page: Page): string | undefined {
  if (page.text.length > 3_000) return undefined
  const text = plain(`${page.title} ${page.text}`)
  return PARKED_TEXTS.find((phrase) => text.includes(phrase))
}

const saysLogin = (page: Page): boolean =>
  [page.title, page.heading].some((words) =>
    pieces(words).some((piece) => LOGIN_TITLES.some((t) => piece === t || piece.startsWith(`${t} `))),
  )

const pieces = (title: string): string[] =>
  plain(title)
    .split(/\s*[|·–—•:»«>]\s*|\s+-\s+/)
    .map((piece) => piece.trim())
    .filter(Boolean)

/** Words of a title or heading that say the page is not there and hardly anything else. */
function notFoundTitle(page: Page): string | null {
  for (const words of [page.title, page.heading]) {
    for (const piece of pieces(words)) {
      if (
        /^(?:http )?(?:error |erreur |ошибка |خطأ |错误)?40[4]\b.{0,12}$|^.{0,24}\b(?:error|erreur|ошибка) 404$/u.test(
          piece,
        )
      )
        return words
      const phrase = NOT_FOUND_TITLES.find((p) => piece.includes(p))
      if (phrase !== undefined && piece.length <= phrase.length + 14) return words
    }
  }
  return null
}

/** What makes a page worth a second look by asking for a sibling that cannot exist. */
export type Suspicion = 'says-not-found' | 'frame' | 'home-in-disguise'

export function suspicion(page: Page, to: URL): Suspicion | null {
  if (notFoundTitle(page) !== null) return 'says-not-found'
  const text = page.text.length < 400 ? plain(page.text) : ''
  if (NOT_FOUND_TEXTS.some((phrase) => text.includes(phrase))) return 'says-not-found'
  if (!isDeep(to)) return null
  if (page.scripted && page.text.length < 200 && page.heading === '') return 'frame'
  const canonical = page.canonical === null ? null : URL.parse(page.canonical, to.href)
  return canonical !== null && !isDeep(canonical) && sameSite(canonical, to) ? 'home-in-disguise' : null
}

/** What the made-up sibling answered: honestly that it is not there, a page, or nothing that helps. */
export type Sibling = { readonly kind: 'absent' | 'unclear' } | { readonly kind: 'page'; readonly page: Page }

export function doubtBySibling(found: Suspicion, page: Page, sibling: Sibling): Doubt | null {
  if (sibling.kind === 'page' && alike(page, sibling.page)) {
    const why = 'the site answers every address with the same page, one that cannot exist too'
    // A frame is filled by script: what a reader sees in it we cannot know.
    return found === 'frame'
      ? { verdict: 'unsure', cause: 'soft-404', why }
      : { verdict: 'dead', cause: 'soft-404', why }
  }
  if (found !== 'says-not-found') return null
  return {
    verdict: 'unsure',
    cause: 'soft-404',
    why: `answers 200, and yet the page says "${page.title || page.text.slice(0, 60)}"`,
  }
}

/** Nine words in ten shared. Digits and the title do not count: they may repeat the address. */
function alike(a: Page, b: Page): boolean {
  const [one, two] = [a, b].map(
    (page) =>
      new Set(
        plain(page.text)
          .split(/[\s\d]+/)
          .slice(0, 2_000),
      ),
  )
  if (!one || !two) return false
  const shared = one.intersection(two).size
  return shared >= 0.9 * Math.max(one.size, two.size)
}

/** Is the place there that `#fragment` names? `script` where it may be made by script, or was beyond what we read. */
export function fragmentPlace(page: Page, fragment: string, whole: boolean): 'there' | 'absent' | 'script' {
  if (fragment === '' || fragment.toLowerCase() === 'top') return 'there'
  // Routes of a page's own script (#/x, #!x, #a=b) and text fragments (#:~:text=) name no place in the page.
  if (/^(?:\/|!|:~:)|[=&]/.test(fragment)) return 'there'
  const wanted = [fragment, decoded(fragment)].map((name) => name.split(':~:')[0] ?? name)
  if (wanted.some((name) => page.places.has(name) || page.places.has(`user-content-${name}`))) return 'there'
  return page.scripted || !whole ? 'script' : 'absent'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An image by its type, or by its first bytes where the type says nothing. */
export function isImage(type: string | undefined, body: Buffer | null): boolean {
  if (type?.trim().toLowerCase().startsWith('image/')) return true
  if (type !== undefined && !/octet-stream|binary/i.test(type)) return false
  const head = body?.subarray(0, 16).toString('latin1') ?? ''
  return IMAGE_STARTS.some((start) => head.startsWith(start)) || /^(?:RIFF.{4}WEBP|.{4}ftypavif)/s.test(head)
}

const IMAGE_STARTS = ['\x89PNG', 'GIF8', '\xff\xd8\xff', 'BM', '\0\0\x01\0', '<svg', '<?xml']

/** One pixel square: width and height of a GIF or PNG. */
export function isPixel(body: Buffer | null): boolean {
  if (body === null || body.length < 24) return body !== null && body.length >= 10 && gifSize(body)
  if (body.subarray(1, 4).toString('latin1') === 'PNG') return body.readUInt32BE(16) <= 1 && body.readUInt32BE(20) <= 1
  return gifSize(body)
}

const gifSize = (body: Buffer): boolean =>
  body.subarray(0, 3).toString('latin1') === 'GIF' && body.readUInt16LE(6) <= 1 && body.readUInt16LE(8) <= 1
