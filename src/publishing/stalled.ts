/**
 * A corrigendum that nothing but its neighbours keeps from leaving: links of the same letter that the gate passed when it
 * was sent, and that fail just now. They may live again, or die and go into the same corrigendum, so it is tried again,
 * slower each time, while EXPIRE_AFTER lasts. Anything else in its way will not change by itself.
 */
import type { Mailing, Watched } from '../ledger/index.ts'
import type { Refusal } from './check.ts'
import type { CorrectTools } from './corrigendum.ts'
import { corrigendumWaits } from './tell/corrigenda.ts'

/**
 * The pace: each wait is as long as all before it. The longest is an odd number of hours: a page that fails every other
 * hour would be met at its worst each time. Milliseconds.
 */
const FIRST = 10 * 60_000
const LONGEST = 5 * 3_600_000

/** The links in a refusal's way, where it names nothing but such neighbours; else null. */
export function neighboursIn({ refused }: Refusal, watched: readonly Watched[]): Watched[] | null {
  const found = refused.faults.map((fault) => {
    const isLook = fault.rule === 'dead-link' || fault.rule === 'unsure-link'
    return isLook ? watched.filter((w) => w.href === fault.link && mayLive(w)) : []
  })
  return found.every((some) => some.length > 0) ? found.flat() : null
}

const mayLive = (w: Watched): boolean => w.dueAt !== null && w.baseline?.verdict === 'alive'

/** Puts a corrigendum off because of them. False: it has waited long enough, and a person must see to it. */
export async function stalls(
  tools: CorrectTools,
  of: {
    mailing: Mailing
    links: readonly Watched[]
    neighbours: readonly Watched[]
    /** The corrigendum, where it is made and was about to leave. */
    corrigendum: Mailing | null
  },
): Promise<boolean> {
  const { config, ledger } = tools
  const now = tools.now()
  const since = Math.min(now, ...of.links.map((w) => w.stalledAt ?? now))
  const waited = now - since
  if (waited >= config.expireAfter) return false
  await ledger.stall({
    mailing: of.mailing.id,
    links: of.links.map((w) => w.link),
    corrigendum: of.corrigendum?.id ?? null,
    // What the watch has failing is looked at as often as deciding takes; of the others it does not know yet.
    look: of.neighbours.filter((w) => w.state === 'alive'),
    again: now + Math.min(LONGEST, Math.max(FIRST, waited)),
    // Mostly it is over within the hour, and nothing to tell.
    notices: waited < config.quietWindow ? [] : [corrigendumWaits({ ...of, since, until: since + config.expireAfter })],
    now,
  })
  tools.log('corrigendum-waits', { mailing: of.mailing.id, links: of.neighbours.length })
  return true
}
