/**
 * From requests to looks, inside the looker's thread: one visit a distinct address, in its turn, again where another
 * try could change the verdict, and then each request's own questions (fragment, image, login) asked of that one answer.
 */
import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { buildConnector } from 'undici'
import {
  doubtBySibling,
  doubtfulPage,
  doubtfulPlace,
  fragmentPlace,
  isImage,
  isPixel,
  type Sibling,
  suspicion,
} from './landing.ts'
import type { Look, LookRequest } from './look.ts'
import type { Names } from './names.ts'
import { decodeText, type Page, readPage, unpack } from './page.ts'
import { findWithoutVisit } from './schemes.ts'
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
interface Answer {
  readonly visit: Visit
  readonly finding: Finding
  readonly page: Page | null
  /** The unpacked page was read to its end. */
  readonly whole: boolean
}

/** Calls `each` once for every request, as soon as its look is made, in any order. Never rejects. */
export async function lookAll(
  looking: Looking,
  requests: readonly LookRequest[],
  signal: AbortSignal,
  each: (n: number, look: Look) => void,
): Promise<void> {
  const groups = Map.groupBy(requests.keys(), (n) => sameVisit(requests[n]))
  await Promise.all(
    [...groups.values()].map(async (members) => {
      const answers = members.map((n) => ({ n, request: requests[n] }))
      const first = answers[0]?.request
      if (!first) return
      const shared = answerFor(looking, first, signal)
      for (const { n, request } of answers) {
        if (!request) continue
        const { again: _again, ...found } = await shared
          .then((answer) => refine(looking, request, answer, signal))
          .catch((error: unknown) => failed(error, signal))
        each(n, { url: request.url, at: Date.now(), ...found })
      }
    }),
  )
}

/** Requests with the same key share one visit: the same address but for its fragment, asked for the same purpose. */
function sameVisit(request: LookRequest | undefined): string {
  const url = request === undefined ? null : URL.parse(request.url)
  if (!request || url === null) return request?.url ?? ''
  if (!url.protocol.startsWith('http')) return `${request.image === true} ${request.url}`
  url.hash = ''
  return `${request.image === true} ${url.href}`
}

const NOTHING = { status: null, finalUrl: null, movedTo: null, warnings: [], again: false } as const

/** The run's end, or a fault of our own: neither says anything about the link. */
function failed(error: unknown, signal: AbortSignal): Finding {
  if (signal.aborted)
    return { ...NOTHING, verdict: 'unsure', cause: 'deadline', why: 'not looked at: the time for this run was up' }
  const message = error instanceof Error ? error.message : String(error)
  return { ...NOTHING, verdict: 'unsure', cause: 'deadline', why: `not looked at: the look itself failed (${message})` }
}

async function answerFor(looking: Looking, request: LookRequest, signal: AbortSignal): Promise<Answer | Finding> {
  const { manners, names } = looking
  let last: Answer | Finding | null = null
  for (let tries = 0; ; tries++) {
    try {
      const settled = await orOver(findWithoutVisit(request.url, request.image === true, names), signal)
      const answer: Answer | Finding = settled ?? (await visitOnce(looking, request, signal))
      if (signal.aborted) throw signal.reason
      last = answer
      const { again } = 'finding' in answer ? answer.finding : answer
      if (!again || tries >= manners.retries) return answer
      const wait = delay(manners, tries, 'visit' in answer ? retryAfter(answer.visit) : null)
      if (wait === null) return withPatience(answer)
      await sleep(wait, signal)
    } catch (error) {
      // The time was up while we waited for another try: what the last one said still holds.
      if (last !== null) return last
      return failed(error, signal)
    }
  }
}

const hostKey = (url: string): string => URL.parse(url)?.hostname ?? ''

async function visitOnce(looking: Looking, request: LookRequest, signal: AbortSignal): Promise<Answer> {
  const url = new URL(request.url).href
  const made = await inTurn(looking, url, request.image === true, signal)
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

/** Milliseconds until another try; null when the site asks for more patience than we have. */
function delay(manners: Manners, tries: number, asked: number | null): number | null {
  if (asked !== null) return asked > manners.retryAfterCap ? null : asked
  return manners.backoff * 2 ** tries * (0.5 + Math.random() / 2)
}

/** Retry-After in milliseconds from now: seconds or a date (RFC 9110 §10.2.3). It counts on 429 and 503, no others. */
function retryAfter(made: Visit): number | null {
  const last = made.hops.at(-1)
  const written = last?.headers['retry-after']
  if (written === undefined || (last?.status !== 429 && last?.status !== 503)) return null
  if (/^\s*\d{1,10}\s*$/.test(written)) return Number(written) * 1_000
  const date = Date.parse(written)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}

function withPatience(answer: Answer | Finding): Answer | Finding {
  if (!('finding' in answer)) return answer
  const seconds = Math.round((retryAfter(answer.visit) ?? 0) / 1_000)
  return {
    ...answer,
    finding: { ...answer.finding, why: `${answer.finding.why}; it asks for a pause of ${seconds} s` },
  }
}

/** The answer, or the run's end if that is sooner: nothing may hold a run beyond its deadline. */
async function orOver<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
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

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}

/** The questions that this one request asks of the shared answer. */
async function refine(
  looking: Looking,
  request: LookRequest,
  answer: Answer | Finding,
  signal: AbortSignal,
): Promise<Finding> {
  if (!('finding' in answer)) return answer
  const { finding } = answer
  const from = new URL(request.url)
  const to = URL.parse(finding.finalUrl ?? request.url) ?? from
  if (from.hash !== '' && to.hash === '') to.hash = from.hash
  const login = request.login ?? null
  const place = reachedLogin(finding, login) || finding.verdict === 'alive' ? doubtfulPlace(from, to, login) : null
  if (place !== null) return { ...finding, ...place, movedTo: null }
  if (reachedLogin(finding, login))
    return { ...finding, verdict: 'alive', cause: 'ok', why: `it lands on ${login}, as it should` }
  if (finding.verdict !== 'alive') return { ...finding, movedTo: null }
  // From here on the network may be asked again, so the run's end counts; what failed above holds in any case.
  return orOver(refinePage(looking, request, answer, from, to, signal), signal)
}

/** A 2xx at the right place: is it the right page, and is there anything to say about it? */
async function refinePage(
  looking: Looking,
  request: LookRequest,
  answer: Answer,
  from: URL,
  to: URL,
  signal: AbortSignal,
): Promise<Finding> {
  const { finding, page } = answer
  const doubt = request.image === true ? imageDoubt(answer) : await pageDoubt(looking, answer, from, to, signal)
  if (doubt !== null) return { ...finding, ...doubt, movedTo: null }
  if (page !== null && to.hash.length > 1 && request.image !== true) {
    const found = fragmentPlace(page, to.hash.slice(1), answer.whole)
    const why = `the page is there, but nothing in it is called "${to.hash}"`
    if (found === 'absent') return { ...finding, verdict: 'dead', cause: 'fragment', why, movedTo: null }
    if (found === 'script')
      return { ...finding, verdict: 'unsure', cause: 'fragment', why: `${why}; script may make it`, movedTo: null }
  }
  return { ...finding, warnings: await warningsOf(looking, request, answer, from, to) }
}

/** A login page may well answer 401 or 403 to somebody who brings nothing. */
const reachedLogin = (finding: Finding, login: string | null): boolean =>
  login !== null &&
  finding.status !== null &&
  (finding.verdict === 'alive' || finding.status === 401 || finding.status === 403)

function imageDoubt({ visit: made }: Answer): Pick<Finding, 'verdict' | 'cause' | 'why'> | null {
  const last = made.hops.at(-1)
  // A beacon may answer nothing at all: there is no picture to be missed.
  if (last?.status === 204 || isImage(last?.headers['content-type'], made.body)) {
    return made.body === null && last?.status !== 204
      ? { verdict: 'unsure', cause: 'empty', why: 'the picture is empty' }
      : null
  }
  return {
    verdict: 'dead',
    cause: 'not-image',
    why: `a picture was expected, ${last?.headers['content-type'] ?? 'something else'} came`,
  }
}

async function pageDoubt(
  looking: Looking,
  answer: Answer,
  from: URL,
  to: URL,
  signal: AbortSignal,
): Promise<Pick<Finding, 'verdict' | 'cause' | 'why'> | null> {
  const { visit: made, page } = answer
  if (made.body === null) {
    const status = made.hops.at(-1)?.status ?? 200
    return { verdict: 'unsure', cause: 'empty', why: `${status}, and nothing in it` }
  }
  if (page === null) return null
  const doubt = doubtfulPage(page, from, to)
  if (doubt !== null) return doubt
  const found = suspicion(page, to)
  return found === null ? null : doubtBySibling(found, page, await siblingOf(looking, to, signal))
}

/** Asked once a host, and only when a page there is suspicious. */
function siblingOf(looking: Looking, url: URL, signal: AbortSignal): Promise<Sibling> {
  const { siblings, manners } = looking
  const known = siblings.get(url.origin)
  if (known && Date.now() - known.at < manners.siblingAge) return known.answer
  const answer = (async (): Promise<Sibling> => {
    const made = new URL(`no-such-page-${randomBytes(6).toString('hex')}`, `${url.origin}${url.pathname}`)
    const { finding, page } = await readAnswer(manners, await inTurn(looking, made.href, false, signal))
    if (finding.cause === 'not-found' || finding.cause === 'gone') return { kind: 'absent' }
    return page === null ? { kind: 'unclear' } : { kind: 'page', page }
  })().catch((): Sibling => {
    // A run that was called off must not answer for the next one.
    siblings.delete(url.origin)
    return { kind: 'unclear' }
  })
  if (siblings.size >= 10_000) siblings.clear()
  siblings.set(url.origin, { at: Date.now(), answer })
  return answer
}

async function warningsOf(
  looking: Looking,
  request: LookRequest,
  answer: Answer,
  from: URL,
  to: URL,
): Promise<string[]> {
  const warnings: string[] = []
  if (from.protocol === 'http:') {
    if (to.protocol === 'https:') warnings.push('write https: the site sends readers there')
    else if (await speaksTls(looking, to)) warnings.push('write https: the site offers it')
  } else if (to.protocol === 'http:') warnings.push('the site sends readers from https to http')
  if (request.image === true && (answer.visit.hops.at(-1)?.status === 204 || isPixel(answer.visit.body))) {
    warnings.push('a picture of one pixel: it shows nothing, and tells its site who opens the mail')
  }
  return warnings
}

const HANDSHAKE_TIMEOUT = 2_000

/** A TLS handshake and no request: whether the host of an http link has a certificate that browsers take. */
function speaksTls({ connector, secured, manners }: Looking, url: URL): Promise<boolean> {
  const port = url.port === '' ? 443 : manners.httpsPort
  if (port === null) return Promise.resolve(false)
  const key = `${url.hostname}:${port}`
  const known = secured.get(key)
  if (known) return known
  const answer = new Promise<boolean>((resolve) => {
    const options = { hostname: url.hostname, host: url.hostname, protocol: 'https:', port: String(port) }
    connector(options, (error, socket) => {
      socket?.destroy()
      resolve(error === null)
    })
    // A firewall that swallows the handshake would hold up a look that is done; late is as good as no.
    setTimeout(() => resolve(false), HANDSHAKE_TIMEOUT)
  })
  if (secured.size >= 10_000) secured.clear()
  secured.set(key, answer)
  return answer
}
