/** Who holds a broken copy: the readers whose handed edition carries a dead link, and who of them may be written to. */
import { type RawBuilder, sql } from 'kysely'
import type { HeldCopy, Holder, HolderCounts } from '../words.ts'
import { BULK, type Room } from './room.ts'
import { readerOf, throughList } from './rows.ts'

/** The holders of one edition of a mailing who may still be written to, after delivery `after`: at most BULK. */
export async function holders(
  { db }: Room,
  args: { mailing: number; edition: number; after: number; domain?: string | null },
): Promise<Holder[]> {
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .innerJoin('subscriber as p', 'p.id', 'd.subscriber_id')
    .leftJoin('subscription as s', (join) =>
      join.on('s.list_id', '=', throughList).onRef('s.subscriber_id', '=', 'd.subscriber_id'),
    )
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('d.mailing_id', '=', args.mailing)
    .where('d.n', '>', args.after)
    .where('d.role', '=', 'reader')
    .where('d.edition_id', '=', args.edition)
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .where('x.at', 'is', null)
    .where('p.address', 'is not', null)
    .where((e) => e.or([e(throughList, 'is', null), e('s.state', '=', 'subscribed')]))
    .$if(typeof args.domain === 'string', (q) => q.where(atDomain(args.domain ?? '')))
    .select(['d.n', 'p.id', 'p.address', 'p.name', 'p.language', 'd.fields', throughList.as('list_id')])
    .orderBy('d.n')
    .limit(BULK)
    .execute()
  // The copy is merged again from what was merged then: a corrigendum repeats the letter, it does not update it.
  return rows.map((row) => ({
    ...readerOf(row),
    n: row.n,
    fields: { ...(JSON.parse(row.fields) as Record<string, string>), address: row.address ?? '' },
  }))
}

/** How many hold each edition of a mailing, whether or not they may still be written to. */
export async function held({ db }: Room, args: { mailing: number }): Promise<{ edition: number; holders: number }[]> {
  const rows = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', args.mailing)
    .where('role', '=', 'reader')
    .where('edition_id', 'is not', null)
    .where('state', 'in', ['accepted', 'uncertain'])
    .groupBy('edition_id')
    .select(['edition_id', sql<number>`count(*)`.as('holders')])
    .execute()
  return rows.flatMap((row) =>
    row.edition_id === null ? [] : [{ edition: row.edition_id, holders: Number(row.holders) }],
  )
}

/** By where the copy was sent: a gateway harms what comes to it, whatever the person's address is by now. */
const atDomain = (domain: string) => sql<boolean>`lower(d.address) like ${`%@${domain.toLowerCase()}`}`

/** Who holds each handed edition of a mailing that has one of these links (any edition, for none), and who would get a corrigendum. */
export async function holderCounts(
  { db }: Room,
  args: { mailing: number; links: readonly number[]; domain: string | null },
): Promise<HolderCounts[]> {
  const sum = (condition: RawBuilder<boolean>) =>
    sql<number>`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`
  const erased = sql<boolean>`p.address is null`
  const suppressed = sql<boolean>`p.address is not null and x.at is not null`
  const unsubscribed = sql<boolean>`p.address is not null and x.at is null and ${throughList} is not null and (s.state is null or s.state <> 'subscribed')`
  const open = sql<boolean>`p.address is not null and x.at is null and (${throughList} is null or s.state = 'subscribed')`
  const here = args.domain === null ? sql<boolean>`1 = 1` : atDomain(args.domain)
  // Every one of the links is in hand for this person: nothing is owed.
  const corrected =
    args.links.length === 0
      ? sql<boolean>`1 = 0`
      : sql<boolean>`(select count(*) from correction k where k.subscriber_id = d.subscriber_id and k.mailing_id = d.mailing_id
          and k.link_id in (${sql.join([...args.links])})) >= (select count(distinct pl.link_id) from place pl
          where pl.edition_id = d.edition_id and pl.link_id in (${sql.join([...args.links])}))`
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .leftJoin('subscriber as p', 'p.id', 'd.subscriber_id')
    .leftJoin('subscription as s', (join) =>
      join.on('s.list_id', '=', throughList).onRef('s.subscriber_id', '=', 'd.subscriber_id'),
    )
    .leftJoin('suppression as x', 'x.address_key', 'p.address_key')
    .where('d.mailing_id', '=', args.mailing)
    .where('d.role', '=', 'reader')
    .where('d.edition_id', 'is not', null)
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .$if(args.links.length > 0, (q) =>
      q.where('d.edition_id', 'in', (e) =>
        e
          .selectFrom('place as pe')
          .where('pe.link_id', 'in', [...args.links])
          .select('pe.edition_id'),
      ),
    )
    .groupBy('d.edition_id')
    .orderBy('d.edition_id')
    .select([
      'd.edition_id',
      sql<number>`count(*)`.as('holders'),
      sum(erased).as('erased'),
      sum(suppressed).as('suppressed'),
      sum(unsubscribed).as('unsubscribed'),
      sum(sql<boolean>`${open} and not (${here})`).as('elsewhere'),
      sum(sql<boolean>`${open} and ${here} and ${corrected}`).as('corrected'),
      sum(sql<boolean>`${open} and ${here} and not (${corrected})`).as('people'),
    ])
    .execute()
  return rows.map((row) => ({
    edition: row.edition_id ?? 0,
    holders: Number(row.holders),
    unsubscribed: Number(row.unsubscribed),
    suppressed: Number(row.suppressed),
    erased: Number(row.erased),
    elsewhere: Number(row.elsewhere),
    corrected: Number(row.corrected),
    people: Number(row.people),
  }))
}
/**
 * Copies of announcements, or of `mailing` itself, that these people hold and that carry one of these links, oldest
 * first. A copy whose own mailing has a corrigendum for such a link that has not left yet is told by `waits`.
 */
export async function copiesOf(
  { db }: Room,
  args: { subscribers: readonly number[]; links: readonly number[]; mailing: number },
): Promise<(HeldCopy & { readonly waits: boolean })[]> {
  if (args.subscribers.length === 0 || args.links.length === 0) return []
  const rows = await db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .innerJoin('place as pl', 'pl.edition_id', 'd.edition_id')
    .where('d.subscriber_id', 'in', [...args.subscribers])
    .where('d.role', '=', 'reader')
    .where('d.state', 'in', ['accepted', 'uncertain'])
    .where('pl.link_id', 'in', [...args.links])
    .where((e) => e.or([e('m.kind', '=', 'announcement'), e('m.id', '=', args.mailing)]))
    .orderBy('d.mailing_id')
    .groupBy(['d.subscriber_id', 'd.mailing_id', 'd.edition_id', 'd.n', 'pl.link_id'])
    .select(['d.subscriber_id', 'd.mailing_id', 'd.edition_id', 'd.n', 'pl.link_id'])
    .select((e) =>
      e
        .exists(
          e
            .selectFrom('mailing as c')
            .innerJoin('answers as a', 'a.corrigendum_id', 'c.id')
            .whereRef('c.corrects_mailing', '=', 'd.mailing_id')
            .whereRef('c.corrects_edition', '=', 'd.edition_id')
            .whereRef('a.link_id', '=', 'pl.link_id')
            .where('c.state', '=', 'scheduled')
            .where('c.published_at', 'is', null)
            .where('c.domain', 'is', null)
            .select('c.id'),
        )
        .as('waits'),
    )
    .execute()
  const copies = new Map<string, HeldCopy & { links: number[]; waits: boolean }>()
  for (const row of rows) {
    const key = `${row.subscriber_id} ${row.mailing_id}`
    const known = copies.get(key)
    if (known) {
      known.links.push(row.link_id)
      known.waits ||= Boolean(row.waits)
    } else {
      copies.set(key, {
        subscriber: row.subscriber_id ?? 0,
        mailing: row.mailing_id,
        edition: row.edition_id ?? 0,
        n: row.n,
        links: [row.link_id],
        waits: Boolean(row.waits),
      })
    }
  }
  return [...copies.values()]
}
