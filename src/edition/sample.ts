/**
 * Made-up recipients, for looking at an edition before anyone's data is merged: an ordinary one, and those that have
 * broken mails before. A value that stands in an address is as long and strange as any other: it is encoded there.
 */
import Handlebars from 'handlebars'
import { type Edition, type FieldSchema, type Fields, type FieldType, OWN_FIELDS } from './edition.ts'
import { fieldsIn } from './mustache.ts'

type Name = 'ordinary' | 'bare' | 'longest' | 'right-to-left' | 'hostile'

const NAMES: Readonly<Record<Name, string>> = {
  ordinary: 'Amina',
  bare: '',
  longest: 'Wolfeschlegelsteinhausenbergerdorff Ängström-Þórðardóttir '.repeat(4).trim(),
  'right-to-left': 'فاطمة الزهراء بنت محمد',
  hostile: `"><img src=x onerror=alert(1)> O'Hara & \`Søn\` $& =?UTF-8?Q?x?=`,
}

/** Not one of the example domains, which the gate takes for addresses that somebody forgot to put in. */
const MADE_UP = 'https://made-up.invalid/'

/** What else than a text is like: no name stands where a list has a number. */
const TYPED: Readonly<Record<Exclude<FieldType, 'text'>, (name: Name) => string>> = {
  number: (name) => (name === 'ordinary' ? '42' : '-123456789012.345'),
  date: (name) => (name === 'ordinary' ? '2027-01-31' : '9999-12-31'),
  boolean: (name) => (name === 'hostile' ? '' : 'yes'),
}

/**
 * Five recipients, an ordinary one first; without OWN_FIELDS, which whoever composes adds. The second has nothing but
 * the defaults, and blank values where a condition asks for a field. `schema`: the fields of the lists it goes to.
 */
export function sampleFields(
  edition: Pick<Edition, 'fields' | 'defaults' | 'subject' | 'html' | 'text'>,
  schema: FieldSchema = {},
): Fields[] {
  const { addresses, conditions } = usesOf(edition)
  return (Object.keys(NAMES) as Name[]).map((name) => {
    const value = (field: string): string => {
      if (addresses.has(field)) return name === 'longest' ? `${MADE_UP}${'a/'.repeat(60)}` : `${MADE_UP}a`
      const { type = 'text', default: otherwise = null } = schema[field] ?? {}
      if (name === 'bare' && (conditions.has(field) || type === 'boolean')) return ''
      const valued = (of: Name): string => (type === 'text' ? NAMES[of] : TYPED[type](of))
      return name === 'bare' ? (edition.defaults[field] ?? otherwise ?? valued('ordinary')) : valued(name)
    }
    return Object.fromEntries(edition.fields.map((field) => [field, value(field)]))
  })
}

/** Fields that are whole addresses, and fields that a condition asks for. */
function usesOf({ subject, html, text }: Pick<Edition, 'subject' | 'html' | 'text'>) {
  const addresses = new Set<string>()
  const conditions = new Set<string>()
  const visit = (node: hbs.AST.Node): void => {
    if (node.type === 'Program') for (const one of (node as hbs.AST.Program).body) visit(one)
    if (node.type === 'MustacheStatement') {
      const { path, params } = node as hbs.AST.MustacheStatement
      if (params.length === 0 || (path as hbs.AST.PathExpression).original !== 'asUrl') return
      for (const field of fieldsIn(node)) addresses.add(field)
    }
    if (node.type !== 'BlockStatement') return
    const { program, inverse, params } = node as hbs.AST.BlockStatement
    const asked = { ...(node as hbs.AST.BlockStatement), program: empty(node), inverse: empty(node), params }
    for (const field of fieldsIn(asked)) conditions.add(field)
    visit(program)
    if (inverse) visit(inverse)
  }
  for (const template of [subject, html, text]) visit(Handlebars.parse(template))
  for (const own of OWN_FIELDS) addresses.delete(own)
  return { addresses, conditions }
}

const empty = (node: hbs.AST.Node): hbs.AST.Program => ({
  type: 'Program',
  loc: node.loc,
  body: [],
  blockParams: [],
})
