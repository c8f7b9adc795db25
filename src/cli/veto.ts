import type { Exit } from './exit.ts'
import { theMailing, whoAmI, withLedger } from './ledger.ts'
import { say } from './terminal.ts'

export async function run([number]: string[]): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const { id } = await theMailing(ledger, number)
    const was = await ledger.veto({ corrigendum: id, who: whoAmI(), now: Date.now() })
    if (was === null) {
      say(`mailing ${id} is no corrigendum; to stop a mailing: gll hold ${id}, or gll cancel ${id}`)
      return 1
    }
    if (was !== 'scheduled' && was !== 'held') {
      say(
        `corrigendum ${id} is ${was}: it cannot be vetoed any more${was === 'running' ? `; gll cancel ${id} stops the rest` : ''}`,
      )
      return was === 'cancelled' ? 0 : 1
    }
    say(`corrigendum ${id} is stopped; nobody gets it. Its link stays dead: gll correct says otherwise at any time`)
    return 0
  })
}
