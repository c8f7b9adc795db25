/** Numbers as bytes, and bytes as text that survives case folding: what tokens and VERP addresses are written in. */

/** Seven bits a byte, the last one with its high bit clear. Ids up to 2^53 - 1. */
export function numbersToBytes(numbers: readonly number[]): Buffer {
  const bytes: number[] = []
  for (const number of numbers) {
    if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${number} is not an id`)
    let left = number
    for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128)
    bytes.push(left)
  }
  return Buffer.from(bytes)
}

export function bytesToNumbers(bytes: Buffer): number[] {
  const numbers: number[] = []
  let number = 0
  let weight = 1
  for (const byte of bytes) {
    number += (byte & 127) * weight
    weight *= 128
    if (byte > 127) continue
    numbers.push(number)
    number = 0
    weight = 1
  }
  return numbers
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

const CODES = Buffer.from(ALPHABET)

export function base32(bytes: Buffer): string {
  // Three tokens a message: characters added to a string one by one were a tenth of all garbage.
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5))
  let length = 0
  let bits = 0
  let held = 0
  for (let at = 0; at < bytes.length; at += 1) {
    held = (held << 8) | (bytes[at] ?? 0)
    for (bits += 8; bits >= 5; bits -= 5) text[length++] = CODES[(held >> (bits - 5)) & 31] ?? 0
    held &= (1 << bits) - 1
  }
  if (bits > 0) text[length] = CODES[(held << (5 - bits)) & 31] ?? 0
  return text.toString('latin1')
}

/** Null for what base32 cannot have made: a foreign character, a length or a tail that no bytes give. */
export function fromBase32(text: string): Buffer | null {
  if (text.length > 200 || [1, 3, 6].includes(text.length % 8)) return null
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value === -1) return null
    held = (held << 5) | value
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push(held >> bits)
    held &= (1 << bits) - 1
  }
  return held === 0 ? Buffer.from(bytes) : null
}
