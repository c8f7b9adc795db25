/**
 * Mustaches: the places of a template that vary from recipient to recipient, `{{name}}` and `{{#if city}}…{{/if}}`.
 *
 * Authors write them into Markdown, MJML and addresses, and none of the tools in between may touch them. So they are
 * taken out before anything else (`hide`) and put back last (`show`); meanwhile a mark of private-use characters
 * stands for each, which every parser takes for an ordinary word. A mark that does not come out at the far end was
 * dropped by a tool: that is how MJML's silence about block helpers between sections is noticed.
 */
import Handlebars from 'handlebars'
import { OWN_FIELDS } from './edition.ts'
import type { Grievance } from './grievances.ts'

/** Helpers there are besides `if` and `unless`; compile.ts has what they do. */
const VALUE_HELPERS = ['inUrl', 'asUrl'] as const
const CONDITIONS = ['if', 'unless']

export interface Mustache {
  /** As written, braces included. */
  readonly source: string
  readonly line: number
  readonly kind: 'value' | 'open' | 'else' | 'close'
}

export interface Cloak {
  /** Replaces every mustache by its mark. `line` is where the text begins in its file. Comments vanish. */
  hide(text: string, line?: number): string
  /** Puts the mustaches back. `as` may write one differently, depending on where its mark stands. */
  show(text: string, as?: (mustache: Mustache, at: number) => string): string
  /** The mustache whose mark this is. */
  of(mark: string): Mustache
  /** Every mark handed out so far. */
  marks(): readonly string[]
}

/** Finds marks. Global: use with matchAll and replace only. */
export const MARK = /\uE000(\d+)\uE001/g
/** Characters an author may not use, because the marks are made of them. */
export const RESERVED = /[\uE000\uE001]/

// Linear: outside quotes no alternative runs past the next opening, so no stretch is looked at from many beginnings.
const MUSTACHE =
  /\{\{!--(?:(?!\{\{!--)[\s\S])*?--~?\}\}|\{\{~?![^{}]*\}\}|\{\{(?:"[^"{}]*(?:[{}](?![{}])[^"{}]*)*"|'[^'{}]*(?:[{}](?![{}])[^'{}]*)*'|[^"'{}])*\}\}/g

export function cloak(): Cloak {
  const known: Mustache[] = []
  const of = (mark: string): Mustache => {
    const found = known[Number(mark.slice(1, -1))]
    if (!found) throw new Error('a mark without its mustache')
    return found
  }
  return {
    of,
    marks: () => known.map((_, n) => `\uE000${n}\uE001`),
    hide(text, line = 1) {
      let at = 0
      let here = line
      return text.replace(MUSTACHE, (source: string, offset: number) => {
        here += newlines(text.slice(at, offset))
        at = offset
        if (/^\{\{~?!/.test(source)) return '\n'.repeat(newlines(source))
        known.push({ source, line: here, kind: kindOf(source) })
        return `\uE000${known.length - 1}\uE001`
      })
    },
    show(text, as = (mustache) => mustache.source) {
      return text.replace(MARK, (mark: string, _n: string, at: number) => {
        // A backslash before a mustache would make Handlebars print the mustache; two print one backslash.
        return `${text[at - 1] === '\\' ? '\\' : ''}${as(of(mark), at)}`
      })
    },
  }
}

const newlines = (text: string): number => text.split('\n').length - 1

function kindOf(source: string): Mustache['kind'] {
  if (/^\{\{~?\s*(?:else\b|\^)/.test(source)) return 'else'
  if (/^\{\{~?\s*#/.test(source)) return 'open'
  return /^\{\{~?\s*\//.test(source) ? 'close' : 'value'
}

/** A mustache as it must be written in an address, after `before`. */
export function inAddress({ source, kind }: Mustache, before: string): string {
  const field = /^\{\{(~?)\s*([^\s~}]+)\s*(~?)\}\}$/.exec(source)
  if (kind !== 'value' || !field || (OWN_FIELDS as readonly string[]).includes(field[2] ?? '')) return source
  const helper = before.replace(MARK, '').trim() === '' ? 'asUrl' : 'inUrl'
  return `{{${field[1]}${helper} ${field[2]}${field[3]}}}`
}

/** Writes an href as a part has it: the mustaches in it encoded, so that all parts lead to one place. */
export const addressWriter =
  ({ of, hide }: Pick<Cloak, 'of' | 'hide'>) =>
  (href: string): string =>
    href.replace(MARK, (mark: string, _n: string, at: number) =>
      hide(inAddress(of(mark), href.slice(0, at)), of(mark).line),
    )

/** What is wrong with a template, by its syntax tree. `line` is where it begins in its file. */
export function lint(template: string, line = 1): Grievance[] {
  const found: Grievance[] = []
  for (const escaped of template.matchAll(/\\\{\{/g)) {
    found.push({
      line: line + newlines(template.slice(0, escaped.index)),
      fault: 'a mustache behind a backslash would be printed as it stands',
      remedy: 'remove the backslash, or write the braces in another way',
    })
  }
  try {
    walk(Handlebars.parse(template), (at, fault, remedy) => found.push({ line: line + at - 1, fault, remedy }))
  } catch (error) {
    found.push(syntaxError(error as Error, line))
  }
  return found
}

function syntaxError(error: Error & { lineNumber?: number }, line: number): Grievance {
  const [head = '', , , expecting = ''] = error.message.split('\n')
  const at = /line (\d+)/.exec(head)?.[1] ?? /- (\d+):\d+$/.exec(head)?.[1]
  const unclosed = expecting.includes("got 'EOF'")
  return {
    line: at === undefined ? line : line + Number(at) - 1,
    fault: unclosed
      ? 'the template does not compile: a block is opened and never closed'
      : `the template does not compile: ${at === undefined || expecting === '' ? head : expecting.replace(/^Expecting.*got/, 'unexpected')}`,
    remedy: unclosed
      ? 'close every {{#if …}} with {{/if}}'
      : 'close every {{ with }} and every {{#if …}} with its own {{/if}}',
  }
}

type Report = (line: number, fault: string, remedy: string) => void
type Node = hbs.AST.Node

function walk(node: Node, report: Report): void {
  const line = node.loc.start.line
  switch (node.type) {
    case 'Program':
      for (const statement of (node as hbs.AST.Program).body) walk(statement, report)
      return
    case 'MustacheStatement': {
      const mustache = node as hbs.AST.MustacheStatement
      if (!mustache.escaped) {
        report(line, 'a triple mustache, or {{&…}}, would let a value write HTML', 'write it as {{name}}')
      }
      call(mustache, VALUE_HELPERS, report)
      return
    }
    case 'BlockStatement': {
      const block = node as hbs.AST.BlockStatement
      call(block, CONDITIONS, report)
      walk(block.program, report)
      if (block.inverse) walk(block.inverse, report)
      return
    }
    case 'ContentStatement':
    case 'CommentStatement':
      return
    default:
      report(line, 'partials and decorators have no place in a letter', 'write the words out')
  }
}

function call(node: hbs.AST.MustacheStatement | hbs.AST.BlockStatement, helpers: readonly string[], report: Report) {
  const line = node.loc.start.line
  const name = node.path.type === 'PathExpression' ? (node.path as hbs.AST.PathExpression).original : null
  const block = node.type === 'BlockStatement'
  if (name === null) report(line, 'a mustache that names no field', 'name a field, as in {{name}}')
  else if (!block && node.params.length === 0 && !node.hash) field(node.path as hbs.AST.PathExpression, report)
  else if (!helpers.includes(name)) {
    const fault = block ? `no block is called "${name}"` : `no helper is called "${name}"`
    report(line, fault, block ? 'the blocks are {{#if …}} and {{#unless …}}' : 'write a field alone: {{name}}')
  } else if (node.hash || node.params.length !== 1) {
    report(line, `"${name}" takes exactly one field`, 'as in {{#if city}}')
  } else for (const param of node.params) condition(param, report)
}

function condition(param: hbs.AST.Expression, report: Report): void {
  if (param.type === 'PathExpression') field(param as hbs.AST.PathExpression, report)
  else if (param.type === 'SubExpression') {
    const { path, params, hash, loc } = param as hbs.AST.SubExpression
    if ((path as hbs.AST.PathExpression).original === 'eq' && params.length === 2 && !hash) {
      for (const one of params) if (one.type !== 'StringLiteral') condition(one, report)
    } else report(loc.start.line, 'a condition that is not known', 'write {{#if city}} or {{#if (eq city "Geneva")}}')
  } else report(param.loc.start.line, 'a condition on no field', 'as in {{#if city}}')
}

function field(path: hbs.AST.PathExpression, report: Report): void {
  if (path.data || path.depth > 0 || path.parts.length !== 1 || /^(this|\.)/.test(path.original)) {
    report(path.loc.start.line, `"${path.original}" is not a field`, 'fields are plain names, without dots: {{name}}')
  }
}

/** Names of the fields a template uses, in order of first use; OWN_FIELDS included. The template has passed `lint`. */
export function fieldsIn(node: Node): string[] {
  const found = new Set<string>()
  const add = (expression: hbs.AST.Expression): void => {
    if (expression.type === 'PathExpression') found.add((expression as hbs.AST.PathExpression).original)
    if (expression.type === 'SubExpression')
      for (const param of (expression as hbs.AST.SubExpression).params) add(param)
  }
  const visit = (one: Node): void => {
    if (one.type === 'Program') for (const statement of (one as hbs.AST.Program).body) visit(statement)
    if (one.type !== 'MustacheStatement' && one.type !== 'BlockStatement') return
    const statement = one as hbs.AST.MustacheStatement | hbs.AST.BlockStatement
    for (const expression of statement.params.length > 0 ? statement.params : [statement.path]) add(expression)
    if (one.type !== 'BlockStatement') return
    const block = one as hbs.AST.BlockStatement
    visit(block.program)
    if (block.inverse) visit(block.inverse)
  }
  visit(node)
  return [...found]
}
