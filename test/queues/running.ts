/** The worker as a process of its own, over a house's ledger and a real Redis. */
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import type { Orders } from '../../queues/worker.ts'
import type { WorkerMetrics } from '../../src/web/index.ts'
import type { House } from '../publishing/house.ts'
import type { TestRedis } from '../support/redis.ts'

const WORKER = new URL('../../queues/worker.ts', import.meta.url)

interface TestWorker extends AsyncDisposable {
  readonly child: ChildProcess
  /** Its exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>
  /** Its log, an object a line. */
  readonly logged: () => Record<string, unknown>[]
  /** What it counted under this name, as it last told its parent: the sum over all labels. */
  readonly counted: (name: string) => number
}

/** A worker over the house's ledger, as `gll serve` starts one. */
export function startWorker(house: House, redis: TestRedis, env: Record<string, string> = {}): TestWorker {
  const child = fork(WORKER, {
    cwd: house.config.dataDir,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      DATA_DIR: house.config.dataDir,
      FROM: 'The GLL Team <gll@gll.test>',
      LANES: '4',
      LOG_LEVEL: 'error',
      ...env,
    },
    // What jest was started with is none of the worker's business.
    execArgv: [],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let told = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    told += bytes.toString()
  })
  let metrics: WorkerMetrics = []
  child.on('message', (message: { metrics?: WorkerMetrics }) => {
    metrics = message.metrics ?? metrics
  })
  const orders: Orders = { redis: { url: redis.url }, smtpUrl: house.sink.url }
  child.once('message', () => child.send(orders))
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      if (code) process.stderr.write(told)
      resolve(code)
    }),
  )
  return {
    child,
    exited,
    logged: () => told.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : [])),
    counted: (name) =>
      metrics.find((one) => one.name === name)?.values.reduce((sum, { value }) => sum + Number(value), 0) ?? 0,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
    },
  }
}

export async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; !(await so()); await wait(20)) {
    if (Date.now() > end) throw new Error(`still waiting for ${so}`)
  }
}

export const isDone = async (house: House, mailing: number): Promise<boolean> =>
  (await house.ledger.mailing({ id: mailing }))?.state === 'done'
