/**
 * When a link is due to be looked at. Slots by a decaying schedule from publication on, and closer ones while a failing
 * run waits to be decided. A slot is done by any look at or after it, so a machine that slept through twenty slots
 * looks once and goes on with the next.
 */
import type { Threshold, WatchStep } from '../config.ts'
import { failingRun, judge, type Patience } from './judge.ts'
import type { Look } from './look.ts'

export interface DueArguments {
  /** Milliseconds since the epoch. */
  readonly publishedAt: number
  readonly now: number
  readonly schedule: readonly WatchStep[]
  /** As for `judge`. */
  readonly looks: readonly Look[]
  readonly baseline: Look | null
  readonly patience: Patience
  /** YYYY-MM-DD (UTC), the last day the link need work, or that day's last millisecond; null: no such day. */
  readonly until: string | number | null
}

/** When the next look is due, milliseconds since the epoch, never before `now`; null when the watch has ended. */
export function nextLook(given: DueArguments): number | null {
  const last = given.looks.at(-1)?.at ?? given.publishedAt
  const candidates = [nextSlot(given.publishedAt, given.schedule, last), ...decisions(given, last)]
  const due = Math.min(...candidates.filter((at) => at !== null))
  const end = endOf(given.until)
  // The slot that passed unseen is looked at now, unless what it was for has ended meanwhile.
  return due === Number.POSITIVE_INFINITY || Math.max(due, given.now) > end ? null : Math.max(due, given.now)
}

/** The first slot after `after`; null when the schedule ends before it. */
function nextSlot(publishedAt: number, schedule: readonly WatchStep[], after: number): number | null {
  let from = 0
  for (const { every, until } of schedule) {
    if (until === null) {
      if (publishedAt + every > after) return publishedAt + every
      from = Math.max(from, every)
      continue
    }
    if (every > 0) {
      const passed = Math.max(0, Math.floor((after - publishedAt - from) / every))
      const slot = from + (passed + 1) * every
      if (slot <= until) return publishedAt + slot
    }
    from = Math.max(from, until)
  }
  return null
}

/** Looks that a failing run needs before it can be told: none once the link is dead, or only turns us away. */
function decisions({ looks, baseline, patience }: DueArguments, last: number): number[] {
  const { state } = judge(looks, baseline, patience)
  if (state === 'alive' || state === 'dead') return []
  const { definite, failing } = failingRun(looks, baseline)
  const wanted: [readonly { at: number }[], Threshold][] = [
    [definite, patience.deadAfter],
    [failing, patience.deadAfterIndefinite],
  ]
  if (state === 'failing') wanted.push([definite, patience.alertAfter], [failing, patience.alertAfterIndefinite])
  return wanted.flatMap(([run, threshold]) => {
    const first = run[0]
    return first === undefined ? [] : [decidedBy(first.at, run.length, last, threshold)]
  })
}

/** Evenly spread, so that the last look that is needed comes just as its time is full; never sooner after a late one. */
function decidedBy(first: number, count: number, last: number, { looks, over }: Threshold): number {
  const spacing = Math.max(1, over / Math.max(1, looks - 1))
  const spread = Math.ceil(last + spacing)
  return count < looks ? spread : Math.max(last + 1, Math.min(spread, first + over))
}

function endOf(until: string | number | null): number {
  if (until === null) return Number.POSITIVE_INFINITY
  if (typeof until === 'number') return until
  const day = Date.parse(`${until}T23:59:59.999Z`)
  return Number.isNaN(day) ? Number.POSITIVE_INFINITY : day
}
