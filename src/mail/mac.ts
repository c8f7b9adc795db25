import { hash } from 'node:crypto'

/** Octets of a block of SHA-256 (RFC 2104 §2, B). */
const BLOCK = 64

/**
 * HMAC-SHA-256 (RFC 2104) under one key of at most 64 octets; a MAC has 32. A message carries three or four of them, and
 * Node's own Hmac is a stream with a native half, which takes twice the time and is left to the garbage collector. Octets
 * stand in latin1 strings here: as Buffers out of `hash` they cost more than the hashing.
 */
export function macBy(key: Buffer): (message: Buffer) => Buffer {
  if (key.length > BLOCK) throw new Error(`a key has at most ${BLOCK} octets`)
  const padded = (pad: number): string => {
    const block = Buffer.alloc(BLOCK, pad)
    for (const [at, octet] of key.entries()) block[at] = pad ^ octet
    return block.toString('latin1')
  }
  const inner = padded(0x36)
  const outer = padded(0x5c)
  const sha256 = (octets: string): string => hash('sha256', Buffer.from(octets, 'latin1'), 'binary')
  return (message) => Buffer.from(sha256(outer + sha256(inner + message.toString('latin1'))), 'latin1')
}
