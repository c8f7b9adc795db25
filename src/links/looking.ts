/**
 * From requests to looks, inside the looker's thread: one visit a distinct address, in its turn, again where another
 * try could change the verdict, and then each request's own questions (fragment, image, login) asked of that one answer.
 */
import { type Answer, ask, type Looking, type Manners, orOver, retryAfter } from './asking.ts'
import type { Look, LookRequest } from './look.ts'
import { refine } from './refine.ts'
import { findWithoutVisit } from './schemes.ts'
import type { Finding } from './verdict.ts'

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
      const answer: Answer | Finding =
        settled ?? (await askOn(looking, new URL(request.url).href, request.image === true, signal))
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

/** A page of few words that sends its readers on is a redirect, whatever its status says. */
async function askOn(looking: Looking, url: string, image: boolean, signal: AbortSignal): Promise<Answer> {
  let answer = await ask(looking, url, image, signal)
  for (let n = 0; n < MOST_REFRESHES; n++) {
    const { page, finding } = answer
    if (page === null || page.refresh === null || page.text.length > FEW_WORDS) return answer
    const target = URL.parse(page.refresh, finding.finalUrl ?? url)
    if (!target?.protocol.startsWith('http') || target.href === finding.finalUrl) return answer
    const next = await ask(looking, target.href, false, signal)
    answer = { ...next, finding: { ...next.finding, movedTo: null } }
  }
  return answer
}

const MOST_REFRESHES = 3
const FEW_WORDS = 400

/** Milliseconds until another try; null when the site asks for more patience than we have. */
function delay(manners: Manners, tries: number, asked: number | null): number | null {
  if (asked !== null) return asked > manners.retryAfterCap ? null : asked
  return manners.backoff * 2 ** tries * (0.5 + Math.random() / 2)
}

function withPatience(answer: Answer | Finding): Answer | Finding {
  if (!('finding' in answer)) return answer
  const seconds = Math.round((retryAfter(answer.visit) ?? 0) / 1_000)
  return {
    ...answer,
    finding: { ...answer.finding, why: `${answer.finding.why}; it asks for a pause of ${seconds} s` },
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
