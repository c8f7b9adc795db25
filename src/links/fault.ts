/** Something the gate found. `certain` ones nobody can vouch for; a `suspected` one a named person may. */
export interface Fault {
  /** Stable name of the rule, kebab-case, as in README's table: `link-without-target`, `dead-link`, … */
  readonly rule: string
  readonly certainty: 'certain' | 'suspected'
  readonly part: 'html' | 'text' | 'header'
  /** Line of the decoded part, from 1; null where there is none (a header). */
  readonly line: number | null
  /** The mail's own words around the place, on one line, at most 120 characters, the fault itself inside ⟦ ⟧. */
  readonly excerpt: string
  /** The address concerned, as written; null where none is there. */
  readonly link: string | null
  readonly why: string
  readonly remedy: string
}
