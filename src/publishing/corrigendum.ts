/**
 * What a corrigendum is: the editions that an order comes to, one for each edition that was handed out, so that everyone
 * in it holds the same dead links. All of them are past the gate and opened in one commit, or none.
 */
import type { Correction, Edition, LinkChange } from '../edition/index.ts'
import type { Answer, HolderCounts, Mailing, NewMailing, NoticeStart, StoredEdition, Watched } from '../ledger/index.ts'
import { someReaders } from './again.ts'
import { keepChecked } from './certificate.ts'
import { type CheckedEdition, gate, type Refusal } from './check.ts'
import { untilOf, watchFor } from './publish.ts'
import { watchsWord } from './replacement.ts'
import { corrigendumLeaves, webCorrected } from './tell/corrigenda.ts'
import { houseOf, type Tools } from './tools.ts'

export type CorrectTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'tokens' | 'make' | 'now' | 'log'>

export interface Order {
  readonly changes: readonly LinkChange[]
  /** Of the mailing's watched links, those it is for. */
  readonly links: readonly number[]
  readonly why: string | null
  readonly domain: string | null
  readonly dueAt: number
  readonly who: string
  /** By itself, by a person, or too late for mail. */
  readonly manner: 'auto' | 'hand' | 'web'
}

/** What a corrigendum would be, and who would get it. `checked` is what the gate says. */
export interface Plan {
  readonly earlier: StoredEdition
  readonly changes: readonly LinkChange[]
  readonly edition: Edition
  readonly checked: CheckedEdition | Refusal
  readonly counts: HolderCounts
}

/** Makes and schedules what an order comes to. No corrigenda where none is owed, or the links were answered meanwhile. */
export async function schedule(tools: CorrectTools, mailing: Mailing, order: Order): Promise<number[] | Refusal> {
  const { ledger } = tools
  const now = tools.now()
  const plans = await plansFor(tools, mailing, order)
  for (const { checked } of plans) if ('refused' in checked) return checked
  if (plans.length === 0 && order.manner === 'hand') return []
  const watched = await ledger.watched({ mailing: mailing.id })
  const made: NewMailing[] = []
  for (const plan of plans) made.push(await newMailing(tools, mailing, { plan, order, watched }))
  const people = plans.reduce((sum, plan) => sum + plan.counts.people, 0)
  const answer: Answer = order.manner === 'web' ? 'web' : 'corrigendum'
  const ids = await ledger.openCorrigenda({
    mailing: mailing.id,
    made,
    webOnly: order.manner === 'web',
    links: order.links,
    answer,
    fresh: order.manner !== 'hand',
    who: order.who,
    detail: order.changes.map(({ from, to }) => `${from} → ${to ?? 'withdrawn'}`).join('; '),
    notices: noticesFor(mailing, order, { watched, people, now }),
    now,
  })
  if (ids === null) return []
  for (const id of ids) tools.log('corrigendum-scheduled', { mailing: mailing.id, corrigendum: id, holders: people })
  return ids
}

function noticesFor(
  mailing: Mailing,
  order: Order,
  of: { watched: readonly Watched[]; people: number; now: number },
): NoticeStart[] {
  if (order.manner === 'hand') return []
  const { changes } = order
  if (order.manner === 'auto') return [corrigendumLeaves({ mailing, changes, people: of.people, at: order.dueAt })]
  const links = of.watched.filter((w) => order.links.includes(w.link))
  return links.map((link) => {
    const to = changes.find(({ from }) => from === link.href)?.to ?? null
    return webCorrected({ mailing, link, to, holders: of.people, age: of.now - (mailing.publishedAt ?? of.now) })
  })
}

/** The corrigenda that an order comes to, each past the gate or refused by it. Changes nothing. */
export async function plansFor(
  tools: CorrectTools,
  mailing: Mailing,
  order: Pick<Order, 'changes' | 'links' | 'why' | 'domain'>,
): Promise<Plan[]> {
  const { ledger } = tools
  const counts = await ledger.holderCounts({ mailing: mailing.id, links: [], domain: order.domain })
  const owed =
    order.links.length === 0
      ? counts
      : await ledger.holderCounts({ mailing: mailing.id, links: order.links, domain: order.domain })
  const plans: Plan[] = []
  const manner = { ...(await watchsWord(tools, mailing.id)), readers: await someReaders(tools, mailing) }
  for (const of of counts) {
    const earlier = await ledger.edition({ id: of.edition })
    const carries = new Set(earlier.places.map((place) => place.link))
    const changes = order.changes.filter(({ from }) => carries.has(from))
    if (changes.length === 0 && (order.changes.length > 0 || order.why === null)) continue
    const edition = await editionOf(tools, mailing, { earlier, changes, why: order.why })
    const checked = await gate(tools, edition, manner)
    plans.push({ earlier, changes, edition, checked, counts: owed.find((one) => one.edition === of.edition) ?? of })
  }
  return plans
}

/**
 * Made from the source that was sent, as it is stored: what became of the author's file since changes nothing. The
 * frame around it is a corrigendum's, as it is today, for it is a mail of today.
 */
async function editionOf(
  tools: CorrectTools,
  mailing: Mailing,
  of: { earlier: StoredEdition; changes: readonly LinkChange[]; why: string | null },
): Promise<Edition> {
  const now = tools.now()
  const correction: Correction = {
    changes: of.changes,
    why: of.why,
    earlier: { subject: of.earlier.subject, sentAt: new Date(mailing.startedAt ?? now), kind: of.earlier.kind },
  }
  return await tools.make(of.earlier.source, {
    kind: 'corrigendum',
    house: houseOf(tools.config),
    correction,
    now: new Date(now),
  })
}

async function newMailing(
  tools: CorrectTools,
  mailing: Mailing,
  of: { plan: Plan; order: Order; watched: readonly Watched[] },
): Promise<NewMailing> {
  const { config } = tools
  const { plan, order } = of
  const now = tools.now()
  const { checked } = plan
  if ('refused' in checked) throw new Error('what was refused is not opened')
  const edition = await keepChecked(tools, checked)
  const carried = new Set(plan.earlier.places.map((place) => place.link))
  const links = of.watched.filter((w) => order.links.includes(w.link) && carried.has(w.href)).map((w) => w.link)
  return {
    kind: 'corrigendum',
    edition,
    listId: mailing.listId,
    series: null,
    dueAt: order.dueAt,
    expiresAt: order.dueAt + config.expireAfter,
    now,
    corrects: {
      mailing: mailing.id,
      edition: plan.earlier.id,
      changes: plan.changes,
      links,
      domain: order.domain,
      origin: order.manner === 'hand' ? 'hand' : 'auto',
    },
    audience: plan.counts.people,
    watch: watchFor(config, checked, now),
  }
}

/**
 * The other links of a mailing that are dead, or were meant to die and are past their day: what a corrigendum repeats
 * must be alive, so these stand in it as words alone. For a dead one the team stays asked; its answer is a corrigendum
 * of its own.
 */
export async function withdrawn(
  tools: CorrectTools,
  mailing: number,
  changes: readonly LinkChange[],
): Promise<LinkChange[]> {
  const changed = new Set(changes.map((change) => change.from))
  const over = (w: Watched): boolean => (untilOf(w.terms) ?? Number.POSITIVE_INFINITY) < tools.now()
  const others = (await tools.ledger.watched({ mailing })).filter((w) => w.state === 'dead' || over(w))
  return others.filter((w) => !changed.has(w.href)).map((w) => ({ from: w.href, to: null }))
}
