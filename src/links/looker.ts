/** The looker as the rest of the program knows it: it takes addresses and gives looks, and a thread does the work. */
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Complaint } from '../complaint.ts'
import { addressPolicy } from './addresses.ts'
import type { Manners } from './asking.ts'
import type { Look, LookRequest } from './look.ts'
import type { FromThread, ThreadOptions, ToThread } from './thread.ts'

/** Everything has a default; times in milliseconds. */
export interface LookerOptions extends Partial<Manners> {
  /** Networks that looks may reach beside public ones (CIDR). */
  readonly allow?: readonly string[]
  /** host:port of a DNS server; null: the system's. */
  readonly resolver?: string | null
  /** Stands in the User-Agent, so that a site's keeper knows whom to ask: an address or a URL. */
  readonly contact?: string | null
  /** Certificate authorities (PEM) beside the known ones. */
  readonly ca?: string | null
  /** A looker that was not asked for so many milliseconds gives its thread (40 MB) back, and starts another when it is. */
  readonly restAfter?: number
}

export interface LookOptions {
  /** Milliseconds for the whole run. What is not looked at by then is unsure, cause `deadline`. */
  readonly deadline?: number
  /** Called for every request as its look comes, in any order. */
  readonly onLook?: (look: Look) => void
  /** Ends the run; the promise rejects with its reason. */
  readonly signal?: AbortSignal
}

export interface Looker extends AsyncDisposable {
  /** One look a request, in the requests' order. An address asked for twice is visited once. */
  look(requests: readonly LookRequest[], how?: LookOptions): Promise<Look[]>
}

const REST_AFTER = 60_000

const MANNERS: Manners = {
  perHost: 2,
  pause: 20,
  atOnce: 64,
  connectTimeout: 10_000,
  answerTimeout: 20_000,
  visitTimeout: 30_000,
  nameTimeout: 5_000,
  retries: 2,
  backoff: 1_000,
  retryAfterCap: 30_000,
  bodyCap: 1_000_000,
  pageCap: 4_000_000,
  siblingAge: 3_600_000,
  httpsPort: null,
}

/**
 * Starts the thread and waits until it has proved that its guard refuses what it must. Throws a Complaint when it does
 * not, or when `allow` holds something that is no network: then nothing may be looked at.
 */
export async function openLooker(options: LookerOptions = {}): Promise<Looker> {
  const { restAfter = REST_AFTER, ...rest } = options
  const told = threadOptions(rest)
  addressPolicy(told.allow)
  let thread: Promise<Thread> | null = startThread(told)
  await thread
  let closed = false
  let asked = 0
  let resting: NodeJS.Timeout | undefined
  const rests = (): void => {
    const idle = thread
    thread = null
    idle?.then((one) => one.end()).catch(() => {})
  }
  const restLater = (): void => {
    if (!closed) resting = setTimeout(rests, restAfter).unref()
  }
  restLater()
  const disposed = () => new Complaint('the looker is closed', { remedy: 'open another' })

  return {
    look: async (requests, how = {}) => {
      if (closed) throw disposed()
      how.signal?.throwIfAborted()
      if (requests.length === 0) return []
      clearTimeout(resting)
      asked += 1
      try {
        // A thread that died took its run with it (told as looks), and the next run gets a new one.
        if (thread && (await thread).ended) thread = null
        thread ??= startThread(told)
        return await (await thread).run(requests, how)
      } finally {
        asked -= 1
        if (asked === 0) restLater()
      }
    },
    [Symbol.asyncDispose]: async () => {
      closed = true
      clearTimeout(resting)
      const last = thread
      thread = null
      if (last) await (await last).end()
    },
  }
}

function threadOptions(options: Omit<LookerOptions, 'restAfter'>): ThreadOptions {
  const { allow = [], resolver = null, contact = null, ca = null, ...manners } = options
  // A header carries no more than ASCII (RFC 9110 §5.5); a name with an accent in it must not fail every look.
  const keeper = contact === null ? '' : `; ${contact.replace(/[^ -~]/g, '?')}`
  const userAgent = `gll-mailer (looks whether links in our own mail work${keeper})`
  return { allow, resolver, ca, userAgent, manners: { ...MANNERS, ...manners } }
}

interface Thread {
  readonly ended: boolean
  run(requests: readonly LookRequest[], how: LookOptions): Promise<Look[]>
  end(): Promise<void>
}

interface Run {
  take(n: number, look: Look): void
  finish(): void
}

async function startThread(told: ThreadOptions): Promise<Thread> {
  const worker = newWorker(told)
  const runs = new Map<number, Run>()
  let ended = false
  let serial = 0
  const tell = (message: ToThread): void => worker.postMessage(message)
  worker.on('exit', () => {
    ended = true
    for (const run of runs.values()) run.finish()
  })
  worker.on('message', (message: FromThread) => {
    const run = 'run' in message ? runs.get(message.run) : undefined
    if (run && message.kind === 'look') run.take(message.n, message.look)
    else if (run && message.kind === 'end') run.finish()
  })
  await readiness(worker)
  // Looks under way keep the process alive, an idle looker does not.
  worker.unref()

  const run = (requests: readonly LookRequest[], how: LookOptions): Promise<Look[]> => {
    const { promise, resolve, reject } = Promise.withResolvers<Look[]>()
    if (ended) return Promise.resolve(requests.map(lost))
    const id = ++serial
    const looks: (Look | undefined)[] = []
    const leave = () => {
      runs.delete(id)
      how.signal?.removeEventListener('abort', callOff)
      if (runs.size === 0) worker.unref()
    }
    const callOff = () => {
      leave()
      tell({ kind: 'cancel', run: id })
      reject(how.signal?.reason)
    }
    runs.set(id, {
      take: (n, look) => {
        looks[n] = look
        how.onLook?.(look)
      },
      finish: () => {
        leave()
        resolve(requests.map((request, n) => looks[n] ?? lost(request)))
      },
    })
    worker.ref()
    how.signal?.addEventListener('abort', callOff, { once: true })
    tell({ kind: 'look', run: id, requests: requests.map(plainRequest), deadline: how.deadline ?? null })
    return promise
  }

  return {
    get ended() {
      return ended
    },
    run,
    end: async () => {
      await worker.terminate()
    },
  }
}

function newWorker(told: ThreadOptions): Worker {
  const file = new URL(`./thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
  // An empty environment: a proxy named there would be a way around the guard, as would a switch that trusts all of TLS.
  // It only finds there what was compiled before (keepCompiled), which is half the time it takes to start.
  const kept = getCompileCacheDir()
  const env = kept ? { NODE_COMPILE_CACHE: dirname(kept) } : {}
  // No flags of the parent's: some of them (--input-type) make a thread from a file fail.
  return new Worker(file, { workerData: told, env, execArgv: [], name: 'looker' })
}

/** Resolves when the guard has proved itself; rejects with a Complaint, and the thread ended, when it has not. */
async function readiness(worker: Worker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'ready') resolve()
    else if (message.kind === 'fault') reject(unguarded(message.message))
  })
  // Also keeps a later error of the thread from ending the process: the runs learn of it by its exit.
  worker.on('error', (error) => reject(unguarded(error instanceof Error ? error.message : String(error))))
  worker.on('exit', () => reject(unguarded('its thread ended')))
  try {
    await promise
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

/** Only what the thread needs: callers may pass richer objects, which need not be clonable. */
const plainRequest = ({ url, image, login }: LookRequest): LookRequest => ({
  url,
  image: image === true,
  login: login ?? null,
})

const unguarded = (fault: string): Complaint =>
  new Complaint(`links cannot be looked at: ${fault}`, {
    remedy: 'report this, with your Node version; nothing was sent',
  })

const lost = (request: LookRequest): Look => ({
  url: request.url,
  at: Date.now(),
  verdict: 'unsure',
  cause: 'deadline',
  status: null,
  finalUrl: null,
  movedTo: null,
  why: 'not looked at: the looker stopped',
  warnings: [],
})
