/**
 * The held line, notices to the team, and what a corrigendum answers.
 *
 * `mailing.held_by` is `line` while the watch holds a mailing and may let it go on again; `line_at` is when that is to
 * be tried next. A corrigendum may be for one mail domain alone, and says by `origin` whether it went by itself.
 */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

export async function line(given: Kysely<never>, dialect: Dialect): Promise<void> {
  // A migration takes any schema: it is what makes one.
  const db = given as unknown as Kysely<Record<string, Record<string, never>>>
  for (const [name, type] of [
    ['held_by', 'text'],
    ['line_at', 'bigint'],
    ['domain', 'text'],
    ['origin', 'text'],
  ] as const) {
    await db.schema.alterTable('mailing').addColumn(name, type).execute()
  }
  await db.schema
    .alterTable('mailing')
    .addColumn('holds', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.alterTable('watch').addColumn('dead_at', 'bigint').execute()
  await db.schema
    .createTable('answers')
    .addColumn('corrigendum_id', 'bigint', (c) => c.notNull().references('mailing.id'))
    .addColumn('link_id', 'bigint', (c) => c.notNull().references('link.id'))
    .addPrimaryKeyConstraint('answers_key', ['corrigendum_id', 'link_id'] as never)
    .modifyEnd(sql.raw(dialect.clustered))
    .execute()
  await db.schema
    .createTable('notice')
    .addColumn('id', dialect.serial, (c) =>
      dialect.name === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn('topic', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('mailing_id', 'bigint', (c) => c.references('mailing.id'))
    .addColumn('link_id', 'bigint', (c) => c.references('link.id'))
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('times', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('remind', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('closed_at', 'bigint')
    .addColumn('hook_at', 'bigint')
    .addColumn('hook_tries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema
    .createIndex('notice_due')
    .on('notice')
    .column('due_at')
    .where(sql.ref('due_at'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('notice_hook')
    .on('notice')
    .column('hook_at')
    .where(sql.ref('hook_at'), 'is not', null)
    .execute()
  await db.schema.createIndex('notice_mailing').on('notice').column('mailing_id').execute()
  await db.schema.createIndex('mailing_corrects').on('mailing').column('corrects_mailing').execute()
}
