/** Whom a message was sent to and who sent it, by its header: reading no further than that takes. */
import { isDaemon, mentions } from './addresses.ts'
import { first, type Part, splitParts } from './mime.ts'

const TO_WHOM = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to', 'to']

/** Where a message was sent to, by its header alone. */
export function sentTo(bytes: Uint8Array): string[] {
  const named = headersOf(bytes).filter(([name]) => TO_WHOM.includes(name))
  return [...new Set(named.flatMap(([, value]) => mentions(value)).map(({ address }) => address))]
}

/** Sent by no person: it says so, or wants no answer (RFC 3834 §5, RFC 5321 §4.5.5). */
export function isFromProgram(bytes: Uint8Array): boolean {
  const headers = headersOf(bytes)
  const auto = first(headers, 'auto-submitted')
  const from = mentions(first(headers, 'from') ?? '').at(-1)?.address
  const isNull = /^\s{0,5}<\s{0,5}>\s{0,5}$/.test(first(headers, 'return-path') ?? '')
  return isNull || (auto !== undefined && !/^\s{0,5}no\b/i.test(auto)) || from === undefined || isDaemon(from)
}

const MOST_LOOKED_AT = 1_000_000

const rawOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MOST_LOOKED_AT)).toString('latin1')

const headersOf = (bytes: Uint8Array): Part['headers'] => splitParts(rawOf(bytes), Number.POSITIVE_INFINITY).headers

/**
 * The addresses that may name the copy a report is about: where it was sent to, and, where a provider complains to an
 * address of its own choosing, the envelope sender that it quotes. What they are worth is for their MAC to say.
 */
export function bounceAddresses(bytes: Uint8Array): string[] {
  const quoted = rawOf(bytes).matchAll(/\bb-[a-z2-7]{1,32}-[a-z2-7]{1,32}@[a-z0-9.-]{1,253}/gi)
  return [...new Set([...sentTo(bytes), ...[...quoted].slice(0, 20).map(([address]) => address)])]
}
