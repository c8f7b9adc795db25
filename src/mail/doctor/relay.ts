/** What the relay offers, and whether it takes mail for the addresses that must be read (RFC 2142). */
import type { Unreached } from '../session.ts'
import type { Lane } from '../submit.ts'
import { type Diagnosis, examiner } from './diagnosis.ts'

/** What a mailing is the better for, with what lacks without it. */
const WISHED: Readonly<Record<string, string>> = {
  PIPELINING: 'each message takes three round trips more',
  '8BITMIME': 'nothing is lost: messages are 7bit',
  SMTPUTF8: 'addresses such as ἀνήρ@example.org are refused by name',
  DSN: 'bounces are known by the address that they come back to alone',
  SIZE: 'a message that is too big is known only when it was sent',
}

/**
 * Opens one session. TLS is at least 1.2 and the certificate good for the name, or the lane would not have opened; a
 * relay on loopback may do without.
 */
export async function examineRelay(about: string, tls: string, open: () => Promise<Lane>): Promise<Diagnosis[]> {
  const { good, note, fault } = examiner('relay', about)
  try {
    await using lane = await open()
    const { extensions, size } = lane.offers
    const lacking = Object.entries(WISHED).filter(([name]) => !extensions.has(name))
    const limit = size === null ? '' : `, messages up to ${Math.floor(size / 1_048_576)} MiB`
    return [
      good(`opens a session, ${tls === 'none' ? 'in clear (loopback)' : 'TLS with a good certificate'}${limit}`),
      note(`offers ${[...extensions].sort().join(' ') || 'no extension'}`),
      ...lacking.map(([name, without]) => note(`no ${name}: ${without}`)),
    ]
  } catch (error) {
    if ((error as { kind?: unknown }).kind !== 'unreached') throw error
    const { why, remedy } = error as Unreached
    return [fault(`opens no session: ${why}`, remedy)]
  }
}

/** Asks for each address as far as the relay's answer to RCPT and the 354, and takes the body back: nothing is sent. */
export async function examineRoleAddresses(
  from: string,
  addresses: readonly string[],
  open: () => Promise<Lane>,
): Promise<Diagnosis[]> {
  const found: Diagnosis[] = []
  for (const address of addresses) {
    const { good, unknown, fault } = examiner('role addresses', address)
    const lane = await open().catch(() => null)
    if (!lane) return [unknown('the relay opens no session')]
    const outcome = await lane.submit({ from, to: address }, Buffer.from('\r\n'), async () => false)
    await lane.close()
    if (outcome.kind === 'rejected') {
      found.push(fault(`is refused: ${outcome.reply.code} ${outcome.reply.text}`, 'have somebody read it (RFC 2142)'))
    } else found.push(outcome.kind === 'withheld' ? good('is taken') : unknown(`got no plain answer (${outcome.kind})`))
  }
  return found
}
