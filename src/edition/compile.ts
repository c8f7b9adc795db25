/** An edition made ready for merging: what is the same for everybody is cut from what is not, once. */
import Handlebars from 'handlebars'
import { type CompiledEdition, type EditionContent, type Fields, OWN_FIELDS, type Stretch } from './edition.ts'
import { addressWriter, cloak, fieldsIn } from './mustache.ts'

/** A recipient's data does not fit the template: `field` names what, `code` how. */
export interface FieldFault extends Error {
  readonly code: 'FIELD_MISSING' | 'FIELD_NOT_AN_ADDRESS'
  readonly field: string
}

const fieldFault = (code: FieldFault['code'], field: string, message: string): FieldFault =>
  Object.assign(new Error(message), { code, field })

type Part = Pick<EditionContent, 'subject' | 'html' | 'text' | 'defaults'>

/**
 * Cuts each part at the top level of its template. A field that is missing or blank takes its default; one that is
 * missing and has none throws a FieldFault, in a condition too: `defaults: { city: "" }` says that it may be absent.
 */
export function compile(edition: Part): CompiledEdition {
  const withDefaults = defaulting(edition.defaults)
  const cutPart = (template: string, html: boolean) =>
    cut(template, html ? htmlEngine : plainEngine, !html, withDefaults)
  const subject = cutPart(edition.subject, false)
  return {
    subject: (fields) => subject.map((stretch) => (typeof stretch === 'string' ? stretch : stretch(fields))).join(''),
    html: cutPart(edition.html, true),
    text: cutPart(edition.text, false),
  }
}

/**
 * An address as a recipient's copy has it, from an href as written: values in it are encoded. To look at a personalised
 * link, or to find it in a copy. Throws FieldFaults as a stretch does.
 */
export function compileAddress(href: string, defaults: EditionContent['defaults']): (fields: Fields) => string {
  const hidden = cloak()
  const template = hidden.show(addressWriter(hidden)(hidden.hide(href)))
  return compile({ subject: template, html: '', text: '', defaults }).subject
}

/** Names of the subscriber's fields that an edition uses, those of replacement links included; sorted, without OWN_FIELDS. */
export function fieldsOf(edition: Pick<EditionContent, 'subject' | 'html' | 'text' | 'links'>): string[] {
  // Those of replacements too: they must be known before a link dies.
  const replacements = Object.values(edition.links).flatMap(({ instead }) => instead)
  const templates = [edition.subject, edition.html, edition.text, ...replacements]
  const all = new Set(templates.flatMap((template) => fieldsIn(Handlebars.parse(template))))
  for (const own of OWN_FIELDS) all.delete(own)
  return [...all].toSorted()
}

const helpers = {
  eq: (a: unknown, b: unknown): boolean => a === b,
  /** A value inside an address: encoded, so that it cannot end or redirect it. */
  inUrl: (value: unknown): string => encodeURIComponent(String(value).toWellFormed()),
  /** A value that is a whole address: only what a reader may safely press. */
  asUrl: (value: unknown): string => {
    if (/^(?:https?:\/\/[^\s/<>"'`\\]|mailto:[^\s<>"'`\\])[^\s<>"`\\]*$/i.test(String(value))) return String(value)
    throw fieldFault('FIELD_NOT_AN_ADDRESS', '', 'is not an address that starts with https://')
  },
}

function engine(): typeof Handlebars {
  const made = Handlebars.create()
  for (const [name, helper] of Object.entries(helpers)) made.registerHelper(name, helper)
  return made
}

// Two, because escaping belongs to HTML: in plain text it would print &amp;.
const htmlEngine = engine()
const plainEngine = engine()
const OPTIONS = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { eq: true, inUrl: true, asUrl: true },
  data: false,
} as const

type Defaulting = (fields: Fields) => Fields

function cut(template: string, from: typeof Handlebars, noEscape: boolean, withDefaults: Defaulting): Stretch[] {
  const stretches: Stretch[] = []
  let fixed = ''
  for (const statement of from.parse(template).body) {
    if (statement.type === 'ContentStatement') fixed += (statement as hbs.AST.ContentStatement).value
    else if (statement.type !== 'CommentStatement') {
      if (fixed !== '') stretches.push(fixed)
      fixed = ''
      stretches.push(varying(statement, from, noEscape, withDefaults))
    }
  }
  if (fixed !== '') stretches.push(fixed)
  return stretches
}

function varying(
  statement: hbs.AST.Statement,
  from: typeof Handlebars,
  noEscape: boolean,
  withDefaults: Defaulting,
): (fields: Fields) => string {
  const plain = plainField(statement)
  if (plain !== null) {
    // Nearly every stretch is one field alone: no need to start Handlebars for it.
    return (given) => {
      const value = fieldIn(withDefaults(given), plain)
      return noEscape ? value : from.escapeExpression(value)
    }
  }
  const names = fieldsIn(statement)
  // A tree of our own parsing; what a subscriber wrote is never compiled.
  const program = { type: 'Program', body: [statement], blockParams: [], strip: {}, loc: statement.loc }
  const render = from.compile<Fields>(program, { ...OPTIONS, noEscape })
  return (given) => {
    const fields = withDefaults(given)
    // Handlebars' own strictness overlooks what stands in conditions and behind helpers.
    for (const name of names) fieldIn(fields, name)
    try {
      return render(fields)
    } catch (error) {
      if ((error as Partial<FieldFault>).code !== 'FIELD_NOT_AN_ADDRESS') throw error
      throw fieldFault('FIELD_NOT_AN_ADDRESS', names[0] ?? '', `the field "${names[0]}" ${(error as Error).message}`)
    }
  }
}

function fieldIn(fields: Fields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (typeof value === 'string') return value
  throw fieldFault('FIELD_MISSING', name, `the field "${name}" is missing`)
}

function plainField(statement: hbs.AST.Statement): string | null {
  if (statement.type !== 'MustacheStatement') return null
  const { path, params } = statement as hbs.AST.MustacheStatement
  return params.length === 0 ? (path as hbs.AST.PathExpression).original : null
}

function defaulting(defaults: EditionContent['defaults']): Defaulting {
  const names = Object.keys(defaults)
  const lacking = (fields: Fields): string[] =>
    names.filter((name) => !Object.hasOwn(fields, name) || fields[name] === '')
  return (fields) => {
    const missing = lacking(fields)
    if (missing.length === 0) return fields
    return { ...fields, ...Object.fromEntries(missing.map((name) => [name, defaults[name] ?? ''])) }
  }
}
