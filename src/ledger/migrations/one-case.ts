import { type Kysely, sql } from 'kysely'

/**
 * Keys without case: Ann@ and ann@ are one person from here on. Two who are in the ledger already stay two, since the
 * mail that each of them holds names its own; the one whose key is folded is met by imports, and both stay suppressed
 * where either was.
 */
export async function oneCase(db: Kysely<never>): Promise<void> {
  await sql`update subscriber set address_key = lower(address_key)
    where address_key <> lower(address_key)
      and id in (select min(id) from subscriber group by lower(address_key))
      and not exists (select 1 from subscriber o where o.address_key = lower(subscriber.address_key))`.execute(db)
  await sql`insert into suppression (address_key, reason, source, at, until_at)
    select lower(address_key), min(reason), min(source), min(at),
      case when count(until_at) = count(*) then max(until_at) else null end
    from suppression
    where address_key <> lower(address_key)
    group by lower(address_key)
    on conflict (address_key) do nothing`.execute(db)
  await sql`update sign_up set address_key = lower(address_key) where address_key <> lower(address_key)`.execute(db)
}
