import fc from 'fast-check'
import { type Cause, gravity, judge, type Look, nextLook } from '../../src/links/index.ts'
import { PATIENCE, SCHEDULE } from './judge-oracle.ts'

const S = 1_000
const M = 60 * S
const H = 60 * M
const D = 24 * H

const look = (at: number, cause: Cause = 'ok', more: Partial<Look> = {}): Look => ({
  url: 'https://gll.example/report',
  at,
  verdict: cause === 'ok' ? 'alive' : gravity(cause) === 'definite' ? 'dead' : 'unsure',
  cause,
  status: null,
  finalUrl: null,
  movedTo: null,
  why: cause,
  warnings: [],
  ...more,
})

/** `0 not-found, 40m not-found`: looks as a person would note them. */
const looks = (text: string): Look[] =>
  text.split(', ').map((noted) => {
    const [when = '0', cause = 'ok'] = noted.split(' ')
    const unit = { m: M, h: H, d: D }[when.at(-1) ?? ''] ?? 1
    return look(Number.parseFloat(when) * unit, cause as Cause)
  })

test.each([
  ['one failing look proves nothing', '0 not-found', 'failing'],
  ['two definite looks over five minutes alert', '0 not-found, 5m not-found', 'alert'],
  ['two definite looks in less time do not', '0 not-found, 4m not-found', 'failing'],
  ['four over two hours are dead', '0 not-found, 40m gone, 80m not-found, 120m not-found', 'dead'],
  ['four over less are not', '0 not-found, 30m not-found, 60m not-found, 119m not-found', 'alert'],
  ['three over a week are not', '0 not-found, 3d not-found, 7d not-found', 'alert'],
  ['an alive look ends the run', '0 not-found, 1h not-found, 2h ok, 3h not-found, 4h not-found', 'alert'],
  ['and a link that recovers is alive', '0 not-found, 1h not-found, 2h not-found, 3h not-found, 4h ok', 'alive'],
  ['two indefinite looks over an hour alert', '0 server-error, 1h time-out', 'alert'],
  ['in less they do not', '0 server-error, 30m time-out', 'failing'],
  ['four over a day are dead', '0 time-out, 8h tls, 16h refused, 24h server-error', 'dead'],
  ['four over two hours are not', '0 server-error, 40m server-error, 80m server-error, 2h server-error', 'alert'],
  ['a mix is definite only by its definite looks', '0 server-error, 1h not-found, 2h not-found, 3h not-found', 'alert'],
  ['a mix counts in full toward the longer time', '0 server-error, 1h not-found, 23h time-out, 24h not-found', 'dead'],
  ['being turned away alerts at once', '0 turned-away', 'alert'],
  ['and is never dead by itself', '0 turned-away, 1d turned-away, 9d turned-away, 90d tls-chain', 'alert'],
  ['it does not lengthen a run', '0 not-found, 1h not-found, 2h turned-away, 3h turned-away', 'alert'],
  ['it does not end one', '0 not-found, 1h turned-away, 2h not-found, 3h not-found, 4h not-found', 'dead'],
  ['our own deadline proves nothing', '0 deadline, 1d deadline, 2d deadline, 3d deadline', 'alive'],
  ['and ends nothing', '0 not-found, 1h deadline, 2h not-found, 3h not-found, 4h not-found', 'dead'],
])('%s', (_says, noted, state) => {
  expect(judge(looks(noted), null, PATIENCE).state).toBe(state)
})

test('no look is no news', () => {
  expect(judge([], null, PATIENCE)).toEqual({ state: 'alive', cause: null, since: null, looks: 0, gravity: 'fine' })
})

test('a judgement names the cause, the first failing look and how many there were', () => {
  const seen = looks('0 ok, 1h server-error, 2h not-found, 3h not-found, 4h not-found, 5h not-found')
  expect(judge(seen, null, PATIENCE)).toEqual({
    state: 'dead',
    cause: 'not-found',
    since: H,
    looks: 5,
    gravity: 'definite',
  })
  const late = looks('0 not-found, 1h not-found, 2h not-found, 3h not-found, 4h time-out')
  expect(judge(late, null, PATIENCE)).toMatchObject({ state: 'dead', cause: 'not-found', gravity: 'definite' })
})

test('what was vouched for at the gate is no news, and what comes after it is', () => {
  const vouched = look(-H, 'turned-away', { status: 403 })
  expect(judge(looks('0 turned-away, 1d turned-away'), vouched, PATIENCE).state).toBe('alive')
  expect(judge(looks('0 turned-away, 1h not-found, 2h not-found'), vouched, PATIENCE).state).toBe('alert')
  expect(judge(looks('0 not-found, 40m not-found, 80m not-found, 2h not-found'), vouched, PATIENCE).state).toBe('dead')
  // Back to where it was when a person vouched for it: the run is over.
  expect(judge(looks('0 not-found, 40m not-found, 80m not-found, 2h turned-away'), vouched, PATIENCE).state).toBe(
    'alive',
  )
  expect(judge(looks('0 server-error, 9d server-error'), look(-H, 'server-error'), PATIENCE).state).toBe('alive')
})

test('an address that ended at a deep page and now ends at a home page is as good as gone', () => {
  const baseline = look(-H, 'ok', { finalUrl: 'https://who.example/reports/7' })
  const home = (at: number) => look(at, 'ok', { finalUrl: 'https://who.example/' })
  const seen = [0, 40 * M, 80 * M, 2 * H].map(home)
  expect(judge(seen, baseline, PATIENCE)).toMatchObject({ state: 'dead', cause: 'home-page' })
  expect(judge(seen, look(-H, 'ok', { finalUrl: 'https://who.example/' }), PATIENCE).state).toBe('alive')
  const root = seen.map((one) => ({ ...one, url: 'https://who.example/' }))
  expect(judge(root, baseline, PATIENCE).state).toBe('alive')
})

const CAUSES = ['ok', 'not-found', 'gone', 'server-error', 'time-out', 'turned-away', 'fragment', 'deadline'] as const
const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 12 * 60 }), fc.constantFrom(...CAUSES)), { maxLength: 24 })
  .map((steps) => {
    let at = 0
    return steps.map(([minutes, cause]) => {
      at += minutes * M
      return look(at, cause)
    })
  })
const failing = (seen: readonly Look[]): Look[] =>
  seen.filter(({ cause }) => ['definite', 'indefinite'].includes(gravity(cause)))

test('no link is ever dead before the looks and the time of a threshold', () => {
  fc.assert(
    fc.property(history, (seen) => {
      const { state, since } = judge(seen, null, PATIENCE)
      if (state !== 'dead') return
      const run = failing(seen).filter(({ at }) => at >= (since ?? 0))
      const span = (of: Look[]) => (of.at(-1)?.at ?? 0) - (of[0]?.at ?? 0)
      const definite = run.filter(({ cause }) => gravity(cause) === 'definite')
      const byDefinite = definite.length >= 4 && span(definite) >= 2 * H
      expect(byDefinite || (run.length >= 4 && span(run) >= 24 * H)).toBe(true)
    }),
  )
})

test('an alive look always makes the link alive, whatever came before', () => {
  fc.assert(
    fc.property(history, (seen) => {
      const after = [...seen, look((seen.at(-1)?.at ?? 0) + 1)]
      expect(judge(after, null, PATIENCE).state).toBe('alive')
    }),
  )
})

test('what came before the last alive look changes nothing', () => {
  fc.assert(
    fc.property(history, history, (before, after) => {
      const start = (before.at(-1)?.at ?? 0) + 1
      const later = after.map((one) => ({ ...one, at: one.at + start }))
      expect(judge([...before, look(start), ...later], null, PATIENCE)).toEqual(judge(later, null, PATIENCE))
    }),
  )
})

test('another failing look never makes a link look better', () => {
  const ranks = ['alive', 'failing', 'alert', 'dead']
  const bad = fc.constantFrom<Cause>('not-found', 'server-error', 'turned-away', 'deadline')
  fc.assert(
    fc.property(history, bad, fc.integer({ min: 1, max: 600 }), (seen, cause, minutes) => {
      const more = [...seen, look((seen.at(-1)?.at ?? 0) + minutes * M, cause)]
      const [before, after] = [seen, more].map((of) => ranks.indexOf(judge(of, null, PATIENCE).state))
      expect(after).toBeGreaterThanOrEqual(before ?? 0)
    }),
  )
})

const due = (seen: readonly Look[], now: number, until: string | null = null) =>
  nextLook({ publishedAt: 0, now, schedule: SCHEDULE, looks: seen, baseline: null, patience: PATIENCE, until })

/** Looks at every due time until `end`, each with the cause that the site has then; gives the times. */
function watch(causeAt: (at: number) => Cause, end: number, until: string | null = null): Look[] {
  const seen: Look[] = []
  for (let at = due(seen, 0, until); at !== null && at <= end; at = due(seen, at, until)) {
    seen.push(look(at, causeAt(at)))
    if (seen.length > 1_000) throw new Error('too many looks')
  }
  return seen
}

test('a sound link is looked at by the schedule, and no more often, until the watch ends', () => {
  const times = watch(() => 'ok', 400 * D).map(({ at }) => at)
  const first = [5 * M, 15 * M, H, 3 * H, 6 * H, 12 * H, D]
  const daily = Array.from({ length: 13 }, (_, n) => (n + 2) * D)
  const weekly = Array.from({ length: 23 }, (_, n) => (14 + 7 * (n + 1)) * D)
  expect(times).toEqual([...first, ...daily, ...weekly])
  expect(
    due(
      watch(() => 'ok', 400 * D),
      200 * D,
    ),
  ).toBeNull()
})

test('a link that dies is told dead as soon as the threshold allows, with few looks', () => {
  const seen = watch((at) => (at >= 10 * M ? 'not-found' : 'ok'), 3 * D)
  const firstFailing = 15 * M
  const dead = seen.findIndex((_, n) => judge(seen.slice(0, n + 1), null, PATIENCE).state === 'dead')
  const alert = seen.findIndex((_, n) => judge(seen.slice(0, n + 1), null, PATIENCE).state === 'alert')
  expect(seen[dead]?.at).toBe(firstFailing + 2 * H)
  expect(seen[alert]?.at).toBe(firstFailing + 5 * M)
  expect(dead).toBeLessThanOrEqual(6)
})

test('a link that fails indefinitely is told dead after a day, also late in the watch', () => {
  for (const start of [10 * M, 5 * D, 100 * D]) {
    const seen = watch((at) => (at >= start ? 'server-error' : 'ok'), 200 * D)
    const first = seen.find(({ cause }) => cause !== 'ok')?.at ?? 0
    const dead = seen.find((_, n) => judge(seen.slice(0, n + 1), null, PATIENCE).state === 'dead')
    expect((dead?.at ?? 0) - first).toBe(24 * H)
    const within = seen.filter(({ at }) => at >= first && at <= first + 24 * H)
    expect(within.length).toBeLessThanOrEqual(10)
  }
})

test('being turned away asks for no further looks than the schedule', () => {
  const times = watch(() => 'turned-away', 400 * D).length
  expect(times).toBe(watch(() => 'ok', 400 * D).length)
})

test('a machine that slept through many slots looks once and goes on', () => {
  const seen = [look(5 * M), look(15 * M)]
  expect(due(seen, 10 * D)).toBe(10 * D)
  expect(due([...seen, look(10 * D)], 10 * D)).toBe(11 * D)
  expect(due(seen, 300 * D)).toBe(300 * D)
  expect(due([...seen, look(300 * D)], 300 * D)).toBeNull()
})

test('a run that a long sleep interrupted is decided without a burst', () => {
  const seen = [look(5 * M, 'not-found'), look(3 * H, 'not-found')]
  const next = due(seen, 3 * H) ?? 0
  expect(next - 3 * H).toBe(40 * M)
})

test('a link that is meant to die is not watched beyond its day', () => {
  const publishedAt = Date.parse('2026-11-24T12:00:00Z')
  const given = { publishedAt, schedule: SCHEDULE, looks: [], baseline: null, patience: PATIENCE }
  expect(nextLook({ ...given, now: publishedAt, until: '2026-11-24' })).toBe(publishedAt + 5 * M)
  expect(nextLook({ ...given, now: Date.parse('2026-11-25T00:00:01Z'), until: '2026-11-24' })).toBeNull()
  expect(watch(() => 'ok', 400 * D, '1970-01-03').at(-1)?.at).toBe(2 * D)
})

test('a short schedule, as a demonstration uses it, is a steady beat', () => {
  const given = {
    publishedAt: 0,
    schedule: [{ every: 200, until: 10 * M }],
    baseline: null,
    patience: PATIENCE,
    until: null,
  }
  expect(nextLook({ ...given, now: 0, looks: [] })).toBe(200)
  expect(nextLook({ ...given, now: 205, looks: [look(203)] })).toBe(400)
  expect(nextLook({ ...given, now: 955, looks: [look(950)] })).toBe(1_000)
  expect(nextLook({ ...given, now: 10 * M, looks: [look(10 * M)] })).toBeNull()
})

test('the next look is never in the past, and looking when due always gets on', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 30 * 24 * 60 }), (seen, minutes) => {
      const now = Math.max(minutes * M, seen.at(-1)?.at ?? 0)
      const next = due(seen, now)
      if (next === null) return
      expect(next).toBeGreaterThanOrEqual(now)
      const after = due([...seen, look(next, 'server-error')], next)
      if (after !== null) expect(after).toBeGreaterThan(next)
    }),
  )
})
