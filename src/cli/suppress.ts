import { Complaint } from '../complaint.ts'
import { type Address, parseAddress } from '../mail/index.ts'
import type { Exit } from './exit.ts'
import { slippedOf, whoAmI, withLedger } from './ledger.ts'
import { say } from './terminal.ts'

/** The address of a command's argument; throws a Complaint that says what is wrong with it. */
export function theAddress(text: string | undefined): Address {
  const address = parseAddress(text ?? '')
  if (!('fault' in address)) return address
  throw new Complaint(`"${(text ?? '').replace(/\p{Cc}/gu, '?')}" is not a mail address: ${address.fault}`, {
    remedy: 'write it like ann@example.org',
    exit: 3,
  })
}

export async function run([text]: string[], options: { why?: string }): Promise<Exit> {
  const address = theAddress(text)
  return await withLedger(async (ledger) => {
    const fresh = await ledger.suppress({
      key: address.key,
      reason: options.why ?? 'by hand',
      source: whoAmI(),
      now: Date.now(),
    })
    const person = await ledger.subscriber({ key: address.key })
    const copies = person ? await ledger.who({ subscriber: person.id }) : []
    const slipped = slippedOf({ slipped: copies.filter((copy) => copy.state === 'handed').length })
    say(
      fresh ? `${address.display} will not be written to again${slipped}` : `${address.display} was suppressed already`,
    )
    return 0
  })
}
