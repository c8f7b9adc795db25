import fc from 'fast-check'
import { type ParsedMail, simpleParser } from 'mailparser'
import { compile, makeApart } from '../../src/edition/index.ts'
import { type MouldHead, mould, type Recipient, tokens } from '../../src/mail/index.ts'
import { onTheWire } from '../../src/mail/wire.ts'
import { HOUSE, hrefsOfHtml, hrefsOfText, md, NOW, OWN } from '../edition/announcements.ts'

const HEAD: MouldHead = {
  kind: 'announcement',
  from: { name: 'Réseau d’apprentissage', address: 'gll@gll.invalid' },
  replyTo: 'answers@gll.invalid',
  date: new Date('2026-11-24T10:00:00Z'),
  language: 'en',
  listId: { id: 'members.gll.invalid', name: 'GLL members' },
  feedbackId: '12:members:announcement:gllnet',
}
const { messageId } = tokens(Buffer.alloc(32, 7), 'gll.invalid')
const ANN: Recipient = {
  address: 'ann@example.org',
  name: 'Ann',
  fields: { ...OWN, name: 'Ann' },
  messageId: messageId({ mailing: 1, edition: 1, n: 1 }),
  unsubscribeUrl: 'https://mail.gll.invalid/u/abc',
  inReplyTo: null,
  references: [],
}

const part = (subject: string, html: string, text: string) => compile({ subject, html, text, defaults: {} })
const simple = mould(part('For {{name}}', '<p>Dear {{name}},</p>\n', 'Dear {{name}},\n'), HEAD)
const stamp = (recipient: Partial<Recipient> = {}): Buffer => simple.stamp({ ...ANN, ...recipient })

/** Header fields as they stand in the bytes, unfolded. */
function headerOf(message: Buffer): [string, string][] {
  const [head = ''] = message.toString().split('\r\n\r\n')
  const lines = head.replace(/\r\n[ \t]/g, ' ').split('\r\n')
  return lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
}
const field = (message: Buffer, name: string): string[] =>
  headerOf(message).flatMap(([key, value]) => (key === name ? [value] : []))

/** What any mail must be on the wire: seven bits, CRLF alone, short lines. */
function expectFit(message: Buffer): void {
  const text = message.toString('latin1')
  expect(text).not.toMatch(/[\x80-\xff\0]|(?<!\r)\n|\r(?!\n)/)
  for (const line of text.split('\r\n'))
    expect(line.length).toBeLessThanOrEqual(line.startsWith('List-Unsub') ? 998 : 78)
  const body = text.slice(text.indexOf('\r\n\r\n'))
  for (const line of body.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
}

const textOf = ({ text }: ParsedMail): string => (text ?? '').replace(/\n$/, '')

describe('the header', () => {
  test('has each field once, and no field but ours', () => {
    expect(headerOf(stamp()).map(([name]) => name)).toEqual([
      ...['Date', 'From', 'Reply-To', 'To', 'Subject', 'Message-ID', 'List-Unsubscribe', 'List-Unsubscribe-Post'],
      ...[
        'List-Id',
        'List-Post',
        'Feedback-ID',
        'X-Auto-Response-Suppress',
        'Content-Language',
        'MIME-Version',
        'Content-Type',
      ],
    ])
  })

  test('says what the standards want, byte for byte', () => {
    const message = stamp()
    const exact = {
      Date: 'Tue, 24 Nov 2026 10:00:00 +0000',
      To: 'Ann <ann@example.org>',
      Subject: 'For Ann',
      'Message-ID': ANN.messageId,
      'List-Unsubscribe': '<https://mail.gll.invalid/u/abc>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Id': 'GLL members <members.gll.invalid>',
      'List-Post': 'NO',
      'X-Auto-Response-Suppress': 'OOF, AutoReply, RN, NRN',
    }
    for (const [name, value] of Object.entries(exact)) expect(field(message, name)).toEqual([value])
    expect(field(message, 'From')[0]).toMatch(/^=\?UTF-8\?B\?.*\?= <gll@gll\.invalid>$/)
    expect(field(message, 'Auto-Submitted')).toEqual([])
  })

  test('a corrigendum answers the copy its reader holds, and names all of them', () => {
    const ids = [1, 2, 3, 4].map((n) => messageId({ mailing: 1, edition: 1, n }))
    const message = stamp({ inReplyTo: ids[3] ?? null, references: ids })
    expect(field(message, 'In-Reply-To')).toEqual([ids[3]])
    expect(field(message, 'References')).toEqual([ids.join(' ')])
    expectFit(message)
  })

  test('mail to one has no list, a notice says that a machine wrote it', () => {
    const bare = { ...HEAD, listId: null, replyTo: null, feedbackId: null }
    const notice = mould(part('S', 'h', 't'), { ...bare, kind: 'notice' }).stamp({ ...ANN, unsubscribeUrl: null })
    expect(headerOf(notice).filter(([name]) => /^(List-|Reply-To|Feedback)/.test(name))).toEqual([])
    expect(field(notice, 'Auto-Submitted')).toEqual(['auto-generated'])
    const message = mould(part('S', 'h', 't'), { ...bare, kind: 'message' }).stamp({ ...ANN, unsubscribeUrl: null })
    expect(field(message, 'X-Auto-Response-Suppress')).toEqual([])
  })

  test('any name and any subject come back as they were, folded', async () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
      .map((text) => text.replace(/[\p{C}\s]+/gu, ' ').trim())
    await fc.assert(
      fc.asyncProperty(
        line.filter((text) => text !== ''),
        async (name) => {
          const message = stamp({ name, fields: { ...ANN.fields, name } })
          expectFit(message)
          const parsed = await simpleParser(message)
          expect(parsed.subject?.normalize()).toBe(`For ${name}`.normalize())
          expect(parsed.headers.get('to')).toMatchObject({ value: [{ address: 'ann@example.org' }] })
        },
      ),
      { numRuns: 60 },
    )
    const parsed = await simpleParser(stamp({ name: 'Dr. "Ann", of (Genève) <x@y.org>' }))
    expect(parsed.to).toMatchObject({
      value: [{ address: 'ann@example.org', name: 'Dr. "Ann", of (Genève) <x@y.org>' }],
    })
  })
})

describe('no value adds a line to the header or a recipient', () => {
  const evil = [
    'x\r\nBcc: evil@example.org',
    'x\nBcc: evil@example.org',
    'x\r\rBcc: y',
    'a\0b',
    'x\u2028Bcc: y',
    '=?utf-8?Q?x=0D=0ABcc:_y?=',
  ]

  test.each(evil)('a name or a field: %j', async (value) => {
    const message = stamp({ name: value, fields: { ...ANN.fields, name: value } })
    expect(headerOf(message)).toHaveLength(15)
    expectFit(message)
    const parsed = await simpleParser(message)
    expect(parsed.bcc).toBeUndefined()
    expect(parsed.to).toMatchObject({ value: [{ address: 'ann@example.org' }] })
  })

  test.each(['a@x.org, z@q.org', 'b@x.net\r\nBcc: evil@e.com', 'a@b@c.org', '<a@b.org>', 'a b@c.org', '', 'a@'])(
    'an address: %j',
    (address) => {
      expect(() => stamp({ address })).toThrow('no header can hold')
      expect(() => mould(part('S', 'h', 't'), { ...HEAD, replyTo: address })).toThrow('no header can hold')
    },
  )

  test('ids and addresses of our pages', () => {
    expect(() => stamp({ messageId: '<a@b>\r\nBcc: x@y.org' })).toThrow('id')
    expect(() => stamp({ inReplyTo: 'a@b' })).toThrow('id')
    expect(() => stamp({ references: ['<a@b> <c@d>'] })).toThrow('id')
    expect(() => stamp({ unsubscribeUrl: 'https://a/>\r\nBcc: x@y.org' })).toThrow('unsubscribe')
    expect(() => mould(part('S', 'h', 't'), { ...HEAD, listId: { id: 'x>\r\ny', name: 'x' } })).toThrow('List-Id')
  })
})

describe('the body', () => {
  test('is text, then HTML, each with its charset and language', () => {
    const message = stamp().toString()
    const boundary = /boundary="([^"]+)"/.exec(message)?.[1] ?? ''
    const [, text, html, end] = message.split(`--${boundary}`)
    expect(text).toMatch(/^\r\nContent-Type: text\/plain; charset=utf-8\r\nContent-Language: en\r\n/)
    expect(html).toMatch(/^\r\nContent-Type: text\/html; charset=utf-8\r\nContent-Language: en\r\n/)
    expect(end).toBe('--\r\n')
  })

  test('stretches of any text, fixed and varying, come back as they were', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 })
    const lines = fc.array(
      fc.oneof(
        text,
        fc.constantFrom('.', '..', 'From me', ' ', '\t', '=', 'a'.repeat(80), 'ж'.repeat(40), '😀 '.repeat(30), 'x '),
      ),
      { maxLength: 6 },
    )
    const stretch = lines.map((all) => all.join('\n').replace(/\p{Cc}(?<![\n\t])|[\ufeff\ufffe\uffff]/gu, ''))
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch, { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        async (all, varies) => {
          const stretches = all.map((one, n) => (varies[n] ? () => one : one))
          const message = mould({ subject: () => 'S', html: ['x'], text: stretches }, HEAD).stamp(ANN)
          expectFit(message)
          expect(textOf(await simpleParser(message))).toBe(all.join('').replace(/\n$/, ''))
        },
      ),
      { numRuns: 150 },
    )
  })

  test.each(['.', '.\r\n.\r\n', '\n.', '\r.\r', 'a\rb\nc', '..\n..', '=\r\n.'])(
    'goes on the wire as it is, whatever a value holds (%j)',
    (name) => {
      const message = stamp({ name, fields: { ...OWN, name } })
      // A copy has no mark: it is looked at, octet by octet, and nothing in it had to be mended or doubled.
      expect(onTheWire(Buffer.from(message)).equals(message)).toBe(true)
      expect(onTheWire(message)).toBe(message)
    },
  )

  test('no line begins with a dot or with From and a space', () => {
    const message = mould(
      {
        subject: () => 'S',
        html: ['.x'],
        text: ['.\nFrom me\n..', () => '.', '.', () => 'From you', `${'a'.repeat(75)}.b`],
      },
      HEAD,
    ).stamp(ANN)
    expect(message.toString()).not.toMatch(/^\.|^From /m)
  })

  test('what cannot be in a mail is left out of values, and line ends become CRLF', async () => {
    const message = stamp({ fields: { ...ANN.fields, name: 'a\0\ufeffb\ud800c\rd\r\n.\r\ne' } })
    expectFit(message)
    expect(textOf(await simpleParser(message))).toBe('Dear abc\nd\n.\ne,')
  })

  test('text that is the same for all goes as base64 where that is smaller, else quoted-printable', async () => {
    const russian = 'Здравствуйте, уважаемые коллеги.\n'.repeat(10)
    const fixed = mould(part('S', 'x', russian), HEAD).stamp(ANN)
    const varying = mould(part('S', 'x', `{{name}} ${russian}`), HEAD).stamp(ANN)
    expect(fixed.toString()).toContain('Content-Transfer-Encoding: base64')
    expect(varying.toString()).not.toContain('Content-Transfer-Encoding: base64')
    for (const message of [fixed, varying]) expectFit(message)
    expect(textOf(await simpleParser(fixed))).toBe(russian.trimEnd())
  })
})

test('the same copy is the same bytes; another recipient has another boundary', () => {
  expect(stamp().equals(stamp())).toBe(true)
  const other = stamp({ messageId: messageId({ mailing: 1, edition: 1, n: 2 }) })
  expect(/boundary="[^"]+"/.exec(other.toString())?.[0]).not.toBe(/boundary="[^"]+"/.exec(stamp().toString())?.[0])
})

test('a missing field stops the stamp and is named', () => {
  expect(() => stamp({ fields: OWN })).toThrow(expect.objectContaining({ code: 'FIELD_MISSING', field: 'name' }))
})

test('a letter arrives with every link alive in both parts, and mailparser agrees on them', async () => {
  const source = md(
    'Dear {{name}},\n\nSee [a](https://a.gll.invalid/?x=1&y=2), [b](https://b.gll.invalid/{{id}}) and c@gll.invalid.',
    'subject: Für {{name}}',
  )
  const edition = await makeApart(source, { kind: 'announcement', house: HOUSE, now: NOW })
  const fields = { ...OWN, name: 'Ångström "=?x" 😀', id: 'ж/=' }
  const parsed = await simpleParser(mould(compile(edition), HEAD).stamp({ ...ANN, fields }))
  const html = parsed.html || ''
  expect(hrefsOfText(parsed.text ?? '')).toEqual(hrefsOfHtml(html))
  expect(hrefsOfHtml(html)).toEqual([
    'https://a.gll.invalid/?x=1&y=2',
    'https://b.gll.invalid/%D0%B6%2F%3D',
    'mailto:c@gll.invalid',
    OWN.unsubscribe,
    OWN.webcopy,
  ])
  expect(parsed.subject).toBe('Für Ångström "=?x" 😀')
})
