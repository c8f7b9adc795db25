/** Signatures, judged by another's verifier: Debian's python3-dkim. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '../../src/edition/index.ts'
import { mould, openSigner, readKeys, recordOf, type SignatureKey, tokens } from '../../src/mail/index.ts'
import { OWN } from '../edition/announcements.ts'
import { counts, deliverDue, header, openHouse, received, running } from '../publishing/house.ts'
import { haveDkimpy, verdictsOfDkimpy } from '../support/python.ts'

const dir = mkdtempSync(join(tmpdir(), 'gll-dkim-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey
const edwards = generateKeyPairSync('ed25519').privateKey

function place(name: string, key: KeyObject, { domain = 'gll.test', mode = 0o600 } = {}) {
  const file = join(dir, `${name}.pem`)
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode })
  return { selector: name, domain, file }
}

const keys = readKeys([place('s1', rsa), place('ed', edwards)], 'gll.test')
const records = Object.fromEntries(keys.map((key) => [`${key.selector}._domainkey.${key.domain}`, recordOf(key)]))

const { messageId } = tokens(Buffer.alloc(32, 7), 'gll.test')
const letter = (text: string, name = 'Ångström') =>
  mould(compile({ subject: 'Für {{name}}', html: `<p>  Dear   {{name}}, </p>\n\n${text}\n`, text, defaults: {} }), {
    kind: 'announcement',
    from: { name: 'Réseau', address: 'gll@gll.test' },
    replyTo: null,
    date: new Date('2026-11-24T10:00:00Z'),
    language: 'en',
    listId: { id: 'members.gll.test', name: 'GLL members' },
    feedbackId: '12:members:announcement:gllnet',
  }).stamp({
    address: 'ann@example.org',
    name,
    fields: { ...OWN, name },
    messageId: messageId({ mailing: 1, edition: 1, n: 1 }),
    unsubscribeUrl: 'https://mail.gll.test/u/abc',
    inReplyTo: null,
    references: [],
  })

/** The tags of each signature, in the order of the mail. */
const tagsOf = (message: Buffer): Record<string, string>[] =>
  [
    ...message
      .toString('latin1')
      .replace(/\r\n[ \t]+/g, '')
      .matchAll(/^DKIM-Signature: (.*)$/gm),
  ].map(([, tags = '']) =>
    Object.fromEntries(
      tags.split(';').map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).trim()]),
    ),
  )

const suite = haveDkimpy() || process.env.CI ? describe : describe.skip

suite('signed mail before another verifier (needs python3-dkim, which root installs)', () => {
  const sign = openSigner(keys)

  test('both signatures hold, whatever the body', async () => {
    const bodies = [
      'Good news.\n',
      '',
      '\n\n\n',
      ' leading\n\ttab \n.\n..\n',
      'ж'.repeat(500),
      `${'a b  c   '.repeat(300)}\n\n\n`,
    ]
    const messages = await Promise.all(bodies.map((text) => sign(letter(text))))
    expect(verdictsOfDkimpy(messages, records)).toEqual(bodies.map(() => [true, true]))
  })

  test('a second From, To, Subject, Cc or Sender breaks both; so does a byte of the body, and an unsubscribe taken out', async () => {
    const message = await sign(letter('Good news.\n'))
    const text = message.toString('latin1')
    const forged = [
      ...['From: x@y.org', 'To: x@y.org', 'Subject: Other', 'Cc: x@y.org', 'Sender: x@y.org', 'Reply-To: x@y.org'].map(
        (line) => `${line}\r\n${text}`,
      ),
      text.replace('Good', 'good'),
      text.replace('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n', ''),
      text.replace(/Feedback-ID: .*\r\n/, ''),
    ].map((one) => Buffer.from(one, 'latin1'))
    for (const verdict of verdictsOfDkimpy(forged, records)) {
      expect(verdict).toHaveLength(2)
      expect(verdict).not.toContain(true)
    }
  })

  test('what a house sends holds as its receiver has it', async () => {
    await using house = await openHouse({ people: 3 })
    await running(house)
    await deliverDue(house, { ...house.tools, sign })
    const raw = house.sink.messages.map((message) => message.raw)
    expect(verdictsOfDkimpy(raw, records)).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ])
    expect(header(raw[0] ?? Buffer.alloc(0), 'DKIM-Signature')).toContain('d=gll.test')
  })
})

describe('a signature', () => {
  test('names its key, its time and every field that matters, and those a forger would add once more', async () => {
    const message = await openSigner(keys)(letter('x\n'))
    const [first, second] = tagsOf(message)
    expect(first).toMatchObject({
      v: '1',
      a: 'rsa-sha256',
      c: 'relaxed/relaxed',
      d: 'gll.test',
      s: 's1',
      t: '1795514400',
    })
    expect(second).toMatchObject({ a: 'ed25519-sha256', s: 'ed' })
    expect([first?.l, first?.x]).toEqual([undefined, undefined])
    const names = (first?.h ?? '').split(':')
    const times = (name: string): number => names.filter((one) => one === name).length
    for (const name of ['list-id', 'list-post', 'feedback-id', 'content-language'])
      expect([name, times(name)]).toEqual([name, 1])
    for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'content-type', 'mime-version'])
      expect([name, times(name)]).toEqual([name, 2])
    for (const name of ['list-unsubscribe', 'list-unsubscribe-post']) expect([name, times(name)]).toEqual([name, 2])
    for (const name of ['cc', 'sender', 'reply-to']) expect([name, times(name)]).toEqual([name, 1])
    for (const line of message.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
  })

  test('is the same for the same message', async () => {
    const [one, two] = await Promise.all([openSigner(keys)(letter('x\n')), openSigner(keys)(letter('x\n'))])
    expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true)
  })

  test('that does not match its public key is found by the first message; the run is held, and nothing leaves', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const wrong: SignatureKey[] = keys.map((key) =>
      key.selector === 's1' ? { ...key, privateKey: other.privateKey } : key,
    )
    await using house = await openHouse({ people: 4 })
    const mailing = await running(house)
    const sign = openSigner(wrong)
    await expect(deliverDue(house, { ...house.tools, sign })).rejects.toThrow('cannot be signed')
    expect(received(house)).toEqual([])
    expect(await counts(house, mailing)).toEqual({ pending: 4 })
    const held = await house.ledger.mailing({ id: mailing })
    expect([held?.state, held?.stateWhy]).toEqual(['held', expect.stringMatching(/cannot be signed: .*public key/)])
    // Fail closed: not only the one in so many that is checked.
    await expect(sign(letter('x\n'))).rejects.toMatchObject({ remedy: expect.stringContaining('DKIM_KEY') })
  })
})

describe('DKIM_KEY', () => {
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey

  test.each([
    ['a file that is not there', [{ selector: 'x', domain: 'gll.test', file: '/nowhere.pem' }], 'ENOENT'],
    ['a key that others may read', [place('open', rsa, { mode: 0o644 })], 'others may read'],
    ['a key of 1,024 bits', [place('short', short)], '1024 bits'],
    ['a key that DKIM does not know', [place('p256', p256)], 'cannot sign'],
    ['an Ed25519 key alone', [place('alone', edwards)], 'Ed25519 key alone'],
    ["another domain's key", [place('other', rsa, { domain: 'other.test' })], 'FROM is at gll.test'],
  ])('%s is refused, exit 3, with what to do', (_, places, fault) => {
    try {
      readKeys(places, 'gll.test')
      throw new Error('it was taken')
    } catch (error) {
      expect(error).toMatchObject({
        message: expect.stringContaining(fault),
        exit: 3,
        remedy: expect.stringMatching(/\w/),
      })
    }
  })

  test('of the domain above FROM is one', () => {
    expect(readKeys([place('above', rsa)], 'news.gll.test')).toHaveLength(1)
  })
})
