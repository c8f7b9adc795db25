/**
 * What linkinator does not tell of a visit: the body, the statuses of the hops, the socket's error. An interceptor behind
 * it writes them down, tied to the visit by AsyncLocalStorage. The body stops here: it is kept up to a cap and linkinator
 * is given an empty one, so it follows no link of the page.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingHttpHeaders } from 'node:http'
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

/** What the interceptor writes while linkinator works. */
export interface Record {
  hops: Hop[]
  trail: string[]
  chunks: Buffer[]
  ended: 'whole' | 'capped' | 'cut'
  error: VisitError | null
  stopped: 'circle' | 'too-many' | 'elsewhere' | 'password' | null
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

export const current = new AsyncLocalStorage<Record>()

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

/** The outermost error that has a code: fetch wraps what happened in a TypeError without one. */
export function errorOf(error: unknown): VisitError {
  const { name, cause, errors } = error as { name?: unknown; cause?: unknown; errors?: unknown[] }
  if (name === 'TimeoutError') return { code: 'LOOK_TIME_OUT', message: 'no answer in time' }
  if (name === 'HTTPParserError') return { code: 'LOOK_NOT_HTTP', message: 'what came is not HTTP' }
  if (codeOf(error) === '' && errors?.[0] !== undefined) return errorOf(errors[0])
  if (codeOf(error) === '' && cause !== undefined) return errorOf(cause)
  return { code: codeOf(error), message: error instanceof Error ? error.message : String(error) }
}
