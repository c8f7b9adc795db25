import fc from 'fast-check'
import { leaveToken, tokens, verp } from '../../src/mail/index.ts'
import { leaveAddress } from '../../src/mail/leave.ts'

const SECRET = Buffer.alloc(32, 7)
const ours = verp(SECRET, 'Bounces.gll.test')
const copy = { mailing: 42, n: 4_711 }

test('an address says which copy it is of, in 64 octets at most, and survives case folding', () => {
  const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(id, id, (mailing, n) => {
      const address = ours.seal({ mailing, n })
      expect(address).toMatch(/^b-[a-z2-7]+-[a-z2-7]+@bounces\.gll\.test$/)
      expect(address.indexOf('@')).toBeLessThanOrEqual(64)
      for (const form of [address, address.toUpperCase(), `<${address}>`, ` ${address} `, `${address}.`]) {
        expect(ours.read(form)).toEqual({ mailing, n })
      }
    }),
  )
})

test('it carries at least 80 bits that nobody can guess: any other letter anywhere is refused', () => {
  const address = ours.seal(copy)
  const local = address.slice(0, address.indexOf('@'))
  expect((local.split('-')[2] ?? '').length * 5).toBeGreaterThanOrEqual(80)
  for (let at = 2; at < local.length; at += 1) {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz234567-') {
      if (letter === local[at]) continue
      expect(ours.read(`${local.slice(0, at)}${letter}${local.slice(at + 1)}@bounces.gll.test`)).toBeNull()
    }
    expect(ours.read(`${local.slice(0, at)}@bounces.gll.test`)).toBeNull()
  }
})

test('another key, another domain, another purpose: not ours', () => {
  expect(verp(Buffer.alloc(32, 8), 'bounces.gll.test').read(ours.seal(copy))).toBeNull()
  expect(ours.read(ours.seal(copy).replace('gll.test', 'else.test'))).toBeNull()
  const webcopy = tokens(SECRET, 'gll.test').webcopy(copy)
  expect(ours.read(`b-${webcopy}-${webcopy}@bounces.gll.test`)).toBeNull()
  fc.assert(fc.property(fc.string(), (text) => expect(ours.read(text)).toBeNull()))
})

test('the address that unsubscribes carries its token in 64 octets, and nothing else is one', () => {
  const many = tokens(SECRET, 'gll.test')
  const who = { list: 9_999, subscriber: 2 ** 32, mailing: 2 ** 28, test: true }
  const address = leaveAddress(many.unsubscribe(who), 'bounces.gll.test')
  expect(address.indexOf('@')).toBeLessThanOrEqual(64)
  for (const form of [address, address.toUpperCase(), `<${address}>`, `${address}.`]) {
    expect(many.readUnsubscribe(leaveToken(form, 'bounces.gll.test') ?? '')).toEqual(who)
  }
  expect(leaveToken(address, 'else.test')).toBeNull()
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => expect(leaveToken(text, 'bounces.gll.test')).toBeNull()),
  )
  expect(leaveToken(`u-${'a'.repeat(1_000_000)}@bounces.gll.test`, 'bounces.gll.test')).toBeNull()
})
