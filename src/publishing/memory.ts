/** What the ledger remembers of looks, so that a letter sent twice in a minute asks no site twice. */
import { BULK, type Ledger } from '../ledger/index.ts'
import type { Look, Manner } from '../links/index.ts'
import type { EditionFindings } from './check.ts'
import type { Tools } from './tools.ts'

/** A link that was alive so short a time ago is not asked again before a mailing. Milliseconds. */
export const LOOK_HOLDS = 10 * 60_000

/**
 * Looks of the last minutes that came out alive. What failed is asked again, and so is what leads to another host: that
 * may be a login, and whether one is wanted the record does not say.
 */
export function remembered({
  ledger,
  now,
}: Pick<Tools, 'now'> & { ledger: Ledger }): NonNullable<Manner['remembered']> {
  return async (urls) => {
    const known = new Map<string, Look>()
    for (let at = 0; at < urls.length; at += BULK) {
      const looks = await ledger.knownLooks({ hrefs: urls.slice(at, at + BULK), since: now() - LOOK_HOLDS })
      // Oldest first: the newest has the last word, also when it failed.
      for (const look of looks) known.set(look.url, look)
    }
    return new Map([...known].filter(([, look]) => holds(look)))
  }
}

function holds(look: Look): boolean {
  return look.verdict === 'alive' && look.finalUrl !== null && hostOf(look.finalUrl) === hostOf(look.url)
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? url

/** Keeps what a check saw of the links that everybody has in the same form: a personal address is nobody's business. */
export async function keepLooks(ledger: Ledger, { byTemplate }: Pick<EditionFindings, 'byTemplate'>): Promise<void> {
  const looks = [...byTemplate].map(([href, look]) => ({ href, look }))
  for (let at = 0; at < looks.length; at += BULK) await ledger.recordLooks({ looks: looks.slice(at, at + BULK) })
}
