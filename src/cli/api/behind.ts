/** What stands behind the API. */
import type { Config } from '../../config.ts'
import type { Ledger } from '../../ledger/index.ts'
import type { Tokens } from '../../mail/index.ts'
import type { Log } from '../../publishing/index.ts'
import type { Caller } from '../../web/index.ts'

export interface Behind {
  readonly config: Config
  readonly ledger: Ledger
  readonly tokens: Tokens
  readonly now: () => number
  readonly log: Log
}

/** How a token stands in the record. */
export const nameOf = (caller: Caller): string => `token ${caller.id}`
