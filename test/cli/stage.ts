/** The program as its operator has it: commands as child processes, a real `gll serve`, a site and a receiving server. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { jest } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { gather, gllIn, LAUNCHER } from '../../scripts/demo/gll.ts'
import { type Arrived, readMail } from '../../scripts/demo/inbox.ts'
import { freePort } from '../../scripts/servers/port.ts'
import { openSite } from '../support/http.ts'
import { type Behaviour, openSink, type SinkMessage } from '../support/smtp.ts'

// Real processes on a busy machine take their time; a promise that is broken shows itself sooner.
jest.setTimeout(180_000)

export type Stage = Awaited<ReturnType<typeof openStage>>

/** `env` is what the operator sets besides: times are short unless it says otherwise. */
export async function openStage(of: { sink?: Behaviour; env?: Record<string, string> } = {}) {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-stage-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const site = stack.use(await openSite({ '/': {} }))
  const sink = stack.use(await openSink(of.sink))
  const [webPort, teamPort] = [await freePort(), await freePort()]
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    DATA_DIR: join(dir, 'data'),
    SMTP_URL: sink.url,
    WEB_LISTEN: `127.0.0.1:${webPort}`,
    TEAM_LISTEN: `127.0.0.1:${teamPort}`,
    FROM: 'The GLL Team <gll@gll.test>',
    LOOK_ALLOW: '127.0.0.0/8',
    LOOK_REFERENCE: site.url('/'),
    WATCH_SCHEDULE: '1s/10m',
    ALERT_AFTER: '2/500ms',
    DEAD_AFTER: '3/2s',
    CORRIGENDUM_NOTICE: '4s',
    LANES: '4',
    LOG_LEVEL: 'warn',
    ...of.env,
  }
  const gll = gllIn(env)
  const owned = stack.move()
  return {
    dir,
    env,
    site,
    sink,
    gll,
    web: `http://127.0.0.1:${webPort}`,
    ledgerPath: join(dir, 'data', 'ledger.sqlite'),
    /** Writes a file and gives its path. */
    file: (name: string, text: string): string => {
      writeFileSync(join(dir, name), text)
      return join(dir, name)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export interface Serve extends AsyncDisposable {
  readonly child: ChildProcess
  /** What it has said so far, on both streams. */
  readonly said: () => string
  /** Its exit code, once it has ended; null where a signal ended it. */
  readonly exited: Promise<number | null>
}

/**
 * Starts `gll serve`; resolves when it serves, or has ended. `group`: in a process group of its own, as a terminal
 * starts it, whose Ctrl-C reaches everybody in it.
 */
export async function startServe(stage: Pick<Stage, 'env'>, how: { group?: boolean; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    env: { ...stage.env, ...how.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: how.group ?? false,
  })
  const streams = [gather(child.stdout), gather(child.stderr)]
  const said = (): string => streams.map(({ text }) => text).join('')
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  await until(() => said().includes('serving;') || child.exitCode !== null)
  const serve: Serve = {
    child,
    said,
    exited,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
  return serve
}

/** Waits for what others do in their own time; fails with `what` where it does not come. */
export async function until(so: () => boolean | Promise<boolean>, what = 'what was waited for', within = 120_000) {
  for (const end = Date.now() + within; !(await so()); await wait(50)) {
    if (Date.now() > end) throw new Error(`${what} did not come within ${within / 1_000} s`)
  }
}

export interface Status {
  readonly mailing: number
  readonly kind: string
  readonly state: string
  readonly why: string | null
  readonly corrects: number | null
  readonly audience: number
  readonly counts: Readonly<Record<string, number>>
}

/** `gll status N --json`, whose counts must add up to the audience and be those of the rows themselves. */
export async function statusOf(stage: Stage, mailing: number): Promise<Status> {
  const { out } = await stage.gll.run('status', String(mailing), '--json')
  return JSON.parse(out) as Status
}

/** One value from the ledger, read-only; the ledger must be there. */
export function peek<T>(stage: Pick<Stage, 'ledgerPath'>, query: string, ...args: unknown[]): T[] {
  const db = new Sqlite(stage.ledgerPath, { readonly: true })
  try {
    return db.prepare(query).all(...args) as T[]
  } finally {
    db.close()
  }
}

export const stateOf = (stage: Stage, mailing: number): string =>
  peek<{ state: string }>(stage, 'select state from mailing where id = ?', mailing)[0]?.state ?? ''

export const rowsByState = (stage: Stage, mailing: number): Record<string, number> =>
  Object.fromEntries(
    peek<{ state: string; n: number }>(
      stage,
      'select state, count(*) n from delivery where mailing_id = ? group by state',
      mailing,
    ).map((row) => [row.state, row.n]),
  )

/** The process of the worker, by its heartbeat. */
export const workerOf = (stage: Stage): number =>
  peek<{ pid: number }>(stage, "select pid from heartbeat where name = 'worker' and at > 0")[0]?.pid ?? 0

/** Redis is the child of `gll serve` that is not the worker. */
export function redisOf(serve: Serve): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm=']).toString().split('\n')
  const found = lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .find((match) => Number(match?.[2]) === serve.child.pid && /redis|valkey/.test(match?.[3] ?? ''))
  if (!found) throw new Error('Redis does not run')
  return Number(found[1])
}

/** Where that Redis is, for `askRedis`. */
export const redisAt = (stage: Stage): { socket: string; password: string } =>
  JSON.parse(readFileSync(join(stage.env.DATA_DIR, 'redis', 'redis.json'), 'utf8'))

/** Mail as received, read by a parser that the sender does not use. */
export const mailsOf = async (messages: readonly SinkMessage[]): Promise<Arrived[]> =>
  await Promise.all(messages.map(({ raw }) => readMail(raw)))

/** A CSV of `count` people at one host. */
export const peopleCsv = (host: string, count: number): string =>
  `address,name,language\n${Array.from({ length: count }, (_, at) => `reader${at + 1}@${host},Reader ${at + 1},en\n`).join('')}`
