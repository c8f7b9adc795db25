/** What is told about people and about us: who was handed what, and the audit trail. */
import type { DeliveryState, Handed } from '../words.ts'
import type { Room } from './room.ts'

/** Everything a person was handed or is to be, newest first. */
export async function who({ db }: Room, args: { subscriber: number }): Promise<Handed[]> {
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .innerJoin('edition as e', 'e.id', 'm.edition_id')
    .where('d.subscriber_id', '=', args.subscriber)
    .where('m.state', '!=', 'publishing')
    .orderBy('d.mailing_id', 'desc')
    .select([
      'd.mailing_id',
      'm.kind',
      'e.subject',
      'd.n',
      'd.state',
      'd.state_at',
      'd.reply_code',
      'd.reply_text',
      'm.corrects_mailing',
    ])
    .execute()
  return rows.map((row) => ({
    mailing: row.mailing_id,
    kind: row.kind as Handed['kind'],
    subject: row.subject,
    n: row.n,
    state: row.state as DeliveryState,
    at: row.state_at,
    reply: row.reply_code === null ? row.reply_text : `${row.reply_code} ${row.reply_text ?? ''}`.trim(),
    corrects: row.corrects_mailing,
  }))
}

/** People who hold a copy that carries a link, after delivery `after`: at most 1,000. */
export async function holdersOf(
  { db }: Room,
  args: { mailing: number; href: string; after: number },
): Promise<{ n: number; address: string; state: DeliveryState }[]> {
  const rows = await db
    .selectFrom('delivery as d')
    .where('d.mailing_id', '=', args.mailing)
    .where('d.n', '>', args.after)
    .where('d.role', '=', 'reader')
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .where('d.edition_id', 'in', (q) =>
      q
        .selectFrom('place as p')
        .innerJoin('link as l', 'l.id', 'p.link_id')
        .where('l.href', '=', args.href)
        .select('p.edition_id'),
    )
    .orderBy('d.n')
    .limit(1_000)
    .select(['d.n', 'd.address', 'd.state'])
    .execute()
  return rows.map((row) => ({ n: row.n, address: row.address, state: row.state as DeliveryState }))
}

/** One delivery with what was handed: for the web copy. */
export async function deliveryCopy(
  { db }: Room,
  args: { mailing: number; n: number },
): Promise<{
  subscriber: number | null
  /** The list through which they got it; null: the mailing's. */
  list: number | null
  edition: number | null
  fields: Record<string, string>
  address: string
  /** Since when it is in its state. */
  at: number
} | null> {
  const row = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.mailing)
    .where('n', '=', args.n)
    .select(['subscriber_id', 'list_id', 'edition_id', 'fields', 'address', 'state_at'])
    .executeTakeFirst()
  if (!row) return null
  return {
    subscriber: row.subscriber_id,
    list: row.list_id,
    edition: row.edition_id,
    fields: JSON.parse(row.fields) as Record<string, string>,
    address: row.address,
    at: row.state_at,
  }
}

/** The newest corrigendum of a mailing that is on its way or out; null when there is none. */
export async function corrigendumOf(
  { db }: Room,
  args: { mailing: number; edition: number | null },
): Promise<{ mailing: number; edition: number } | null> {
  const row = await db
    .selectFrom('mailing')
    .where('corrects_mailing', '=', args.mailing)
    .where('corrects_edition', 'is', args.edition)
    .where('state', 'in', ['running', 'done'])
    .orderBy('id', 'desc')
    .select(['id', 'edition_id'])
    .executeTakeFirst()
  return row ? { mailing: row.id, edition: row.edition_id } : null
}

/** Corrigenda of a mailing, whatever became of them. */
export async function corrigendaOf({ db }: Room, args: { mailing: number }): Promise<number[]> {
  const rows = await db
    .selectFrom('mailing')
    .where('corrects_mailing', '=', args.mailing)
    .orderBy('id')
    .select('id')
    .execute()
  return rows.map((row) => row.id)
}

export async function audit(
  { db }: Room,
  args: { at: number; who: string; what: string; mailing: number | null; detail: string },
): Promise<void> {
  await db
    .insertInto('audit')
    .values({ at: args.at, who: args.who, what: args.what, mailing_id: args.mailing, detail: args.detail })
    .execute()
}

export async function audits(
  { db }: Room,
  args: { mailing: number },
): Promise<{ at: number; who: string; what: string; detail: string }[]> {
  return await db
    .selectFrom('audit')
    .where('mailing_id', '=', args.mailing)
    .orderBy('id')
    .select(['at', 'who', 'what', 'detail'])
    .execute()
}
