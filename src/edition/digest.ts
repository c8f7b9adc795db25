/** The digest of an edition: SHA-256 over its content in canonical form. Equal digests are equal mails. */
import { createHash } from 'node:crypto'
import type { EditionContent } from './edition.ts'

const COVERED = ['kind', 'language', 'direction', 'subject', 'html', 'text', 'defaults', 'links', 'renderer'] as const

/** Hexadecimal. Covers exactly the keys of EditionContent, whatever else the object has, in whatever order. */
export function digest(content: EditionContent): string {
  const covered = Object.fromEntries(COVERED.map((key) => [key, content[key]]))
  return createHash('sha256').update(canonical(covered)).digest('hex')
}

/** JSON with sorted keys and no white space (RFC 8785, for texts, null, lists and maps). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`
}
