/** A list's own merge fields: how they are declared, and their values as people write them. */
import { Complaint } from '../../complaint.ts'
import { type FieldSchema, type FieldTerms, type FieldType, OWN_FIELDS } from '../../edition/index.ts'

const TYPES: readonly FieldType[] = ['text', 'number', 'date', 'boolean']

/** Names that mean something already, in a letter or in a segment. */
const RESERVED = new Set([
  ...['address', 'domain', 'name', 'language', 'time_zone', 'tag', 'tags', 'state', 'given', 'family', ...OWN_FIELDS],
  ...['and', 'or', 'not', 'in', 'is', 'empty', 'if', 'unless', 'else', 'eq', 'this', 'constructor', '__proto__'],
])

/** `city:text`, `joined:date=2026-01-01` (what who has none gets), `fax:-` (declared no longer). */
export function declarationsOf(texts: readonly string[]): { fields: FieldSchema; without: string[] } {
  const fields: Record<string, FieldTerms> = {}
  const without: string[] = []
  for (const text of texts.flatMap((one) => one.split(',')).map((one) => one.trim())) {
    const [, name = '', type = '', otherwise] = /^([^:=]+):(\w+|-)(?:=(.*))?$/.exec(text) ?? []
    if (type === '-') without.push(name)
    else if (type === '') throw noField(text)
    else fields[name] = termsOf(name, type, otherwise ?? null)
  }
  return { fields, without }
}

const wrong = (fault: string, remedy: string): Complaint => new Complaint(fault, { remedy, exit: 3 })
const noField = (text: string): Complaint =>
  wrong(`"${text}" declares no field`, `write name:type, such as city:text; types: ${TYPES.join(', ')}`)

/** The terms of one field; `otherwise` is what who has none gets, written as people write it. Throws a Complaint. */
export function termsOf(name: string, type: string, otherwise: string | null): FieldTerms {
  const known = TYPES.find((one) => one === type)
  if (known === undefined) throw noField(`${name}:${type}`)
  if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name))
    throw wrong(`"${name}" is no name of a field`, 'use letters, digits and _')
  if (RESERVED.has(name)) throw wrong(`"${name}" has a meaning already`, 'give the field another name')
  if (otherwise === null) return { type: known, default: null }
  const value = readValue(otherwise, known)
  if ('fault' in value) throw wrong(`the default of ${name}: ${value.fault}`, 'write it as its people have it')
  // As letters merge it: see readerOf.
  return { type: known, default: value.value === true ? 'yes' : value.value === false ? '' : String(value.value) }
}

const LONGEST = 2_000

const YES = new Set(['true', 'yes', 'y', '1', 'x', 'ja', 'oui', 'si', 'sí', 'да', 'نعم', '是'])
const NO = new Set(['false', 'no', 'n', '0', 'nein', 'non', 'нет', 'لا', '否'])

/** A cell as its type has it: dates as YYYY-MM-DD, also given as 31.12.2026; numbers with a point, or a comma that is none of thousands. */
export function readValue(text: string, type: FieldType): { value: string | number | boolean } | { fault: string } {
  if (text.length > LONGEST) return { fault: `longer than ${LONGEST} characters` }
  const shown = text.slice(0, 40)
  switch (type) {
    case 'text':
      return /\p{Cc}/u.test(text) ? { fault: 'it holds a control character' } : { value: text }
    case 'boolean':
      if (YES.has(text.toLowerCase())) return { value: true }
      return NO.has(text.toLowerCase()) ? { value: false } : { fault: `"${shown}" is neither yes nor no` }
    case 'number': {
      // 1,234 is a thousand to one and a bit more than one to another.
      const plain = /^-?\d+,(?:\d{1,2}|\d{4,})$/.test(text) ? text.replace(',', '.') : text
      return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(plain) ? { value: Number(plain) } : { fault: `"${shown}" is no number` }
    }
    case 'date':
      return dayOf(text) ?? { fault: `"${shown}" is no date such as 2026-12-31` }
  }
}

function dayOf(text: string): { value: string } | null {
  const [, d = '', m = '', y = ''] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? []
  const day = y === '' ? text : [y, m.padStart(2, '0'), d.padStart(2, '0')].join('-')
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null
  return new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ? { value: day } : null
}
