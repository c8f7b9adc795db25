/** What every drill stands on: a ledger on either database, a Redis, a receiver, one published mailing, its senders. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type RedisChild, startRedis } from '../../src/cli/redis.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { type Ledger, openLedger } from '../../src/ledger/index.ts'
import { ledgerPath } from '../../src/publishing/index.ts'
import { openPostgresServer, type Postgres } from '../servers/postgres.ts'
import { openView, type View } from './ledger.ts'
import { publishDrill } from './mailing.ts'
import { type Hooks, openReceiver, type Receiver } from './receiver.ts'
import { type Sender, startSender } from './sender.ts'

export interface Size {
  readonly people: number
  readonly lanes: number
  readonly kb: number
}

export interface World extends AsyncDisposable {
  readonly dir: string
  readonly config: Config
  readonly env: NodeJS.ProcessEnv
  readonly ledger: Ledger
  readonly place: string
  /** Null on SQLite. */
  readonly postgres: Postgres | null
  readonly redis: PrivateRedis
  readonly receiver: Receiver
  /** The receiver's log. */
  readonly file: string
  readonly mailing: number
  readonly view: View
  /** Starts a worker; `host` names a DATA_DIR of its own, as on another machine. */
  start(host?: string): Sender
  isDone(): Promise<boolean>
}

/** A Redis that may be killed and comes back empty at the same socket. */
export interface PrivateRedis {
  readonly now: RedisChild
  kill(): Promise<void>
  restart(): Promise<void>
}

/** The hooks are told of the world once it stands: its mailing is in the ledger that they look into. */
export async function openWorld(
  kind: 'sqlite' | 'postgres',
  size: Size,
  of: { hooks: Hooks & { watch(view: View): void }; under?: string; delay?: number },
): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-drill-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const postgres = kind === 'postgres' ? await openPostgresServer(of.under ? { under: of.under } : {}) : null
  if (kind === 'postgres' && !postgres) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  if (postgres) stack.use(postgres)
  const sqlite = of.under ? `sqlite://${join(of.under, 'ledger.sqlite')}` : null
  const ledgerUrl = postgres ? await postgres.database() : sqlite
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    DATA_DIR: join(dir, 'data'),
    LANES: String(size.lanes),
    FROM: 'The drill <drill@drill.test>',
    SECRET_KEY: randomBytes(32).toString('hex'),
    LOG_LEVEL: 'silent',
    ...(ledgerUrl === null ? {} : { LEDGER_URL: ledgerUrl }),
  }
  const config = readConfig(env)
  mkdirSync(config.dataDir, { recursive: true })
  const place = ledgerPath(config)
  const ledger = stack.use(await openLedger(place))
  const redis = await openRedis(join(dir, 'redis'), stack)
  const file = join(dir, 'receiver.jsonl')
  const receiver = stack.use(await openReceiver(file, of.hooks, of.delay))
  const mailing = await publishDrill(config, ledger, size)
  const view = stack.use(openView(place, mailing))
  of.hooks.watch(view)
  const owned = stack.move()
  return {
    dir,
    config,
    env,
    ledger,
    place,
    postgres,
    redis,
    receiver,
    file,
    mailing,
    view,
    start: (host) => {
      const own = host === undefined ? {} : { DATA_DIR: join(dir, host) }
      const smtpUrl = `smtp://127.0.0.1:${receiver.port}`
      return startSender({ redis: redis.now, smtpUrl, env: { ...env, ...own }, dir })
    },
    // The ledger may be away just now; it is then asked again.
    isDone: () =>
      ledger.mailing({ id: mailing }).then(
        (found) => found?.state === 'done',
        () => false,
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function openRedis(dir: string, stack: AsyncDisposableStack): Promise<PrivateRedis> {
  let child = await startRedis({ dir })
  stack.defer(async () => await child.stop())
  return {
    get now() {
      return child
    },
    kill: async () => {
      process.kill(child.pid, 'SIGKILL')
      await child.exited
    },
    restart: async () => {
      child = await startRedis({ dir, password: child.password })
    },
  }
}

/** A sender that gets nothing done for so long is stuck. Milliseconds. */
const STUCK_AFTER = 90_000

/** Asked again and again, it says whether nothing has arrived for too long. */
export function stuckness(receiver: Receiver): () => boolean {
  let [seen, since] = [receiver.received, performance.now()]
  return () => {
    if (receiver.received !== seen) [seen, since] = [receiver.received, performance.now()]
    return performance.now() - since > STUCK_AFTER
  }
}

export async function untilDone({ isDone, receiver }: Pick<World, 'isDone' | 'receiver'>): Promise<void> {
  const stuck = stuckness(receiver)
  while (!(await isDone())) {
    if (stuck()) throw new Error('the mailing does not end')
    await wait(100)
  }
}
