/**
 * Variable envelope return paths: each copy has a sender of its own, `b-<id>-<mac>@bounce-domain`, so that a report
 * says by its recipient alone which copy it is about, and nobody can make one up. Lower-case base32 throughout: systems
 * on the way may fold the case of a local part (RFC 5321 §2.4). At most 64 octets (§4.5.3.1.1).
 */
import { hkdfSync, timingSafeEqual } from 'node:crypto'
import { base32, bytesToNumbers, fromBase32, numbersToBytes } from './base32.ts'
import { macBy } from './mac.ts'

export interface Verp {
  /** The envelope sender of this copy. */
  seal(copy: { readonly mailing: number; readonly n: number }): string
  /** Which copy an address is of; null for what we did not make. Constant time, whatever is wrong with its MAC. */
  read(address: string): { readonly mailing: number; readonly n: number } | null
}

/** The key that signs now. A later key has another number, so that reports on older mail are told apart from forged ones. */
const KEY_ID = 1
/** 96 bits. */
const MAC_BYTES = 12

/** Whether an address looks like one of these: the MAC is another question. */
export const isVerp = (address: string): boolean => /^b-[a-z2-7]+-[a-z2-7]+@/.test(address)

/** `secret` has at least 32 bytes: the one that all tokens are made from; VERP has a key of its own. */
export function verp(secret: Buffer, domain: string): Verp {
  const mac = macBy(Buffer.from(hkdfSync('sha256', secret, 'gll-mailer', 'verp', 32)))
  const macOf = (id: Buffer): Buffer => mac(id).subarray(0, MAC_BYTES)
  const at = domain.toLowerCase()
  return {
    seal({ mailing, n }) {
      const id = Buffer.concat([Buffer.of(KEY_ID), numbersToBytes([mailing, n])])
      return `b-${base32(id)}-${base32(macOf(id))}@${at}`
    },
    read(address) {
      const [, idText = '', macText = '', host] =
        /^<?b-([a-z2-7]{1,32})-([a-z2-7]{1,32})@([a-z0-9.-]{1,253})>?$/.exec(address.trim().toLowerCase()) ?? []
      const id = fromBase32(idText)
      const mac = fromBase32(macText)
      if (!id || mac?.length !== MAC_BYTES || host?.replace(/\.$/, '') !== at) return null
      if (!timingSafeEqual(macOf(id), mac) || id[0] !== KEY_ID) return null
      const [mailing, n, more] = bytesToNumbers(id.subarray(1))
      return mailing && n !== undefined && more === undefined ? { mailing, n } : null
    },
  }
}
