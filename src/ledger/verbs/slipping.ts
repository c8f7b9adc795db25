/** What slips out: a copy in hand as its reader asks for no more has left, or leaves now. */
import { audit } from './records.ts'
import type { Room } from './room.ts'
import { throughList } from './rows.ts'

/** Writes down, for each copy in hand to this reader, that nothing stopped it. Call it where they leave. */
export async function recordSlipped(
  db: Room['db'],
  args: { subscriber: number; listId: number | null; what: string; now: number },
): Promise<void> {
  let inHand = db
    .selectFrom('delivery as d')
    .innerJoin('mailing as m', 'm.id', 'd.mailing_id')
    .where('d.subscriber_id', '=', args.subscriber)
    .where('d.state', '=', 'handed')
    .select(['d.mailing_id', 'd.n'])
  if (args.listId !== null) inHand = inHand.where(throughList, '=', args.listId)
  const rows = await inHand.execute()
  for (const { mailing_id, n } of rows) {
    const detail = `delivery ${n} was in hand as its reader was ${args.what}: it may still arrive`
    await audit({ db } as Room, { at: args.now, who: 'the ledger', what: 'slipped out', mailing: mailing_id, detail })
  }
}
