/**
 * What receivers answer, counted over the last few hundred answers of each, and the rest that may follow. Lanes tell of
 * refusals at once and of the rest in bulk, so a message costs nothing here.
 */
import { sql } from 'kysely'
import type { Answers, NoticeStart, RestingReceiver } from '../words.ts'
import { putNotices } from './notices.ts'
import type { Room } from './room.ts'

/** What was heard of one receiver since it was last told. */
export interface Heard extends Answers {
  readonly receiver: string
  /** When the mail left that this is about: what left before somebody let the receiver go on is not counted again. */
  readonly left: number
}

/** Counted in two halves of so many: of the last 500 answers at least the latest half is known. */
const HALF = 250
const NONE: Answers = { answers: 0, hard: 0, refused: 0, slowed: 0 }

interface Window {
  readonly older: Answers
  readonly newer: Answers
}
const EMPTY = JSON.stringify({ older: NONE, newer: NONE } satisfies Window)

/** Counts on; gives what the last answers of each were. Of one that rests, what is heard meanwhile is no news. */
export async function hearReceivers(
  { db }: Room,
  args: { heard: readonly Heard[]; now: number },
): Promise<(Answers & { readonly receiver: string })[]> {
  const windows: (Answers & { receiver: string })[] = []
  // In the order of their names: two workers that hear of the same ones wait for each other, and not both.
  for (const heard of args.heard.toSorted((a, b) => (a.receiver < b.receiver ? -1 : 1))) {
    const row = await locked(db, heard.receiver)
    if (heard.left < row.resumed_at || rests(row, args.now)) continue
    const { older, newer } = JSON.parse(row.answers) as Window
    const grown = sum(newer, heard)
    const next: Window = grown.answers < HALF ? { older, newer: grown } : { older: grown, newer: NONE }
    await db
      .updateTable('receiver')
      .set({ answers: JSON.stringify(next) })
      .where('name', '=', row.name)
      .execute()
    windows.push({ receiver: row.name, ...sum(older, grown) })
  }
  return windows
}

const sum = (a: Answers, b: Answers): Answers => ({
  answers: a.answers + b.answers,
  hard: a.hard + b.hard,
  refused: a.refused + b.refused,
  slowed: a.slowed + b.slowed,
})

/** The receiver's row, there or made, and nobody else's until our commit. */
async function locked(db: Room['db'], name: string) {
  return await db
    .insertInto('receiver')
    .values({ name, answers: EMPTY, rests_since: null, rests_until: null, why: null, resumed_at: 0 })
    .onConflict((c) => c.column('name').doUpdateSet({ name: sql<string>`excluded.name` }))
    .returningAll()
    .executeTakeFirstOrThrow()
}

const rests = (row: { rests_since: number | null; rests_until: number | null }, now: number): boolean =>
  row.rests_since !== null && (row.rests_until === null || row.rests_until > now)

/**
 * Lets a receiver rest, for what it said of mail that left at `left`; `until` null: till somebody lets it go on. It is
 * counted afresh then. False: it rests already, or somebody has let it go on since.
 */
export async function restReceiver(
  { db }: Room,
  args: { receiver: string; why: string; left: number; until: number | null; notice: NoticeStart | null; now: number },
): Promise<boolean> {
  const row = await locked(db, args.receiver)
  if (args.left < row.resumed_at || rests(row, args.now)) return false
  await db
    .updateTable('receiver')
    .set({ answers: EMPTY, rests_since: args.now, rests_until: args.until, why: args.why })
    .where('name', '=', args.receiver)
    .execute()
  if (args.notice) await putNotices(db, [args.notice], args.now)
  return true
}

/** Those that rest now, by name. */
export async function restingReceivers({ db }: Room, args: { now: number }): Promise<RestingReceiver[]> {
  const rows = await db
    .selectFrom('receiver')
    .where('rests_since', 'is not', null)
    .where((e) => e.or([e('rests_until', 'is', null), e('rests_until', '>', args.now)]))
    .orderBy('name')
    .select(['name', 'rests_since', 'rests_until', 'why'])
    .execute()
  return rows.map((row) => ({
    receiver: row.name,
    since: row.rests_since ?? 0,
    until: row.rests_until,
    why: row.why ?? '',
  }))
}

/** Lets mail to a receiver go on: what waits for it is due. False: it does not rest. */
export async function resumeReceiver({ db }: Room, args: { receiver: string; now: number }): Promise<boolean> {
  const resumed = await db
    .updateTable('receiver')
    .set({ answers: EMPTY, rests_since: null, rests_until: null, why: null, resumed_at: args.now })
    .where('name', '=', args.receiver)
    .where('rests_since', 'is not', null)
    .where((e) => e.or([e('rests_until', 'is', null), e('rests_until', '>', args.now)]))
    .executeTakeFirst()
  if (Number(resumed.numUpdatedRows) === 0) return false
  await db
    .updateTable('notice')
    .set({ closed_at: args.now, due_at: null })
    .where('kind', '=', 'receiver')
    .where('topic', 'like', `receiver ${args.receiver} %`)
    .where('closed_at', 'is', null)
    .execute()
  await db
    .updateTable('chunk')
    .set({ due_at: args.now })
    .where('due_at', '>', args.now)
    .where('pending', '>', 0)
    .where('mailing_id', 'in', (e) => e.selectFrom('mailing').select('id').where('state', '=', 'running'))
    .execute()
  return true
}
