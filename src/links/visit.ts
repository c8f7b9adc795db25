/**
 * One visit to one address: a linkinator `check`, and what it does not tell. linkinator hides the body, the statuses of
 * the hops and the socket's error; an interceptor behind it writes them down, tied to the visit by AsyncLocalStorage.
 * The body stops here: it is kept up to a cap and linkinator is given an empty one, so it follows no link of the page.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingHttpHeaders } from 'node:http'
import { check, LinkState } from 'linkinator'
import type { Dispatcher } from 'undici'
import { codeOf } from './names.ts'

export interface Hop {
  readonly url: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

/** Why a visit ended without an answer, or before its end. */
export interface VisitError {
  /** Of the socket, of undici, or ours (LOOK_…); '' where none was given. */
  readonly code: string
  readonly message: string
}

export interface Visit {
  /** Every answer, redirects included, in order. */
  readonly hops: readonly Hop[]
  /** Where the last hop was asked to go, fragments kept: the addresses in order, the first one ours. */
  readonly trail: readonly string[]
  /** As it came over the wire, still encoded; null where the last hop gave none. */
  readonly body: Buffer | null
  /** `capped`: there was more than we wanted. `cut`: it ended before its end. */
  readonly ended: 'whole' | 'capped' | 'cut'
  readonly error: VisitError | null
  /** We went no further ourselves: the redirect leads in a circle, to no web address, or with a password to one. */
  readonly stopped: 'circle' | 'too-many' | 'elsewhere' | 'password' | null
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

/** What the interceptor writes while linkinator works. */
interface Record {
  hops: Hop[]
  trail: string[]
  chunks: Buffer[]
  ended: Visit['ended']
  error: VisitError | null
  stopped: Visit['stopped']
  next: string | null
  abort: ((reason: Error) => void) | null
  /** The head of an answer is there, the end of its body is not. */
  answering: boolean
  /** Nobody waits any more: a request that only now gets its connection is not made. */
  over: boolean
  /** Called when a 2xx is here, as much of it as is wanted. */
  readonly landed: () => void
  readonly bodyCap: number
}

const current = new AsyncLocalStorage<Record>()

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

/** The outermost error that has a code: fetch wraps what happened in a TypeError without one. */
function errorOf(error: unknown): VisitError {
  const { name, cause, errors } = error as { name?: unknown; cause?: unknown; errors?: unknown[] }
  if (name === 'TimeoutError') return { code: 'LOOK_TIME_OUT', message: 'no answer in time' }
  if (name === 'HTTPParserError') return { code: 'LOOK_NOT_HTTP', message: 'what came is not HTTP' }
  if (codeOf(error) === '' && errors?.[0] !== undefined) return errorOf(errors[0])
  if (codeOf(error) === '' && cause !== undefined) return errorOf(cause)
  return { code: codeOf(error), message: error instanceof Error ? error.message : String(error) }
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

/** The interceptor. A request outside a visit is refused: nobody else may use this thread's way out. */
export const capture: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const record = current.getStore()
  if (!record) throw new Error('a request outside a visit')
  return dispatch(options, captureHandler(record, `${options.origin}${options.path}`, handler))
}

/** Bytes wanted of an answer that is no page: enough to know a picture by its first bytes. */
const SMALL_CAP = 16_384

/** Milliseconds: longer than the next request of a visit takes to leave, shorter than most answers. */
const PASS_LATER = 15

function captureHandler(record: Record, url: string, handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  let stub: Dispatcher.DispatchController | null = null
  let status = 0
  let headers: IncomingHttpHeaders = {}
  let reason: string | undefined
  let size = 0
  let cap = SMALL_CAP
  let over = false

  /** linkinator gets the answer's head and an empty body, whatever came. */
  const pass = (controller: Dispatcher.DispatchController): void => {
    const lean = leanHeaders(headers, url)
    const head = stub ?? controller
    head.rawHeaders = Object.entries(lean).flat()
    handler.onResponseStart?.(head, status, lean, reason)
    handler.onResponseEnd?.(head, {})
  }

  /** Nothing that linkinator makes of a 2xx could change the visit: whoever waits for the turn goes out first. */
  const settle = (controller: Dispatcher.DispatchController): void => {
    over = true
    record.answering = false
    if (status < 300) {
      record.landed()
      setTimeout(pass, PASS_LATER, controller)
    } else pass(controller)
  }

  return {
    onRequestStart(controller, context) {
      stub = withRawHeaders(controller)
      record.abort = (why) => controller.abort(why)
      handler.onRequestStart?.(stub, context)
      if (record.over) controller.abort(new Error('nobody waits for it any more'))
    },
    onResponseStart(_controller, code, fields, text) {
      if (code < 200) return
      status = code
      headers = fields
      reason = text
      cap = code < 300 && mayBePage(fields) ? record.bodyCap : SMALL_CAP
      record.chunks = []
      record.ended = 'whole'
      record.answering = true
      record.hops.push({ url, status: code, headers: fields })
    },
    onResponseData(controller, chunk) {
      if (over) return
      size += chunk.length
      record.chunks.push(chunk)
      if (size < cap) return
      record.ended = 'capped'
      settle(controller)
      controller.abort(new Error('enough of the body came'))
    },
    onResponseEnd(controller) {
      if (!over) settle(controller)
    },
    onResponseError(controller, error) {
      if (over) return
      over = true
      if (status > 0) record.ended = 'cut'
      record.error ??= errorOf(error)
      handler.onResponseError?.(stub ?? controller, error)
    },
  }
}

/** fetch reads the raw headers of the controller, so a lean head needs a controller of its own. */
function withRawHeaders(controller: Dispatcher.DispatchController): Dispatcher.DispatchController {
  return {
    get aborted() {
      return controller.aborted
    },
    get paused() {
      return controller.paused
    },
    get reason() {
      return controller.reason
    },
    rawHeaders: null,
    rawTrailers: null,
    abort: (why) => controller.abort(why),
    pause: () => controller.pause(),
    resume: () => controller.resume(),
  }
}

/**
 * Only what linkinator acts on: a content-encoding would make fetch unpack the empty body and fail. A Location with raw
 * UTF-8 in it, as many servers send, is what a browser reads it as and not what Latin-1 makes of it.
 */
function leanHeaders({ location, 'content-type': type }: IncomingHttpHeaders, url: string): { [name: string]: string } {
  const target = location === undefined ? undefined : readLocation(location, url)
  return {
    ...(target === undefined ? {} : { location: target }),
    ...(type === undefined ? {} : { 'content-type': type }),
  }
}

function readLocation(location: string, url: string): string {
  const utf8 = Buffer.from(location, 'latin1').toString()
  const text = [...location].every((sign) => sign.charCodeAt(0) < 256) && !utf8.includes('\ufffd') ? utf8 : location
  return URL.parse(text, url)?.href ?? text
}

function mayBePage(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type']
  return type === undefined || /html|xml|text\/plain/i.test(type)
}
