/**
 * The ledger on PostgreSQL: the same verbs on a pool, for several workers on several hosts. Hands and settles of this
 * process are gathered into one transaction on one connection; everything else takes any connection.
 *
 * synchronous_commit stays on (the server's default): a commit that was answered survives the server's crash.
 */
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { Complaint } from '../complaint.ts'
import type { Dialect } from './migrations/dialect.ts'
import { migrations, type SchemaStep } from './migrations.ts'
import { POSTGRES_CLOCK, postgresWriter } from './postgres-write.ts'
import type { WriteAnswer, WriteRequest } from './protocol.ts'
import type { Schema } from './schema.ts'
import { reads, writes } from './verbs/index.ts'
import type { Room } from './verbs/room.ts'

export const postgresDialect: Dialect = { name: 'postgres', serial: 'bigserial', clustered: '' }

export interface PostgresLedger {
  readonly schema: SchemaStep
  readonly run: (verb: string, args: unknown) => Promise<unknown>
  readonly write: (request: WriteRequest) => Promise<WriteAnswer>
  readonly close: () => Promise<void>
}

const CONNECTIONS = 8
const CONNECT_WITHIN = 10_000

// bigint and numeric as numbers: ids and milliseconds fit into 53 bits, and so do the sums of counts.
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)
types.setTypeParser(pg.types.builtins.NUMERIC, Number)

/** Throws a Complaint where the server cannot be reached or holds a newer ledger. */
export async function openPostgres(url: string): Promise<PostgresLedger> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN,
    types,
    application_name: 'gll',
  })
  // A connection that breaks is news for its user, or its next one, not the end of the process: the pool listens to
  // those that are idle, and one in use would end us with an error that nobody hears.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  let schema: SchemaStep
  try {
    schema = await migrate(kysely)
  } catch (error) {
    await pool.end()
    throw explained(error, url)
  }
  const clock = sql<number>`${sql.raw(POSTGRES_CLOCK)}`
  return {
    schema,
    run: (verb, args) => runVerb(kysely, clock, verb, args),
    write: postgresWriter(pool),
    close: () => kysely.destroy(),
  }
}

/** Two transactions that wait for each other, met on one row, or made the same row: one of them is simply to be done again. */
const AGAIN = new Set(['40001', '40P01', '23505'])
const TRIES = 5

async function runVerb(kysely: Kysely<Schema>, clock: Room['clock'], verb: string, args: unknown): Promise<unknown> {
  const all: Record<string, (room: Room, args: never) => Promise<unknown>> = { ...reads, ...writes }
  const run = all[verb]
  if (!run) throw new Error(`the ledger has no verb "${verb}"`)
  if (!(verb in writes)) return await run({ db: kysely, clock }, args as never)
  for (let tries = 1; ; tries += 1) {
    try {
      return await kysely.transaction().execute((db) => run({ db, clock }, args as never))
    } catch (error) {
      if (tries >= TRIES || !AGAIN.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}

/** Any number will do, so long as it is ours: two processes that migrate at once do so one after the other. */
const MIGRATION_LOCK = 4_757_701

/** Brings the tables up to date. Safe to run twice, by two processes at once, and while a worker runs. */
async function migrate(kysely: Kysely<Schema>): Promise<SchemaStep> {
  return await kysely.transaction().execute(async (db) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(db)
    await sql`create table if not exists schema_version (version integer not null)`.execute(db)
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(db)
    const version = rows[0]?.version ?? 0
    if (version > migrations.length) {
      throw new Complaint(`the ledger has schema ${version}; this program knows schemas up to ${migrations.length}`, {
        remedy: 'run the newer program, or restore a ledger that this one made',
        exit: 3,
      })
    }
    if (version === migrations.length) return { was: version, is: version }
    for (const step of migrations.slice(version)) await step(db as unknown as Kysely<never>, postgresDialect)
    await sql`delete from schema_version`.execute(db)
    await sql`insert into schema_version (version) values (${migrations.length})`.execute(db)
    return { was: version, is: migrations.length }
  })
}

function explained(error: unknown, url: string): unknown {
  const { code, message } = error as Error & { code?: string }
  if (code === 'COMPLAINT') return error
  const { host, pathname } = new URL(url)
  return new Complaint(`cannot open the ledger on ${host}${pathname}: ${message || code}`, {
    remedy: 'check LEDGER_URL, and that the server runs and lets this user create tables there',
    exit: 3,
    cause: error,
  })
}
