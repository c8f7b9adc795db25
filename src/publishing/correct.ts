/**
 * Correcting: a dead link of a mailing becomes a corrigendum, which is an edition like any other and takes the same
 * six steps. This file decides by itself what is answered; ordered.ts does what a person says; corrigendum.ts makes it,
 * and addressed.ts asks to whom it goes. Whether a link is dead was decided before.
 */
import type { Mailing, NoticeStart, Watched } from '../ledger/index.ts'
import { faultsOf, type Refusal } from './check.ts'
import { type CorrectTools, type Order, schedule, withdrawn } from './corrigendum.ts'
import { candidatesFor, type Replaced, turnsAway, withReplacement } from './replacement.ts'
import { neighboursIn, stalls } from './stalled.ts'
import { deadAsked } from './tell/corrigenda.ts'

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
  // By when it was found: what is in a corrigendum's way makes it none that is too late.
  const late =
    Math.min(...dead.map((w) => w.deadAt ?? tools.now())) - (mailing.publishedAt ?? 0) > tools.config.corrigendumUntil
  const order: Order = {
    changes: [...changes, ...(await withdrawn(tools, id, changes))],
    links,
    why: null,
    domain: null,
    dueAt: tools.now() + tools.config.corrigendumNotice,
    who: 'the watch',
    manner: late ? 'web' : 'auto',
  }
  const made = await schedule(tools, mailing, order)
  if ('refused' in made) await turnDown(tools, mailing, order, made)
}

/**
 * Neighbours that may live again make it wait. All else goes to the operator, never round again: a corrigendum that is
 * itself faulty would be one more thing to correct.
 */
async function turnDown(tools: CorrectTools, mailing: Mailing, order: Order, refusal: Refusal): Promise<void> {
  const { ledger } = tools
  const watched = await ledger.watched({ mailing: mailing.id })
  const links = watched.filter((w) => order.links.includes(w.link))
  const neighbours = neighboursIn(refusal, watched)
  if (neighbours && (await stalls(tools, { mailing, links, neighbours, corrigendum: null }))) return
  const detail = faultsOf(refusal)
  tools.log('corrigendum-refused', { mailing: mailing.id })
  await ledger.audit({ at: tools.now(), who: order.who, what: 'corrigendum refused', mailing: mailing.id, detail })
  await ask(tools, mailing, links, 'refused', detail)
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
