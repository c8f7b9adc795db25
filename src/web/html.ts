/** HTML by template strings in which whatever is filled in is escaped, unless it was made here itself. */

type Filling = string | number | Markup | null | readonly Markup[]

/** What `html` returns: told from a string by its type alone, so that no string can pass for it. */
export interface Markup {
  readonly markup: string
}

/** Strings and numbers are escaped, markup stands as it is, null is nothing. Fill text and quoted attributes only. */
export function html(fixed: TemplateStringsArray, ...fillings: Filling[]): Markup {
  return { markup: fixed.map((piece, n) => piece + filled(fillings[n])).join('') }
}

function filled(filling: Filling | undefined): string {
  if (filling === undefined || filling === null) return ''
  if (typeof filling === 'string' || typeof filling === 'number') return escaped(String(filling))
  return 'markup' in filling ? filling.markup : filling.map((one) => one.markup).join('')
}

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => NAMED[character] ?? '')
