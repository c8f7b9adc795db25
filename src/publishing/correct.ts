/**
 * Correcting: a dead link of a mailing becomes a corrigendum, which is an edition like any other and takes the same
 * six steps. This file decides what is written and to whom; whether a link is dead was decided before it.
 */

import { Complaint } from '../complaint.ts'
import type { Correction, LinkChange } from '../edition/index.ts'
import { BULK, type FrozenRow, type Holder, type Mailing, type StoredEdition, type Watched } from '../ledger/index.ts'
import { gate } from './check.ts'
import { breath, chunkSize, looksOf, watchFor } from './publish.ts'
import { houseOf, isPersonal, type Tools } from './tools.ts'

type CorrectTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'tokens' | 'make' | 'now' | 'log'>

/** Answers the dead links of one mailing: a corrigendum is scheduled where there is somewhere to send readers, else the team is asked. */
export async function correct(tools: CorrectTools, id: number): Promise<void> {
  const mailing = await tools.ledger.mailing({ id })
  const dead = (await tools.ledger.watched({ mailing: id })).filter((w) => w.state === 'dead' && w.answer === null)
  if (!mailing || dead.length === 0) return
  if ((await tools.ledger.held({ mailing: id })).length === 0) return await nobodyHolds(tools, id, dead)
  const replaced = mayGoByItself(tools, mailing) ? await withReplacement(tools, dead) : []
  const asked = dead.filter((w) => !replaced.some((r) => r.watched.link === w.link))
  if (asked.length > 0) await ask(tools, id, asked)
  if (replaced.length === 0) return
  const changes = replaced.map(({ watched, to }) => ({ from: watched.href, to }))
  await schedule(tools, mailing, {
    changes: [...changes, ...(await withdrawn(tools, id, changes))],
    links: replaced.map(({ watched }) => watched.link),
    why: null,
    dueAt: tools.now() + tools.config.corrigendumNotice,
    who: 'the watch',
  })
}

/** The team's own word: corrects a mailing at once, for dead links or another cause. Throws a Complaint where it cannot. */
export async function correctByHand(
  tools: CorrectTools,
  id: number,
  order: { changes: readonly LinkChange[]; why: string | null; who: string },
): Promise<number[]> {
  const mailing = await tools.ledger.mailing({ id })
  if (!mailing?.publishedAt) throw new Complaint(`there is no mailing ${id}`, { remedy: 'gll status lists them' })
  const watched = await tools.ledger.watched({ mailing: id })
  const links = order.changes.map(({ from }) => {
    const found = watched.find((w) => w.href === from)
    if (found) return found.link
    throw new Complaint(`mailing ${id} has no link ${from}`, { remedy: `gll links ${id} lists them` })
  })
  const changes = [...order.changes, ...(await withdrawn(tools, id, order.changes))]
  return await schedule(tools, mailing, { ...order, changes, links, dueAt: tools.now() })
}

/**
 * There is no copy to correct. Some may come of what is in hand: then the links stay unanswered, and the next tick asks
 * again. Else the mailing was held before its first copy, and the team must mend the letter.
 */
async function nobodyHolds(tools: CorrectTools, mailing: number, dead: readonly Watched[]): Promise<void> {
  if ((await tools.ledger.counts({ mailing })).handed === 0) await ask(tools, mailing, dead)
}

/** By itself: only for `auto`, within its time after publication, and never a corrigendum of a corrigendum. */
function mayGoByItself(tools: CorrectTools, mailing: Mailing): boolean {
  const { corrigendum, corrigendumUntil } = tools.config
  const age = tools.now() - (mailing.publishedAt ?? 0)
  return corrigendum === 'auto' && mailing.kind === 'announcement' && age <= corrigendumUntil
}

/** The first replacement of each link that is itself alive: the author's `instead`, then where permanent redirects led. */
async function withReplacement(
  tools: CorrectTools,
  dead: readonly Watched[],
): Promise<{ watched: Watched; to: string }[]> {
  const found: { watched: Watched; to: string }[] = []
  for (const watched of dead) {
    const moved = watched.baseline?.movedTo
    const candidates = [...(watched.terms?.instead ?? []), ...(moved ? [moved] : [])]
    const usable = candidates.filter((url) => url !== watched.href && !isPersonal(url))
    const looks = await tools.looker.look(usable.map((url) => ({ url })))
    const to = usable.find((_, at) => looks[at]?.verdict === 'alive')
    if (to !== undefined) found.push({ watched, to })
  }
  return found
}

/**
 * The other dead links of a mailing: what a corrigendum repeats must be alive, so a link that nobody has a replacement
 * for stands in it as words alone. The team stays asked; its answer is a corrigendum of its own.
 */
async function withdrawn(tools: CorrectTools, mailing: number, changes: readonly LinkChange[]): Promise<LinkChange[]> {
  const changed = new Set(changes.map((change) => change.from))
  const others = (await tools.ledger.watched({ mailing })).filter((w) => w.state === 'dead' && !changed.has(w.href))
  return others.map((w) => ({ from: w.href, to: null }))
}

async function ask(tools: CorrectTools, mailing: number, asked: readonly Watched[]): Promise<void> {
  await tools.ledger.answerDead({ mailing, links: asked.map((w) => w.link), answer: 'asked', corrigendum: null })
  tools.log('team-asked', { mailing, links: asked.length })
}

interface Order {
  readonly changes: readonly LinkChange[]
  readonly links: readonly number[]
  readonly why: string | null
  readonly dueAt: number
  readonly who: string
}

/** One corrigendum for each handed edition, so that everyone in it holds the same dead links. */
async function schedule(tools: CorrectTools, mailing: Mailing, order: Order): Promise<number[]> {
  const { ledger } = tools
  const made: number[] = []
  for (const { edition, holders } of await ledger.held({ mailing: mailing.id })) {
    const earlier = await ledger.edition({ id: edition })
    const carries = new Set(earlier.places.map((place) => place.link))
    const changes = order.changes.filter(({ from }) => carries.has(from))
    if (changes.length === 0) continue
    const corrigendum = await open(tools, mailing, { earlier, holders, changes, order })
    if (corrigendum !== null) made.push(corrigendum)
  }
  const answer = made.length > 0 ? 'corrigendum' : 'refused'
  await ledger.answerDead({ mailing: mailing.id, links: order.links, answer, corrigendum: made.at(-1) ?? null })
  return made
}

async function open(
  tools: CorrectTools,
  mailing: Mailing,
  of: { earlier: StoredEdition; holders: number; changes: readonly LinkChange[]; order: Order },
): Promise<number | null> {
  const { ledger, config } = tools
  const now = tools.now()
  const correction: Correction = {
    changes: of.changes,
    why: of.order.why,
    earlier: { subject: of.earlier.subject, sentAt: new Date(mailing.startedAt ?? now), kind: of.earlier.kind },
  }
  const edition = await tools.make(of.earlier.source, {
    kind: 'corrigendum',
    house: houseOf(config),
    correction,
    now: new Date(now),
  })
  const checked = await gate(tools, edition)
  if ('refused' in checked) {
    // To the operator, never round again: a corrigendum that is itself faulty would be one more thing to correct.
    const faults = checked.refused.faults.map((fault) => `${fault.rule} ${fault.link ?? fault.excerpt}`).join('; ')
    tools.log('corrigendum-refused', { mailing: mailing.id })
    await ledger.audit({ at: now, who: of.order.who, what: 'corrigendum refused', mailing: mailing.id, detail: faults })
    return null
  }
  const id = await ledger.saveEdition({ edition, now })
  await ledger.certify({ digest: edition.digest, at: checked.checkedAt, looks: looksOf(checked) })
  const corrigendum = await ledger.openMailing({
    kind: 'corrigendum',
    edition: id,
    listId: mailing.listId,
    series: null,
    dueAt: of.order.dueAt,
    expiresAt: of.order.dueAt + config.expireAfter,
    now,
    corrects: { mailing: mailing.id, edition: of.earlier.id, changes: of.changes },
    audience: of.holders,
    watch: watchFor(config, checked, now),
  })
  const detail = of.changes.map(({ from, to }) => `${from} → ${to ?? 'withdrawn'}`).join('; ')
  await ledger.audit({ at: now, who: of.order.who, what: `corrigendum ${corrigendum}`, mailing: mailing.id, detail })
  tools.log('corrigendum-scheduled', { mailing: mailing.id, corrigendum, holders: of.holders })
  return corrigendum
}

/**
 * The notice has passed: asks who holds the broken copy now and freezes them. Waits while the mailing still hands out
 * copies. A link that lives again cancels its corrigendum. False: not yet.
 */
export async function address(tools: CorrectTools, id: number, lanes: number): Promise<boolean> {
  const { ledger } = tools
  const corrigendum = await ledger.mailing({ id })
  if (!corrigendum?.corrects || corrigendum.correctsEdition === null || corrigendum.state !== 'scheduled') return true
  const original = corrigendum.corrects
  if ((await ledger.counts({ mailing: original })).handed > 0) return false
  const links = (await ledger.watched({ mailing: original })).filter((w) => w.corrigendum === id)
  if (links.length > 0 && (await allLiveAgain(tools, links))) {
    await takeBack(tools, { corrigendum: id, original, links, why: 'the link lives again' })
    return true
  }
  if (await carriesDead(tools, corrigendum, original)) {
    await takeBack(tools, { corrigendum: id, original, links, why: 'another of its links died: it is made again' })
    return true
  }
  const audience = await freezeHolders(tools, { id, original, edition: corrigendum.correctsEdition, links })
  await ledger.publish({ mailing: id, audience, chunkSize: chunkSize(audience, lanes), now: tools.now(), watch: [] })
  return true
}

/** Cancels a corrigendum before it leaves; its links stand unanswered again. */
async function takeBack(
  tools: CorrectTools,
  of: { corrigendum: number; original: number; links: readonly Watched[]; why: string },
): Promise<void> {
  const { ledger } = tools
  await ledger.dropCorrections({ corrigendum: of.corrigendum })
  await ledger.cancel({ mailing: of.corrigendum, why: of.why, now: tools.now() })
  const links = of.links.map((w) => w.link)
  if (links.length > 0) await ledger.answerDead({ mailing: of.original, links, answer: null, corrigendum: null })
  // The watch looks at once: until it has seen the link alive, another corrigendum would be made and taken back.
  for (const link of links) await ledger.postpone({ link, mailings: [of.original], dueAt: tools.now() })
  tools.log('corrigendum-cancelled', { corrigendum: of.corrigendum })
}

/** Whether a link that died since the corrigendum was made stands in it: it passed the gate while that one lived. */
async function carriesDead(tools: CorrectTools, corrigendum: Mailing, original: number): Promise<boolean> {
  const dead = new Set(
    (await tools.ledger.watched({ mailing: original })).filter((w) => w.state === 'dead').map((w) => w.href),
  )
  const { places } = await tools.ledger.edition({ id: corrigendum.edition })
  return places.some((place) => dead.has(place.link))
}

async function allLiveAgain(tools: CorrectTools, links: readonly Watched[]): Promise<boolean> {
  if (links.every((w) => w.state !== 'dead')) return links.every((w) => w.state === 'alive')
  const looks = await tools.looker.look(links.map((w) => ({ url: w.href, login: w.terms?.login ?? null })))
  return looks.every((look) => look.verdict === 'alive')
}

/** Page by page, each in one commit with what it corrects: a crash between two pages loses nobody and repeats nobody. */
async function freezeHolders(
  tools: CorrectTools,
  of: { id: number; original: number; edition: number; links: readonly Watched[] },
): Promise<number> {
  let after = 0
  let audience = 0
  for (;;) {
    const page = await tools.ledger.holders({ mailing: of.original, edition: of.edition, after })
    audience = await tools.ledger.freezeCorrected({
      mailing: of.original,
      corrigendum: of.id,
      links: of.links.map((w) => w.link),
      rows: page.map((holder) => rowFor(tools, of, holder)),
      now: tools.now(),
    })
    if (page.length < BULK) return audience
    after = page.at(-1)?.n ?? after
    await breath()
  }
}

/** Threaded to this holder's own first copy (RFC 5322 §3.6.4). */
function rowFor(tools: CorrectTools, of: { original: number; edition: number }, holder: Holder): Omit<FrozenRow, 'n'> {
  const copy = tools.tokens.messageId({ mailing: of.original, edition: of.edition, n: holder.n })
  return {
    role: 'reader',
    subscriber: holder.subscriber,
    address: holder.address,
    fields: holder.fields,
    inReplyTo: copy,
    references: [copy],
  }
}
