/**
 * Segments: which people of a list are meant, in a small language of questions.
 *
 *   language = fr and (tag = member or tag = staff) and country in (CH, FR) and joined >= 2026-01-01
 *   not domain = example.org · phone is empty · name is not empty · language not in (en, fr)
 *
 * `and` binds closer than `or`. What can be asked: address, domain, name, language, time_zone, tag, and the list's own
 * fields by their types. Texts are compared without case, and a language without a region means all of them (fr: fr-CA
 * too). Read once into a tree of plain values, and asked of each person: no word of it ever becomes SQL or code.
 */
import { Complaint } from '../complaint.ts'
import type { FieldSchema, FieldType } from '../edition/index.ts'
import type { FieldValues } from './words.ts'

type Value = string | number | boolean
type Sign = '=' | '!=' | '<' | '<=' | '>' | '>='

export type Segment =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Segment[] }
  | { readonly kind: 'not'; readonly of: Segment }
  | { readonly kind: 'among'; readonly field: string; readonly values: readonly Value[] }
  | { readonly kind: 'order'; readonly field: string; readonly sign: Sign; readonly value: string | number }
  | { readonly kind: 'empty'; readonly field: string }

/** What is asked of. */
export interface Asked {
  readonly address: string
  readonly name: string | null
  readonly language: string | null
  readonly timeZone: string | null
  readonly tags: readonly string[]
  readonly fields: FieldValues
}

/** Characters; and how deep brackets may stand in each other. */
const LIMIT = { length: 4_000, depth: 40 } as const

/** Reads a segment for lists with these fields. Throws a Complaint that shows where it went wrong. */
export function parseSegment(text: string, schema: FieldSchema): Segment {
  if (text.length > LIMIT.length) throw wrong(`it is longer than ${LIMIT.length} characters`, 'ask less')
  const words = new Words(text)
  const segment = either(words, schema, 0)
  if (words.peek() !== null) throw words.wrong('here it should have ended', 'join questions by "and" or "or"')
  return segment
}

/** Whether a person is meant. */
export function isMeant(segment: Segment, person: Asked): boolean {
  switch (segment.kind) {
    case 'and':
      return segment.of.every((one) => isMeant(one, person))
    case 'or':
      return segment.of.some((one) => isMeant(one, person))
    case 'not':
      return !isMeant(segment.of, person)
    case 'empty':
      return valuesOf(segment.field, person).length === 0
    case 'among':
      return valuesOf(segment.field, person).some((value) => segment.values.includes(value))
    case 'order':
      return valuesOf(segment.field, person).some((value) => inOrder(value, segment.sign, segment.value))
  }
}

/** What a person has there, folded as `parseSegment` folds what is asked for; a language and its base both. */
function valuesOf(field: string, person: Asked): Value[] {
  const texts = (...all: (string | null | undefined)[]): string[] => all.flatMap((text) => (text ? [folded(text)] : []))
  switch (field) {
    case 'address':
      return texts(person.address)
    case 'domain':
      return texts(person.address.slice(person.address.indexOf('@') + 1))
    case 'name':
      return texts(person.name)
    case 'language':
      return texts(person.language, person.language?.split('-')[0])
    case 'time_zone':
      return texts(person.timeZone)
    case 'tag':
      return texts(...person.tags)
    default: {
      const value = Object.hasOwn(person.fields, field) ? person.fields[field] : undefined
      if (typeof value === 'string') return texts(value)
      return value === undefined ? [] : [value]
    }
  }
}

function inOrder(value: Value, sign: Sign, than: string | number): boolean {
  // Dates are YYYY-MM-DD, and stand in the order of time as texts do.
  if (typeof value !== typeof than) return false
  if (sign === '<') return value < than
  if (sign === '<=') return value <= than
  return sign === '>' ? value > than : value >= than
}

const folded = (text: string): string => text.normalize('NFC').toLowerCase()

function either(words: Words, schema: FieldSchema, depth: number): Segment {
  const of = [all(words, schema, depth)]
  while (words.take('or')) of.push(all(words, schema, depth))
  return of.length === 1 && of[0] ? of[0] : { kind: 'or', of }
}

function all(words: Words, schema: FieldSchema, depth: number): Segment {
  const of = [one(words, schema, depth)]
  while (words.take('and')) of.push(one(words, schema, depth))
  return of.length === 1 && of[0] ? of[0] : { kind: 'and', of }
}

function one(words: Words, schema: FieldSchema, depth: number): Segment {
  if (depth > LIMIT.depth) throw words.wrong('too many brackets stand in each other', 'ask less')
  if (words.take('not')) return { kind: 'not', of: one(words, schema, depth + 1) }
  if (!words.take('(')) return question(words, schema)
  const inner = either(words, schema, depth + 1)
  if (!words.take(')')) throw words.wrong('a bracket is not closed', 'close it with )')
  return inner
}

const OWN: Readonly<Record<string, FieldType>> = {
  address: 'text',
  domain: 'text',
  name: 'text',
  language: 'text',
  time_zone: 'text',
  tag: 'text',
}

function question(words: Words, schema: FieldSchema): Segment {
  const { field, type } = fieldAsked(words, schema)
  if (words.take('is')) {
    const not = words.take('not')
    if (!words.take('empty')) throw words.wrong('"is" asks for "empty"', `${field} is empty, or ${field} is not empty`)
    return not ? { kind: 'not', of: { kind: 'empty', field } } : { kind: 'empty', field }
  }
  const not = words.take('not')
  if (words.take('in')) {
    const among: Segment = { kind: 'among', field, values: listed(words, field, type) }
    return not ? { kind: 'not', of: among } : among
  }
  const sign = words.sign()
  if (not || sign === null) throw words.wrong(`after ${field} a question should follow`, '=, !=, <, <=, >, >=, in, is')
  const value = valueAsked(words, field, type)
  if (sign === '=') return { kind: 'among', field, values: [value] }
  if (sign === '!=') return { kind: 'not', of: { kind: 'among', field, values: [value] } }
  if ((type !== 'number' && type !== 'date') || typeof value === 'boolean') {
    throw words.wrong(`${field} has no order`, 'only numbers and dates can be compared by < and >')
  }
  return { kind: 'order', field, sign, value }
}

function fieldAsked(words: Words, schema: FieldSchema): { field: string; type: FieldType } {
  const name = words.word()
  const known = [...Object.keys(OWN), ...Object.keys(schema)]
  const field = known.find((one) => folded(one) === folded(name ?? ''))
  const type = field === undefined ? undefined : (OWN[field] ?? schema[field]?.type)
  if (field !== undefined && type !== undefined) return { field, type }
  const what = name === null ? 'a field should stand here' : `there is no field "${name}"`
  throw words.wrong(what, `what can be asked: ${known.join(', ')}`)
}

function listed(words: Words, field: string, type: FieldType): Value[] {
  if (!words.take('(')) throw words.wrong('after "in" a bracket should follow', `${field} in (one, another)`)
  const values = [valueAsked(words, field, type)]
  while (words.take(',')) values.push(valueAsked(words, field, type))
  if (!words.take(')')) throw words.wrong('the list is not closed', `${field} in (one, another)`)
  return values
}

function valueAsked(words: Words, field: string, type: FieldType): Value {
  const text = words.value()
  if (text === null) throw words.wrong('a value should stand here', `${field} = value, in quotes where it has spaces`)
  if (type === 'text') return folded(text)
  if (type === 'date' && /^\d{4}-\d\d-\d\d$/.test(text)) return text
  if (type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|yes)$/i.test(text)) return true
  if (type === 'boolean' && /^(false|no)$/i.test(text)) return false
  const how = { date: 'write it as 2026-12-31', number: 'write it as 12 or 12.5', boolean: 'write yes or no' }[type]
  throw words.wrong(`"${text}" is no ${type}, and ${field} is one`, how)
}

const wrong = (fault: string, remedy: string): Complaint =>
  new Complaint(`the segment cannot be read: ${fault}`, { remedy, exit: 3 })

const WORD = /\s*(?:("(?:[^"]|"")*"|'(?:[^']|'')*')|([(),])|(<=|>=|!=|<|>|=)|([^\s(),=!<>'"]+))/uy

type Kind = 'quoted' | 'mark' | 'sign' | 'bare'

/** The segment word by word. */
class Words {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text.trimEnd()
  }

  peek(): { kind: Kind; text: string; end: number } | null {
    if (this.#at >= this.#text.length) return null
    WORD.lastIndex = this.#at
    const [, quoted, mark, sign, bare] = WORD.exec(this.#text) ?? []
    const end = WORD.lastIndex
    if (quoted !== undefined) {
      const quote = quoted.charAt(0)
      return { kind: 'quoted', text: quoted.slice(1, -1).replaceAll(quote + quote, quote), end }
    }
    if (mark !== undefined) return { kind: 'mark', text: mark, end }
    if (sign !== undefined) return { kind: 'sign', text: sign, end }
    if (bare !== undefined) return { kind: 'bare', text: bare, end }
    throw this.wrong('a quote is not closed', 'close it, or leave it out')
  }

  /** Takes this word or mark, where it comes next. */
  take(text: string): boolean {
    const next = this.peek()
    if (next === null || next.kind === 'quoted' || next.text.toLowerCase() !== text) return false
    this.#at = next.end
    return true
  }

  sign(): Sign | null {
    return this.#takeIf((kind) => kind === 'sign') as Sign | null
  }

  word(): string | null {
    return this.#takeIf((kind) => kind === 'bare')
  }

  value(): string | null {
    return this.#takeIf((kind) => kind === 'bare' || kind === 'quoted')
  }

  #takeIf(fits: (kind: Kind) => boolean): string | null {
    const next = this.peek()
    if (next === null || !fits(next.kind)) return null
    this.#at = next.end
    return next.text
  }

  wrong(fault: string, remedy: string): Complaint {
    return wrong(`${fault}: ${this.#text.slice(0, this.#at).trimEnd()} ⟦${this.#text.slice(this.#at).trim()}⟧`, remedy)
  }
}
