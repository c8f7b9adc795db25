/** What the worker's timetable does, driven by the clock of the house: everything that is due, until nothing is. */
import {
  address,
  correct,
  correctByHand,
  type HandOrder,
  seeToLine,
  type Tools,
  tellTeam,
  watch,
} from '../../src/publishing/index.ts'
import { deliverDue, type House, LANES } from './house.ts'

const STEP = 10 * 60_000

/** One round after the other, at this moment of the clock. */
export async function turn(house: House, tools: Tools = house.tools): Promise<void> {
  const { ledger, clock, config } = house
  for (let rounds = 0; rounds < 5; rounds += 1) {
    const now = clock.at
    for (const { id, publishedAt } of await ledger.dueMailings({ now })) {
      if (publishedAt !== null) await ledger.begin({ mailing: id, now })
      else await address(tools, id, LANES)
    }
    const sent = await deliverDue(house, tools)
    for (const id of await ledger.ripe({ quietBefore: now - config.quietWindow, now })) await correct(tools, id)
    for (const id of await ledger.dueLines({ now })) await seeToLine(tools, id)
    if (await ledger.toTell({ now })) await tellTeam(tools)
    while (await ledger.sweepCancelled({ now }));
    while (await ledger.parkLapsed({ now }));
    const due = await ledger.dueMailings({ now })
    if (sent === 0 && due.length === 0) break
  }
}

/** So long passes, with everything that falls due on the way. */
export async function pass(house: House, ms: number): Promise<void> {
  const { clock } = house
  const end = clock.at + ms
  await turn(house)
  while (clock.at < end) {
    clock.at = await nextMoment(house, end)
    const due = await house.ledger.dueWatches({ now: clock.at, limit: 1_000 })
    for (const link of new Set(due.map((w) => w.link))) await watch(house.tools, link)
    await turn(house)
  }
}

/** The next moment at which something is due; while mail is on its way, every few minutes. */
async function nextMoment({ ledger, clock }: House, end: number): Promise<number> {
  const mailings = await ledger.mailings({ limit: 100 })
  const times = [
    ...(await ledger.dueWatches({ now: end, limit: 1_000 })).map((w) => w.dueAt ?? end),
    ...mailings.filter(({ state }) => state === 'scheduled').map(({ dueAt }) => dueAt),
    ...(await ledger.noticesOf({ mailing: null })).map(({ dueAt }) => dueAt ?? end),
    ...mailings.filter(({ state, heldBy }) => state === 'running' || heldBy !== null).map(() => clock.at + STEP),
    ...(await ledger.ripe({ quietBefore: Number.MAX_SAFE_INTEGER, now: Number.MAX_SAFE_INTEGER })).map(
      () => clock.at + STEP,
    ),
  ]
  return Math.min(end, ...times.map((at) => Math.max(at, clock.at + 1)))
}

export const byHand = (house: House, mailing: number, order: Partial<HandOrder>): Promise<number[]> =>
  correctByHand(house.tools, mailing, { changes: [], why: null, who: 'test', ...order })

/** A worker that dies: the ledger ends the step before, or just after, its nth word. */
export function dying(tools: Tools, at: number, when: 'before' | 'after'): Tools {
  let words = 0
  const ledger = new Proxy(tools.ledger, {
    get: (target, verb) => {
      const known = Reflect.get(target, verb) as unknown
      if (typeof known !== 'function') return known
      return async (...args: unknown[]) => {
        words += 1
        const mine = words
        if (mine === at && when === 'before') throw new Death()
        const answer: unknown = await known.apply(target, args)
        if (mine === at && when === 'after') throw new Death()
        return answer
      }
    },
  })
  return { ...tools, ledger }
}

class Death extends Error {
  readonly code = 'DEATH'
}

/** Runs a step with a worker that dies at each of its words in turn, until one gets to the end. Gives how often it died. */
export async function throughDeaths(tools: Tools, step: (tools: Tools) => Promise<unknown>): Promise<number> {
  let deaths = 0
  for (let at = 1; ; at += 1) {
    for (const when of ['before', 'after'] as const) {
      try {
        await step(dying(tools, at, when))
        return deaths
      } catch (error) {
        if ((error as { code?: string }).code !== 'DEATH') throw error
        deaths += 1
      }
    }
  }
}
