/**
 * The ledger on SQLite, inside the one thread that owns the connection (see thread.ts). better-sqlite3 is synchronous
 * and Kysely is not: verbs run one after the other, each in a transaction of its own, and between two verbs all hands
 * and settles that wait are answered in one commit.
 */
import Sqlite, { type Database } from 'better-sqlite3'
import { Kysely, SqliteDialect, SqliteQueryCompiler, sql } from 'kysely'
import { Complaint } from '../complaint.ts'
import type { Dialect } from './migrations/dialect.ts'
import { migrations, type SchemaStep } from './migrations.ts'
import type { WriteAnswer, WriteRequest } from './protocol.ts'
import type { Schema } from './schema.ts'
import { sqliteWriter } from './sqlite-write.ts'
import { reads, writes } from './verbs/index.ts'
import type { Room } from './verbs/room.ts'

export const sqliteDialect: Dialect = { name: 'sqlite', serial: 'integer', clustered: 'without rowid' }

/** Waits so long for another process's write lock: a migration or a checkpoint, not a message. */
const BUSY_MS = 15_000

export interface SqliteLedger {
  readonly schema: SchemaStep
  readonly run: (verb: string, args: unknown) => Promise<unknown>
  readonly write: (batch: readonly WriteRequest[]) => readonly WriteAnswer[]
  readonly close: () => void
}

export async function openSqlite(path: string): Promise<SqliteLedger> {
  const db = new Sqlite(path, { timeout: BUSY_MS })
  // FULL: a commit that was answered survives a power cut, or "handed" would mean nothing.
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  const kysely = new Kysely<Schema>({ dialect: new SteadyDialect({ database: keptStatements(db) }) })
  const schema = await migrate(db, kysely)
  const room: Room = { db: kysely, clock: sql<number>`cast(unixepoch('subsec') * 1000 as integer)` }
  const run = (verb: string, args: unknown): Promise<unknown> => runVerb(db, room, verb, args)
  return { schema, run, write: sqliteWriter(db), close: () => db.close() }
}

/**
 * Writes parameters as `+?`, which means the same. In a join SQLite's planner looks at the value that a bare parameter of
 * a comparison has, and so prepares the statement anew whenever it changes: ten times what most of ours take to run.
 */
class SteadyCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?'
  }
}

class SteadyDialect extends SqliteDialect {
  override createQueryCompiler(): SqliteQueryCompiler {
    return new SteadyCompiler()
  }
}

const STATEMENTS_KEPT = 500
/** Bulk inserts are longer than this, and of many lengths: a few of them are kept, for long runs of full pages. */
const SHORT = 4_000
const LONG_KEPT = 8

/**
 * Kysely prepares each statement anew, which costs as much as most of them take. SQLite itself prepares a kept one
 * again after a change of the schema.
 */
function keptStatements(db: Database): Pick<Database, 'prepare' | 'close'> {
  const short = new Map<string, ReturnType<Database['prepare']>>()
  const long = new Map<string, ReturnType<Database['prepare']>>()
  const prepare = (text: string): ReturnType<Database['prepare']> => {
    const [kept, most] = text.length > SHORT ? [long, LONG_KEPT] : [short, STATEMENTS_KEPT]
    const known = kept.get(text)
    if (known) return known
    const made = db.prepare(text)
    if (kept.size >= most) kept.clear()
    kept.set(text, made)
    return made
  }
  return { prepare: prepare as Database['prepare'], close: () => db.close() }
}

async function runVerb(db: Database, room: Room, verb: string, args: unknown): Promise<unknown> {
  const all: Record<string, (room: Room, args: never) => Promise<unknown>> = { ...reads, ...writes }
  const run = all[verb]
  if (!run) throw new Error(`the ledger has no verb "${verb}"`)
  // Deferred transactions that read and then write fail when another process wrote between: writes lock at once.
  db.exec(verb in writes ? 'begin immediate' : 'begin')
  try {
    const answer = await run(room, args as never)
    db.exec('commit')
    return answer
  } catch (error) {
    if (db.inTransaction) db.exec('rollback')
    throw error
  }
}

/** Brings the tables up to date. Safe to run twice and by two processes at once: the lock is taken before the version is read. */
async function migrate(db: Database, kysely: Kysely<Schema>): Promise<SchemaStep> {
  const version = (): number => Number(db.pragma('user_version', { simple: true }))
  const was = version()
  if (was > migrations.length) throw newer(was)
  while (version() < migrations.length) {
    db.exec('begin immediate')
    try {
      const at = version()
      const step = migrations[at]
      if (step) await step(kysely as unknown as Kysely<never>, sqliteDialect)
      db.pragma(`user_version = ${at + 1}`)
      db.exec('commit')
    } catch (error) {
      if (db.inTransaction) db.exec('rollback')
      throw error
    }
  }
  return { was, is: migrations.length }
}

function newer(version: number): Complaint {
  return new Complaint(`the ledger has schema ${version}; this program knows schemas up to ${migrations.length}`, {
    remedy: 'run the newer program, or restore a ledger that this one made',
    exit: 3,
  })
}
