/**
 * All that is to be said about a mail's links: what `missing` found in it, and what a look at each address adds. The
 * looker is passed in, and so is what is remembered of earlier looks: this room keeps nothing.
 */
import type { Copy, CopyLink } from '../edition/index.ts'
import type { Fault } from './fault.ts'
import type { Look, LookRequest, Verdict } from './look.ts'
import { LOOK_RULES } from './look-rules.ts'
import type { Looker } from './looker.ts'
import { excerpt } from './missing/place.ts'
import { missing } from './missing.ts'

export interface CheckedLink {
  readonly url: string
  /** Null: not looked at; `why` says why. */
  readonly verdict: Verdict | null
  readonly status: number | null
  readonly finalUrl: string | null
  readonly why: string
  readonly look: Look | null
}

export interface Findings {
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  readonly links: readonly CheckedLink[]
}

/** How looks are made. */
export interface Manner {
  /** Looks that need not be made again, of those asked for. Only links that ask for a page alone are asked for. */
  readonly remembered?: (urls: readonly string[]) => Promise<ReadonlyMap<string, Look>>
  /** Milliseconds for all looks together; what is not looked at by then is unsure. */
  readonly deadline?: number
  /** Called once, with the number of looks to be made. */
  readonly onAsk?: (count: number) => void
  readonly onLook?: (look: Look) => void
}

/** Judges mail from elsewhere. `looker` null: the content alone. */
export async function judgeCopy(copy: Copy, looker: Looker | null, manner: Manner = {}): Promise<Findings> {
  const { faults, warnings } = missing(copy, { ours: false })
  const requests = requestsFor(copy.links)
  // Some senders take a mere visit for a wish to leave: whoever checks a mail must not unsubscribe its reader.
  const leaving = new Map((copy.headers?.listUnsubscribe ?? []).map((url) => [url, 'it unsubscribes: not looked at']))
  const { looks, links } = await lookAtAll(looker, requests, { faults, skipped: leaving, manner })
  return {
    faults: [...faults, ...lookFaults([copy], looks)],
    warnings: [...warnings, ...lookWarnings([copy], looks)],
    links,
  }
}

/** What is to be looked at, once an address. A place on the same page is none: `missing` has seen whether it is there. */
export function requestsFor(
  links: readonly CopyLink[],
  login: (link: CopyLink) => string | null = () => null,
): LookRequest[] {
  const requests = new Map<string, LookRequest>()
  for (const link of links) {
    if (link.href.startsWith('#')) continue
    const known = requests.get(link.href)
    requests.set(link.href, {
      url: link.href,
      image: link.image && (known?.image ?? true),
      login: login(link) ?? known?.login ?? null,
    })
  }
  return [...requests.values()]
}

/** Faults that lie in the address itself: there is nothing to look at. */
const NO_ADDRESS = new Set<string>([
  'link-without-target',
  'link-to-nowhere',
  'link-relative',
  'link-placeholder',
  'link-unrendered',
  'in-page-target-missing',
])

/** `skipped`: addresses that are not looked at, and why. */
export async function lookAtAll(
  looker: Looker | null,
  requests: readonly LookRequest[],
  how: { faults: readonly Fault[]; skipped?: ReadonlyMap<string, string>; manner: Manner },
): Promise<{ looks: Map<string, Look>; links: CheckedLink[] }> {
  const { manner } = how
  const skipped = new Map(how.skipped)
  for (const { rule, link } of how.faults)
    if (link !== null && NO_ADDRESS.has(rule)) skipped.set(link, 'a fault of its own, so not looked at')
  const open = looker === null ? [] : requests.filter(({ url }) => !skipped.has(url))
  const plain = open.filter(({ image, login }) => !image && !login).map(({ url }) => url)
  const looks = new Map(manner.remembered && plain.length > 0 ? await manner.remembered(plain) : [])
  const asked = open.filter(({ url }) => !looks.has(url))
  manner.onAsk?.(asked.length)
  const made = (await looker?.look(asked, termsOf(manner))) ?? []
  for (const look of made) looks.set(look.url, look)
  return { looks, links: requests.map(({ url }) => checkedLink(url, looks.get(url) ?? null, skipped.get(url))) }
}

const termsOf = ({ deadline, onLook }: Manner) => ({
  ...(deadline === undefined ? {} : { deadline }),
  ...(onLook === undefined ? {} : { onLook }),
})

function checkedLink(url: string, look: Look | null, skipped = 'not looked at'): CheckedLink {
  return {
    url,
    verdict: look?.verdict ?? null,
    status: look?.status ?? null,
    finalUrl: look?.finalUrl ?? null,
    why: look?.why ?? skipped,
    look,
  }
}

/** One fault a link, at its first place: forty places of one dead link are one thing to mend. */
export function lookFaults(copies: readonly Copy[], looks: ReadonlyMap<string, Look>): Fault[] {
  return placed(copies, (href) => (looks.get(href)?.verdict ?? 'alive') !== 'alive').flatMap(
    ({ link, words, others }) => {
      const look = looks.get(link.href)
      if (!look) return []
      const more = others === 0 ? '' : `; it stands at ${others} more place${others === 1 ? '' : 's'}`
      const rule = look.verdict === 'dead' ? 'dead-link' : 'unsure-link'
      return [faultOf(rule, link, words, `${look.why}${more}`)]
    },
  )
}

export function lookWarnings(copies: readonly Copy[], looks: ReadonlyMap<string, Look>): Fault[] {
  return placed(copies, (href) => (looks.get(href)?.warnings ?? []).length > 0).flatMap(({ link, words }) =>
    (looks.get(link.href)?.warnings ?? []).map((why) => faultOf('link-could-be-better', link, words, why)),
  )
}

function faultOf(rule: keyof typeof LOOK_RULES, link: CopyLink, words: string, why: string): Fault {
  const { certainty, remedy } = LOOK_RULES[rule]
  return { rule, certainty, part: link.part, line: link.line, excerpt: words, link: link.href, why, remedy }
}

interface Placed {
  readonly link: CopyLink
  /** The words around it. */
  readonly words: string
  readonly others: number
}

/** Each wanted address with its first place and how many more there are; where there is HTML, its words are the better ones. */
function placed(copies: readonly Copy[], wanted: (href: string) => boolean): Placed[] {
  const seen = new Map<string, { link: CopyLink; copy: Copy; others: number }>()
  for (const copy of copies) {
    for (const link of copy.links.toSorted((a, b) => a.part.localeCompare(b.part))) {
      if (!wanted(link.href)) continue
      const known = seen.get(link.href)
      if (!known) seen.set(link.href, { link, copy, others: 0 })
      else if (known.copy === copy) known.others += 1
    }
  }
  return [...seen.values()].map(({ link, copy, others }) => ({ link, words: wordsAround(copy, link), others }))
}

/** The mail's own words with the link marked. */
function wordsAround(copy: Copy, link: CopyLink): string {
  for (const part of copy.parts) {
    if (part.part !== link.part) continue
    for (const block of part.blocks) {
      const stroke = block.anchors.find(({ anchor }) => anchor.href === link.href && anchor.line === link.line)
      if (stroke && stroke.end > stroke.start) return excerpt(block.text, stroke.start, stroke.end)
    }
  }
  const words = link.words || link.href
  return excerpt(words, 0, words.length)
}
