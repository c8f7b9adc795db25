import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Address } from '../mail/index.ts'
import { secretKey, tokensOf } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { whoAmI, withLedger } from './ledger.ts'
import { theAddress } from './suppress.ts'
import { moment, print, printJson, say } from './terminal.ts'

interface Options {
  readonly list?: string
  readonly name?: string
  readonly language?: string
  readonly json?: boolean
}

export async function run([act, text]: string[], options: Options): Promise<Exit> {
  const address = theAddress(text)
  return await withLedger(async (ledger, config) => {
    if (act === 'add') return await add(ledger, address, options)
    if (act === 'show') return await show(ledger, address, options)
    if (act === 'erase') return await erase(ledger, config, address)
    throw new Complaint(`subscriber has no "${act}"`, { remedy: 'it knows add, show and erase', exit: 3 })
  })
}

async function add(ledger: Ledger, address: Address, options: Options): Promise<Exit> {
  if (!options.list) {
    throw new Complaint('a subscriber is added to a list', {
      remedy: `gll subscriber add ${address.display} --list NAME`,
      exit: 3,
    })
  }
  const person = {
    address: address.address,
    key: address.key,
    name: options.name ?? null,
    language: options.language ?? null,
  }
  const tally = await ledger.importPeople({ list: options.list, people: [person], source: whoAmI(), now: Date.now() })
  if (tally.unsubscribed > 0) {
    say(`${address.display} unsubscribed from ${options.list} and stays so: only they can come back`)
    return 2
  }
  say(
    `${address.display} is on ${options.list}${tally.suppressed > 0 ? ', but suppressed: nothing will be sent to them' : ''}`,
  )
  return 0
}

async function show(ledger: Ledger, address: Address, options: Options): Promise<Exit> {
  const card = await ledger.subscriber({ key: address.key })
  if (!card) {
    say(`${address.display} is not known here`)
    return 1
  }
  if (options.json) {
    printJson(card)
    return 0
  }
  print([card.address, card.name, card.language].filter(Boolean).join(' · '))
  for (const list of card.lists) print(`  ${list.name}: ${list.state} since ${moment(list.since)}`)
  if (card.suppressed) print(`  suppressed since ${moment(card.suppressed.at)}: ${card.suppressed.reason}`)
  return 0
}

async function erase(ledger: Ledger, config: Config, address: Address): Promise<Exit> {
  const hash = tokensOf(config, secretKey(config)).addressHash(address.key)
  const known = await ledger.erase({ key: address.key, hash, source: whoAmI(), now: Date.now() })
  say(known ? `${address.display} is forgotten` : `${address.display} is not known here`)
  return known ? 0 : 1
}
