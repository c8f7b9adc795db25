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

export function base32(bytes: Buffer): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text
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
