/**
 * How the team is told: a notice a fact, with the exact commands. Addresses stand without scheme, in code: a notice about
 * a dead link must not itself carry one, or its own gate would refuse it.
 */
import type { Mailing, Watched } from '../../ledger/index.ts'

export type Of = Pick<Mailing, 'id' | 'subject'>
export type Link = Pick<Watched, 'link' | 'href'>

/** A moment as the team reads it, wherever it is. */
export const utc = (ms: number): string => {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  return `${day.format(ms)} UTC`
}

/** An address that no mail reader makes a link of. */
export const plainly = (href: string): string =>
  href
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/|\b(?:mailto|tel|sms):/gi, '')
    .replace(/\bwww\d?\./gi, '')
    .replaceAll('@', ' (at) ')
    .replace(/\/$/, '')

/** In code, and nothing in it that Markdown or Handlebars would take for their own. */
export const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('{{', '{ {')}\``

export const named = (mailing: Of): string => `mailing ${mailing.id} (“${safe(mailing.subject)}”)`

/** Words from elsewhere in a sentence of ours. */
export const safe = (text: string): string =>
  text
    .replaceAll('{{', '{ {')
    .replace(/[\\`*_[\]<>#|~]/g, (sign) => `\\${sign}`)
    .replace(/\s+/g, ' ')

/** `12,345`. */
export const grouped = (n: number): string => n.toLocaleString('en-GB')

export const people = (n: number): string => (n === 1 ? '1 person holds it' : `${grouped(n)} people hold it`)

export const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')

export const subjectOf = (text: string): string => text.replaceAll('{{', '{ {').slice(0, 150)

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
