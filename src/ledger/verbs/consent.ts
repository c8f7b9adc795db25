/**
 * Consent: leaving, pausing and coming back. Each act is a line of evidence that nothing changes afterwards. How people
 * come to be on a list is in joining.ts and importing.ts.
 */
import type { ConsentAct } from '../words.ts'
import { BULK, type Room } from './room.ts'
import { recordSlipped } from './slipping.ts'

/** The words that were agreed to (or asked about), in which language, and where: a page, an API token, a person. */
export interface Evidence {
  readonly text: string
  readonly textLanguage: string
  readonly source: string
  readonly now: number
}

interface Subscription {
  readonly listId: number
  readonly subscriber: number
}

/** Takes a subscriber off a list. Idempotent; false when there is no such subscription. */
export async function unsubscribe(
  { db }: Room,
  args: Subscription & { source: string; now: number },
): Promise<boolean> {
  const was = await stateOf(db, args)
  if (was === null || was === 'unsubscribed') return was !== null
  await setState(db, { ...args, state: 'unsubscribed' })
  await keepConsent(
    db,
    [{ list: args.listId, subscriber: args.subscriber, act: 'left', source: args.source }],
    args.now,
  )
  await recordSlipped(db, { subscriber: args.subscriber, listId: args.listId, what: 'unsubscribed', now: args.now })
  return true
}

/** Sends them nothing of this list until a moment; again: until another. False where they are not on it. */
export async function pause(
  { db }: Room,
  args: Subscription & { until: number; source: string; now: number },
): Promise<boolean> {
  const was = await stateOf(db, args)
  if (was !== 'subscribed' && was !== 'paused') return false
  await setState(db, { ...args, state: 'paused' })
  const source = `${args.source}, until ${new Date(args.until).toISOString().slice(0, 10)}`
  await keepConsent(db, [{ list: args.listId, subscriber: args.subscriber, act: 'paused', source }], args.now)
  return true
}

/**
 * Puts a known person on a list by their own word (they hold a token that was mailed to them): `returned` from a pause
 * or a departure, `joined` where they had never been. `unknown`: no such person or list.
 */
export async function returnTo(
  { db }: Room,
  args: Subscription & Evidence,
): Promise<'returned' | 'joined' | 'already' | 'unknown'> {
  const was = await stateOf(db, args)
  if (was === 'subscribed') return 'already'
  const both = await db
    .selectFrom('subscriber as p')
    .innerJoin('list as l', (join) => join.on('l.id', '=', args.listId))
    .where('p.id', '=', args.subscriber)
    .where('p.address_key', 'is not', null)
    .select('p.id')
    .executeTakeFirst()
  if (!both) return 'unknown'
  await setState(db, { ...args, state: 'subscribed' })
  const of = { list: args.listId, subscriber: args.subscriber, text: args.text, language: args.textLanguage }
  const act = was === null ? ('confirmed' as const) : ('returned' as const)
  await keepConsent(db, [{ ...of, act, source: args.source }], args.now)
  return was === null ? 'joined' : 'returned'
}

/** Ends pauses whose time is over: at most BULK. Gives how many. */
export async function endPauses({ db }: Room, args: { now: number }): Promise<number> {
  const over = await db
    .selectFrom('subscription')
    .where('until_at', '<=', args.now)
    .where('state', '=', 'paused')
    .select(['list_id', 'subscriber_id'])
    .limit(BULK)
    .execute()
  for (const { list_id, subscriber_id } of over) {
    await setState(db, { listId: list_id, subscriber: subscriber_id, state: 'subscribed', now: args.now })
  }
  await keepConsent(
    db,
    over.map((row) => ({
      list: row.list_id,
      subscriber: row.subscriber_id,
      act: 'returned',
      source: 'the pause is over',
    })),
    args.now,
  )
  return over.length
}

async function stateOf(db: Room['db'], { listId, subscriber }: Subscription) {
  const row = await db
    .selectFrom('subscription')
    .select('state')
    .where('list_id', '=', listId)
    .where('subscriber_id', '=', subscriber)
    .executeTakeFirst()
  return row?.state ?? null
}

/** Puts a subscription into a state, made where it is not there. */
export async function setState(
  db: Room['db'],
  to: Subscription & { state: 'subscribed' | 'paused' | 'unsubscribed'; until?: number; now: number },
): Promise<void> {
  const set = { state: to.state, changed_at: to.now, until_at: to.until ?? null }
  await db
    .insertInto('subscription')
    .values({ list_id: to.listId, subscriber_id: to.subscriber, ...set })
    .onConflict((c) => c.columns(['list_id', 'subscriber_id']).doUpdateSet(set))
    .execute()
}

/** One line of evidence. `text`: the words that were agreed to, in `language`. */
export interface ConsentLine {
  readonly list: number | null
  readonly subscriber: number | null
  readonly act: ConsentAct
  readonly source: string
  readonly text?: string | null
  readonly language?: string | null
  readonly at?: number
}

/** Writes evidence down. Nothing ever changes or removes it; erasing a person takes the person out of it. */
export async function keepConsent(db: Room['db'], lines: readonly ConsentLine[], now: number): Promise<void> {
  if (lines.length === 0) return
  await db
    .insertInto('consent')
    .values(
      lines.map((line) => ({
        list_id: line.list,
        subscriber_id: line.subscriber,
        act: line.act,
        at: line.at ?? now,
        source: line.source,
        text: line.text ?? null,
        language: line.language ?? null,
      })),
    )
    .execute()
}
