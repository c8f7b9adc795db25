/** What the gate asks of the ledger: vouches, and looks of the last minutes. */
import type { Cause, Look } from '../../links/index.ts'
import { keepLook } from './editions.ts'
import { audit } from './records.ts'
import type { Room } from './room.ts'

/** A named person's word that something doubtful is right. */
export interface NewVouch {
  /** The address as written, or the key of a place. */
  readonly what: string
  readonly rule: string
  /** Why the look was unsure; null for a place. */
  readonly cause: Cause | null
  /** File name of the letter whose place it is; null for a link, which may stand in any. */
  readonly letter: string | null
  /** For people: the address, or the words around the place. */
  readonly words: string
  readonly who: string
  readonly why: string
  readonly at: number
  readonly until: number
}

export interface Vouch extends NewVouch {
  readonly id: number
  readonly revokedAt: number | null
  readonly revokedBy: string | null
}

/** Keeps a vouch, with a line in the audit trail; gives its number. */
export async function vouch(room: Room, args: NewVouch): Promise<number> {
  const { until, ...said } = args
  const { id } = await room.db
    .insertInto('vouch')
    .values({ ...said, until_at: until, revoked_at: null, revoked_by: null })
    .returning('id')
    .executeTakeFirstOrThrow()
  const detail = `vouch ${id}, ${said.rule}: ${said.words}: ${said.why}`
  await audit(room, { at: said.at, who: said.who, what: 'vouched', mailing: null, detail })
  return id
}

/** Takes a vouch back. False where there is none of that number, or it is revoked already. */
export async function revokeVouch(room: Room, args: { id: number; who: string; now: number }): Promise<boolean> {
  const revoked = await room.db
    .updateTable('vouch')
    .set({ revoked_at: args.now, revoked_by: args.who })
    .where('id', '=', args.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (Number(revoked.numUpdatedRows) === 0) return false
  await audit(room, { at: args.now, who: args.who, what: 'vouch revoked', mailing: null, detail: `vouch ${args.id}` })
  return true
}

/** The vouches that hold at a moment, oldest first; `at` null: every one there ever was. */
export async function vouches({ db }: Room, args: { at: number | null }): Promise<Vouch[]> {
  const all = db.selectFrom('vouch').selectAll().orderBy('id')
  const { at } = args
  const rows = await (at === null
    ? all
    : all.where('at', '<=', at).where('until_at', '>', at).where('revoked_at', 'is', null)
  ).execute()
  return rows.map(({ until_at, revoked_at, revoked_by, cause, ...said }) => ({
    ...said,
    cause: cause as Cause | null,
    until: until_at,
    revokedAt: revoked_at,
    revokedBy: revoked_by,
  }))
}

/** Keeps looks of the gate that no certificate rests on: at most BULK. */
export async function recordLooks(
  { db }: Room,
  args: { looks: readonly { href: string; look: Look }[] },
): Promise<void> {
  for (const { href, look } of args.looks) await keepLook(db, href, look)
}
