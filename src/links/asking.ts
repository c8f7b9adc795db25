/**
 * Asking one address for one answer: a visit in its turn, and the page read from it. The terms of asking are here too.
 */
import { setImmediate } from 'node:timers/promises'
import type { buildConnector } from 'undici'
import type { Sibling } from './landing.ts'
import type { Names } from './names.ts'
import { decodeText, type Page, readPage, unpack } from './page.ts'
import type { Turns } from './turns.ts'
import { type Finding, findVisit } from './verdict.ts'
import { type Visit, type VisitTerms, visit } from './visit.ts'

/** Everything that can be set about how looks are made; times in milliseconds, sizes in bytes. */
export interface Manners {
  /** Looks at once at one host. */
  readonly perHost: number
  /** From one start to the next at one host. */
  readonly pause: number
  /** Looks at once over all hosts. */
  readonly atOnce: number
  /** For the name, TCP and TLS together. */
  readonly connectTimeout: number
  /** From the request to the first byte of the answer. */
  readonly answerTimeout: number
  /** For a whole visit: connection, redirects, body. */
  readonly visitTimeout: number
  /** For one question to the name server. */
  readonly nameTimeout: number
  /** Further tries, where they could change the verdict. */
  readonly retries: number
  /** Before the first further try; doubles each time, and half of it is chance. */
  readonly backoff: number
  /** A Retry-After beyond this is not waited for. */
  readonly retryAfterCap: number
  /** Of a page as it comes over the wire. */
  readonly bodyCap: number
  /** Of a page unpacked. */
  readonly pageCap: number
  /** How long what a made-up sibling answered holds for its host. */
  readonly siblingAge: number
  /** Where https is tried for an http link that names a port of its own; null: not tried. Tests set it. */
  readonly httpsPort: number | null
}

export interface Looking {
  readonly manners: Manners
  readonly names: Names
  readonly turns: Turns
  readonly connector: buildConnector.connector
  readonly userAgent: string
  /** Per origin, shared by all runs of this thread. */
  readonly siblings: Map<string, { readonly at: number; readonly answer: Promise<Sibling> }>
  readonly secured: Map<string, Promise<boolean>>
}

/** One answer and what was read from it, shared by the requests that differ only in fragment or purpose. */
export interface Answer {
  readonly visit: Visit
  readonly finding: Finding
  readonly page: Page | null
  /** The unpacked page was read to its end. */
  readonly whole: boolean
}

/** One visit, in its turn. `url` is absolute and parsed. Rejects only when the run ends before the turn comes. */
export async function ask(looking: Looking, url: string, image: boolean, signal: AbortSignal): Promise<Answer> {
  const made = await inTurn(looking, url, image, signal)
  // What is ready to be asked goes out first; reading a page is our own work and keeps no host busy.
  await setImmediate()
  return readAnswer(looking.manners, made)
}

async function inTurn(looking: Looking, url: string, image: boolean, signal: AbortSignal): Promise<Visit> {
  const give = await looking.turns.take(hostKey(url), signal)
  try {
    const made = await visit(url, termsOf(looking, image, signal))
    // Before the turn goes back, or the next in the queue would go at once.
    const wait = retryAfter(made)
    if (wait !== null && wait <= looking.manners.retryAfterCap) looking.turns.hold(hostKey(url), Date.now() + wait)
    return made
  } finally {
    give()
  }
}

const termsOf = ({ manners, userAgent }: Looking, image: boolean, signal: AbortSignal): VisitTerms => ({
  timeout: manners.visitTimeout,
  userAgent,
  accept: image ? 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5' : null,
  bodyCap: manners.bodyCap,
  signal,
})

async function readAnswer(manners: Manners, made: Visit): Promise<Answer> {
  const finding = findVisit(made)
  const headers = made.hops.at(-1)?.headers ?? {}
  const type = headers['content-type']
  if (finding.verdict !== 'alive' || made.body === null) return { visit: made, finding, page: null, whole: true }
  const encoding = headers['content-encoding']
  const bytes = await unpack(made.body, Array.isArray(encoding) ? encoding.join() : encoding, manners.pageCap)
  const whole = made.ended === 'whole' && bytes !== null && bytes.length < manners.pageCap
  const isPage =
    bytes !== null &&
    (type === undefined
      ? /^\s*<(?:!doctype html|html|head|title|body)/i.test(bytes.subarray(0, 500).toString('latin1'))
      : /html/i.test(type))
  return { visit: made, finding, page: isPage ? readPage(decodeText(bytes, type)) : null, whole }
}

/** Retry-After in milliseconds from now: seconds or a date (RFC 9110 §10.2.3). It counts on 429 and 503, no others. */
export function retryAfter(made: Visit): number | null {
  const last = made.hops.at(-1)
  const written = last?.headers['retry-after']
  if (written === undefined || (last?.status !== 429 && last?.status !== 503)) return null
  if (/^\s*\d{1,10}\s*$/.test(written)) return Number(written) * 1_000
  const date = Date.parse(written)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}

/** The answer, or the run's end if that is sooner: nothing may hold a run beyond its deadline. */
export async function orOver<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw signal.reason
  const { promise: over, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([answer, over])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const hostKey = (url: string): string => URL.parse(url)?.hostname ?? ''
