/** The sending side: a worker as `gll serve` keeps one, killed at will, and its Redis. */
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Orders } from '../../queues/worker.ts'
import { askRedis, type RedisChild } from '../../src/cli/redis.ts'
import type { Ledger } from '../../src/ledger/index.ts'

const WORKER = new URL('../../queues/worker.ts', import.meta.url)
/** A lease that runs out within the drill. Milliseconds. */
export const LEASE = 3_000

export interface Sender {
  /** kill -9, now. */
  kill(): void
  /** Stops it where it stands, as a machine that sleeps; and lets it go on. */
  freeze(): void
  thaw(): void
  readonly isAlive: boolean
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** Ends it in order. */
  drain(): Promise<void>
  readonly owner: string
}

export function startSender(of: { redis: RedisChild; smtpUrl: string; env: NodeJS.ProcessEnv; dir: string }): Sender {
  const owner = randomUUID()
  const { socket, password } = of.redis
  const orders: Orders = { redis: { socket, password }, smtpUrl: of.smtpUrl, owner, leaseMs: LEASE }
  const child: ChildProcess = fork(WORKER, {
    cwd: of.dir,
    env: of.env,
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.once('message', () => child.send(orders))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let killed = false
  return {
    owner,
    ended,
    get isAlive() {
      return !killed && child.exitCode === null && child.signalCode === null
    },
    kill: () => {
      killed = true
      child.kill('SIGKILL')
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    drain: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What `gll serve` does when its worker died: the private Redis forgets, and the chunks are free at once. */
export async function clearUp(dead: Sender, redis: RedisChild, ledger: Ledger): Promise<void> {
  await askRedis(redis, 'FLUSHALL')
  await ledger.disown({ owner: dead.owner })
}
