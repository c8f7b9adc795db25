import { Complaint } from '../complaint.ts'
import type { Ledger, Mailing } from '../ledger/index.ts'
import type { Exit } from './exit.ts'
import { theMailing, whoAmI, withLedger } from './ledger.ts'
import { counted, moment, print, printJson, say, table } from './terminal.ts'

export async function run([number, delivery, to]: string[], options: { json?: boolean }): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const mailing = await theMailing(ledger, number)
    if (delivery === undefined) return await list(ledger, mailing, options.json === true)
    return await settle(ledger, mailing, deliveryNumber(delivery), stateOf(to))
  })
}

async function list(ledger: Ledger, mailing: Mailing, json: boolean): Promise<Exit> {
  const all = []
  for (let after = 0; ; ) {
    const page = await ledger.uncertain({ mailing: mailing.id, after })
    all.push(...page)
    const last = page.at(-1)
    if (!last || page.length < 1_000) break
    after = last.n
  }
  if (json) for (const one of all) printJson(one)
  else if (all.length > 0) {
    print(
      table(
        ['>delivery', 'address', 'since', 'why'],
        all.map((one) => [`${one.n}`, one.address, moment(one.at), one.why ?? '']),
      ),
    )
  }
  say(`${counted(all.length, 'delivery', 'deliveries')} of mailing ${mailing.id} uncertain`)
  return 0
}

async function settle(ledger: Ledger, mailing: Mailing, n: number, to: 'accepted' | 'pending'): Promise<Exit> {
  const done = await ledger.settleByHand({ mailing: mailing.id, n, to, now: Date.now() })
  if (!done) {
    say(`delivery ${n} of mailing ${mailing.id} is not uncertain; nothing was changed`)
    return 1
  }
  await ledger.audit({
    at: Date.now(),
    who: whoAmI(),
    what: `settled ${to}`,
    mailing: mailing.id,
    detail: `delivery ${n}`,
  })
  say(to === 'accepted' ? `delivery ${n} counts as accepted` : `delivery ${n} is sent once more`)
  return 0
}

function deliveryNumber(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new Complaint(`"${text}" is not the number of a delivery`, { remedy: 'gll settle MAILING lists them', exit: 3 })
}

function stateOf(text: string | undefined): 'accepted' | 'pending' {
  if (text === 'accepted' || text === 'pending') return text
  throw new Complaint(`a delivery is settled as accepted or pending, not as "${text ?? ''}"`, {
    remedy: 'accepted: it arrived; pending: it did not, send it once more',
    exit: 3,
  })
}
