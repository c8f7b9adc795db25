import { readConfig } from '../config.ts'
import { openTools, resume } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { theMailing, whoAmI, withLedger } from './ledger.ts'
import { release } from './proofs.ts'
import { say } from './terminal.ts'

interface Options {
  readonly unproved?: boolean
  readonly why?: string
  readonly by?: string
}

export async function run([number]: string[], options: Options): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const mailing = await theMailing(ledger, number)
    if (options.unproved) return await release(ledger, mailing, options)
    await using tools = await openTools(readConfig(), {
      smtpUrl: null,
      permit: async () => {},
      stopping: () => false,
      log: () => {},
    })
    await resume(tools, mailing.id, whoAmI())
    say(`mailing ${mailing.id} goes on`)
    return 0
  })
}
