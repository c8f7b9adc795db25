/** A row of a file becomes a person, or says why not. */
import type { FieldSchema } from '../../edition/index.ts'
import type { FieldValues, Person } from '../../ledger/index.ts'
import { parseAddress } from '../../mail/index.ts'
import { restored } from './cells.ts'
import type { Columns, Role } from './columns.ts'
import { readValue } from './fields.ts'

export interface Reading {
  readonly columns: Columns
  readonly schema: FieldSchema
  /** Given to everybody in the file. */
  readonly tags: readonly string[]
  /** The keyed hash of an address key. */
  readonly hash: (key: string) => string
}

/** A person as somebody wrote them down; what is empty is not there. Fields are as their list has them. */
export interface Written {
  readonly address: string
  readonly name: string
  readonly language: string
  readonly timeZone: string
  readonly tags: readonly string[]
  readonly fields: Readonly<Record<string, string>>
}

type Bad = { readonly fault: string }

export function personOf(cells: readonly string[], how: Reading): Person | Bad {
  const cell = (at: number | undefined): string => (at === undefined ? '' : restored(cells[at] ?? ''))
  const of = (role: Role): string => cell(how.columns.roles[role])
  const person = personFrom(how, {
    address: of('address'),
    name: nameFrom(of),
    language: of('language'),
    timeZone: of('time_zone'),
    tags: tagsOf(of('tags'), how.tags),
    fields: Object.fromEntries(Object.entries(how.columns.fields).map(([field, at]) => [field, cell(at)])),
  })
  const state = of('state')
  if ('fault' in person || !AWAY.test(state)) return person
  return { fault: `${person.address} is "${state}" by the file itself` }
}

const LONGEST_NAME = 300

/** Checks what is said of a person, or says what is wrong with it. */
export function personFrom({ schema, hash }: Pick<Reading, 'schema' | 'hash'>, written: Written): Person | Bad {
  const { name, tags } = written
  const address = parseAddress(written.address)
  const shown = written.address.replace(/\p{C}/gu, '?').slice(0, 80)
  if ('fault' in address) return { fault: `"${shown}" is not a mail address: ${address.fault}` }
  if (/\p{Cc}/u.test(name)) return { fault: `the name of ${address.display} holds a control character` }
  if (name.length > LONGEST_NAME) return { fault: `the name of ${address.display} is too long` }
  const language = languageOf(written.language)
  if (language === undefined) {
    return { fault: `"${written.language.slice(0, 40)}" of ${address.display} is not a language such as en or pt-BR` }
  }
  const timeZone = timeZoneOf(written.timeZone)
  if (timeZone === undefined) {
    return {
      fault: `"${written.timeZone.slice(0, 40)}" of ${address.display} is not a time zone such as Europe/Paris`,
    }
  }
  if (tags.some((tag) => /\p{Cc}/u.test(tag))) return { fault: `a tag of ${address.display} holds a control character` }
  const fields = fieldsOf(written.fields, schema)
  if ('fault' in fields) return { fault: `${fields.field} of ${address.display}: ${fields.fault}` }
  return {
    address: address.address,
    key: address.key,
    hash: hash(address.key),
    name: name || null,
    language,
    timeZone,
    fields: fields.values,
    tags,
  }
}

/** States of a person, as an export of ours or of another tool has them, who is not to be put on a list again. */
const AWAY = /^(unsubscribed|paused|suppressed|bounced|cleaned|complained|blocked|blocklisted)$/i

function nameFrom(of: (role: Role) => string): string {
  const [given, family, name] = [of('given'), of('family'), of('name')]
  if (given !== '' && family !== '') return `${given} ${family}`
  // "prénom, nom" and "nombre, apellidos": what is called the name is a half of it, unless it has the other in it.
  const half = given || family
  if (name === '' || half === '') return name || half
  if (name.includes(half)) return name
  return given === '' ? `${name} ${family}` : `${given} ${name}`
}

/** Languages by the names that they have in themselves and in English. */
const LANGUAGES: Readonly<Record<string, string>> = {
  english: 'en',
  french: 'fr',
  français: 'fr',
  francais: 'fr',
  spanish: 'es',
  español: 'es',
  espanol: 'es',
  russian: 'ru',
  русский: 'ru',
  arabic: 'ar',
  العربية: 'ar',
  chinese: 'zh',
  中文: 'zh',
}

const remember = <T>(make: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const made = make(text)
    // A file of nonsense must not fill the memory.
    if (known.size < 1_000) known.set(text, made)
    return made
  }
}

/** Null where there is none, undefined where it is none. */
export const languageOf = remember((text: string): string | null | undefined => {
  if (text === '') return null
  const name = LANGUAGES[text.toLowerCase()]
  if (name !== undefined) return name
  try {
    // BCP 47 lets words of up to eight letters be languages; none is.
    return /^[a-z]{2,3}(?:[-_]|$)/i.test(text) ? Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0] : undefined
  } catch {
    return undefined
  }
})

export const timeZoneOf = remember((text: string): string | null | undefined => {
  if (text === '') return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
})

export const tagsOf = (text: string, more: readonly string[] = []): readonly string[] =>
  text === ''
    ? more
    : [
        ...text
          .split(/[,;|]/)
          .map((tag) => tag.trim())
          .filter((tag) => tag !== ''),
        ...more,
      ]

function fieldsOf(
  written: Written['fields'],
  schema: FieldSchema,
): { values: FieldValues } | { field: string; fault: string } {
  const values: Record<string, string | number | boolean> = {}
  for (const [field, text] of Object.entries(written)) {
    if (text === '') continue
    const value = readValue(text, schema[field]?.type ?? 'text')
    if ('fault' in value) return { field, fault: value.fault }
    values[field] = value.value
  }
  return { values }
}
