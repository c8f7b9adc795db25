import { createHmac, randomBytes } from 'node:crypto'
import { macBy } from '../../src/mail/mac.ts'

test.each([
  [
    'the first vector of RFC 4231',
    Buffer.alloc(20, 0x0b),
    Buffer.from('Hi There'),
    /^b0344c61d8db38535ca8afceaf0bf12b/,
  ],
  ['the second', Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'), /^5bdcc146bf60754e6a042426089575c7/],
  ['the third', Buffer.alloc(20, 0xaa), Buffer.alloc(50, 0xdd), /^773ea91e36800e46854db8ebd09181a7/],
])('is HMAC-SHA-256: %s', (_, key, message, mac) => {
  expect(macBy(key)(message).toString('hex')).toMatch(mac)
})

test("says what Node's own says, for keys up to a block and messages of any length", () => {
  for (const keyLength of [0, 1, 31, 32, 63, 64]) {
    const key = randomBytes(keyLength)
    const mac = macBy(key)
    for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 1_000]) {
      const message = randomBytes(length)
      expect(mac(message)).toEqual(createHmac('sha256', key).update(message).digest())
    }
  }
  expect(() => macBy(randomBytes(65))).toThrow('64 octets')
})
