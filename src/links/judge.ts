/**
 * Whether a link is dead, from its looks alone. Pure: no clock, no network. One failing look proves nothing; what is
 * sustained over enough looks and enough time does, and a look that finds the link alive wipes the slate.
 */
import type { Threshold } from '../config.ts'
import { isDeep } from './deep.ts'
import { type Gravity, gravity } from './gravity.ts'
import type { Cause, Look } from './look.ts'

export interface Patience {
  readonly alertAfter: Threshold
  readonly alertAfterIndefinite: Threshold
  readonly deadAfter: Threshold
  readonly deadAfterIndefinite: Threshold
}

export interface Judgement {
  /** `alert`: worth telling the team, once; `dead` includes it. */
  readonly state: 'alive' | 'failing' | 'alert' | 'dead'
  /** Of the last failing look; of the last definite one where that made the link dead. Null while alive. */
  readonly cause: Cause | null
  /** When the unbroken run of failing looks began, milliseconds since the epoch; null while alive. */
  readonly since: number | null
  /** Failing looks in that run. */
  readonly looks: number
  /** Of `cause`; `fine` while alive. */
  readonly gravity: Gravity
}

const ALIVE: Judgement = { state: 'alive', cause: null, since: null, looks: 0, gravity: 'fine' }

/**
 * `looks`: of one link since publication, oldest first, at most one a slot. `baseline`: what the gate saw and passed;
 * a failure that was vouched for there is no news, so it counts as fine. Null: nothing is known of the gate.
 */
export function judge(looks: readonly Look[], baseline: Look | null, patience: Patience): Judgement {
  const { definite, failing, turnedAway } = failingRun(looks, baseline)
  const lastFailing = failing.at(-1)
  if (!lastFailing) return turnedAway.length === 0 ? ALIVE : judgement('alert', turnedAway)
  if (reached(definite, patience.deadAfter)) return { ...judgement('dead', failing), ...causeOf(definite) }
  if (reached(failing, patience.deadAfterIndefinite)) return judgement('dead', failing)
  const alert =
    turnedAway.length > 0 || reached(definite, patience.alertAfter) || reached(failing, patience.alertAfterIndefinite)
  return judgement(alert ? 'alert' : 'failing', failing)
}

/** A failing look as it weighs: its cause may be another than the look's own, seen against the baseline. */
export interface Failure {
  readonly at: number
  readonly cause: Cause
  readonly gravity: Gravity
}

export interface FailingRun {
  readonly definite: readonly Failure[]
  /** Definite and indefinite ones together: both say that a reader could not get there. */
  readonly failing: readonly Failure[]
  /** They neither end the run nor lengthen it. */
  readonly turnedAway: readonly Failure[]
}

/** The looks since the link was last found as it should be. */
export function failingRun(looks: readonly Look[], baseline: Look | null): FailingRun {
  const weighed = looks.map((look) => weigh(look, baseline)).filter(({ gravity }) => gravity !== 'nothing')
  const run = weighed.slice(weighed.findLastIndex(({ gravity }) => gravity === 'fine') + 1)
  return {
    definite: run.filter(({ gravity }) => gravity === 'definite'),
    failing: run.filter(({ gravity }) => gravity !== 'turned-away'),
    turnedAway: run.filter(({ gravity }) => gravity === 'turned-away'),
  }
}

function weigh(look: Look, baseline: Look | null): Failure {
  const cause = causeAgainst(look, baseline)
  const known = baseline !== null && baseline.verdict !== 'alive' && baseline.cause === cause
  return { at: look.at, cause, gravity: known ? 'fine' : gravity(cause) }
}

/**
 * A shortener that ends at some home page is no fault in itself; it is one when the gate saw it end at a deep page.
 * Only the two together tell, so the look alone could not. A link to a home page may end at whichever it likes.
 */
function causeAgainst(look: Look, baseline: Look | null): Cause {
  if (look.verdict !== 'alive') return look.cause
  const [link, now, then] = [look.url, look.finalUrl, baseline?.finalUrl].map((url) => (url ? URL.parse(url) : null))
  return link && now && then && isDeep(link) && isDeep(then) && !isDeep(now) ? 'home-page' : 'ok'
}

/** So many looks, and so much time between the first and the last of them. */
function reached(run: readonly Failure[], { looks, over }: Threshold): boolean {
  const [first, last] = [run[0], run.at(-1)]
  return first !== undefined && last !== undefined && run.length >= looks && last.at - first.at >= over
}

function judgement(state: Judgement['state'], run: readonly Failure[]): Judgement {
  return { state, since: run[0]?.at ?? null, looks: run.length, ...causeOf(run) }
}

function causeOf(run: readonly Failure[]): Pick<Judgement, 'cause' | 'gravity'> {
  const last = run.at(-1)
  return { cause: last?.cause ?? null, gravity: last?.gravity ?? 'fine' }
}
