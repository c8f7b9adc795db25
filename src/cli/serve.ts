/**
 * The resident program: it holds the lock, keeps Redis, the local inbox, the pages and the worker, each until the end.
 * The worker is a process of its own, so that a page cannot slow a mailing and a crash of one is not a crash of both.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Complaint } from '../complaint.ts'
import { type Config, readConfig } from '../config.ts'
import { holdLock, type Ledger, openLedger, readLock } from '../ledger/index.ts'
import { type Inbox, openInbox } from '../mail/index.ts'
import { ledgerPath, secretKey, signingKeys, tokensOf } from '../publishing/index.ts'
import { openTeam, openWeb, type WorkerMetrics } from '../web/index.ts'
import { apiTools, openSenders } from './api.ts'
import type { Exit } from './exit.ts'
import { logged, peopleTools, teamTools, webTools } from './pages.ts'
import { askRedis, startRedis } from './redis.ts'
import { say } from './terminal.ts'

/** Where Redis is, as the worker is told it. */
type Place = { url: string } | { socket: string; password: string }

export async function run(): Promise<Exit> {
  const config = readConfig()
  // A key that cannot sign is said here, and not by a worker that ends as often as it is started.
  signingKeys(config)
  using lock = holdLock(config.dataDir)
  if (!lock) throw taken(config)
  await using stack = new AsyncDisposableStack()
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  const end = ending()
  const redis = await placeOfRedis(config, stack, end)
  const inbox =
    config.smtpUrls.length > 0 ? null : stack.use(await openInbox({ dir: join(config.dataDir, 'inbox'), port: 0 }))
  const counted: { last: WorkerMetrics | null } = { last: null }
  const pages = await openPages(config, stack, { ledger, inbox, metrics: () => counted.last })
  lock.announce({ web: pages.web, team: pages.team, inbox: inbox?.url ?? null })
  const worker = new KeptWorker(
    { redis, smtpUrl: inbox?.url ?? '' },
    {
      end,
      // We know that it is dead, so nobody need wait for its leases to run out, nor for its locks in our own Redis.
      mourn: async (owner) => {
        await ledger.disown({ owner })
        if ('socket' in redis) await askRedis(redis, 'FLUSHALL')
      },
      hear: (metrics) => {
        counted.last = metrics
      },
    },
  )
  stack.defer(() => worker.drain())
  say(`public pages   ${pages.web}`)
  say(`team's pages   ${pages.team}`)
  say(
    inbox
      ? `local inbox    ${pages.team}/inbox (no SMTP_URL is set: nothing leaves this machine)`
      : `relay          ${relayName(config)}`,
  )
  if (config.publicUrl.startsWith('https:') && config.webProxies.length === 0) {
    // These pages speak no TLS themselves, so something stands before them.
    say('WEB_PROXIES is unset: all who come through the web server before the pages are counted as one')
  }
  say('serving; Ctrl-C ends it in order, a second one at once')
  await end.asked
  say('ending: what is in hand is finished')
  return 0
}

const relayName = (config: Config): string => config.smtpUrls.map((url) => new URL(url).host).join(', then ')

function taken(config: Config): Complaint {
  const first = readLock(config.dataDir)
  const about = first ? `process ${first.pid}, ${first.web}, ${first.team}` : 'it has just started'
  return new Complaint(`gll serve runs already on ${config.dataDir} (${about})`, {
    remedy: 'use that one, or end it, or set another DATA_DIR',
    exit: 3,
  })
}

interface Ending {
  readonly asked: Promise<void>
  readonly isAsked: () => boolean
}

/** The first Ctrl-C or SIGTERM asks, the second leaves: what is cut off is found by its lease. */
function ending(): Ending {
  let asked = false
  let since = 0
  const promise = new Promise<void>((resolve) => {
    const ask = (): void => {
      if (asked && performance.now() - since > ONE_SIGNAL) process.exit(1)
      if (asked) return
      asked = true
      since = performance.now()
      resolve()
    }
    process.on('SIGINT', ask)
    process.on('SIGTERM', ask)
  })
  return { asked: promise, isAsked: () => asked }
}

/** A launcher passes on what the terminal sends to the whole group as well: within so long it is one. Milliseconds. */
const ONE_SIGNAL = 20

const RESTART_AFTER = 1_000

/** REDIS_URL, or a child that is started again whenever it ends: it may be lost at any moment, and nothing with it. */
async function placeOfRedis(config: Config, stack: AsyncDisposableStack, end: Ending): Promise<Place> {
  if (config.redisUrl !== null) return { url: config.redisUrl }
  const dir = join(config.dataDir, 'redis')
  let child = await startRedis({ dir })
  const { socket, password } = child
  // Not only a Ctrl-C ends us: a page whose address is taken does, and then nobody may start Redis again.
  let wanted = true
  const keep = async (): Promise<void> => {
    for (;;) {
      await child.exited
      if (!wanted || end.isAsked()) return
      say('Redis ended; starting it again. Nothing is lost: it holds no truth')
      await wait(RESTART_AFTER)
      if (!wanted || end.isAsked()) return
      child = await startRedis({ dir, password })
      if (!wanted) await child.stop()
    }
  }
  keep().catch((error: Error) => say(`Redis cannot be started again: ${error.message}`))
  stack.defer(async () => {
    wanted = false
    await child.stop()
  })
  return { socket, password }
}

async function openPages(
  config: Config,
  stack: AsyncDisposableStack,
  { ledger, inbox, metrics }: { ledger: Ledger; inbox: Inbox | null; metrics: () => WorkerMetrics | null },
): Promise<{ web: string; team: string }> {
  const tools = { config, ledger, tokens: tokensOf(config, secretKey(config)), now: Date.now }
  const behind = { ...tools, log: logged }
  const senders = openSenders(behind, stack)
  const shown = { api: apiTools(behind, senders), people: peopleTools(behind, senders.confirmations) }
  const at = { ...config.webListen, proxies: config.webProxies }
  const web = stack.use(await listening('WEB_LISTEN', openWeb(webTools(tools, shown), at)))
  const team = stack.use(await listening('TEAM_LISTEN', openTeam(teamTools(tools, inbox, metrics), config.teamListen)))
  return { web: web.url, team: team.url }
}

async function listening<T>(key: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error
    const fault =
      code === 'EADDRINUSE' ? 'is taken' : code === 'EACCES' ? 'may not be used' : 'is not an address of this machine'
    throw new Complaint(`${key} ${fault}: ${message}`, {
      remedy: `set ${key} to another address, such as 127.0.0.1:8090`,
      exit: 3,
    })
  }
}

const DRAIN_WITHIN = 40_000

/**
 * Left alone, the young generation grows with the load, and the old one to gigabytes before V8 thinks of collecting it:
 * what lives there is 25 MB. Measured at the send of 20,000: 235 MB at most instead of 310, at the same CPU.
 */
export const WORKER_FLAGS: readonly string[] = ['--max-semi-space-size=8', '--max-old-space-size=512']

/** The worker process, started again when it ends unasked. */
class KeptWorker {
  readonly #orders: { redis: Place; smtpUrl: string }
  readonly #end: Ending
  readonly #mourn: (owner: string) => Promise<void>
  readonly #hear: (metrics: WorkerMetrics) => void
  #child: ChildProcess

  /** `mourn` is told under which name it claimed, once it is dead; `hear` what it counted, about once a second. */
  constructor(
    orders: { redis: Place; smtpUrl: string },
    with_: { end: Ending; mourn: (owner: string) => Promise<void>; hear: (metrics: WorkerMetrics) => void },
  ) {
    this.#orders = orders
    this.#end = with_.end
    this.#mourn = with_.mourn
    this.#hear = with_.hear
    this.#child = this.#start()
  }

  #start(): ChildProcess {
    // In the package both are JavaScript: the ending is ours.
    const file = new URL(`../../queues/worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
    const child = fork(file, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, ...WORKER_FLAGS],
    })
    const owner = randomUUID()
    child.once('message', () => child.send({ ...this.#orders, owner }))
    child.on('message', ({ metrics }: { metrics?: WorkerMetrics }) => {
      if (metrics) this.#hear(metrics)
    })
    child.once('exit', (code, signal) => {
      // Where this fails, its lease and its locks run out by themselves.
      this.#mourn(owner).catch(() => {})
      if (this.#end.isAsked()) return
      say(
        `the worker ended (${signal ?? code}); starting it again. What it had in hand is uncertain now, and never sent again`,
      )
      setTimeout(() => {
        if (!this.#end.isAsked()) this.#child = this.#start()
      }, RESTART_AFTER)
    })
    return child
  }

  async drain(): Promise<void> {
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    await Promise.race([gone, wait(DRAIN_WITHIN, undefined, { ref: false })])
    child.kill('SIGKILL')
  }
}
