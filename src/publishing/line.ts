/**
 * The line, purely: whether a link stops the mailing that hands it out, whether it lets it go on, and when it is to be
 * looked at next. Quick and easily undone, so its thresholds are short; whether a link is dead is another question,
 * which `judge` answers.
 */
import type { Config } from '../config.ts'
import { failingRun, type Look } from '../links/index.ts'

/**
 * `stopped`: nobody more may get it. `failing`: not long enough to say. `recovering`: alive again, but not for long
 * enough. `fine`: it never failed, or lives again.
 */
export type LineState = 'fine' | 'failing' | 'stopped' | 'recovering'

export type LinePatience = Pick<Config, 'holdAfter' | 'resumeAfter' | 'lookInFlight'>

/** What fails in a way that may pass is often our own readers, all at once: it stops nothing before. Milliseconds. */
const INDEFINITE = { looks: 3, over: 15 * 60_000 }

/** `looks`: of one link since publication, oldest first. */
export function lineState(looks: readonly Look[], baseline: Look | null, patience: LinePatience): LineState {
  const { definite, failing } = failingRun(looks, baseline)
  if (reached(definite, patience.holdAfter) || reached(failing, INDEFINITE)) return 'stopped'
  if (failing.length > 0) return 'failing'
  const lastBad = looks.findLastIndex((look) => failingRun([look], baseline).failing.length > 0)
  if (lastBad === -1) return 'fine'
  const since = looks.slice(lastBad + 1).filter((look) => isFine(look, baseline))
  return reached(since, patience.resumeAfter) ? 'fine' : 'recovering'
}

/** When a link of a mailing in flight is looked at next, after its last look. Milliseconds since the epoch. */
export function lineLook(looks: readonly Look[], baseline: Look | null, patience: LinePatience, now: number): number {
  const { definite, failing } = failingRun(looks, baseline)
  const { holdAfter, resumeAfter, lookInFlight } = patience
  const state = lineState(looks, baseline, patience)
  if (state === 'recovering') return now + Math.min(lookInFlight, spacing(resumeAfter))
  if (state !== 'failing') return now + lookInFlight
  if (definite.length > 0) return now + Math.min(lookInFlight, spacing(holdAfter))
  // Slower each time: a site that sinks under its readers is not helped by us.
  const slower = lookInFlight * 2 ** Math.max(0, failing.length - 1)
  const decided = (failing[0]?.at ?? now) + INDEFINITE.over
  return Math.max(now + 1, Math.min(now + slower, decided > now ? decided : now + slower))
}

const spacing = ({ looks, over }: { looks: number; over: number }): number =>
  Math.max(1, Math.ceil(over / Math.max(1, looks - 1)))

function reached(run: readonly { readonly at: number }[], { looks, over }: { looks: number; over: number }): boolean {
  const [first, last] = [run[0], run.at(-1)]
  return first !== undefined && last !== undefined && run.length >= looks && last.at - first.at >= over
}

function isFine(look: Look, baseline: Look | null): boolean {
  const { failing, turnedAway } = failingRun([look], baseline)
  return look.cause !== 'deadline' && failing.length === 0 && turnedAway.length === 0
}
