import type { Exit } from './exit.ts'
import { slippedOf, theMailing, whoAmI, withLedger } from './ledger.ts'
import { counted, say } from './terminal.ts'

export async function run([number]: string[], options: { why?: string }): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const mailing = await theMailing(ledger, number)
    const why = options.why ?? `held by ${whoAmI()}`
    const was = await ledger.hold({ mailing: mailing.id, why })
    if (was !== 'running' && was !== 'scheduled' && was !== 'proving') {
      say(`mailing ${mailing.id} is ${was}; only one that is scheduled or running can be held`)
      return was === 'held' ? 0 : 1
    }
    const slipped = slippedOf(await theMailing(ledger, number))
    await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'held', mailing: mailing.id, detail: `${why}${slipped}` })
    const { pending, deferred } = await ledger.counts({ mailing: mailing.id })
    say(`mailing ${mailing.id} is held: ${counted(pending + deferred, 'person waits', 'people wait')}${slipped}`)
    return 0
  })
}
