/**
 * A web of links that behave as real ones do, from a seed: most live, some fail for a while in each of the ways that
 * must not cost anybody a corrigendum, and some die. Pure: what a link answers depends on the link and the time alone.
 */
import type { Cause, Look } from '../../src/links/index.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const TRACES = [
  'lives',
  'a deploy: 404 for 30 minutes',
  'host down for 20 hours',
  '5xx for 3 hours',
  'dies: 404',
  'dies: 404, no replacement',
  'dies: its host is gone',
  'site migration: one link in each mailing',
  'moved by a permanent redirect, later gone',
  'redirects to the home page',
  'geo-block: 403',
  'bot-block: 429',
  'flaps every hour',
  'certificate expired for a day',
  'the crowd of our readers: 503 for ten minutes',
  'a webinar, after its last day',
  'its login page moves',
] as const
export type Trace = (typeof TRACES)[number]

/** Links of each trace in a full run of 300 mailings; all others live. */
const SHARE: Readonly<Partial<Record<Trace, number>>> = {
  'a deploy: 404 for 30 minutes': 150,
  'host down for 20 hours': 90,
  '5xx for 3 hours': 60,
  'dies: 404': 70,
  'dies: 404, no replacement': 25,
  'dies: its host is gone': 15,
  'site migration: one link in each mailing': 60,
  'moved by a permanent redirect, later gone': 30,
  'redirects to the home page': 20,
  'geo-block: 403': 60,
  'bot-block: 429': 40,
  'flaps every hour': 60,
  'certificate expired for a day': 50,
  'the crowd of our readers: 503 for ten minutes': 100,
  'a webinar, after its last day': 40,
  'its login page moves': 30,
}
const FULL = 300

export interface SimLink {
  readonly url: string
  readonly trace: Trace
  readonly mailing: number
  /** Where readers can be sent; what the author wrote, or what the site's redirects say. */
  readonly instead: string | null
  readonly until: string | null
  readonly login: string | null
  /** When it stops being of use to a reader for good; null: never, or as planned. */
  readonly diesAt: number | null
  readonly answer: (at: number) => Cause | 'moved'
}

export interface World {
  readonly mailings: readonly { readonly at: number; readonly list: number; readonly links: readonly SimLink[] }[]
  readonly links: ReadonlyMap<string, SimLink>
  /** Our own way out is shut. */
  readonly shut: readonly (readonly [number, number])[]
  /** The machine sleeps: nothing is done at all. */
  readonly asleep: readonly [number, number]
  readonly end: number
}

export const LINKS_EACH = 7

/** `scale`: 1 for 300 mailings over 180 days. */
export function makeWorld(seed: number, begin: number, scale: number, lists: number): World {
  const random = randomOf(seed)
  const count = Math.max(6, Math.round(FULL * scale))
  const days = scale < 0.5 ? 60 : 180
  const end = begin + days * DAY
  const asleep = [begin + days * 0.4 * DAY, begin + days * 0.4 * DAY + 7 * DAY] as const
  const published = Array.from({ length: count }, (_, at) => {
    const day = Math.floor((at / count) * days * 0.65)
    const moment = begin + day * DAY + 9 * HOUR + Math.floor(random() * 6 * 60) * MINUTE
    return moment >= asleep[0] && moment <= asleep[1] ? asleep[1] + HOUR : moment
  })
  const traces = shuffled(tracesFor(count, scale), random)
  const migration = begin + days * 0.5 * DAY + 3 * HOUR
  // One link of the site that migrates in each of the mailings just before it.
  const before = published.map((at, n) => [at, n] as const).filter(([at]) => at < migration - 2 * DAY)
  const migrating = new Set(
    before.slice(-Math.round((SHARE['site migration: one link in each mailing'] ?? 0) * scale)).map(([, n]) => n),
  )
  const mailings = published.map((at, mailing) => {
    const links = Array.from({ length: LINKS_EACH }, (_, n) => {
      const trace = n === 0 && migrating.has(mailing) ? 'site migration: one link in each mailing' : traces.pop()
      return linkOf(trace ?? 'lives', { mailing, n, at, migration, end, random })
    })
    return { at, list: mailing % lists, links }
  })
  const shut = [0.15, 0.55, 0.8].map((part, n): [number, number] => {
    const from = begin + part * days * DAY + 10 * HOUR
    return [from, from + (2 + n * 2) * HOUR]
  })
  const links = new Map(mailings.flatMap((m) => m.links).map((link) => [link.url, link]))
  return { mailings, links, shut, asleep, end }
}

function tracesFor(count: number, scale: number): Trace[] {
  const failing = TRACES.filter((trace) => trace !== 'site migration: one link in each mailing').flatMap((trace) =>
    Array.from({ length: Math.ceil((SHARE[trace] ?? 0) * scale) }, () => trace),
  )
  const rest = Math.max(0, count * LINKS_EACH - failing.length)
  return [...failing, ...Array.from({ length: rest }, (): Trace => 'lives')]
}

interface Birth {
  readonly mailing: number
  readonly n: number
  readonly at: number
  readonly migration: number
  readonly end: number
  readonly random: () => number
}

function linkOf(trace: Trace, { mailing, n, at, migration, end, random }: Birth): SimLink {
  const host = trace.startsWith('site migration') ? 'www.migrating.web.test' : `www.site${mailing}-${n}.web.test`
  const url = `https://${host}/papers/m${mailing}-${n}`
  const replacement = `https://archive.web.test/papers/m${mailing}-${n}`
  // Half of what happens does so in the first days, when most readers read; all of it well before the end.
  const room = Math.max(DAY, end - at - 10 * DAY)
  const start = at + Math.min(room, (random() < 0.5 ? random() * 3 * DAY : random() * 40 * DAY) + 20 * MINUTE)
  const link = { url, trace, mailing, instead: null, until: null, login: null, diesAt: null }
  const during = (from: number, to: number, cause: Cause) => (now: number) => (now >= from && now < to ? cause : 'ok')
  const forGood = (cause: Cause, from = start) => ({
    ...link,
    instead: replacement,
    diesAt: from,
    answer: during(from, Number.POSITIVE_INFINITY, cause),
  })
  switch (trace) {
    case 'lives':
      return { ...link, answer: () => 'ok' }
    case 'a deploy: 404 for 30 minutes':
      return { ...link, instead: replacement, answer: during(start, start + 30 * MINUTE, 'not-found') }
    case 'host down for 20 hours':
      return { ...link, instead: replacement, answer: during(start, start + 20 * HOUR, 'refused') }
    case '5xx for 3 hours':
      return { ...link, instead: replacement, answer: during(start, start + 3 * HOUR, 'server-error') }
    case 'dies: 404':
      return forGood('not-found')
    case 'dies: 404, no replacement':
      return { ...forGood('not-found'), instead: null }
    case 'dies: its host is gone':
      return forGood('no-host')
    case 'site migration: one link in each mailing':
      return forGood('not-found', migration)
    case 'moved by a permanent redirect, later gone': {
      // Moved some days before it goes: until then readers get there, and the watch learns where to.
      const gone = Math.min(start + 5 * DAY, end - 8 * DAY)
      return { ...forGood('gone', gone), answer: (now) => (now >= gone ? 'gone' : now >= start ? 'moved' : 'ok') }
    }
    case 'redirects to the home page':
      return forGood('home-page')
    case 'geo-block: 403':
    case 'bot-block: 429':
      return { ...link, instead: replacement, answer: during(start, Number.POSITIVE_INFINITY, 'turned-away') }
    case 'flaps every hour':
      return {
        ...link,
        instead: replacement,
        answer: (now) => (now >= start && Math.floor(now / HOUR) % 2 === 0 ? 'not-found' : 'ok'),
      }
    case 'certificate expired for a day':
      return { ...link, instead: replacement, answer: during(start, start + DAY, 'tls') }
    case 'the crowd of our readers: 503 for ten minutes':
      return { ...link, instead: replacement, answer: during(at + MINUTE, at + 10 * MINUTE, 'server-error') }
    case 'a webinar, after its last day': {
      const last = new Date(at + (2 + Math.floor(random() * 10)) * DAY).toISOString().slice(0, 10)
      const over = Date.parse(`${last}T23:59:59Z`)
      return { ...link, instead: replacement, until: last, answer: during(over, Number.POSITIVE_INFINITY, 'not-found') }
    }
    case 'its login page moves':
      return {
        ...link,
        instead: replacement,
        login: `login.site${mailing}-${n}.web.test`,
        answer: during(start, Number.POSITIVE_INFINITY, 'login-missed'),
      }
  }
}

const STATUS: Readonly<Partial<Record<Cause, number>>> = {
  ok: 200,
  'not-found': 404,
  gone: 410,
  'home-page': 200,
  'server-error': 503,
  'turned-away': 403,
  'login-missed': 200,
}
const DEAD: readonly Cause[] = ['not-found', 'gone', 'no-host', 'home-page', 'refused', 'tls']

/** The look that the looker would bring home at this moment. */
export function lookAt(world: World, url: string, at: number): Look {
  const link = world.links.get(url)
  const isShut = world.shut.some(([from, to]) => at >= from && at < to)
  const answered = isShut ? 'dns' : (link?.answer(at) ?? 'ok')
  const cause: Cause = answered === 'moved' ? 'ok' : answered
  const verdict = cause === 'ok' ? 'alive' : DEAD.includes(cause) ? 'dead' : 'unsure'
  const status = STATUS[cause] ?? null
  const to = answered === 'moved' ? (link?.instead ?? null) : null
  const finalUrl = status === null ? null : cause === 'home-page' ? new URL('/', url).href : (to ?? url)
  return { url, at, verdict, cause, status, finalUrl, movedTo: to, why: cause, warnings: [] }
}

/** Mulberry32: the same run for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const mixed = [...all]
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const [a, b] = [mixed[at], mixed[other]]
    if (a !== undefined && b !== undefined) {
      mixed[at] = b
      mixed[other] = a
    }
  }
  return mixed
}
