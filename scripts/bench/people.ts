/** The list that the benches write to. */
import type { Config } from '../../src/config.ts'
import { BULK, type Ledger } from '../../src/ledger/index.ts'
import { secretKey, tokensOf } from '../../src/publishing/index.ts'

/** `reader1@members.test` and so on, on the list `members`. */
export async function importPeople(
  config: Config,
  ledger: Ledger,
  count: number,
  nameOf = (n: number): string | null => `Reader ${n}`,
): Promise<void> {
  const { addressHash } = tokensOf(config, secretKey(config))
  for (let at = 0; at < count; at += BULK) {
    const people = Array.from({ length: Math.min(BULK, count - at) }, (_, n) => {
      const address = `reader${at + n + 1}@members.test`
      return { address, key: address, hash: addressHash(address), name: nameOf(at + n + 1), language: 'en' }
    })
    await ledger.importPeople({ list: 'members', people, source: 'bench', now: Date.now() })
  }
}
