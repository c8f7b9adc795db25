/**
 * Hand and settle on PostgreSQL: what waits while one transaction runs goes into the next one, and each transaction is
 * a handful of statements however many rows it moves.
 */
import type pg from 'pg'
import { gathering } from './gather.ts'
import {
  type Change,
  countsOf,
  decide,
  type Row,
  renewals,
  type Standing,
  type View,
  type WriteAnswer,
  type WriteRequest,
} from './protocol.ts'
import { DELIVERY_STATES } from './words.ts'

/** The database's clock in milliseconds, as it runs on within a transaction. */
export const POSTGRES_CLOCK = 'cast(extract(epoch from clock_timestamp()) * 1000 as bigint)'

export const postgresWriter = (pool: pg.Pool): ((request: WriteRequest) => Promise<WriteAnswer>) =>
  gathering((batch) => inOne(pool, batch))

async function inOne(pool: pg.Pool, batch: readonly WriteRequest[]): Promise<readonly WriteAnswer[]> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const { answers, changes } = decide(batch, await viewOf(client, batch))
    await store(client, changes, batch)
    await client.query('commit')
    return answers
  } catch (error) {
    broken = error as Error
    await client.query('rollback').then(
      () => {
        broken = undefined
      },
      () => {},
    )
    throw error
  } finally {
    // A connection that could not even roll back is not given to anybody else.
    client.release(broken)
  }
}

async function viewOf(client: pg.PoolClient, batch: readonly WriteRequest[]): Promise<View> {
  const touched: { chunk: number; mailing: number; n: number }[] = []
  for (const { settles, hand } of batch) touched.push(...settles, ...(hand ? [hand] : []))
  const standings = await client.query<Standing & { id: number }>({
    name: 'standings',
    // The mailing is locked for share, so a hold waits for this commit and is seen by the next one.
    text: `select c.id, c.epoch, m.state, m.edition_id as edition, m.list_id as list, m.expires_at as "expiresAt"
           from chunk c join mailing m on m.id = c.mailing_id
           where c.id = any($1::bigint[]) order by c.id for update of c for share of m`,
    values: [[...new Set(touched.map((one) => one.chunk))]],
  })
  const rows = await client.query<Row & { mailing_id: number; n: number; list_id: number | null; consents: boolean }>({
    name: 'rows',
    text: `select d.mailing_id, d.n, d.state, d.epoch, d.tries, d.subscriber_id as subscriber, d.list_id as list, d.role,
             coalesce(d.list_id, m.list_id) as list_id,
             (p.address_key is not null and x.at is null and (coalesce(d.list_id, m.list_id) is null or s.state = 'subscribed')) is true as consents
           from unnest($1::bigint[], $2::integer[]) as k (mailing, n)
           join delivery d on d.mailing_id = k.mailing and d.n = k.n
           join mailing m on m.id = d.mailing_id
           left join subscriber p on p.id = d.subscriber_id
           left join subscription s on s.list_id = coalesce(d.list_id, m.list_id) and s.subscriber_id = p.id
           left join suppression x on x.address_key = p.address_key
           for update of d`,
    values: [touched.map((one) => one.mailing), touched.map((one) => one.n)],
  })
  const standingOf = new Map(standings.rows.map((row) => [row.id, row]))
  const rowOf = new Map(rows.rows.map((row) => [`${row.mailing_id} ${row.n}`, row]))
  const consents = new Map(rows.rows.map((row) => [`${row.list_id} ${row.subscriber}`, row.consents]))
  return {
    standing: (chunk) => standingOf.get(chunk),
    row: (mailing, n) => rowOf.get(`${mailing} ${n}`),
    consents: (list, subscriber) => consents.get(`${list} ${subscriber}`) ?? false,
  }
}

async function store(client: pg.PoolClient, changes: readonly Change[], batch: readonly WriteRequest[]): Promise<void> {
  if (changes.length > 0) await moveRows(client, changes)
  await moveCounts(client, changes, batch)
  const retries = changes.filter((change) => typeof change.retry === 'number')
  if (retries.length > 0) await putRetries(client, retries)
  const ended = changes.filter((change) => change.retry === 'none' && (change.tries > 0 || change.from === 'deferred'))
  if (ended.length > 0) await takeRetries(client, ended)
  for (const { suppress, now } of changes) if (suppress) await putSuppression(client, suppress, now)
}

async function moveRows(client: pg.PoolClient, changes: readonly Change[]): Promise<void> {
  // A row that was settled and handed in one batch is moved once, to where it ended.
  const last = [...new Map(changes.map((change) => [`${change.mailing} ${change.n}`, change])).values()]
  await client.query({
    name: 'move-rows',
    text: `update delivery d set state = k.state, state_at = k.at, tries = k.tries,
             edition_id = case when k.hand then k.edition else d.edition_id end,
             epoch = case when k.hand then k.epoch else d.epoch end,
             reply_code = case when k.replied then k.code else d.reply_code end,
             reply_enhanced = case when k.replied then k.enhanced else d.reply_enhanced end,
             reply_text = case when k.replied then k.said else d.reply_text end
           from unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[], $5::integer[], $6::boolean[], $7::bigint[],
                       $8::integer[], $9::boolean[], $10::integer[], $11::text[], $12::text[])
             as k (mailing, n, state, at, tries, hand, edition, epoch, replied, code, enhanced, said)
           where d.mailing_id = k.mailing and d.n = k.n`,
    values: [
      last.map((c) => c.mailing),
      last.map((c) => c.n),
      last.map((c) => c.to),
      last.map((c) => c.now),
      last.map((c) => c.tries),
      last.map((c) => c.handed !== null),
      last.map((c) => c.handed?.edition ?? null),
      last.map((c) => c.handed?.epoch ?? null),
      last.map((c) => c.reply !== null),
      last.map((c) => c.reply?.code ?? null),
      last.map((c) => c.reply?.enhanced ?? null),
      last.map((c) => c.reply?.text ?? null),
    ],
  })
}

const MOVE_COUNTS = `update chunk c set
    ${DELIVERY_STATES.map((state, at) => `${state} = c.${state} + k.d${at}`).join(', ')},
    lease_until = case when c.epoch = k.epoch then ${POSTGRES_CLOCK} + k.lease else c.lease_until end
  from unnest($1::bigint[], $2::integer[], $3::bigint[], ${DELIVERY_STATES.map((_, at) => `$${at + 4}::integer[]`).join(', ')})
    as k (chunk, epoch, lease, ${DELIVERY_STATES.map((_, at) => `d${at}`).join(', ')})
  where c.id = k.chunk`

/** Counts and leases in one statement: both are of the chunk, and a row is locked and written once. */
async function moveCounts(
  client: pg.PoolClient,
  changes: readonly Change[],
  batch: readonly WriteRequest[],
): Promise<void> {
  const deltas = countsOf(changes)
  const leases = new Map(renewals(batch).map((renewal) => [renewal.chunk, renewal]))
  const chunks = [...new Set([...deltas.keys(), ...leases.keys()])]
  if (chunks.length === 0) return
  await client.query({
    name: 'move-counts',
    text: MOVE_COUNTS,
    values: [
      chunks,
      chunks.map((chunk) => leases.get(chunk)?.epoch ?? null),
      chunks.map((chunk) => leases.get(chunk)?.leaseMs ?? null),
      ...DELIVERY_STATES.map((state) => chunks.map((chunk) => deltas.get(chunk)?.get(state) ?? 0)),
    ],
  })
}

async function putRetries(client: pg.PoolClient, changes: readonly Change[]): Promise<void> {
  await client.query({
    name: 'put-retries',
    text: `insert into retry (mailing_id, n, chunk_id, due_at)
           select * from unnest($1::bigint[], $2::integer[], $3::bigint[], $4::bigint[])
           on conflict (mailing_id, n) do update set due_at = excluded.due_at`,
    values: [
      changes.map((c) => c.mailing),
      changes.map((c) => c.n),
      changes.map((c) => c.chunk),
      changes.map((c) => c.retry),
    ],
  })
}

async function takeRetries(client: pg.PoolClient, changes: readonly Change[]): Promise<void> {
  await client.query({
    name: 'take-retries',
    text: `delete from retry r using unnest($1::bigint[], $2::integer[]) as k (mailing, n)
           where r.mailing_id = k.mailing and r.n = k.n`,
    values: [changes.map((c) => c.mailing), changes.map((c) => c.n)],
  })
}

async function putSuppression(
  client: pg.PoolClient,
  suppress: NonNullable<Change['suppress']>,
  now: number,
): Promise<void> {
  await client.query({
    name: 'put-suppression',
    text: `insert into suppression (address_key, reason, source, at)
           select address_key, $1, 'reply', $2 from subscriber where id = $3 and address_key is not null
           on conflict (address_key) do nothing`,
    values: [suppress.reason, now, suppress.subscriber],
  })
}
