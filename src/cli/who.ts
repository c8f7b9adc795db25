import { Complaint } from '../complaint.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Exit } from './exit.ts'
import { mailingNumber, withLedger } from './ledger.ts'
import { theAddress } from './suppress.ts'
import { counted, moment, print, printJson, say, table } from './terminal.ts'

interface Options {
  readonly mailing?: string
  readonly holding?: string
  readonly json?: boolean
}

export async function run([text]: string[], options: Options): Promise<Exit> {
  return await withLedger(async (ledger) => {
    if (options.holding !== undefined) return await holders(ledger, options)
    if (text === undefined) {
      throw new Complaint('whom?', { remedy: 'gll who ADDRESS, or gll who --mailing N --holding URL', exit: 3 })
    }
    return await person(ledger, text, options)
  })
}

async function person(ledger: Ledger, text: string, options: Options): Promise<Exit> {
  const address = theAddress(text)
  const card = await ledger.subscriber({ key: address.key })
  if (!card) {
    say(`${address.display} is not known here`)
    return 1
  }
  const handed = await ledger.who({ subscriber: card.id })
  if (options.json) {
    for (const line of handed) printJson(line)
    return 0
  }
  const rows = handed.map((line) => [
    `${line.mailing}`,
    line.kind === 'corrigendum' ? `corrigendum of ${line.corrects}` : line.kind,
    line.state,
    moment(line.at),
    line.subject,
    line.reply ?? '',
  ])
  print(
    rows.length === 0
      ? 'nothing was sent to this person'
      : table(['>mailing', 'kind', 'state', 'when', 'subject', 'reply'], rows),
  )
  return 0
}

async function holders(ledger: Ledger, options: Options): Promise<Exit> {
  const mailing = mailingNumber(options.mailing)
  let after = 0
  let count = 0
  for (;;) {
    const page = await ledger.holdersOf({ mailing, href: options.holding ?? '', after })
    for (const holder of page) {
      if (options.json) printJson(holder)
      else print(`${holder.address}  ${holder.state}`)
    }
    count += page.length
    if (page.length < 1_000) break
    after = page.at(-1)?.n ?? after
  }
  say(`${counted(count, 'person', 'people')} hold this link from mailing ${mailing}`)
  return 0
}
