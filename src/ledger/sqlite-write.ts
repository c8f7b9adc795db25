/** Hand and settle on SQLite: prepared statements, one immediate transaction for all that wait. */
import type { Database } from 'better-sqlite3'
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

/** Readies the statements; the function it gives answers a batch in one transaction. */
export function sqliteWriter(db: Database): (batch: readonly WriteRequest[]) => readonly WriteAnswer[] {
  const sql = statements(db)
  const inOne = db.transaction((batch: readonly WriteRequest[]) => {
    const { answers, changes } = decide(batch, viewOf(sql))
    for (const change of changes) store(sql, change)
    moveCounts(sql, changes, batch)
    return answers
  })
  return (batch) => inOne.immediate(batch)
}

/** `+?` in joins, and why: sqlite.ts, SteadyCompiler. */
function statements(db: Database) {
  return {
    counts: db.prepare(
      `update chunk set ${DELIVERY_STATES.map((state) => `${state} = ${state} + ?`).join(', ')},
         lease_until = case when epoch = ? then cast(unixepoch('subsec') * 1000 as integer) + ? else lease_until end
       where id = ?`,
    ),
    standing: db.prepare(
      `select c.epoch, m.state, m.edition_id as edition, m.list_id as list, m.expires_at as expiresAt
       from chunk c join mailing m on m.id = c.mailing_id where c.id = +?`,
    ),
    row: db.prepare(
      'select state, epoch, tries, subscriber_id as subscriber, list_id as list, role from delivery where mailing_id = ? and n = ?',
    ),
    consent: db.prepare(
      `select s.state as subscription, x.at as suppressed, p.address_key as key
       from subscriber p
       left join subscription s on s.list_id = +? and s.subscriber_id = p.id
       left join suppression x on x.address_key = p.address_key
       where p.id = +?`,
    ),
    handed: db.prepare(
      'update delivery set state = ?, state_at = ?, edition_id = ?, epoch = ? where mailing_id = ? and n = ?',
    ),
    moved: db.prepare('update delivery set state = ?, state_at = ? where mailing_id = ? and n = ?'),
    settled: db.prepare(
      `update delivery set state = ?, state_at = ?, tries = ?, reply_code = ?, reply_enhanced = ?, reply_text = ?
       where mailing_id = ? and n = ?`,
    ),
    retry: db.prepare(
      `insert into retry (mailing_id, n, chunk_id, due_at) values (?, ?, ?, ?)
       on conflict (mailing_id, n) do update set due_at = excluded.due_at`,
    ),
    noRetry: db.prepare('delete from retry where mailing_id = ? and n = ?'),
    suppress: db.prepare(
      `insert into suppression (address_key, reason, source, at)
       select address_key, ?, 'reply', ? from subscriber where id = ? and address_key is not null
       on conflict (address_key) do nothing`,
    ),
  }
}

type Statements = ReturnType<typeof statements>

function viewOf(sql: Statements): View {
  const standings = new Map<number, Standing | undefined>()
  return {
    standing: (chunk) => {
      if (!standings.has(chunk)) standings.set(chunk, sql.standing.get(chunk) as Standing | undefined)
      return standings.get(chunk)
    },
    row: (mailing, n) => sql.row.get(mailing, n) as Row | undefined,
    consents: (list, subscriber) => {
      const asked = sql.consent.get(list, subscriber) as
        | { subscription: string | null; suppressed: number | null; key: string | null }
        | undefined
      if (!asked || asked.key === null || asked.suppressed !== null) return false
      return list === null || asked.subscription === 'subscribed'
    },
  }
}

function store(sql: Statements, change: Change): void {
  const { mailing, n, to, now, handed, reply, retry } = change
  if (handed) sql.handed.run(to, now, handed.edition, handed.epoch, mailing, n)
  else if (reply) sql.settled.run(to, now, change.tries, reply.code, reply.enhanced, reply.text, mailing, n)
  else sql.moved.run(to, now, mailing, n)
  if (retry === 'none') {
    // Only a row that was deferred before has one: the others need not be asked.
    if (change.tries > 0 || change.from === 'deferred') sql.noRetry.run(mailing, n)
  } else if (retry !== 'keep') sql.retry.run(mailing, n, change.chunk, retry)
  if (change.suppress) sql.suppress.run(change.suppress.reason, now, change.suppress.subscriber)
}

/** Counts and lease of a chunk in one statement: both are columns of a row that is written once. */
function moveCounts(sql: Statements, changes: readonly Change[], batch: readonly WriteRequest[]): void {
  const deltas = countsOf(changes)
  const leases = new Map(renewals(batch).map((renewal) => [renewal.chunk, renewal]))
  for (const chunk of new Set([...deltas.keys(), ...leases.keys()])) {
    const lease = leases.get(chunk)
    const moved = DELIVERY_STATES.map((state) => deltas.get(chunk)?.get(state) ?? 0)
    sql.counts.run(...moved, lease?.epoch ?? null, lease?.leaseMs ?? null, chunk)
  }
}
