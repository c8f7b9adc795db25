/**
 * The tables, step by step. A step that has been released is never edited: a new one follows it.
 *
 * `chunk` and `retry` are the work lists, small and indexed by due_at. `delivery` is the record, big and never indexed
 * by state: such an index would have to be rewritten at every step of every message. The delivery's key is
 * (mailing, n), and it is unique by (mailing, subscriber), so nobody can be frozen into one mailing twice.
 */
import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import { bouncing } from './migrations/bouncing.ts'
import type { Dialect } from './migrations/dialect.ts'
import { generation } from './migrations/generation.ts'
import { line } from './migrations/line.ts'
import { messages } from './migrations/messages.ts'
import { oneCase } from './migrations/one-case.ts'
import { patience } from './migrations/patience.ts'
import { people as widerPeople } from './migrations/people.ts'
import { proving } from './migrations/proving.ts'
import { quota } from './migrations/quota.ts'
import { receivers } from './migrations/receivers.ts'
import { vouching } from './migrations/vouching.ts'
import { watchLink } from './migrations/watch-link.ts'
import { DELIVERY_STATES } from './words.ts'

// A migration takes any schema: it is what makes one.
type AnyDb = Kysely<never>

/** From which schema to which a ledger was brought as it was opened; the same where nothing was to be done. */
export interface SchemaStep {
  readonly was: number
  readonly is: number
}

export const migrations: readonly ((db: AnyDb, dialect: Dialect) => Promise<void>)[] = [
  first,
  vouching,
  line,
  proving,
  watchLink,
  bouncing,
  generation,
  quota,
  messages,
  patience,
  widerPeople,
  receivers,
  oneCase,
]

async function first(db: AnyDb, dialect: Dialect): Promise<void> {
  await people(db, dialect)
  await editions(db, dialect)
  await mailings(db, dialect)
  await watching(db, dialect)
}

function table(db: AnyDb, dialect: Dialect, name: string, how: { id: boolean }): CreateTableBuilder<string, string> {
  const made = db.schema.createTable(name) as unknown as CreateTableBuilder<string, string>
  if (!how.id) return made
  return made.addColumn('id', dialect.serial, (c) =>
    dialect.name === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
  )
}

async function people(db: AnyDb, dialect: Dialect): Promise<void> {
  await table(db, dialect, 'list', { id: true })
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await table(db, dialect, 'subscriber', { id: true })
    .addColumn('address', 'text')
    .addColumn('address_key', 'text', (c) => c.unique())
    .addColumn('name', 'text')
    .addColumn('language', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('erased_at', 'bigint')
    .execute()
  await table(db, dialect, 'subscription', { id: false })
    .addColumn('list_id', 'bigint', (c) => c.notNull().references('list.id'))
    .addColumn('subscriber_id', 'bigint', (c) => c.notNull().references('subscriber.id'))
    .addColumn('state', 'text', (c) => c.notNull().check(sql`state in ('subscribed', 'unsubscribed')`))
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('subscription_key', ['list_id', 'subscriber_id'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await table(db, dialect, 'consent', { id: true })
    .addColumn('list_id', 'bigint', (c) => c.notNull().references('list.id'))
    .addColumn('subscriber_id', 'bigint', (c) => c.references('subscriber.id'))
    .addColumn('act', 'text', (c) => c.notNull().check(sql`act in ('subscribed', 'unsubscribed')`))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .execute()
  await table(db, dialect, 'suppression', { id: false })
    .addColumn('address_key', 'text', (c) => c.primaryKey())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()
}

async function editions(db: AnyDb, dialect: Dialect): Promise<void> {
  await table(db, dialect, 'edition', { id: true })
    .addColumn('digest', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('language', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('list', 'text')
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await table(db, dialect, 'link', { id: true })
    .addColumn('href', 'text', (c) => c.notNull().unique())
    .execute()
  await table(db, dialect, 'place', { id: false })
    .addColumn('edition_id', 'bigint', (c) => c.notNull().references('edition.id'))
    .addColumn('part', 'text', (c) => c.notNull())
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('link_id', 'bigint', (c) => c.notNull().references('link.id'))
    .addColumn('words', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('place_key', ['edition_id', 'part', 'n'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await db.schema.createIndex('place_link').on('place').columns(['link_id', 'edition_id']).execute()
  await table(db, dialect, 'certificate', { id: false })
    .addColumn('digest', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()
}

async function mailings(db: AnyDb, dialect: Dialect): Promise<void> {
  await table(db, dialect, 'mailing', { id: true })
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('edition_id', 'bigint', (c) => c.notNull().references('edition.id'))
    .addColumn('list_id', 'bigint', (c) => c.references('list.id'))
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('state_why', 'text')
    .addColumn('audience', 'integer', (c) => c.notNull())
    .addColumn('series', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('published_at', 'bigint')
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('corrects_mailing', 'bigint', (c) => c.references('mailing.id'))
    .addColumn('corrects_edition', 'bigint', (c) => c.references('edition.id'))
    .addColumn('changes', 'text')
    .execute()
  await db.schema.createIndex('mailing_state').on('mailing').columns(['state', 'due_at']).execute()
  let chunk = table(db, dialect, 'chunk', { id: true })
    .addColumn('mailing_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('first_n', 'integer', (c) => c.notNull())
    .addColumn('last_n', 'integer', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('epoch', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('due_at', 'bigint')
  for (const state of DELIVERY_STATES) chunk = chunk.addColumn(state, 'integer', (c) => c.notNull().defaultTo(0))
  await chunk.addUniqueConstraint('chunk_first', ['mailing_id', 'first_n'] as never).execute()
  await db.schema
    .createIndex('chunk_due')
    .on('chunk')
    .column('due_at')
    .where(sql.ref('due_at'), 'is not', null)
    .execute()
  await table(db, dialect, 'delivery', { id: false })
    .addColumn('mailing_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('subscriber_id', 'bigint')
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('fields', 'text', (c) => c.notNull())
    .addColumn('in_reply_to', 'text')
    .addColumn('refs', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('state_at', 'bigint', (c) => c.notNull())
    .addColumn('edition_id', 'bigint')
    .addColumn('epoch', 'integer')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('reply_code', 'integer')
    .addColumn('reply_enhanced', 'text')
    .addColumn('reply_text', 'text')
    .addPrimaryKeyConstraint('delivery_key', ['mailing_id', 'n'] as never)
    .modifyEnd(sql.raw(dialect.name === 'postgres' ? 'with (fillfactor = 70)' : dialect.clustered))
    .execute()
  await db.schema
    .createIndex('delivery_subscriber')
    .unique()
    .on('delivery')
    .columns(['subscriber_id', 'mailing_id'])
    .where(sql.ref('subscriber_id'), 'is not', null)
    .execute()
  await table(db, dialect, 'retry', { id: false })
    .addColumn('mailing_id', 'bigint', (c) => c.notNull())
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('chunk_id', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('retry_key', ['mailing_id', 'n'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await db.schema.createIndex('retry_chunk').on('retry').columns(['chunk_id', 'due_at']).execute()
}

async function watching(db: AnyDb, dialect: Dialect): Promise<void> {
  await table(db, dialect, 'look', { id: true })
    .addColumn('link_id', 'bigint', (c) => c.notNull().references('link.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('slot', 'bigint')
    .addColumn('verdict', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addUniqueConstraint('look_slot', ['link_id', 'slot'] as never)
    .execute()
  await db.schema.createIndex('look_link').on('look').columns(['link_id', 'at']).execute()
  await table(db, dialect, 'watch', { id: false })
    .addColumn('mailing_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('link_id', 'bigint', (c) => c.notNull().references('link.id'))
    .addColumn('published_at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint')
    .addColumn('cause', 'text')
    .addColumn('terms', 'text')
    .addColumn('baseline', 'text')
    .addColumn('answer', 'text')
    .addColumn('corrigendum_id', 'bigint', (c) => c.references('mailing.id'))
    .addPrimaryKeyConstraint('watch_key', ['mailing_id', 'link_id'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await db.schema
    .createIndex('watch_due')
    .on('watch')
    .column('due_at')
    .where(sql.ref('due_at'), 'is not', null)
    .execute()
  await db.schema.createIndex('watch_state').on('watch').columns(['state', 'answer']).execute()
  await table(db, dialect, 'correction', { id: false })
    .addColumn('subscriber_id', 'bigint', (c) => c.notNull())
    .addColumn('mailing_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('link_id', 'bigint', (c) => c.notNull().references('link.id'))
    .addColumn('corrigendum_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addPrimaryKeyConstraint('correction_key', ['subscriber_id', 'mailing_id', 'link_id'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await db.schema.createIndex('correction_corrigendum').on('correction').column('corrigendum_id').execute()
  await table(db, dialect, 'audit', { id: true })
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('who', 'text', (c) => c.notNull())
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('mailing_id', 'bigint')
    .addColumn('detail', 'text', (c) => c.notNull())
    .execute()
  await table(db, dialect, 'heartbeat', { id: false })
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('pid', 'integer', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('note', 'text', (c) => c.notNull())
    .execute()
}
