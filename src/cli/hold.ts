import type { Exit } from './exit.ts'
import { theMailing, whoAmI, withLedger } from './ledger.ts'
import { say } from './terminal.ts'

export async function run([number]: string[], options: { why?: string }): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const mailing = await theMailing(ledger, number)
    const why = options.why ?? `held by ${whoAmI()}`
    const was = await ledger.hold({ mailing: mailing.id, why })
    if (was !== 'running' && was !== 'scheduled') {
      say(`mailing ${mailing.id} is ${was}; only one that is scheduled or running can be held`)
      return was === 'held' ? 0 : 1
    }
    await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'held', mailing: mailing.id, detail: why })
    const { pending, deferred, handed } = await ledger.counts({ mailing: mailing.id })
    const inHand = handed > 0 ? `; ${handed} were in hand at that moment and may still arrive` : ''
    say(`mailing ${mailing.id} is held: ${pending + deferred} people wait${inHand}`)
    return 0
  })
}
