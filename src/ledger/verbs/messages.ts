/**
 * Messages to one. Each is a row of a small mailing of its own kind, running from the commit that takes it: those who
 * come in within a moment share one, so that a burst costs one commit and not hundreds. There is no list and no watch;
 * what stops one is a suppression.
 */
import type { Kind } from '../../edition/index.ts'
import type { DeliveryState } from '../words.ts'
import { openRunning } from './opening.ts'
import { erasedAmong } from './people.ts'
import { BULK, type Room } from './room.ts'

export interface NewMessage {
  readonly address: string
  /** The comparison key of parseAddress: each once in a call. */
  readonly addressKey: string
  /** Its keyed hash, by which an erased person is known. */
  readonly hash: string
  readonly fields: Readonly<Record<string, string>>
  readonly language: string | null
  /** Who asks: an API token; null: ourselves. */
  readonly token: number | null
  /** The caller's name for the request, by which a repetition is known: each once in a call. */
  readonly key: string | null
  /** A digest of the request: a key that comes again with another one is a fault of the caller. */
  readonly request: string
  /** Whether a web hook waits to hear what becomes of it. */
  readonly hook: boolean
}

export type Posted =
  | { readonly kind: 'taken'; readonly mailing: number; readonly n: number; readonly repeated: boolean }
  /** The key was used for another request. */
  | { readonly kind: 'conflict' }
  /** This person asked to be forgotten. */
  | { readonly kind: 'erased' }

export interface MessageStatus {
  readonly mailing: number
  readonly n: number
  readonly token: number | null
  readonly state: DeliveryState
  readonly at: number
  readonly createdAt: number
  readonly tries: number
  readonly reply: string | null
}

/** Takes at most BULK messages of one edition; the answers are in their order. */
export async function postMessages(
  { db }: Room,
  args: { kind: Kind; edition: number; messages: readonly NewMessage[]; now: number; expiresAt: number },
): Promise<Posted[]> {
  const { messages } = args
  if (messages.length > BULK) throw new Error(`postMessages takes at most ${BULK} messages at a time`)
  const before = await repetitions(db, messages)
  const erased = await erasedAmong(
    db,
    messages.map(({ hash }) => hash),
  )
  const fresh = messages.filter((one, at) => before[at] === null && !erased.has(one.hash))
  const mailing = fresh.length === 0 ? 0 : await openWith(db, args, fresh)
  let n = 0
  return messages.map((one, at): Posted => {
    const known = before[at]
    if (known) return known
    if (erased.has(one.hash)) return { kind: 'erased' }
    n += 1
    return { kind: 'taken', mailing, n, repeated: false }
  })
}

async function repetitions(db: Room['db'], messages: readonly NewMessage[]): Promise<(Posted | null)[]> {
  const keys = messages.flatMap(({ key }) => (key === null ? [] : [key]))
  if (keys.length === 0) return messages.map(() => null)
  const rows = await db
    .selectFrom('message')
    .where('idempotency_key', 'in', keys)
    .select(['mailing_id', 'n', 'token_id', 'idempotency_key', 'request'])
    .execute()
  const known = new Map(rows.map((row) => [`${row.token_id} ${row.idempotency_key}`, row]))
  return messages.map(({ token, key, request }) => {
    const row = key === null ? undefined : known.get(`${token} ${key}`)
    if (!row) return null
    if (row.request !== request) return { kind: 'conflict' }
    return { kind: 'taken', mailing: row.mailing_id, n: row.n, repeated: true }
  })
}

async function openWith(
  db: Room['db'],
  { kind, edition, now, expiresAt }: { kind: Kind; edition: number; now: number; expiresAt: number },
  fresh: readonly NewMessage[],
): Promise<number> {
  // Who has only asked is no subscriber, `ask` has seen to it that they may be written to; and a test is the team's own.
  const role = kind === 'confirmation' ? 'applicant' : kind === 'test' ? 'test' : 'reader'
  const people = role === 'reader' ? await knownPeople(db, fresh, now) : new Map<string, number>()
  const mailing = await openRunning(db, {
    kind,
    edition,
    role,
    now,
    expiresAt,
    rows: fresh.map(({ address, addressKey, fields }) => ({
      address,
      fields,
      subscriber: people.get(addressKey) ?? null,
    })),
  })
  await db
    .insertInto('message')
    .values(
      fresh.map(({ token, key, request, hook }, at) => ({
        mailing_id: mailing,
        n: at + 1,
        token_id: token,
        idempotency_key: key,
        request,
        created_at: now,
        hook_at: hook ? now : null,
      })),
    )
    .execute()
  return mailing
}

/** A person who is written to is known, though on no list: suppression and erasing go by that row. */
async function knownPeople(db: Room['db'], messages: readonly NewMessage[], now: number): Promise<Map<string, number>> {
  await db
    .insertInto('subscriber')
    .values(
      messages.map(({ address, addressKey, fields, language }) => ({
        address,
        address_key: addressKey,
        name: fields.name ?? null,
        language,
        created_at: now,
        erased_at: null,
      })),
    )
    .onConflict((c) => c.column('address_key').doNothing())
    .execute()
  const keys = messages.map(({ addressKey }) => addressKey)
  const rows = await db
    .selectFrom('subscriber')
    .where('address_key', 'in', keys)
    .select(['id', 'address_key'])
    .execute()
  return new Map(rows.map((row) => [row.address_key ?? '', row.id]))
}

/** Forgets whom confirmations went to before a moment: at most BULK. Gives how many. */
export async function forgetApplicants({ db }: Room, args: { before: number }): Promise<number> {
  const old = await db
    .selectFrom('mailing as m')
    .innerJoin('delivery as d', 'd.mailing_id', 'm.id')
    .where('m.kind', '=', 'confirmation')
    .where('m.created_at', '<', args.before)
    .where('d.address', '<>', '')
    .where('d.state', 'not in', ['pending', 'handed', 'deferred'])
    .select(['d.mailing_id', 'd.n'])
    .limit(BULK)
    .execute()
  for (const { mailing_id, n } of old) {
    await db
      .updateTable('delivery')
      .set({ address: '', fields: '{}' })
      .where('mailing_id', '=', mailing_id)
      .where('n', '=', n)
      .execute()
  }
  return old.length
}

export async function message({ db }: Room, args: { mailing: number; n: number }): Promise<MessageStatus | null> {
  const row = await statuses(db).where('o.mailing_id', '=', args.mailing).where('o.n', '=', args.n).executeTakeFirst()
  return row ? statusOf(row) : null
}

const statuses = (db: Room['db']) =>
  db
    .selectFrom('message as o')
    .innerJoin('delivery as d', (join) => join.onRef('d.mailing_id', '=', 'o.mailing_id').onRef('d.n', '=', 'o.n'))
    .select(['o.mailing_id', 'o.n', 'o.token_id', 'o.created_at', 'd.state', 'd.state_at', 'd.tries'])
    .select(['d.reply_code', 'd.reply_text', 'o.hook_tries'])

const statusOf = (row: Awaited<ReturnType<ReturnType<typeof statuses>['execute']>>[number]): MessageStatus => ({
  mailing: row.mailing_id,
  n: row.n,
  token: row.token_id,
  state: row.state as DeliveryState,
  at: row.state_at,
  createdAt: row.created_at,
  tries: row.tries,
  reply: row.reply_code === null ? null : `${row.reply_code} ${row.reply_text ?? ''}`.trim(),
})

/** What a web hook is to be told now: messages that have ended in a state, and those that bounced since. */
export async function dueEvents(
  { db }: Room,
  args: { now: number; limit: number },
): Promise<(MessageStatus & { readonly hookTries: number })[]> {
  const rows = await statuses(db)
    .where('o.hook_at', '<=', args.now)
    .where('d.state', 'not in', ['pending', 'handed', 'deferred'])
    .orderBy('o.hook_at')
    .limit(args.limit)
    .execute()
  return rows.map((row) => ({ ...statusOf(row), hookTries: row.hook_tries }))
}

/** An event was told (`at` null), or is to be tried again. */
export async function eventTold(
  { db }: Room,
  args: { mailing: number; n: number; at: number | null; tries: number },
): Promise<void> {
  await db
    .updateTable('message')
    .set({ hook_at: args.at, hook_tries: args.tries })
    .where('mailing_id', '=', args.mailing)
    .where('n', '=', args.n)
    .execute()
}

/** Something new is to be told of a message whose hook has been told before: it bounced. */
export async function tellAgain(db: Room['db'], args: { mailing: number; n: number; now: number }): Promise<void> {
  await db
    .updateTable('message')
    .set({ hook_at: args.now, hook_tries: 0 })
    .where('mailing_id', '=', args.mailing)
    .where('n', '=', args.n)
    .where((e) => e.or([e('hook_tries', '>', 0), e('hook_at', 'is not', null)]))
    .execute()
}
