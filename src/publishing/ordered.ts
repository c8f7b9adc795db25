/**
 * The team's own word: a corrigendum for dead links or another cause, at once, and other links for a mailing that is
 * held. What a person orders and the gate refuses is said to that person, and nothing is tried again.
 */
import { Complaint } from '../complaint.ts'
import type { LinkChange } from '../edition/index.ts'
import type { Mailing } from '../ledger/index.ts'
import { faultsOf } from './check.ts'
import { type CorrectTools, type Plan, plansFor, schedule, withdrawn } from './corrigendum.ts'
import { switchByHand } from './held.ts'

export interface HandOrder {
  readonly changes: readonly LinkChange[]
  readonly why: string | null
  readonly who: string
  /** Only those whose copy went to this mail domain; null: all. */
  readonly domain?: string | null
}

/** What `correctByHand` would do. Throws a Complaint for an order that cannot be met. */
export async function planCorrection(tools: CorrectTools, id: number, order: HandOrder): Promise<Plan[]> {
  const { mailing, links, changes } = await understood(tools, id, order)
  return await plansFor(tools, mailing, { changes, links, why: order.why, domain: order.domain ?? null })
}

/** The team's own word: corrects a mailing at once, for dead links or another cause. Throws a Complaint where it cannot. */
export async function correctByHand(tools: CorrectTools, id: number, order: HandOrder): Promise<number[]> {
  const { mailing, links, changes } = await understood(tools, id, order)
  if (changes.length === 0 && !order.why) {
    throw new Complaint('a corrigendum corrects something', {
      remedy: "give --link OLD=NEW, or --why 'what was wrong'",
      exit: 3,
    })
  }
  const made = await schedule(tools, mailing, {
    changes,
    links,
    why: order.why,
    domain: order.domain ?? null,
    dueAt: tools.now(),
    who: order.who,
    manner: 'hand',
  })
  if (!('refused' in made)) return made
  const detail = faultsOf(made)
  await tools.ledger.audit({ at: tools.now(), who: order.who, what: 'corrigendum refused', mailing: id, detail })
  tools.log('corrigendum-refused', { mailing: id })
  return []
}

/** For a held mailing: those who wait get the corrected edition, and it goes on. Throws a Complaint where it cannot. */
export async function correctHeld(tools: CorrectTools, id: number, order: HandOrder): Promise<void> {
  const { mailing, changes } = await understood(tools, id, order)
  if (mailing.state !== 'held' || mailing.kind !== 'announcement') {
    throw new Complaint(`mailing ${id} is ${mailing.state}, not held`, {
      remedy: `gll status ${id} shows how it stands`,
    })
  }
  if (changes.length === 0) {
    throw new Complaint('a held mailing goes on with other links', {
      remedy: 'give --link OLD=NEW, or OLD=- to take it out',
      exit: 3,
    })
  }
  await switchByHand(tools, mailing, { changes, who: order.who })
}

/** The mailing, the links meant by their addresses, and every change that follows. */
async function understood(tools: CorrectTools, id: number, order: HandOrder) {
  const mailing = await tools.ledger.mailing({ id })
  if (!mailing?.publishedAt) throw new Complaint(`there is no mailing ${id}`, { remedy: 'gll status lists them' })
  // A message says what one person's data said: what is right now is known to whoever asked for it, and to nobody here.
  if (mailing.kind !== 'announcement' && mailing.kind !== 'corrigendum') {
    throw new Complaint(`mailing ${id} is a ${mailing.kind} to one: no corrigendum goes to it`, {
      remedy: 'write to them again: gll send FILE --to ADDRESS, or POST /v1/messages',
      exit: 2,
    })
  }
  const watched = await tools.ledger.watched({ mailing: id })
  const known = new Set(await addressesOf(tools, mailing))
  const unknown = order.changes.find(({ from }) => !known.has(from))
  if (unknown) {
    throw new Complaint(`mailing ${id} has no link ${unknown.from}`, { remedy: `gll links ${id} lists them` })
  }
  const links = watched.filter((w) => order.changes.some(({ from }) => from === w.href)).map((w) => w.link)
  const changes = [...order.changes, ...(await withdrawn(tools, id, order.changes))]
  return { mailing, links, changes }
}

/** Every address that somebody was handed, or is to be. */
async function addressesOf(tools: CorrectTools, mailing: Mailing): Promise<string[]> {
  const editions = new Set([
    mailing.edition,
    ...(await tools.ledger.held({ mailing: mailing.id })).map((h) => h.edition),
  ])
  const all = await Promise.all([...editions].map((id) => tools.ledger.edition({ id })))
  return all.flatMap(({ places }) => places.map((place) => place.link))
}
