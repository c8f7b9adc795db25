import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import type { FieldSchema } from '../edition/index.ts'
import type { FieldValues, Ledger, SubscriberCard } from '../ledger/index.ts'
import type { Address } from '../mail/index.ts'
import { secretKey, tokensOf } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { readValue } from './import/fields.ts'
import { languageOf, timeZoneOf } from './import/person.ts'
import { whoAmI, withLedger } from './ledger.ts'
import { theAddress } from './suppress.ts'
import { moment, print, printJson, say } from './terminal.ts'

interface Options {
  readonly list?: string
  readonly name?: string
  readonly language?: string
  readonly timeZone?: string
  readonly tag?: readonly string[]
  readonly field?: readonly string[]
  readonly json?: boolean
}

export async function run([act, text]: string[], options: Options): Promise<Exit> {
  const address = theAddress(text)
  return await withLedger(async (ledger, config) => {
    if (act === 'add') return await add(ledger, config, { address, options })
    if (act === 'show') return await show(ledger, address, options)
    if (act === 'erase') return await erase(ledger, config, address)
    throw new Complaint(`subscriber has no "${act}"`, { remedy: 'it knows add, show and erase', exit: 3 })
  })
}

async function add(ledger: Ledger, config: Config, of: { address: Address; options: Options }): Promise<Exit> {
  const { address, options } = of
  const { list } = options
  if (!list) {
    throw new Complaint('a subscriber is added to a list', {
      remedy: `gll subscriber add ${address.display} --list NAME`,
      exit: 3,
    })
  }
  const schema = (await ledger.list({ name: list }))?.fields ?? {}
  const person = {
    address: address.address,
    key: address.key,
    hash: tokensOf(config, secretKey(config)).addressHash(address.key),
    name: options.name ?? null,
    language: checked('language', options.language, languageOf),
    timeZone: checked('time zone', options.timeZone, timeZoneOf),
    fields: fieldsOf(list, schema, options.field ?? []),
    tags: options.tag ?? [],
  }
  const tally = await ledger.importPeople({ list, people: [person], source: whoAmI(), now: Date.now() })
  const [why] = [
    tally.unsubscribed > 0 ? `unsubscribed from ${list} and stays so: only they can come back` : [],
    tally.suppressed > 0 ? 'is suppressed: nothing will be sent to them, and they are put on no list' : [],
    tally.erased > 0 ? 'asked to be forgotten: only they can come back' : [],
  ].flat()
  say(`${address.display} ${why ?? `is on ${list}`}`)
  return why === undefined ? 0 : 2
}

function checked(
  what: string,
  text: string | undefined,
  read: (text: string) => string | null | undefined,
): string | null {
  const value = text === undefined ? null : read(text)
  if (value !== undefined) return value
  const remedy = what === 'language' ? 'such as en or pt-BR' : 'such as Europe/Paris'
  throw new Complaint(`"${text}" is not a ${what}`, { remedy, exit: 3 })
}

function fieldsOf(list: string, schema: FieldSchema, pairs: readonly string[]): FieldValues {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name = '', text = ''] = /^([^=]+)=(.*)$/.exec(pair) ?? []
      const terms = schema[name]
      if (!terms) {
        throw new Complaint(`${list} has no field "${name || pair}"`, {
          remedy: `declare it: gll list fields ${list} ${name || 'city'}:text`,
          exit: 3,
        })
      }
      const value = readValue(text, terms.type)
      if ('fault' in value) throw new Complaint(`${name}: ${value.fault}`, { remedy: `it is a ${terms.type}`, exit: 3 })
      return [name, value.value]
    }),
  )
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
  print([card.address, card.name, card.language, card.timeZone].filter(Boolean).join(' · '))
  for (const list of card.lists) {
    print(
      `  ${list.name}: ${list.state} since ${moment(list.since)}${list.until ? `, until ${moment(list.until)}` : ''}`,
    )
    for (const line of ownOf(list)) print(`    ${line}`)
  }
  if (card.suppressed) print(`  suppressed since ${moment(card.suppressed.at)}: ${card.suppressed.reason}`)
  return 0
}

function ownOf({ tags, fields }: SubscriberCard['lists'][number]): string[] {
  const values = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return tags.length > 0 ? [`tags: ${tags.join(', ')}`, ...values] : values
}

async function erase(ledger: Ledger, config: Config, address: Address): Promise<Exit> {
  const hash = tokensOf(config, secretKey(config)).addressHash(address.key)
  const known = await ledger.erase({ key: address.key, hash, source: whoAmI(), now: Date.now() })
  say(known ? `${address.display} is forgotten` : `${address.display} is not known here`)
  return known ? 0 : 1
}
