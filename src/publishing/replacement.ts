/** Where to send readers whose link died: the first address that is itself alive, and not the dead page once more. */
import type { Watched } from '../ledger/index.ts'
import { gravity, type Look } from '../links/index.ts'
import { isPersonal, type Tools } from './tools.ts'

export interface Replaced {
  readonly watched: Watched
  readonly to: string
}

/** The first replacement of each link that is itself alive; a link without one is not in the answer. */
export async function withReplacement(
  tools: Pick<Tools, 'ledger' | 'looker'>,
  dead: readonly Watched[],
): Promise<Replaced[]> {
  const found: Replaced[] = []
  for (const watched of dead) {
    const candidates = (await candidatesFor(tools, watched)).filter(
      (url) => !isPersonal(url) && !isSamePage(url, watched.href),
    )
    const looks = await tools.looker.look(candidates.map((url) => ({ url })))
    const to = candidates.find((_, at) => leadsElsewhere(looks[at], watched.href))
    if (to !== undefined) found.push({ watched, to })
  }
  return found
}

/** The first of one link's replacements that is alive; null where none is. */
export async function replacementFor(
  tools: Pick<Tools, 'ledger' | 'looker'>,
  watched: Watched,
): Promise<string | null> {
  return (await withReplacement(tools, [watched]))[0]?.to ?? null
}

/** The author's word first, in its order; then where permanent redirects led while they worked, the last one first. */
export async function candidatesFor(tools: Pick<Tools, 'ledger'>, watched: Watched): Promise<string[]> {
  const looks = await tools.ledger.looksSince({ link: watched.link, since: watched.publishedAt })
  const moved = [watched.baseline, ...looks].flatMap((look) => (look?.movedTo ? [look.movedTo] : [])).reverse()
  return [...new Set([...(watched.terms?.instead ?? []), ...moved])]
}

/** Alive, and not because it leads back to the page that died. */
const leadsElsewhere = (look: Look | undefined, href: string): boolean =>
  look?.verdict === 'alive' && (look.finalUrl === null || !isSamePage(look.finalUrl, href))

/** The same page, whatever place on it: a fragment is no replacement. */
export function isSamePage(one: string, other: string): boolean {
  const [a, b] = [one, other].map((url) => {
    const parsed = URL.parse(url)
    if (parsed) parsed.hash = ''
    return parsed?.href ?? url
  })
  return a === b
}

/**
 * The watch's word on the links of these mailings that it knows better than one more look would: a site that turns robots
 * away, and was alive when the gate first saw it, is nothing that a corrigendum should wait for. What the watch calls
 * dead, or is not decided about, is judged like any other link.
 */
export async function watchsWord(
  tools: Pick<Tools, 'ledger'>,
  ...mailings: readonly number[]
): Promise<{ answered: Set<string> }> {
  const watched = (await Promise.all(mailings.map((mailing) => tools.ledger.watched({ mailing })))).flat()
  return {
    answered: new Set(watched.filter((w) => turnsAway(w) && w.baseline?.verdict === 'alive').map((w) => w.href)),
  }
}

/** A link that only turns robots away: it is never dead by itself, and nothing about it is undecided. */
export const turnsAway = ({ state, cause }: Pick<Watched, 'state' | 'cause'>): boolean =>
  state !== 'dead' && cause !== null && gravity(cause) === 'turned-away'
