/**
 * Tokens: what stands in our addresses and Message-IDs instead of anything about a person. Each is a few numbers and a
 * MAC over them (HMAC-SHA-256, RFC 2104), in lower-case base32 (RFC 4648 §6): it survives case folding, being read out,
 * and being pasted with white space around it, and it cannot be made without the key. Every purpose has its own key
 * (HKDF, RFC 5869), so that a token made for one says nothing for another.
 */
import { hkdfSync, timingSafeEqual } from 'node:crypto'
import { base32, bytesToNumbers, fromBase32, numbersToBytes } from './base32.ts'
import { macBy } from './mac.ts'
import { type Verp, verp } from './verp.ts'

/** Ids of the ledger, positive integers (`n` counts from 0 or 1 as the ledger does). `test` marks a test copy, whose token acts on nobody. */
export interface Unsubscribe {
  readonly list: number
  readonly subscriber: number
  readonly mailing: number
  readonly test: boolean
}

export interface Webcopy {
  readonly mailing: number
  readonly n: number
}

export interface Tokens {
  unsubscribe(what: Unsubscribe): string
  /** Null for whatever we did not make. Constant time, whatever is wrong with it. */
  readUnsubscribe(token: string): Unsubscribe | null
  webcopy(what: Webcopy): string
  readWebcopy(token: string): Webcopy | null
  /** For who asked to join a list, or for another address: only that mailbox gets it. `signUp` is an id of the ledger. */
  confirmation(signUp: number): string
  readConfirmation(token: string): number | null
  /** `<…@domain>`: the same for the same copy, unlike for any other, and nobody can tell whose it is (RFC 5322 §3.6.4). */
  messageId(what: { mailing: number; edition: number; n: number }): string
  /** Whether that is the Message-ID we gave this copy, with or without its brackets, whatever its domain is now. */
  isMessageId(id: string, what: { mailing: number; edition: number; n: number }): boolean
  /** What stays of an address that is forgotten: from it nobody without the key can tell whose it was, or try. */
  addressHash(key: string): string
  /** Envelope senders that say which copy came back; null: there is no domain for them. */
  readonly verp: Verp | null
}

/** 128 bits: RFC 8058 §3.1 wants a token that is hard to forge. */
const MAC_BYTES = 16
const VERSION = 1

/**
 * Each of `secrets` has at least 32 bytes: the first signs, all are believed, so that old mail's links work for as long
 * as its key is kept. `domain` is that of the Message-IDs, `bounceDomain` that of the envelope senders.
 */
export function tokens(
  secrets: Buffer | readonly Buffer[],
  domain: string,
  bounceDomain: string | null = null,
): Tokens {
  const [now, ...older] = [secrets].flat().map((secret) => tokensBy(secret, domain, bounceDomain))
  if (!now) throw new Error('tokens need a secret')
  if (older.length === 0) return now
  const ring = [now, ...older]
  return {
    ...now,
    // By the oldest: a new key must not bring back whom we promised to forget.
    addressHash: (ring.at(-1) ?? now).addressHash,
    readUnsubscribe: (token) => anyOf(ring, (one) => one.readUnsubscribe(token)),
    readWebcopy: (token) => anyOf(ring, (one) => one.readWebcopy(token)),
    readConfirmation: (token) => anyOf(ring, (one) => one.readConfirmation(token)),
    isMessageId: (id, what) => anyOf(ring, (one) => one.isMessageId(id, what) || null) ?? false,
    verp: now.verp && {
      seal: now.verp.seal,
      read: (address) => anyOf(ring, (one) => one.verp?.read(address) ?? null),
    },
  }
}

/** Every key is asked, whichever fits: the time says nothing of which. */
function anyOf<T>(ring: readonly Tokens[], read: (one: Tokens) => T | null): T | null {
  return ring.map(read).find((found) => found !== null) ?? null
}

function tokensBy(secret: Buffer, domain: string, bounceDomain: string | null): Tokens {
  if (secret.length < 32) throw new Error('a secret needs at least 32 bytes')
  const macFor = (purpose: string): Mac => macBy(Buffer.from(hkdfSync('sha256', secret, 'gll-mailer', purpose, 32)))
  const unsubscribe = sealer(macFor('unsubscribe'), 4)
  const webcopy = sealer(macFor('webcopy'), 2)
  const confirmation = sealer(macFor('confirmation'), 1)
  const messageIds = macFor('message-id')
  const addresses = macFor('address')
  const nameOf = (what: { mailing: number; edition: number; n: number }): string =>
    base32(messageIds(numbersToBytes([what.mailing, what.edition, what.n])).subarray(0, 20))
  return {
    verp: bounceDomain === null ? null : verp(secret, bounceDomain),
    addressHash: (address) => addresses(Buffer.from(address)).toString('base64url'),
    unsubscribe: ({ list, subscriber, mailing, test }) => unsubscribe.seal([list, subscriber, mailing, test ? 2 : 1]),
    readUnsubscribe(token) {
      const [list, subscriber, mailing, kind] = unsubscribe.open(token) ?? []
      if (!list || !subscriber || !mailing || (kind !== 1 && kind !== 2)) return null
      return { list, subscriber, mailing, test: kind === 2 }
    },
    webcopy: ({ mailing, n }) => webcopy.seal([mailing, n]),
    readWebcopy(token) {
      const [mailing, n] = webcopy.open(token) ?? []
      return mailing && n !== undefined ? { mailing, n } : null
    },
    confirmation: (signUp) => confirmation.seal([signUp]),
    readConfirmation: (token) => confirmation.open(token)?.[0] || null,
    messageId: (what) => `<${nameOf(what)}@${domain}>`,
    isMessageId: (id, what) => id.replace(/^</, '').startsWith(`${nameOf(what)}@`),
  }
}

type Mac = ReturnType<typeof macBy>

function sealer(mac: Mac, count: number) {
  const macOf = (payload: Buffer): Buffer => mac(payload).subarray(0, MAC_BYTES)
  return {
    seal(numbers: readonly number[]): string {
      const payload = Buffer.concat([Buffer.of(VERSION), numbersToBytes(numbers)])
      return base32(Buffer.concat([payload, macOf(payload)]))
    },
    open(token: string): number[] | null {
      const bytes = fromBase32(token.trim().toLowerCase())
      if (!bytes || bytes.length <= MAC_BYTES + 1) return null
      const payload = bytes.subarray(0, -MAC_BYTES)
      if (!timingSafeEqual(macOf(payload), bytes.subarray(-MAC_BYTES)) || payload[0] !== VERSION) return null
      const numbers = bytesToNumbers(payload.subarray(1))
      return numbers.length === count ? numbers : null
    },
  }
}
