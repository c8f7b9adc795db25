/** The guard proves itself before the first look: what the policy refuses must be refused on linkinator's own way out. */
import type { RefuseAddress } from './addresses.ts'
import { visit } from './visit.ts'

/** Harmless ones first, should the guard be broken: nothing listens at the discard port. */
const NEVER_PUBLIC = [
  '127.0.0.1',
  '::1',
  '10.0.0.1',
  '192.168.0.1',
  '172.16.0.1',
  '100.64.0.1',
  '169.254.169.254',
  'fd00::1',
]

/**
 * What is wrong with the guard of this thread, or null. `timeout`: milliseconds. Where the operator allowed everything
 * there is nothing to refuse.
 */
export async function guardFault(refuses: RefuseAddress, timeout: number): Promise<string | null> {
  const address = NEVER_PUBLIC.find((candidate) => refuses(candidate) !== null)
  if (address === undefined) return null
  const url = `http://${address.includes(':') ? `[${address}]` : address}:8009/`
  const signal = new AbortController().signal
  const { error, hops } = await visit(url, {
    timeout: Math.max(timeout, 2_000),
    userAgent: 'gll-mailer',
    accept: null,
    bodyCap: 1,
    signal,
  })
  if (error?.code === 'LOOK_REFUSED' && hops.length === 0) return null
  return `a look at ${url} was not refused (${error?.code || 'it was answered'}): the guard does not stand before linkinator`
}
