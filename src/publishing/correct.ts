/**
 * Correcting: a dead link of a mailing becomes a corrigendum, which is an edition like any other and takes the same
 * six steps. This file decides what is written; addressed.ts, to whom; whether a link is dead was decided before.
 */

import { Complaint } from '../complaint.ts'
import type { Correction, Edition, LinkChange } from '../edition/index.ts'
import type { Answer, HolderCounts, Mailing, NewMailing, NoticeStart, StoredEdition, Watched } from '../ledger/index.ts'
import { type CheckedEdition, gate, type Refusal } from './check.ts'
import { switchByHand } from './held.ts'
import { looksOf, untilOf, watchFor } from './publish.ts'
import { candidatesFor, type Replaced, turnsAway, watchsWord, withReplacement } from './replacement.ts'
import { corrigendumLeaves, deadAsked, webCorrected } from './tell.ts'
import { houseOf, type Tools } from './tools.ts'

export type CorrectTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'tokens' | 'make' | 'now' | 'log'>

/**
 * Answers the dead links of one mailing: a corrigendum is scheduled where there is somewhere to send readers, else the
 * team is asked. A link waits for others of the mailing that are failing, QUIET_WINDOW long at most, so that one
 * corrigendum tells of all.
 */
export async function correct(tools: CorrectTools, id: number): Promise<void> {
  const mailing = await tools.ledger.mailing({ id })
  const watched = await tools.ledger.watched({ mailing: id })
  const dead = watched.filter((w) => w.state === 'dead' && w.answer === null)
  if (!mailing || dead.length === 0 || isQuietWindow(tools, watched, dead)) return
  if ((await tools.ledger.held({ mailing: id })).length === 0) return await nobodyHolds(tools, mailing, dead)
  const { corrigendum, corrigendumWithoutReplacement: without } = tools.config
  if (mailing.kind !== 'announcement') return await ask(tools, mailing, dead, 'corrigendum')
  const found = await replacements(tools, mailing, dead)
  if (corrigendum === 'ask') return await ask(tools, mailing, dead, 'ask')
  const missing = dead.filter((w) => !found.some((r) => r.link === w.link))
  const withdrawnToo = without === 'withdraw' ? missing : []
  const asked = without === 'withdraw' ? [] : missing
  const links = [...found.map((r) => r.link), ...withdrawnToo.map((w) => w.link)]
  if (asked.length > 0) await ask(tools, mailing, asked, 'no-replacement')
  if (links.length === 0) return
  const changes = [
    ...found.map(({ from, to }) => ({ from, to })),
    ...withdrawnToo.map((w) => ({ from: w.href, to: null })),
  ]
  const late = tools.now() - (mailing.publishedAt ?? 0) > tools.config.corrigendumUntil
  await schedule(tools, mailing, {
    changes: [...changes, ...(await withdrawn(tools, id, changes))],
    links,
    why: null,
    domain: null,
    dueAt: tools.now() + tools.config.corrigendumNotice,
    who: 'the watch',
    manner: late ? 'web' : 'auto',
  })
}

export interface HandOrder {
  readonly changes: readonly LinkChange[]
  readonly why: string | null
  readonly who: string
  /** Only those whose copy went to this mail domain; null: all. */
  readonly domain?: string | null
}

/** What a corrigendum would be, and who would get it. `checked` is what the gate says. */
export interface Plan {
  readonly earlier: StoredEdition
  readonly changes: readonly LinkChange[]
  readonly edition: Edition
  readonly checked: CheckedEdition | Refusal
  readonly counts: HolderCounts
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
  return await schedule(tools, mailing, {
    changes,
    links,
    why: order.why,
    domain: order.domain ?? null,
    dueAt: tools.now(),
    who: order.who,
    manner: 'hand',
  })
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

/** Whether something may still come that the same corrigendum should tell of. */
function isQuietWindow(tools: CorrectTools, watched: readonly Watched[], dead: readonly Watched[]): boolean {
  const undecided = (w: Watched): boolean => (w.state === 'failing' || w.state === 'alert') && !turnsAway(w)
  if (!watched.some((w) => undecided(w) && w.dueAt !== null)) return false
  const first = Math.min(...dead.map((w) => w.deadAt ?? 0))
  return tools.now() - first < tools.config.quietWindow
}

/**
 * There is no copy to correct. Some may come of what is in hand: then the links stay unanswered, and the next tick asks
 * again. Else the mailing was held before its first copy, and the team must mend the letter.
 */
async function nobodyHolds(tools: CorrectTools, mailing: Mailing, dead: readonly Watched[]): Promise<void> {
  if ((await tools.ledger.counts({ mailing: mailing.id })).handed === 0) await ask(tools, mailing, dead, 'nobody')
}

/** What the mailing's own people were given in its place in flight, else the first replacement that is alive. */
async function replacements(
  tools: CorrectTools,
  mailing: Mailing,
  dead: readonly Watched[],
): Promise<{ link: number; from: string; to: string | null }[]> {
  const switched = new Map(mailing.changes.map(({ from, to }) => [from, to]))
  const inFlight = dead.filter((w) => switched.has(w.href))
  const others = dead.filter((w) => !switched.has(w.href))
  const found: Replaced[] = await withReplacement(tools, others)
  return [
    ...inFlight.map((w) => ({ link: w.link, from: w.href, to: switched.get(w.href) ?? null })),
    ...found.map(({ watched, to }) => ({ link: watched.link, from: watched.href, to })),
  ]
}

/**
 * The other links of a mailing that are dead, or were meant to die and are past their day: what a corrigendum repeats
 * must be alive, so these stand in it as words alone. For a dead one the team stays asked; its answer is a corrigendum
 * of its own.
 */
async function withdrawn(tools: CorrectTools, mailing: number, changes: readonly LinkChange[]): Promise<LinkChange[]> {
  const changed = new Set(changes.map((change) => change.from))
  const over = (w: Watched): boolean => (untilOf(w.terms) ?? Number.POSITIVE_INFINITY) < tools.now()
  const others = (await tools.ledger.watched({ mailing })).filter((w) => w.state === 'dead' || over(w))
  return others.filter((w) => !changed.has(w.href)).map((w) => ({ from: w.href, to: null }))
}

type Why = Parameters<typeof deadAsked>[0]['why']

async function ask(
  tools: CorrectTools,
  mailing: Mailing,
  asked: readonly Watched[],
  why: Why,
  faults?: string,
): Promise<void> {
  const { ledger } = tools
  const notices = await Promise.all(
    asked.map(async (link): Promise<NoticeStart> => {
      const counts = await ledger.holderCounts({ mailing: mailing.id, links: [link.link], domain: null })
      const holders = counts.reduce((sum, one) => sum + one.holders, 0)
      const known = why === 'ask' || why === 'refused' ? ((await candidatesFor(tools, link))[0] ?? null) : null
      return deadAsked({ mailing, link, since: link.since, holders, why, known, ...(faults ? { faults } : {}) })
    }),
  )
  await ledger.openCorrigenda({
    mailing: mailing.id,
    made: [],
    webOnly: false,
    links: asked.map((w) => w.link),
    answer: why === 'refused' ? 'refused' : 'asked',
    fresh: true,
    who: 'the watch',
    detail: asked.map((w) => w.href).join(' '),
    notices,
    now: tools.now(),
  })
  tools.log('team-asked', { mailing: mailing.id, links: asked.length })
}

interface Order {
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

/** One corrigendum for each handed edition, so that everyone in it holds the same dead links; all of them in one commit, or none. */
async function schedule(tools: CorrectTools, mailing: Mailing, order: Order): Promise<number[]> {
  const { ledger } = tools
  const now = tools.now()
  const plans = await plansFor(tools, mailing, order)
  const refused = plans.find(({ checked }) => 'refused' in checked)
  if (refused && 'refused' in refused.checked) {
    await turnDown(tools, mailing, order, refused.checked)
    return []
  }
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

/** To the operator, never round again: a corrigendum that is itself faulty would be one more thing to correct. */
async function turnDown(tools: CorrectTools, mailing: Mailing, order: Order, { refused }: Refusal): Promise<void> {
  if (order.manner !== 'hand' && (await isWatchedSoon(tools, mailing, order, refused))) return
  const faults = refused.faults.map((fault) => `${fault.rule} ${fault.link ?? fault.excerpt}`).join('; ')
  tools.log('corrigendum-refused', { mailing: mailing.id })
  const now = tools.now()
  await tools.ledger.audit({
    at: now,
    who: order.who,
    what: 'corrigendum refused',
    mailing: mailing.id,
    detail: faults,
  })
  if (order.manner === 'hand') return
  const links = (await tools.ledger.watched({ mailing: mailing.id })).filter((w) => order.links.includes(w.link))
  await ask(tools, mailing, links, 'refused', faults)
}

/**
 * The gate found another link of the mailing failing before the watch did. While the quiet window lasts the watch looks
 * at it now, and what it finds decides: both go into one corrigendum, or the link lives and the corrigendum goes.
 */
async function isWatchedSoon(
  tools: CorrectTools,
  mailing: Mailing,
  order: Order,
  refused: Refusal['refused'],
): Promise<boolean> {
  const watched = await tools.ledger.watched({ mailing: mailing.id })
  const ours = watched.filter((w) => order.links.includes(w.link))
  const others = refused.faults.map((fault) => {
    const isLook = fault.rule === 'dead-link' || fault.rule === 'unsure-link'
    return isLook ? watched.find((w) => w.href === fault.link && w.dueAt !== null) : undefined
  })
  const since = Math.min(...ours.map((w) => w.deadAt ?? 0))
  if (others.includes(undefined) || tools.now() - since >= tools.config.quietWindow) return false
  for (const other of others) {
    if (other?.state !== 'alive') continue
    await tools.ledger.postpone({ link: other.link, mailings: [mailing.id], dueAt: tools.now() })
  }
  tools.log('corrigendum-waits', { mailing: mailing.id, links: others.length })
  return true
}

/** The corrigenda that an order comes to, each past the gate or refused by it. Changes nothing. */
async function plansFor(
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
  for (const of of counts) {
    const earlier = await ledger.edition({ id: of.edition })
    const carries = new Set(earlier.places.map((place) => place.link))
    const changes = order.changes.filter(({ from }) => carries.has(from))
    if (changes.length === 0 && (order.changes.length > 0 || order.why === null)) continue
    const edition = await editionOf(tools, mailing, { earlier, changes, why: order.why })
    const checked = await gate(tools, edition, await watchsWord(tools, mailing.id))
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
  const { ledger, config } = tools
  const { plan, order } = of
  const now = tools.now()
  const { checked } = plan
  if ('refused' in checked) throw new Error('what was refused is not opened')
  const edition = await ledger.saveEdition({ edition: checked, now })
  await ledger.certify({ digest: checked.digest, at: checked.checkedAt, looks: looksOf(checked) })
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
