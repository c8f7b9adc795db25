/**
 * To whom a mailing goes: one list or the union of several, without those on others, and of them whom a segment means.
 * Each person once. Before anything is frozen, the letter is held against every one of them.
 */
import { Complaint } from '../complaint.ts'
import { compileAddress, type FieldSchema, type Fields } from '../edition/index.ts'
import {
  type Chosen,
  type Ledger,
  type List,
  parseSegment,
  type Reader,
  type Selection,
  type Survey,
} from '../ledger/index.ts'
import type { CheckedEdition } from './check.ts'
import { isOwn, isPersonal, type Tools } from './tools.ts'

export interface Audience extends Survey {
  /** The lists' names, several with commas. */
  readonly list: string
}

/** A selection with its lists found, its segment read, and the fields that its people may have. */
export interface Resolved {
  readonly selection: Selection
  readonly lists: readonly List[]
  readonly chosen: Chosen
  readonly schema: FieldSchema
}

/** A list's name alone, or more. */
export type To = string | Selection

const selectionOf = (to: To): Selection =>
  typeof to === 'string' ? { lists: [to], except: [], where: null } : { ...to, lists: [...new Set(to.lists)] }

/** Throws a Complaint for a list that is unknown and for a segment that cannot be read. */
export async function resolve(ledger: Pick<Ledger, 'list' | 'lists'>, to: To): Promise<Resolved> {
  const selection = selectionOf(to)
  const lists: List[] = []
  for (const name of selection.lists) lists.push(await theList(ledger, name))
  const except: List[] = []
  for (const name of selection.except) except.push(await theList(ledger, name))
  const schema = joinedSchema(lists)
  const where = selection.where === null ? null : parseSegment(selection.where, schema)
  const ids = (of: readonly List[]): number[] => of.map(({ id }) => id)
  return { selection, lists, schema, chosen: { lists: ids(lists), except: ids(except), where } }
}

/** The list of that name; throws a Complaint that names those there are. */
export async function theList(ledger: Pick<Ledger, 'list' | 'lists'>, name: string): Promise<List> {
  const list = await ledger.list({ name })
  if (list) return list
  const known = (await ledger.lists()).map((l) => l.name)
  throw new Complaint(`there is no list "${name}"`, {
    remedy: known.length > 0 ? `the lists are: ${known.join(', ')}` : 'make one: gll list import NAME FILE.csv',
  })
}

/** One letter cannot take a field for two things. */
function joinedSchema(lists: readonly List[]): FieldSchema {
  const joined: Record<string, FieldSchema[string]> = {}
  for (const { name: list, fields } of lists) {
    for (const [name, terms] of Object.entries(fields)) {
      const before = joined[name]
      if (before && before.type !== terms.type) {
        throw new Complaint(`the field "${name}" is a ${before.type} on one list and a ${terms.type} on ${list}`, {
          remedy: 'send to each list by itself, or declare the field alike: gll list fields',
        })
      }
      joined[name] ??= terms
    }
  }
  return joined
}

/** Who would get it. Throws a Complaint for a list that is unknown or empty, and for readers whom the letter does not fit. */
export async function surveyAudience(
  tools: Pick<Tools, 'ledger' | 'now'>,
  edition: CheckedEdition,
  to: To,
): Promise<Audience> {
  const { ledger } = tools
  // Whose quarantine or pause is over may be written to again.
  await ledger.endQuarantines({ now: tools.now() })
  while ((await ledger.endPauses({ now: tools.now() })) > 0);
  const resolved = await resolve(ledger, to)
  const { lists, selection } = resolved
  const sum = { listId: lists[0]?.id ?? 0, people: 0, unsubscribed: 0, paused: 0, suppressed: 0 }
  for (const { name } of lists) {
    const survey = await ledger.survey({ list: name })
    for (const key of ['unsubscribed', 'paused', 'suppressed'] as const) sum[key] += survey?.[key] ?? 0
  }
  checkFields(edition, lists)
  const unfit = new Unfit(edition, resolved.schema)
  for await (const page of readersOf(ledger, resolved.chosen)) {
    sum.people += page.length
    for (const reader of page) unfit.try(reader)
  }
  const list = selection.lists.join(', ')
  if (sum.people === 0) throw nobody(list, selection, sum)
  unfit.complain()
  return { ...sum, list }
}

function nobody(list: string, selection: Selection, sum: Omit<Survey, 'listId'>): Complaint {
  const narrowed = selection.where !== null || selection.except.length > 0
  return new Complaint(`list "${list}" has nobody who may be written to${narrowed ? ' and is meant' : ''}`, {
    remedy: narrowed
      ? `see whom the segment means: gll list show ${selection.lists[0]} --where '…'`
      : `of its people ${sum.unsubscribed} unsubscribed and ${sum.suppressed} are suppressed; import others with gll list import ${list} FILE.csv`,
  })
}

/** Fields that everybody has: they need not be declared. */
const OWN_TO_ALL = ['address', 'name', 'language']

/** A field that a list does not have is a typing error; its default would go to everybody, and nobody would notice. */
function checkFields(edition: CheckedEdition, lists: readonly List[]): void {
  for (const { name, fields } of lists) {
    const unknown = edition.fields.filter((field) => !OWN_TO_ALL.includes(field) && fields[field] === undefined)
    const [first] = unknown
    if (first === undefined) continue
    throw new Complaint(
      `the letter uses ${unknown.map((field) => `{{${field}}}`).join(', ')}, which list "${name}" does not have`,
      {
        remedy: `its fields are: ${[...OWN_TO_ALL, ...Object.keys(fields)].join(', ')}; declare one: gll list fields ${name} ${first}:text`,
        exit: 2,
      },
    )
  }
}

/** The readers page by page, in the order of their ids. */
export async function* readersOf(ledger: Pick<Ledger, 'readers'>, chosen: Chosen): AsyncIterable<readonly Reader[]> {
  for (let after: number | null = 0; after !== null; ) {
    const page: { readers: Reader[]; after: number | null } = await ledger.readers({ ...chosen, after })
    if (page.readers.length > 0) yield page.readers
    after = page.after
  }
}

/**
 * What is merged for one reader: the fields in use alone, those that the reader lacks from the list's defaults. Where
 * the letter has a default of its own, that one holds, and the field is left out.
 */
export function fieldsFor(
  edition: Pick<CheckedEdition, 'fields' | 'defaults'>,
  schema: FieldSchema,
  of: Fields,
): Fields {
  return Object.fromEntries(
    edition.fields.flatMap((name): [string, string][] => {
      const own = of[name] ?? ''
      if (own !== '') return [[name, own]]
      if (edition.defaults[name] !== undefined) return []
      const terms = schema[name]
      // A boolean that is not true is an empty text: a condition asks no more of it.
      const otherwise = terms?.default ?? (terms?.type === 'boolean' ? '' : undefined)
      return otherwise === undefined ? [] : [[name, otherwise]]
    }),
  )
}

const FIELDS_NAMED = 5

/** Says what a letter lacks for one person's fields, as `fieldsFor` gives them; nothing where it fits. */
export function fitter(edition: CheckedEdition): (fields: Fields) => string[] {
  const personal = new Set(edition.places.map((place) => place.link).filter((href) => isPersonal(href) && !isOwn(href)))
  const { defaults } = edition
  const links = [...personal].map((href) => ({ href, render: compileAddress(href, defaults) }))
  return (fields) => {
    const lacking = edition.fields.filter((name) => fields[name] === undefined && defaults[name] === undefined)
    if (lacking.length > 0) return lacking.map((name) => `have no value for {{${name}}}`)
    return links.flatMap(({ href, render }) => {
      const parsed = addressFrom(render, fields)
      const sound =
        parsed && (parsed.protocol === 'mailto:' || (/^https?:$/.test(parsed.protocol) && parsed.hostname !== ''))
      return sound ? [] : [`would get a link that is no address from ${href}`]
    })
  }
}

/** Gathers the readers whom the letter does not fit, by what they lack. */
class Unfit {
  readonly #fieldsOf: (reader: Reader) => Fields
  readonly #misfits: (fields: Fields) => string[]
  readonly #found = new Map<string, { count: number; examples: string[] }>()

  constructor(edition: CheckedEdition, schema: FieldSchema) {
    this.#fieldsOf = (reader) => fieldsFor(edition, schema, reader.fields)
    this.#misfits = fitter(edition)
  }

  try(reader: Reader): void {
    for (const misfit of this.#misfits(this.#fieldsOf(reader))) this.#add(misfit, reader)
  }

  #add(what: string, reader: Reader): void {
    const known = this.#found.get(what) ?? { count: 0, examples: [] }
    known.count += 1
    if (known.examples.length < FIELDS_NAMED) known.examples.push(reader.address)
    this.#found.set(what, known)
  }

  complain(): void {
    if (this.#found.size === 0) return
    const lines = [...this.#found].map(
      ([what, { count, examples }]) =>
        `${count} ${count === 1 ? 'person' : 'people'} ${what}: ${examples.join(', ')}${count > examples.length ? ', …' : ''}`,
    )
    throw new Complaint(`the letter does not fit everybody on the list\n  ${lines.join('\n  ')}`, {
      remedy:
        'give the field a default in the front matter (defaults: { name: Colleague }), or add what these people lack',
      exit: 2,
    })
  }
}

function addressFrom(render: (fields: Fields) => string, fields: Fields): URL | null {
  try {
    return URL.parse(render(fields))
  } catch {
    // The template itself refuses what is no address.
    return null
  }
}
