/** Messages to one: who asked for each, under which key, and what their web hook has been told. Tokens that may ask. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

export async function messages(given: Kysely<never>, dialect: Dialect): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as Kysely<Record<string, Record<string, never>>>
  await db.schema
    .createTable('api_token')
    .addColumn('id', dialect.serial, (c) =>
      dialect.name === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute()
  await db.schema
    .createTable('message')
    .addColumn('mailing_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('token_id', 'bigint')
    .addColumn('idempotency_key', 'text')
    .addColumn('request', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('hook_at', 'bigint')
    .addColumn('hook_tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('message_key', ['mailing_id', 'n'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await db.schema
    .createIndex('message_once')
    .unique()
    .on('message')
    .columns(['token_id', 'idempotency_key'])
    .where(sql.ref('idempotency_key'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('message_hook')
    .on('message')
    .column('hook_at')
    .where(sql.ref('hook_at'), 'is not', null)
    .execute()
}
