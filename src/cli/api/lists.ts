/** Lists for programs: the steps of `gll list` and `gll subscriber add`, with the token as the source of consent. */
import { isComplaint } from '../../complaint.ts'
import type { FieldTerms } from '../../edition/index.ts'
import { type Person, parseSegment } from '../../ledger/index.ts'
import { parseAddress } from '../../mail/index.ts'
import { askToJoin, type Messages } from '../../publishing/index.ts'
import type { ApiTools, GivenPerson } from '../../web/index.ts'
import { termsOf } from '../import/fields.ts'
import { personFrom } from '../import/person.ts'
import { checkName } from '../list-import.ts'
import { type Behind, nameOf } from './behind.ts'

type ListTools = Pick<
  ApiTools,
  'lists' | 'list' | 'declareFields' | 'members' | 'importPeople' | 'join' | 'unsubscribe'
>

export function listTools(behind: Behind, confirmations: () => Promise<Messages>): ListTools {
  const { ledger, tokens, now } = behind
  return {
    lists: async () =>
      (await ledger.lists()).map(({ name, people, fields }) => ({ name, subscribers: people, fields })),
    list: async (name) => {
      const [list, survey] = [await ledger.list({ name }), await ledger.survey({ list: name })]
      if (!list || !survey) return null
      const { people, unsubscribed, paused, suppressed } = survey
      return { name, people, unsubscribed, paused, suppressed, fields: list.fields }
    },
    declareFields: async (list, declared) => {
      const read = unlessWrong(() => {
        checkName(list)
        return Object.entries(declared).map(([name, terms]) => [name, terms && checked(name, terms)] as const)
      })
      if ('fault' in read) return read
      const fields = Object.fromEntries(read.value.flatMap(([name, terms]) => (terms ? [[name, terms]] : [])))
      const without = read.value.flatMap(([name, terms]) => (terms ? [] : [name]))
      return await ledger.declareFields({ list, fields, without, now: now() })
    },
    members: async (name, { after, where }) => {
      const list = await ledger.list({ name })
      if (!list) return null
      const segment = unlessWrong(() => (where === null ? null : parseSegment(where, list.fields)))
      if ('fault' in segment) return segment
      const page = await ledger.members({ listId: list.id, where: segment.value, after: after ?? 0 })
      return { members: page.members.map(({ subscriber: _, ...member }) => member), after: page.after }
    },
    importPeople: async ({ list, people, dryRun }, caller) => {
      const name = unlessWrong(() => checkName(list))
      if ('fault' in name) return name
      const schema = (await ledger.list({ name: list }))?.fields ?? {}
      const read = people.map((one) => readPerson(one, { schema, hash: tokens.addressHash }))
      const sound = read.flatMap((one) => ('fault' in one ? [] : [one]))
      const rejected = read.flatMap((one, at) => ('fault' in one ? [{ at, why: one.fault }] : []))
      const order = { list, people: sound }
      const tally = dryRun
        ? await ledger.wouldImport(order)
        : await ledger.importPeople({ ...order, source: nameOf(caller), now: now() })
      const twice = sound.length - new Set(sound.map(({ key }) => key)).size
      return { ...tally, twice, rejected }
    },
    join: async (order) => await askToJoin(behind, await confirmations(), order),
    unsubscribe: async (name, text, caller) => {
      const [list, address] = [await ledger.list({ name }), parseAddress(text)]
      const card = 'fault' in address ? null : await ledger.subscriber({ key: address.key })
      if (!list || !card) return false
      return await ledger.unsubscribe({ listId: list.id, subscriber: card.id, source: nameOf(caller), now: now() })
    },
  }
}

/** A default comes as people write it, and is kept as letters merge it. */
const checked = (name: string, { type, default: otherwise }: FieldTerms): FieldTerms => termsOf(name, type, otherwise)

function readPerson(
  { address, name = '', language = '', timeZone = '', tags, fields }: GivenPerson,
  how: Parameters<typeof personFrom>[0],
): Person | { readonly fault: string } {
  const unknown = Object.keys(fields).find((field) => !Object.hasOwn(how.schema, field))
  // A file's columns may be left alone; a program that names a field means it.
  if (unknown !== undefined) return { fault: `the list has no field ${unknown}` }
  const written = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, String(value)]))
  return personFrom(how, { address, name, language, timeZone, tags, fields: written })
}

/** What a person would be told at the keyboard is told to the program. */
function unlessWrong<T>(read: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: read() }
  } catch (error) {
    if (isComplaint(error)) return { fault: error.message }
    throw error
  }
}
