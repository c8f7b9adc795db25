/** One visit to one address: a linkinator `check`, and what it does not tell and capture.ts writes down. */
import { check, LinkState } from 'linkinator'
import { current, errorOf, type Hop, type Record, type VisitError } from './capture.ts'

export interface Visit {
  /** Every answer, redirects included, in order. */
  readonly hops: readonly Hop[]
  /** Where the last hop was asked to go, fragments kept: the addresses in order, the first one ours. */
  readonly trail: readonly string[]
  /** As it came over the wire, still encoded; null where the last hop gave none. */
  readonly body: Buffer | null
  /** `capped`: there was more than we wanted. `cut`: it ended before its end. */
  readonly ended: Record['ended']
  readonly error: VisitError | null
  /** We went no further ourselves: the redirect leads in a circle, to no web address, or with a password to one. */
  readonly stopped: Record['stopped']
  /** Where the last redirect would have led, when we stopped; null where that is nobody's business. */
  readonly next: string | null
}

export interface VisitTerms {
  /** Milliseconds for everything: name, connection, redirects, body. */
  readonly timeout: number
  readonly userAgent: string
  readonly accept: string | null
  /** Bytes kept of a page, as they come over the wire. */
  readonly bodyCap: number
  readonly signal: AbortSignal
}

/** Browsers give up after twenty redirects (Fetch standard, §4.4). */
const MOST_REDIRECTS = 20

/** Never rejects: whatever went wrong is in the visit, a fault inside linkinator included. */
export async function visit(url: string, terms: VisitTerms): Promise<Visit> {
  const over = Promise.withResolvers<void>()
  const record = blank(terms.bodyCap, over.resolve)
  const end = (error: VisitError) => {
    record.error ??= error
    record.over = true
    if (record.answering) record.ended = 'cut'
    record.abort?.(new Error(error.message))
    over.resolve()
  }
  const stop = () => end({ code: 'LOOK_CALLED_OFF', message: 'the look was called off' })
  // Not linkinator's time-out: its signal keeps the whole request in memory until the time has run out, 50 KB a link
  // for half a minute. And it has been seen to lose a rejection, so nothing waits for it longer than this.
  const late = () => end({ code: 'LOOK_TIME_OUT', message: 'no answer in time' })
  const timer = setTimeout(late, terms.timeout)
  terms.signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([current.run(record, () => checkOne(url, record, terms)), over.promise])
  } catch (error) {
    record.error ??= errorOf(error)
  } finally {
    record.over = true
    clearTimeout(timer)
    terms.signal.removeEventListener('abort', stop)
  }
  return finished(record)
}

function blank(bodyCap: number, landed: () => void): Record {
  return {
    hops: [],
    trail: [],
    chunks: [],
    ended: 'whole',
    error: null,
    stopped: null,
    next: null,
    abort: null,
    answering: false,
    over: false,
    landed,
    bodyCap,
  }
}

async function checkOne(url: string, record: Record, terms: VisitTerms): Promise<void> {
  const { links } = await check({
    path: url,
    retry: false,
    retryErrors: false,
    headers: { 'User-Agent': terms.userAgent, ...(terms.accept === null ? {} : { Accept: terms.accept }) },
    // Called with our own address and then with every redirect's target, before it is asked.
    linksToSkip: async (target) => !mayGo(target, record),
  })
  const found = links[0]
  const failure = found?.failureDetails?.find((detail): detail is Error => !('status' in detail))
  if (found && found.state !== LinkState.OK && failure) record.error ??= errorOf(failure)
}

function mayGo(target: string, record: Record): boolean {
  if (record.over) return false
  const seen = record.trail.some((url) => withoutFragment(url) === withoutFragment(target))
  if (seen) record.stopped = 'circle'
  else if (record.trail.length > MOST_REDIRECTS) record.stopped = 'too-many'
  else if (hasPassword(target)) record.stopped = 'password'
  if (record.stopped !== null) {
    record.next = record.stopped === 'password' ? null : target
    return false
  }
  record.trail.push(keepFragment(target, record.trail.at(-1)))
  return true
}

const hasPassword = (url: string): boolean => {
  const { username = '', password = '' } = URL.parse(url) ?? {}
  return username !== '' || password !== ''
}

const withoutFragment = (url: string): string => url.split('#', 1)[0] ?? url

/** A redirect without a fragment keeps the one we had (RFC 9110 §10.2.2). */
function keepFragment(target: string, from: string | undefined): string {
  const mark = from?.indexOf('#') ?? -1
  return target.includes('#') || from === undefined || mark < 0 ? target : target + from.slice(mark)
}

function finished(record: Record): Visit {
  const last = record.hops.at(-1)
  const location = last && isRedirect(last.status) ? last.headers.location : undefined
  // linkinator itself turns back before a redirect to mailto:, data: and the like, without asking us.
  const elsewhere = record.stopped === null && record.error === null && location !== undefined
  return {
    hops: record.hops,
    trail: record.trail,
    body: record.chunks.length > 0 ? Buffer.concat(record.chunks) : null,
    ended: record.ended,
    error: record.error,
    stopped: elsewhere ? 'elsewhere' : record.stopped,
    next: elsewhere ? location : record.next,
  }
}

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)
