import fc from 'fast-check'
import { tokens } from '../../src/mail/index.ts'

const SECRET = Buffer.alloc(32, 7)
const ours = tokens(SECRET, 'gll.invalid')
const leaving = { list: 1, subscriber: 123_456, mailing: 42, test: false }

test('what a token says is read back, whatever the ids', () => {
  const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(id, id, id, fc.boolean(), (list, subscriber, mailing, test) => {
      const what = { list, subscriber, mailing, test }
      expect(ours.readUnsubscribe(ours.unsubscribe(what))).toEqual(what)
      expect(ours.readWebcopy(ours.webcopy({ mailing, n: list }))).toEqual({ mailing, n: list })
    }),
  )
})

test('a token survives being shouted, folded and pasted with space around it, and is short', () => {
  const token = ours.unsubscribe(leaving)
  expect(token).toMatch(/^[a-z2-7]{30,44}$/)
  expect(ours.readUnsubscribe(` ${token.toUpperCase()}\n`)).toEqual(leaving)
})

test('a token with any character changed, cut or added says nothing', () => {
  const token = ours.unsubscribe(leaving)
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === 'a' ? 'b' : 'a'
    expect(ours.readUnsubscribe(token.slice(0, at) + other + token.slice(at + 1))).toBeNull()
    expect(ours.readUnsubscribe(token.slice(0, at))).toBeNull()
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (noise) => ours.readUnsubscribe(noise) === null))
  expect(ours.readUnsubscribe('a'.repeat(1_000_000))).toBeNull()
})

test('a token of another key or another purpose says nothing', () => {
  const theirs = tokens(Buffer.alloc(32, 8), 'gll.invalid')
  expect(ours.readUnsubscribe(theirs.unsubscribe(leaving))).toBeNull()
  expect(ours.readUnsubscribe(ours.webcopy({ mailing: 42, n: 1 }))).toBeNull()
  expect(ours.readWebcopy(ours.unsubscribe(leaving))).toBeNull()
})

test('a Message-ID is the same for the same copy and no other, and tells nothing', () => {
  const copy = { mailing: 1, edition: 2, n: 3 }
  expect(ours.messageId(copy)).toBe(ours.messageId({ ...copy }))
  expect(ours.messageId(copy)).toMatch(/^<[a-z2-7]{32}@gll\.invalid>$/)
  const ids = [copy, { ...copy, n: 4 }, { ...copy, edition: 1 }, { mailing: 2, edition: 1, n: 3 }].map(ours.messageId)
  expect(new Set(ids).size).toBe(4)
})

test('a secret that is too short, and an id that is none, are refused', () => {
  expect(() => tokens(Buffer.alloc(16), 'gll.invalid')).toThrow('32 bytes')
  for (const mailing of [-1, 1.5, Number.NaN, 2 ** 53])
    expect(() => ours.webcopy({ mailing, n: 1 })).toThrow('not an id')
})

describe('keys that change', () => {
  const [old, next] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const before = tokens(old, 'gll.test', 'bounces.gll.test')
  const after = tokens([next, old], 'gll.test', 'bounces.gll.test')
  const dropped = tokens([next], 'gll.test', 'bounces.gll.test')
  const who = { list: 1, subscriber: 2, mailing: 3, test: false }
  const copy = { mailing: 3, n: 4 }

  test('what old mail carries is believed while its key is kept, and no longer', () => {
    const [leave, show, sender] = [before.unsubscribe(who), before.webcopy(copy), before.verp?.seal(copy) ?? '']
    const id = before.messageId({ ...copy, edition: 5 })
    expect([after.readUnsubscribe(leave), after.readWebcopy(show), after.verp?.read(sender)]).toEqual([who, copy, copy])
    expect(after.isMessageId(id, { ...copy, edition: 5 })).toBe(true)
    expect(after.isMessageId(id, { ...copy, edition: 6 })).toBe(false)
    expect([dropped.readUnsubscribe(leave), dropped.readWebcopy(show), dropped.verp?.read(sender)]).toEqual([
      null,
      null,
      null,
    ])
    expect(dropped.isMessageId(id, { ...copy, edition: 5 })).toBe(false)
  })

  test('new mail is made by the first alone', () => {
    expect(after.unsubscribe(who)).toBe(dropped.unsubscribe(who))
    expect(after.verp?.seal(copy)).toBe(dropped.verp?.seal(copy))
    expect(before.readUnsubscribe(after.unsubscribe(who))).toBeNull()
  })
})
