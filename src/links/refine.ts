/** The questions that each request asks of an answer that it shares with others: place, page, picture, fragment. */
import { randomBytes } from 'node:crypto'
import { type Answer, ask, type Looking, orOver } from './asking.ts'
import {
  type Doubt,
  doubtBySibling,
  doubtfulPage,
  doubtfulPlace,
  fragmentPlace,
  isImage,
  isPixel,
  type Sibling,
  suspicion,
} from './landing.ts'
import type { LookRequest } from './look.ts'
import { type Finding, hostOf, isUnder } from './verdict.ts'

/** The questions that this one request asks of the shared answer. */
export async function refine(
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
  const login = request.login?.toLowerCase() ?? null
  const arrived = login !== null && isUnder(hostOf(to.href), login)
  if (arrived && welcomes(finding)) return { ...finding, verdict: 'alive', cause: 'ok', why: `it lands on ${login}` }
  const sentOn = to.origin !== from.origin || to.pathname !== from.pathname
  if (login !== null && welcomes(finding) && (sentOn || finding.verdict === 'alive')) {
    return { ...finding, ...loginMissed(to, login), movedTo: null }
  }
  if (finding.verdict !== 'alive') return { ...finding, movedTo: null }
  const place = doubtfulPlace(from, to)
  if (place !== null) return { ...finding, ...place, movedTo: null }
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
const welcomes = ({ verdict, status }: Finding): boolean => verdict === 'alive' || status === 401 || status === 403

const loginMissed = (to: URL, login: string): Doubt => ({
  verdict: 'dead',
  cause: 'login-missed',
  why: `it lands on ${hostOf(to.href)}, not on ${login}`,
})

function imageDoubt({ visit: made }: Answer): Doubt | null {
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
): Promise<Doubt | null> {
  const { visit: made, page } = answer
  if (made.body === null) {
    const status = made.hops.at(-1)?.status ?? 200
    return { verdict: 'unsure', cause: 'empty', why: `${status}, and nothing in it` }
  }
  if (page === null) return null
  const doubt = doubtfulPage(page, from)
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
    const { finding, page } = await ask(looking, made.href, false, signal)
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
