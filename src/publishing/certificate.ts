/**
 * The gate's word on an edition, as the ledger keeps it: no body leaves whose edition has none that was fresh when its
 * mailing began. Only a CheckedEdition gets one, and that only the gate can make.
 */
import type { CheckedEdition } from './check.ts'
import { isPersonal, type Tools } from './tools.ts'

/** The word counts so long before the first hand; afterwards the watch answers for the links. Milliseconds. */
export const CERTIFICATE_AGE = 24 * 3_600_000

/** The looks the gate made, under the address as written: the baseline of the watch. */
export const looksOf = (edition: CheckedEdition) =>
  [...edition.looks].filter(([href]) => !isPersonal(href)).map(([href, look]) => ({ href, look }))

/** Keeps the word on an edition that is stored, or is its renewal. */
export async function certify({ ledger }: Pick<Tools, 'ledger'>, edition: CheckedEdition): Promise<void> {
  await ledger.certify({ digest: edition.digest, at: edition.checkedAt, looks: looksOf(edition) })
}

/** Stores an edition with the word on it; gives its id. */
export async function keepChecked(tools: Pick<Tools, 'ledger' | 'now'>, edition: CheckedEdition): Promise<number> {
  const id = await tools.ledger.saveEdition({ edition, now: tools.now() })
  await certify(tools, edition)
  return id
}
