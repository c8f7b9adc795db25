/** What a mailing's rows keep of their readers. */
import type { Fields } from '../../edition/index.ts'
import type { Room } from './room.ts'

/** The merge fields of the readers at some places of a mailing, in its order; who was erased has none. */
export async function frozenFields({ db }: Room, args: { mailing: number; at: readonly number[] }): Promise<Fields[]> {
  if (args.at.length === 0) return []
  const rows = await db
    .selectFrom('delivery')
    .select('fields')
    .where('mailing_id', '=', args.mailing)
    .where('n', 'in', [...args.at])
    .where('role', '=', 'reader')
    .where('subscriber_id', 'is not', null)
    .orderBy('n')
    .execute()
  return rows.map((row) => JSON.parse(row.fields) as Fields)
}
