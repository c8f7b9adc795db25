/**
 * The watch: a look at a link that is due, and what it means for every mailing that carries it. Patient: one failure
 * proves nothing, and a failure while our own way out is closed proves nothing at all. Where a mailing still hands the
 * link out, the line is stopped by the same commit that writes the look down.
 */
import type { Mailing, NoticeStart, Watched, Watchword } from '../ledger/index.ts'
import { gravity, type Judgement, judge, type Look, nextLook } from '../links/index.ts'
import { requestFor } from './again.ts'
import { lineLook, lineState } from './line.ts'
import { untilOf } from './publish.ts'
import { lineAsks } from './tell/line.ts'
import { hostFails, linkFails } from './tell/links.ts'
import type { Tools } from './tools.ts'

type WatchTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'now' | 'log'>

/** A look that taught us nothing about the link is made again after so long. Milliseconds. */
const ASK_AGAIN = 60_000
/** A reference host that answered within this time proves our way out. Milliseconds. */
const SAME_MINUTE = 60_000
/** So many links of one host that fail together are one fault of the host's. */
const HOST_LINKS = 3

/** Looks at one link for the slot that is due, and moves each mailing's watch on. */
export async function watch(tools: WatchTools, link: number): Promise<void> {
  const now = tools.now()
  const [first, ...others] = (await tools.ledger.watchesOf({ link })).filter((w) => w.dueAt !== null && w.dueAt <= now)
  if (!first) return
  const watches = [first, ...others] as const
  const [look] = await tools.looker.look([await requestFor(tools, watches)])
  if (!look) return
  if (look.verdict !== 'alive' && gravity(look.cause) !== 'turned-away' && !(await wayOutIsOpen(tools))) {
    tools.log('no-way-out', { link })
    const dueAt = now + Math.min(ASK_AGAIN, tools.config.alertAfter.over)
    return await tools.ledger.postpone({ link, mailings: watches.map((w) => w.mailing), dueAt })
  }
  // Asked once: of the mailings that watch a link, the oldest has seen all that the others have.
  const since = Math.min(...watches.map((w) => w.publishedAt))
  const looks = [...(await tools.ledger.looksSince({ link, since, until: now })), look]
  const words = watches.map((w) => wordFor(tools, w, looks))
  const host = await hostWord(tools, look, words)
  const told = host === null ? words : words.map((one) => spared(one))
  const notices = [...(host === null ? [] : [host]), ...(await noticesFor(tools, look, told, host !== null))]
  const slot = Math.min(...watches.map((w) => w.dueAt ?? now))
  // Another job answered this slot meanwhile: what follows from it was its business.
  if (!(await tools.ledger.recordLook({ link, slot, look, words: told.map(({ word }) => word), notices }))) return
  for (const { was, word, judgement } of told) await record(tools, was, word, judgement)
}

interface Word {
  readonly was: Watched
  readonly word: Watchword
  readonly judgement: Judgement
}

/** `seen`: of the link, oldest first, the newest last; those before this mailing was published say nothing about it. */
function wordFor(tools: WatchTools, was: Watched, seen: readonly Look[]): Word {
  const { config } = tools
  const looks = seen.filter(({ at }, n) => at >= was.publishedAt || n === seen.length - 1)
  const judgement = judge(looks, was.baseline, config)
  const due = nextLook({
    publishedAt: was.publishedAt,
    now: tools.now(),
    schedule: config.watchSchedule,
    looks,
    baseline: was.baseline,
    patience: config,
    until: untilOf(was.terms),
  })
  const { carried, mailingState, heldBy } = was
  // A scheduled mailing is looked at by the schedule until it runs, and held as soon as one that does.
  const flight = carried && (mailingState === 'running' || heldBy === 'line')
  const handsOut = flight || (carried && mailingState === 'scheduled')
  const dueAt = flight
    ? Math.min(due ?? Number.POSITIVE_INFINITY, lineLook(looks, was.baseline, config, tools.now()))
    : due
  const { state, since, cause } = judgement
  const stops = handsOut && (state === 'dead' || lineState(looks, was.baseline, config) === 'stopped')
  const deadAt = state === 'dead' ? (was.deadAt ?? looks.at(-1)?.at ?? null) : null
  const hold = stops && mailingState !== 'held' ? `${was.href} is dead` : null
  return {
    was,
    judgement,
    word: { mailing: was.mailing, state, since, cause, dueAt, deadAt, hold, wake: heldBy === 'line' },
  }
}

/**
 * A link that has just turned dead where its whole host fails: every link of the host that we watch, and its home page.
 * Null: the host is there, so its links die one by one.
 */
async function hostWord(tools: WatchTools, look: Look, words: readonly Word[]): Promise<NoticeStart | null> {
  const turned = words.find(({ word }) => word.state === 'dead')
  const origin = URL.parse(look.url)?.origin
  if (!turned || !origin || !/^https?:/.test(origin)) return null
  const since = turned.word.since ?? look.at
  const all = await tools.ledger.linksOfSite({ origin })
  const links = Map.groupBy(all, (one) => one.href)
  links.delete(turned.was.href)
  const others = [...links.values()].map((of) => ({
    fails: of.some(
      (one) => one.state !== 'alive' && one.cause !== null && gravity(one.cause as never) !== 'turned-away',
    ),
    lives: of.some((one) => one.state === 'alive' && (one.lastLook ?? 0) >= since),
  }))
  if (others.some((one) => one.lives) || others.filter((one) => one.fails).length + 1 < HOST_LINKS) return null
  const [home] = await tools.looker.look([{ url: `${origin}/` }])
  if (home?.verdict === 'alive') return null
  // Told once for the host: its links are found one after the other, and the first of them tells one outage from the next.
  const began = Math.min(since, ...all.flatMap((one) => (one.state === 'alive' ? [] : (one.since ?? []))))
  return hostFails({ origin, links: others.filter((one) => one.fails).length + 1, since: began, why: look.why })
}

/** A host that fails as a whole kills no link by itself. */
const spared = ({ was, word, judgement }: Word): Word =>
  word.state === 'dead' ? { was, judgement, word: { ...word, state: 'alert', deadAt: null } } : { was, word, judgement }

/** What the team is told at once: that a link fails, and that a mailing was held for the third time. */
async function noticesFor(
  tools: WatchTools,
  look: Look,
  words: readonly Word[],
  host: boolean,
): Promise<NoticeStart[]> {
  const notices: NoticeStart[] = []
  const turned = words.filter(
    ({ was, word }) => word.state === 'alert' && was.state !== 'alert' && was.state !== 'dead',
  )
  const [first] = turned
  if (first && !host) {
    const mailings = await Promise.all(turned.map(({ was }) => concerned(tools, was)))
    const person = first.judgement.gravity === 'turned-away'
    const since = first.word.since ?? look.at
    const over = first.judgement.gravity === 'definite' ? tools.config.deadAfter : tools.config.deadAfterIndefinite
    notices.push(
      linkFails({
        link: first.was,
        why: look.why,
        since,
        mailings,
        next: person ? 'person' : 'dead',
        deadFrom: since + over.over,
      }),
    )
  }
  for (const { was, word } of words) {
    if (!word.hold) continue
    const mailing = await tools.ledger.mailing({ id: was.mailing })
    if (!mailing || mailing.holds < 2) continue
    const { pending, deferred, accepted, uncertain } = await tools.ledger.counts({ mailing: mailing.id })
    const standing = { waiting: pending + deferred, handed: accepted + uncertain }
    notices.push(
      lineAsks({ mailing: { ...mailing, holds: mailing.holds + 1 }, links: [was], ...standing, why: 'third' }),
    )
  }
  return notices
}

async function concerned(
  tools: WatchTools,
  was: Watched,
): Promise<{ mailing: Pick<Mailing, 'id' | 'subject'>; holders: number }> {
  const mailing = await tools.ledger.mailing({ id: was.mailing })
  const counts = await tools.ledger.holderCounts({ mailing: was.mailing, links: [was.link], domain: null })
  return {
    mailing: { id: was.mailing, subject: mailing?.subject ?? '' },
    holders: counts.reduce((sum, one) => sum + one.holders, 0),
  }
}

/** A change of state is kept. Correcting itself is another step: it is found by what stands unanswered. */
async function record(tools: WatchTools, was: Watched, word: Watchword, judgement: Judgement): Promise<void> {
  if (word.hold) tools.log('line-stopped', { mailing: was.mailing, link: was.link })
  if (word.state === was.state) return
  const facts = { mailing: was.mailing, link: was.link, was: was.state, is: word.state, cause: judgement.cause }
  tools.log('link-turned', facts)
  await tools.ledger.audit({
    at: tools.now(),
    who: 'the watch',
    what: `link ${word.state}`,
    mailing: was.mailing,
    detail: `${was.href}: ${judgement.cause ?? 'alive'}`,
  })
}

/** When a looker last had a way out. */
const lastOpen = new WeakMap<WatchTools['looker'], number>()

/** Whether one of the reference hosts answers: without that, a failing look says something about us, not about the link. */
async function wayOutIsOpen(tools: WatchTools): Promise<boolean> {
  const references = tools.config.lookReference
  const now = tools.now()
  const last = lastOpen.get(tools.looker) ?? Number.NEGATIVE_INFINITY
  if (references.length === 0 || now - last < SAME_MINUTE) return true
  const looks = await tools.looker.look(references.map((url) => ({ url })))
  // Any answer over HTTP proves the way, whatever it says.
  const open = looks.some((look) => look.status !== null)
  if (open) lastOpen.set(tools.looker, now)
  return open
}
