/** The tokens by which programs ask: what each may, and until when. */
import { sql } from 'kysely'
import type { Room } from './room.ts'

/** Its secret is never stored: `hash` is the SHA-256 of it. */
export interface ApiToken {
  readonly id: number
  readonly name: string
  readonly hash: string
  readonly scopes: readonly string[]
  readonly createdAt: number
  readonly revokedAt: number | null
}

export async function addToken(
  { db }: Room,
  args: { name: string; hash: string; scopes: readonly string[]; now: number },
): Promise<number> {
  const row = await db
    .insertInto('api_token')
    .values({ name: args.name, hash: args.hash, scopes: args.scopes.join(' '), created_at: args.now, revoked_at: null })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function revokeToken({ db }: Room, args: { id: number; now: number }): Promise<boolean> {
  const row = await db
    .updateTable('api_token')
    .set({ revoked_at: sql<number>`coalesce(revoked_at, ${args.now})` })
    .where('id', '=', args.id)
    .executeTakeFirst()
  return Number(row.numUpdatedRows) > 0
}

export async function apiTokens({ db }: Room): Promise<ApiToken[]> {
  const rows = await db.selectFrom('api_token').selectAll().orderBy('id').execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    hash: row.hash,
    scopes: row.scopes.split(' '),
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }))
}
