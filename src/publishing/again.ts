/** Judging again what is out already: asked as the gate asked the first time, and for the people who hold it. */
import type { Fields, Place } from '../edition/index.ts'
import type { Mailing, Watched } from '../ledger/index.ts'
import type { LookRequest } from '../links/index.ts'
import type { Tools } from './tools.ts'

type LedgerTools = Pick<Tools, 'ledger'>

/**
 * One request for a link that one or several mailings watch: for its login, and for a picture where that is all it is
 * in their editions of today, for a page that came in its place shows readers as little as none.
 */
export async function requestFor(
  { ledger }: LedgerTools,
  [first, ...others]: readonly [Watched, ...Watched[]],
): Promise<LookRequest> {
  const places: Place[] = []
  for (const { mailing } of [first, ...others]) {
    const known = await ledger.mailing({ id: mailing })
    if (known) places.push(...(await ledger.edition({ id: known.edition })).places)
  }
  const own = places.filter((place) => place.link === first.href)
  const image = own.length > 0 && own.every((place) => place.image === true)
  return { url: first.href, login: first.terms?.login ?? null, image }
}

const FIRST_READERS = 3
const SPREAD_READERS = 5

/** The fields of a handful, as they were frozen: the first ones, and some over the whole length. */
export async function someReaders(
  { ledger }: LedgerTools,
  { id, audience }: Pick<Mailing, 'id' | 'audience'>,
): Promise<Fields[]> {
  const first = Array.from({ length: FIRST_READERS }, (_, at) => at + 1)
  const spread = Array.from({ length: SPREAD_READERS }, (_, at) => Math.ceil((audience * (at + 1)) / SPREAD_READERS))
  return await ledger.frozenFields({ mailing: id, at: [...new Set([...first, ...spread])] })
}
