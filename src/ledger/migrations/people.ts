/**
 * Lists with fields of their own, people with a time zone and tags, evidence of consent in full, sign-ups that nobody
 * has confirmed yet, and mailings to several lists.
 *
 * `subscription` and `consent` are made anew because their states and acts were held by a check. A delivery's `list_id`
 * is the list through which the reader got it; null: the mailing's own.
 */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

type AnyDb = Kysely<Record<string, Record<string, never>>>

export async function people(given: Kysely<never>, dialect: Dialect): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as AnyDb
  await db.schema
    .alterTable('list')
    .addColumn('fields', 'text', (c) => c.notNull().defaultTo('{}'))
    .execute()
  await db.schema.alterTable('subscriber').addColumn('time_zone', 'text').execute()
  await db.schema.alterTable('mailing').addColumn('selection', 'text').execute()
  await db.schema.alterTable('delivery').addColumn('list_id', 'bigint').execute()
  await subscriptions(db, dialect)
  await consents(db, dialect)
  await signUps(db, dialect)
  await db.schema
    .createTable('erased_address')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()
}

async function subscriptions(db: AnyDb, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('subscription_anew')
    .addColumn('list_id', 'bigint', (c) => c.notNull().references('list.id'))
    .addColumn('subscriber_id', 'bigint', (c) => c.notNull().references('subscriber.id'))
    .addColumn('state', 'text', (c) => c.notNull().check(sql`state in ('subscribed', 'paused', 'unsubscribed')`))
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addColumn('until_at', 'bigint')
    .addColumn('fields', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('tags', 'text', (c) => c.notNull().defaultTo('[]'))
    .addPrimaryKeyConstraint('subscription_anew_key', ['list_id', 'subscriber_id'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await sql`insert into subscription_anew (list_id, subscriber_id, state, changed_at)
    select list_id, subscriber_id, state, changed_at from subscription order by list_id, subscriber_id`.execute(db)
  await db.schema.dropTable('subscription').execute()
  await db.schema.alterTable('subscription_anew').renameTo('subscription').execute()
  await db.schema
    .createIndex('subscription_until')
    .on('subscription')
    .column('until_at')
    .where(sql.ref('until_at'), 'is not', null)
    .execute()
}

async function consents(db: AnyDb, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('consent_anew')
    .addColumn('id', dialect.serial, (c) =>
      dialect.name === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn('list_id', 'bigint', (c) => c.references('list.id'))
    .addColumn('subscriber_id', 'bigint', (c) => c.references('subscriber.id'))
    .addColumn('act', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('text', 'text')
    .addColumn('language', 'text')
    .execute()
  await sql`insert into consent_anew (list_id, subscriber_id, act, at, source)
    select list_id, subscriber_id, case act when 'subscribed' then 'imported' else 'left' end, at, source
    from consent order by id`.execute(db)
  await db.schema.dropTable('consent').execute()
  await db.schema.alterTable('consent_anew').renameTo('consent').execute()
  await db.schema.createIndex('consent_subscriber').on('consent').columns(['subscriber_id', 'list_id']).execute()
}

async function signUps(db: AnyDb, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('sign_up')
    .addColumn('id', dialect.serial, (c) =>
      dialect.name === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn('list_id', 'bigint', (c) => c.references('list.id'))
    .addColumn('subscriber_id', 'bigint', (c) => c.references('subscriber.id'))
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('address_key', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('language', 'text')
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('text_language', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    .addColumn('confirmed_at', 'bigint')
    .execute()
  await db.schema.createIndex('sign_up_address').on('sign_up').column('address_key').execute()
  await db.schema.createIndex('sign_up_asked').on('sign_up').column('asked_at').execute()
}
