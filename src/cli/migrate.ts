import type { Exit } from './exit.ts'
import { withLedger } from './ledger.ts'
import { say } from './terminal.ts'

/** Opening a ledger brings it up to date; this says what was done. */
export async function run(): Promise<Exit> {
  return await withLedger(async ({ schema }) => {
    say(
      schema.was === schema.is
        ? `the ledger has schema ${schema.is} already; nothing was changed`
        : `the ledger was brought from schema ${schema.was} to ${schema.is}`,
    )
    return 0
  })
}
