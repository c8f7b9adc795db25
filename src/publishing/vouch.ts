/**
 * Vouching: a named person says, with a reason and for a time, that a link nobody can be sure of is right, or that a
 * place which seems to promise a link does not. What is certain, nobody can vouch for.
 */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Vouch } from '../ledger/index.ts'
import type { Fault, Look } from '../links/index.ts'
import { LOOK_RULES, RULES } from '../links/index.ts'

/** How long a vouch holds where its giver says nothing else: 30 days. Milliseconds. */
export const VOUCH_HOLDS = 30 * 86_400_000

/** Whether a person may vouch for it at all. */
export const isVouchable = (fault: Pick<Fault, 'rule' | 'certainty'>): boolean =>
  fault.certainty === 'suspected' && ({ ...RULES, ...LOOK_RULES } as Rules)[fault.rule]?.vouchable === true

type Rules = Readonly<Record<string, { readonly vouchable: boolean } | undefined>>

/**
 * What a vouch for a place is kept under: the rule, the part and the words around the place, of that letter. Other lines
 * may come and go; where these words change, the vouch is void, and a person reads the place again.
 */
export function placeKey(letter: string, fault: Pick<Fault, 'rule' | 'part' | 'excerpt'>): string {
  const place = [basename(letter), fault.rule, fault.part, fault.excerpt]
  return createHash('sha256').update(JSON.stringify(place)).digest('hex')
}

/** Divides faults into what stands and what is vouched for; the latter become warnings that say by whom. */
export function vouchFor(
  faults: readonly Fault[],
  vouches: readonly Vouch[],
  of: {
    letter: string
    /** The address as written in the template, by the address as a copy has it. */
    written: ReadonlyMap<string, string>
    looks: ReadonlyMap<string, Look>
  },
): { faults: Fault[]; vouched: Fault[] } {
  const byWhat = new Map(vouches.map((vouch) => [vouch.what, vouch]))
  const standing: Fault[] = []
  const vouched: Fault[] = []
  for (const fault of faults) {
    const vouch = isVouchable(fault) ? vouchOf(fault, byWhat, of) : undefined
    if (!vouch) standing.push(fault)
    else
      vouched.push({ ...fault, why: `${fault.why}; vouched for by ${vouch.who} on ${dayOf(vouch.at)}: ${vouch.why}` })
  }
  return { faults: standing, vouched }
}

function vouchOf(
  fault: Fault,
  byWhat: ReadonlyMap<string, Vouch>,
  of: Parameters<typeof vouchFor>[2],
): Vouch | undefined {
  if (fault.rule !== 'unsure-link') return byWhat.get(placeKey(of.letter, fault))
  const look = of.looks.get(fault.link ?? '')
  const vouch = byWhat.get(of.written.get(fault.link ?? '') ?? fault.link ?? '')
  // Said of a site that turns programs away; when it fails in another way, that is news, and nobody has spoken for it.
  return vouch && (vouch.cause === null || vouch.cause === look?.cause) ? vouch : undefined
}

/** `24 November 2026`, UTC. */
export const dayOf = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
