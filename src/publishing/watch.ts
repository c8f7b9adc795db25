/**
 * The watch: a look at a link that is due, and what it means for every mailing that carries it. Patient: one failure
 * proves nothing, and a failure while our own way out is closed proves nothing at all.
 */
import type { Watched, Watchword } from '../ledger/index.ts'
import { gravity, type Judgement, judge, type Look, nextLook } from '../links/index.ts'
import { untilOf } from './publish.ts'
import type { Tools } from './tools.ts'

type WatchTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'now' | 'log'>

/** A look that taught us nothing about the link is made again after so long. Milliseconds. */
const ASK_AGAIN = 60_000
/** A reference host that answered within this time proves our way out. Milliseconds. */
const SAME_MINUTE = 60_000

/** Looks at one link for the slot that is due, and moves each mailing's watch on. */
export async function watch(tools: WatchTools, link: number): Promise<void> {
  const now = tools.now()
  const watches = (await tools.ledger.watchesOf({ link })).filter((w) => w.dueAt !== null && w.dueAt <= now)
  const first = watches[0]
  if (!first) return
  const [look] = await tools.looker.look([{ url: first.href, login: first.terms?.login ?? null }])
  if (!look) return
  if (look.verdict !== 'alive' && gravity(look.cause) !== 'turned-away' && !(await wayOutIsOpen(tools))) {
    tools.log('no-way-out', { link })
    const dueAt = now + Math.min(ASK_AGAIN, tools.config.alertAfter.over)
    return await tools.ledger.postpone({ link, mailings: watches.map((w) => w.mailing), dueAt })
  }
  const words = await Promise.all(watches.map((w) => wordFor(tools, w, look)))
  const slot = Math.min(...watches.map((w) => w.dueAt ?? now))
  // Another job answered this slot meanwhile: what follows from it was its business.
  if (!(await tools.ledger.recordLook({ link, slot, look, words: words.map(({ word }) => word) }))) return
  for (const { was, word, judgement } of words) await tell(tools, was, word, judgement)
}

async function wordFor(
  tools: WatchTools,
  was: Watched,
  look: Look,
): Promise<{ was: Watched; word: Watchword; judgement: Judgement }> {
  const { config } = tools
  const looks = [...(await tools.ledger.looksSince({ link: was.link, since: was.publishedAt })), look]
  const judgement = judge(looks, was.baseline, config)
  const dueAt = nextLook({
    publishedAt: was.publishedAt,
    now: tools.now(),
    schedule: config.watchSchedule,
    looks,
    baseline: was.baseline,
    patience: config,
    until: untilOf(was.terms),
  })
  const { state, since, cause } = judgement
  return { was, word: { mailing: was.mailing, state, since, cause, dueAt }, judgement }
}

/** What a change of state sets off. Correcting itself is another step: it is found by what stands unanswered. */
async function tell(tools: WatchTools, was: Watched, word: Watchword, judgement: Judgement): Promise<void> {
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
  if (word.state !== 'dead') return
  // A mailing in flight must not hand out a link known to be dead. A corrigendum that still waits for its holders is
  // not in flight: held, it would never be made again without that link, which happens as its notice ends.
  const mailing = await tools.ledger.mailing({ id: was.mailing })
  if (mailing?.publishedAt) await tools.ledger.hold({ mailing: was.mailing, why: `${was.href} is dead` })
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
