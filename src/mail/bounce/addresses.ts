/** Addresses in the text of reports. */

/** Linear: a local part of at most 64 characters, no two readings of one place. */
const ADDRESS =
  /(?<![A-Za-z0-9!#$%&'*+/=?^_`{|}~.@\u00a1-\uffff-])(?:"[^"@\s<>]{1,62}"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u00a1-\u2fff\u3040-\uff00-]{1,64})@[A-Za-z0-9\u00a1-\u2fff\u3040-\ufeff](?:[A-Za-z0-9.\u00a1-\u2fff\u3040-\ufeff-]{0,252}[A-Za-z0-9\u00a1-\u2fff\u3040-\ufeff])?/g

export interface Mention {
  readonly address: string
  readonly start: number
  readonly end: number
}

/** Every address in a line, in its order. */
export function mentions(line: string): Mention[] {
  const found: Mention[] = []
  for (const match of line.slice(0, 4_000).matchAll(ADDRESS)) {
    const address = tidy(match[0])
    if (address) found.push({ address, start: match.index, end: match.index + match[0].length })
  }
  return found
}

/**
 * An address as a report writes it: `rfc822;ann@example.org`, `<ann@example.org>`, `SMTP:ann@example.org`. Null for
 * what is none. The domain in lower case; the local part as given.
 */
export function tidy(text: string): string | null {
  let bare = text.trim()
  // utf-8 addresses in ASCII reports (RFC 6533 §3): \x{e9}
  bare = bare.replace(/\\x\{([0-9a-f]{1,6})\}/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
  const angled = /<([^<>\s]{1,320})>/.exec(bare)
  if (angled?.[1]?.includes('@')) bare = angled[1]
  if (!QUOTED_LOCAL.test(bare)) bare = bare.replace(/^["'<([]{1,5}|["'>)\],;:.]{1,5}$/g, '')
  bare = bare.replace(/^(?:smtp|mailto|rfc822)[:;]/i, '').replace(/^=3d/i, '')
  const at = bare.lastIndexOf('@')
  if (at < 1 || at === bare.length - 1 || /[\p{Cc}\p{Z}\ufffd<>：（），。、；]/u.test(bare)) return null
  // Quotes that nothing in the local part needs are not part of the address (RFC 5321 §4.1.2).
  const local = bare
    .slice(0, at)
    .replace(/^"([^".\s<>()[\],;:@\\]{1,62}(?:\.[^".\s<>()[\],;:@\\]{1,62}){0,20})"$/, '$1')
  const domain = bare.slice(at + 1).toLowerCase()
  if (local === '' || local.length > 64 || domain.length > 253 || domain.includes('..')) return null
  if (!DOMAIN.test(domain)) return null
  return `${local}@${domain.replace(/\.$/, '')}`
}

const QUOTED_LOCAL = /^"[^"\s<>]{1,62}"@[^"'>)\],;:]{1,253}$/

/** Letters of any script, or an address literal (RFC 5321 §4.1.3). */
const DOMAIN = /^(?:[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}._-]{0,252}[\p{L}\p{N}\p{M}.])?|\[[\da-f.:]{2,60}\]?)$/iu

const character = (code: number): string => (code > 31 && code < 0x110000 ? String.fromCodePoint(code) : '')

/** What two mentions of one mailbox have in common. */
export const keyOf = (address: string): string => address.toLowerCase()

/** Of the form of our own envelope senders (verp.ts): nobody was ever written to there. */
export const isEnvelopeSender = (address: string): boolean => /^b-[a-z2-7]{1,32}-[a-z2-7]{1,32}@/i.test(address)

/** Programs, not people: what sends reports. */
export const isDaemon = (address: string): boolean =>
  /^(?:mailer-?daemon|mail-?daemon|post_?master|maildaemon|mail-delivery|mdaemon|double-?bounce|listserv|mmdf|smtp|root\.daemon|microsoftexchange[0-9a-f]{20,40}|mailsystem|nobody)@/i.test(
    address,
  )
