import type { Exit } from './exit.ts'
import { slippedOf, theMailing, whoAmI, withLedger } from './ledger.ts'
import { counted, say } from './terminal.ts'

export async function run([number]: string[], options: { why?: string }): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const mailing = await theMailing(ledger, number)
    const why = options.why ?? `cancelled by ${whoAmI()}`
    const was = await ledger.cancel({ mailing: mailing.id, why, now: Date.now() })
    if (was === 'done' || was === 'cancelled' || was === null) {
      say(`mailing ${mailing.id} is ${was} already`)
      return was === 'cancelled' ? 0 : 1
    }
    while (await ledger.sweepCancelled({ now: Date.now() }));
    const slipped = slippedOf(await theMailing(ledger, number))
    await ledger.audit({
      at: Date.now(),
      who: whoAmI(),
      what: 'cancelled',
      mailing: mailing.id,
      detail: `${why}${slipped}`,
    })
    const { cancelled, accepted } = await ledger.counts({ mailing: mailing.id })
    say(
      `mailing ${mailing.id} is cancelled: ${counted(cancelled, 'person', 'people')} will not get it, ${accepted} have it${slipped}`,
    )
    return 0
  })
}
