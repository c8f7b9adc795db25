/**
 * A mailing that the watch holds: it drains, and then goes on with a corrected edition, or as it was once its links
 * live again, or waits for a person. One step, run again and again until nothing is left to do: whatever it finds done
 * it leaves alone, so a worker may die at any point of it.
 */
import { Complaint } from '../complaint.ts'
import { corrected, type LinkChange } from '../edition/index.ts'
import type { Mailing, NoticeStart, Watched } from '../ledger/index.ts'
import { requestFor, someReaders } from './again.ts'
import { keepChecked } from './certificate.ts'
import { faultsOf, gate } from './check.ts'
import { type LineState, lineState } from './line.ts'
import { watchFor } from './publish.ts'
import { watchsWord, withReplacement } from './replacement.ts'
import { lineAsks, lineWentOn } from './tell/line.ts'
import { houseOf, type Tools } from './tools.ts'

type LineTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'tokens' | 'make' | 'now' | 'log'>

/** What is in hand when a mailing is held comes to an end in seconds. Milliseconds. */
const DRAIN_AGAIN = 1_000

interface Standing {
  readonly watched: Watched
  readonly state: LineState
}

/** Sees to a mailing that the watch holds. Does nothing where a person holds it, or nobody. */
export async function seeToLine(tools: LineTools, id: number): Promise<void> {
  const { ledger, config } = tools
  const mailing = await ledger.mailing({ id })
  if (mailing?.state !== 'held' || mailing.heldBy !== 'line') return
  const standing = await standingOf(tools, id)
  const bad = standing.filter((one) => one.state !== 'fine')
  if (bad.length === 0) return await goOn(tools, mailing)
  const stopped = bad.filter((one) => one.state === 'stopped').map((one) => one.watched)
  // The looks that decide about the others are on their way; each wakes this step.
  if (stopped.length < bad.length) return await later(tools, id, config.lookInFlight)
  if ((await ledger.inHand({ mailing: id, edition: null })) > 0) return await later(tools, id, DRAIN_AGAIN)
  if (mailing.kind !== 'announcement') return await ask(tools, mailing, stopped, { why: 'corrigendum' })
  const replaced = await withReplacement(tools, stopped)
  if (replaced.length < stopped.length) return await ask(tools, mailing, stopped, { why: 'no-replacement' })
  const changes = replaced.map(({ watched, to }) => ({ from: watched.href, to }))
  const faults = await switchTo(tools, mailing, { changes, who: 'the watch' })
  if (faults !== null) await ask(tools, mailing, stopped, { why: 'refused', faults })
}

/** A person's word for a held mailing: its links are changed for all who wait, and it goes on. Throws a Complaint where the gate refuses. */
export async function switchByHand(
  tools: LineTools,
  mailing: Mailing,
  order: { changes: readonly LinkChange[]; who: string },
): Promise<void> {
  const faults = await switchTo(tools, mailing, order)
  if (faults === null) return
  throw new Complaint(`the gate refuses the corrected letter: ${faults}`, {
    remedy: `give other addresses, or take the link out with OLD=-; mailing ${mailing.id} stays held`,
    exit: 2,
  })
}

/**
 * A person lets a held mailing go on. Refused while one of its links fails: those that stood badly are looked at now.
 * Throws a Complaint then, and where the mailing is not held.
 */
export async function resume(tools: LineTools, id: number, who: string): Promise<void> {
  const { ledger } = tools
  const mailing = await ledger.mailing({ id })
  if (mailing?.state !== 'held') {
    throw new Complaint(`mailing ${id} is ${mailing?.state ?? 'not there'}; only a held one can be resumed`, {
      remedy: 'gll status lists them',
    })
  }
  const bad = (await standingOf(tools, id)).filter(({ state, watched }) => state !== 'fine' || watched.state === 'dead')
  const looks = await tools.looker.look(await Promise.all(bad.map(({ watched }) => requestFor(tools, [watched]))))
  const failing = bad.filter((_, at) => looks[at]?.verdict !== 'alive')
  if (failing.length > 0) {
    const link = failing[0]?.watched.link
    throw new Complaint(
      `mailing ${id} carries ${failing.map(({ watched }) => watched.href).join(', ')}, which is dead`,
      {
        remedy: `replace it (gll correct ${id} --link ${link}=NEW-ADDRESS), take it out (--link ${link}=-), or end the mailing (gll cancel ${id})`,
        exit: 2,
      },
    )
  }
  await ledger.resume({ mailing: id, now: tools.now() })
  await ledger.audit({ at: tools.now(), who, what: 'resumed', mailing: id, detail: '' })
}

/** How the links stand that the mailing's current edition carries. */
async function standingOf(tools: Pick<Tools, 'config' | 'ledger' | 'now'>, mailing: number): Promise<Standing[]> {
  const carried = (await tools.ledger.watched({ mailing })).filter((w) => w.carried)
  return await Promise.all(
    carried.map(async (watched) => {
      const looks = await tools.ledger.looksSince({
        link: watched.link,
        since: watched.publishedAt,
        until: tools.now(),
      })
      return { watched, state: lineState(looks, watched.baseline, tools.config) }
    }),
  )
}

async function goOn(tools: LineTools, mailing: Mailing): Promise<void> {
  const handed = await handedOf(tools, mailing.id)
  const notices = [lineWentOn({ mailing, edition: mailing.edition, changes: [], handed })]
  await tools.ledger.resumeLine({ mailing: mailing.id, why: 'its links live again', notices, now: tools.now() })
  tools.log('line-resumed', { mailing: mailing.id })
}

/**
 * The corrected edition is made, past the gate, saved and certified before anybody can see it; then one row changes.
 * Null: done, or done by another meanwhile. Else the gate's faults.
 */
async function switchTo(
  tools: LineTools,
  mailing: Mailing,
  order: { changes: readonly LinkChange[]; who: string },
): Promise<string | null> {
  const { ledger, config } = tools
  const now = tools.now()
  const earlier = await ledger.edition({ id: mailing.edition })
  const source = await corrected(earlier.source, order.changes)
  // The day of the first copies: what is made again after a crash is the same edition.
  const day = new Date(mailing.startedAt ?? mailing.publishedAt ?? now)
  const edition = await tools.make(source, { kind: 'announcement', house: houseOf(config), now: day })
  const manner = { ...(await watchsWord(tools, mailing.id)), readers: await someReaders(tools, mailing) }
  const checked = await gate(tools, edition, manner)
  if ('refused' in checked) {
    tools.log('switch-refused', { mailing: mailing.id })
    return faultsOf(checked)
  }
  const to = await keepChecked(tools, checked)
  const why = order.changes.map(({ from, to: next }) => `${from} → ${next ?? 'withdrawn'}`).join('; ')
  const handed = await handedOf(tools, mailing.id)
  const done = await ledger.switchEdition({
    mailing: mailing.id,
    from: mailing.edition,
    to,
    watch: watchFor(config, checked, now),
    changes: changesSince(mailing.changes, order.changes),
    why,
    who: order.who,
    notices: [lineWentOn({ mailing, edition: to, changes: order.changes, handed })],
    now,
  })
  tools.log('line-switched', { mailing: mailing.id, edition: to, done })
  return null
}

/** From each address of the first edition to what holds now. */
function changesSince(earlier: readonly LinkChange[], news: readonly LinkChange[]): LinkChange[] {
  const next = new Map(news.map(({ from, to }) => [from, to]))
  const before = earlier.map(({ from, to }) => ({
    from,
    to: to !== null && next.has(to) ? (next.get(to) ?? null) : to,
  }))
  return [...before, ...news]
}

async function ask(
  tools: LineTools,
  mailing: Mailing,
  links: readonly Watched[],
  of: { why: 'no-replacement' | 'corrigendum' | 'refused'; faults?: string },
): Promise<void> {
  const { pending, deferred } = await tools.ledger.counts({ mailing: mailing.id })
  const handed = await handedOf(tools, mailing.id)
  const notice: NoticeStart = lineAsks({ mailing, links, waiting: pending + deferred, handed, ...of })
  await tools.ledger.putNotice({ notice, now: tools.now() })
  tools.log('line-asks', { mailing: mailing.id, why: of.why })
  await later(tools, mailing.id, tools.config.lookInFlight)
}

async function later(tools: LineTools, mailing: number, ms: number): Promise<void> {
  await tools.ledger.lineLater({ mailing, at: tools.now() + ms })
}

async function handedOf(tools: Pick<Tools, 'ledger'>, mailing: number): Promise<number> {
  return (await tools.ledger.held({ mailing })).reduce((sum, one) => sum + one.holders, 0)
}
