/**
 * What the judge of looks and its timetable promise, in one function that any version of them can be held to: by cases
 * with a name, and by comparison with a second, plain telling of the rules over a thousand histories.
 */
import type {
  Cause,
  gravity as Gravity,
  judge as Judge,
  Look,
  nextLook as NextLook,
  Patience,
} from '../../src/links/index.ts'

export interface Judges {
  readonly judge: typeof Judge
  readonly nextLook: typeof NextLook
}

const S = 1_000
const M = 60 * S
const H = 60 * M
const D = 24 * H

export const PATIENCE: Patience = {
  alertAfter: { looks: 2, over: 5 * M },
  alertAfterIndefinite: { looks: 2, over: 1 * H },
  deadAfter: { looks: 4, over: 2 * H },
  deadAfterIndefinite: { looks: 4, over: 24 * H },
}

export const SCHEDULE = [
  ...[5 * M, 15 * M, 1 * H, 3 * H, 6 * H, 12 * H, 24 * H].map((every) => ({ every, until: null })),
  { every: D, until: 14 * D },
  { every: 7 * D, until: 180 * D },
]

const look = (at: number, cause: Cause, more: Partial<Look> = {}): Look => ({
  url: 'https://gll.example/deep/report',
  at,
  verdict: cause === 'ok' ? 'alive' : cause === 'not-found' || cause === 'gone' ? 'dead' : 'unsure',
  cause,
  status: null,
  finalUrl: null,
  movedTo: null,
  why: cause,
  warnings: [],
  ...more,
})

const CAUSES: readonly Cause[] = [
  'ok',
  'not-found',
  'gone',
  'server-error',
  'time-out',
  'turned-away',
  'tls-chain',
  'deadline',
]

/** The first promise that these judges break; null when they keep them all. */
export function broken({ judge, nextLook }: Judges, gravity: typeof Gravity): string | null {
  return named(judge) ?? compared(judge, gravity) ?? timetable({ judge, nextLook })
}

function named(judge: typeof Judge): string | null {
  const home = look(0, 'ok', { finalUrl: 'https://gll.example/' })
  const deep = look(0, 'ok', { finalUrl: 'https://gll.example/deep/report-2' })
  const short = { url: 'https://gll.example/' }
  const vouched = look(0, 'turned-away')
  const cases: [string, readonly Look[], Look | null, string, Cause | null][] = [
    ['a deep page that lands on the home page fails', [home], deep, 'failing', 'home-page'],
    ['one that always did is fine', [home], home, 'alive', null],
    ['a deep page that lands on a deep page is fine', [deep], deep, 'alive', null],
    ['a link to a home page may end at a home page', [{ ...home, ...short }], { ...deep, ...short }, 'alive', null],
    ['what was vouched for at the gate is no news', [look(1, 'turned-away')], vouched, 'alive', null],
    ['something else than what was vouched for is', [look(1, 'not-found')], vouched, 'failing', 'not-found'],
    ['a link that was found is not excused by its cause', [look(1, 'tls-chain')], look(0, 'ok'), 'alert', 'tls-chain'],
    [
      'an alive baseline excuses nothing',
      [look(1, 'turned-away')],
      { ...vouched, verdict: 'alive' },
      'alert',
      'turned-away',
    ],
  ]
  for (const [what, looks, baseline, state, cause] of cases) {
    const told = judge(looks, baseline, PATIENCE)
    if (told.state !== state || told.cause !== cause) return what
  }
  return null
}

/** A plain telling of the same rules, without sharing a line with the judge. */
function told(looks: readonly Look[], gravity: typeof Gravity) {
  let run: Look[] = []
  for (const one of looks) {
    if (gravity(one.cause) === 'fine') run = []
    else if (gravity(one.cause) !== 'nothing') run = [...run, one]
  }
  const bad = run.filter((one) => gravity(one.cause) !== 'turned-away')
  const sure = run.filter((one) => gravity(one.cause) === 'definite')
  const last = bad[bad.length - 1]
  const lasted = (of: readonly Look[], count: number, time: number): boolean => {
    if (of.length < count) return false
    return (of[of.length - 1]?.at ?? 0) - (of[0]?.at ?? 0) >= time
  }
  if (!last) {
    const away = run[run.length - 1]
    if (!away) return { state: 'alive', cause: null, since: null, looks: 0 }
    return { state: 'alert', cause: away.cause, since: run[0]?.at ?? null, looks: run.length }
  }
  const common = { since: bad[0]?.at ?? null, looks: bad.length }
  if (lasted(sure, 4, 2 * H)) return { state: 'dead', cause: sure[sure.length - 1]?.cause ?? null, ...common }
  if (lasted(bad, 4, 24 * H)) return { state: 'dead', cause: last.cause, ...common }
  const alert = run.length > bad.length || lasted(sure, 2, 5 * M) || lasted(bad, 2, H)
  return { state: alert ? 'alert' : 'failing', cause: last.cause, ...common }
}

/** The same numbers each time: what failed once fails again. */
function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * n)
  }
}

const GAPS = [M, 5 * M, 40 * M, H, 2 * H, 8 * H, 24 * H]

function compared(judge: typeof Judge, gravity: typeof Gravity): string | null {
  const roll = dice(17)
  for (let round = 0; round < 1_500; round += 1) {
    const few = 2 + roll(CAUSES.length - 1)
    const looks: Look[] = []
    for (let at = roll(10) * M, n = roll(9); n > 0; n -= 1, at += GAPS[roll(GAPS.length)] ?? M) {
      // Runs of failure are what thresholds are about, so an alive look is rare.
      const cause = roll(8) === 0 ? 'ok' : (CAUSES[1 + roll(few - 1)] ?? 'ok')
      looks.push(look(at, cause))
    }
    const { state, cause, since, looks: count } = judge(looks, null, PATIENCE)
    const wanted = told(looks, gravity)
    if (JSON.stringify({ state, cause, since, looks: count }) !== JSON.stringify(wanted)) {
      return `${looks.map((one) => `${one.at / M}m ${one.cause}`).join(', ')} is ${wanted.state}, not ${state}`
    }
  }
  return null
}

function timetable({ judge, nextLook }: Judges): string | null {
  const due = (looks: readonly Look[], now: number, until: string | number | null = null) =>
    nextLook({ publishedAt: 0, now, schedule: SCHEDULE, looks, baseline: null, patience: PATIENCE, until })
  const watch = (causeAt: (at: number) => Cause, end: number, until: string | null = null): Look[] => {
    const seen: Look[] = []
    for (let at = due(seen, 0, until); at !== null && at <= end; at = due(seen, at, until)) {
      seen.push(look(at, causeAt(at)))
      if (seen.length > 300) break
    }
    return seen
  }
  const first = [5 * M, 15 * M, H, 3 * H, 6 * H, 12 * H, D]
  const days = Array.from({ length: 13 }, (_, n) => (n + 2) * D)
  const weeks = Array.from({ length: 23 }, (_, n) => (14 + 7 * (n + 1)) * D)
  const times = (seen: readonly Look[]): string => seen.map(({ at }) => at).join(' ')
  if (times(watch(() => 'ok', 400 * D)) !== [...first, ...days, ...weeks].join(' '))
    return 'a sound link is looked at by the schedule'
  const turned = (seen: readonly Look[], state: string): number =>
    seen.findIndex((_, n) => judge(seen.slice(0, n + 1), null, PATIENCE).state === state)
  const gone = watch((at) => (at >= 10 * M ? 'not-found' : 'ok'), 30 * D)
  if (gone[turned(gone, 'alert')]?.at !== 15 * M + 5 * M) return 'a link that goes is told of as soon as may be'
  if (gone[turned(gone, 'dead')]?.at !== 15 * M + 2 * H) return 'a link that goes is dead as soon as may be'
  if (turned(gone, 'dead') > 6) return 'and with few looks'
  const deadAt = 15 * M + 2 * H
  if (gone.filter(({ at }) => at > deadAt && at < D).length > 4) return 'a dead link is looked at by the schedule again'
  const down = watch((at) => (at >= 5 * D ? 'server-error' : 'ok'), 8 * D)
  if ((down[turned(down, 'dead')]?.at ?? 0) !== 6 * D) return 'a link that fails indefinitely is dead after a day'
  if ((down[turned(down, 'alert')]?.at ?? 0) !== 5 * D + H) return 'and told of after an hour'
  if (down.filter(({ at }) => at >= 5 * D && at <= 6 * D).length > 10) return 'with few looks'
  if (due([look(5 * M, 'ok'), look(15 * M, 'ok')], 10 * D) !== 10 * D) return 'a machine that slept looks at once'
  if (due([look(5 * M, 'ok'), look(10 * D, 'ok')], 10 * D) !== 11 * D) return 'and goes on with the next slot'
  if (due([look(5 * M, 'not-found'), look(3 * H, 'not-found')], 3 * H) !== 3 * H + 40 * M)
    return 'a run that slept makes no burst'
  if (watch(() => 'ok', 400 * D, '1970-01-03').at(-1)?.at !== 2 * D)
    return 'a link that is meant to die is watched to the end of its day'
  if (due([], D + H, '1970-01-02') !== D + H) return 'on that day too'
  if (due([], 4 * D, '1970-01-03') !== null) return 'and not beyond'
  if (due([], 2 * D, 2 * D) !== 2 * D || due([], 2 * D + 1, 2 * D) !== null) return 'or to a moment, and not beyond'
  const sparse = [
    { every: H, until: null },
    { every: D, until: 14 * D },
  ]
  const given = { publishedAt: 0, now: H, schedule: sparse, looks: [look(H, 'ok')], baseline: null, patience: PATIENCE }
  if (nextLook({ ...given, until: null }) !== H + D) return 'a stretch begins where the one before it ended'
  const later = { ...given, publishedAt: 400 * D, now: 403 * D, looks: [look(403 * D, 'ok')], until: null }
  if (nextLook(later) !== 403 * D + H) return 'the slots are counted from its publication'
  return null
}
