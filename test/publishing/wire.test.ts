/**
 * Header fields and MIME of every kind of mail to a list, and of notices, as the receiving server has them: the bytes
 * themselves, and what Python's email package makes of them. One row a rule; its number is that of the checklist.
 */
import { havePython, type ReadMail, readByPython } from '../support/python.ts'
import { header, insteadOfReport, letter, openHouse, publishDue } from './house.ts'
import { pass } from './turn.ts'

const HOUR = 3_600_000
const LANGUAGES = ['en', 'fr', 'es', 'ru', 'ar', 'zh'] as const
const RIGHT_TO_LEFT = ['ar']
const TEAM = 'team@gll.test'
const POSTAL = '2 Sample Road, 1000 Example City'
const PAGES = 'https://mail.gll.test'

interface Mail extends ReadMail {
  readonly raw: string
  readonly envelope: { readonly from: string; readonly to: string }
  readonly kind: 'announcement' | 'corrigendum' | 'notice'
  readonly language: string
}

const one = (mail: Mail, name: string): string => {
  const found = all(mail, name)
  expect([name, found.length]).toEqual([name, 1])
  return found[0] ?? ''
}
const all = ({ fields }: Mail, name: string): string[] =>
  fields.filter(([field]) => field.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
const textOf = (mail: Mail): string => mail.parts[0]?.text ?? ''
const htmlOf = (mail: Mail): string => mail.parts[1]?.text ?? ''
const headOf = ({ raw }: Mail): string => raw.slice(0, raw.indexOf('\r\n\r\n'))
const isList = ({ kind }: Mail): boolean => kind !== 'notice'

const targets = (html: string): string[] =>
  [...html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
  )

type Rule = readonly [id: string, says: string, holds: (mail: Mail) => void]

const HEADER: readonly Rule[] = [
  ['', 'a strict parser finds no defect in it', (mail) => expect(mail.defects).toEqual([])],
  [
    'H1',
    'one From, one mailbox, our domain',
    (mail) => expect([all(mail, 'From').length, mail.from]).toEqual([1, ['gll@gll.test']]),
  ],
  ['H3', 'no Sender', (mail) => expect(all(mail, 'Sender')).toEqual([])],
  [
    'H4',
    'one To with this recipient alone; no Cc, Bcc, Return-Path',
    (mail) => {
      expect(mail.to).toEqual([mail.envelope.to])
      expect(all(mail, 'To')).toHaveLength(1)
      for (const name of ['Cc', 'Bcc', 'Return-Path']) expect(all(mail, name)).toEqual([])
    },
  ],
  ['H5', 'one Date', (mail) => expect([all(mail, 'Date').length, mail.date > 1_700_000_000]).toEqual([1, true])],
  [
    'H6',
    'a Message-ID of our domain without anybody’s data',
    (mail) => expect(one(mail, 'Message-ID')).toMatch(/^<[a-z2-7]{20,60}@gll\.test>$/),
  ],
  [
    'H8',
    'only a corrigendum answers, and names what it answers',
    (mail) => {
      if (mail.kind !== 'corrigendum')
        return expect([...all(mail, 'In-Reply-To'), ...all(mail, 'References')]).toEqual([])
      expect(one(mail, 'References').split(' ')).toContain(one(mail, 'In-Reply-To'))
    },
  ],
  [
    'H9',
    'a corrigendum says so, and nothing says Re:',
    (mail) => {
      expect(one(mail, 'Subject')).not.toMatch(/^re:/i)
      expect(one(mail, 'Subject').startsWith('Corrigendum: ')).toBe(mail.kind === 'corrigendum')
    },
  ],
  [
    'H10',
    'a List-Id of our domain',
    (mail) =>
      expect(all(mail, 'List-Id').map((id) => /<([^>]+)>$/.exec(id)?.[1])).toEqual(
        isList(mail) ? ['members.gll.test'] : [],
      ),
  ],
  [
    'H11',
    'one List-Unsubscribe with one https address',
    (mail) => {
      if (!isList(mail)) return expect(all(mail, 'List-Unsubscribe')).toEqual([])
      expect(one(mail, 'List-Unsubscribe').match(/<https:/g)).toHaveLength(1)
      expect(one(mail, 'List-Unsubscribe')).toMatch(/^<https:\/\/mail\.gll\.test\/u\/[a-z2-7]+>(, ?<mailto:[^>]+>)?$/)
    },
  ],
  [
    'H12',
    'one-click, byte for byte',
    (mail) =>
      expect(
        mail.raw.split('\r\n').filter((line) => line === 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'),
      ).toHaveLength(isList(mail) ? 1 : 0),
  ],
  [
    'H14',
    'no List field twice',
    (mail) => {
      const names = mail.fields.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith('list-'))
      expect(names).toEqual([...new Set(names)])
    },
  ],
  ['H15', 'List-Post: NO', (mail) => expect(all(mail, 'List-Post')).toEqual(isList(mail) ? ['NO'] : [])],
  [
    'H16',
    'a Feedback-ID of four fields with nothing of the reader',
    (mail) => {
      if (!isList(mail)) return expect(all(mail, 'Feedback-ID')).toEqual([])
      expect(one(mail, 'Feedback-ID')).toMatch(new RegExp(`^\\d+:members:${mail.kind}:[\\w-]{5,15}$`))
    },
  ],
  [
    'H18',
    'asks out-of-office to be silent, never bounces',
    (mail) => expect(one(mail, 'X-Auto-Response-Suppress')).toBe('OOF, AutoReply, RN, NRN'),
  ],
  [
    'H20',
    'only what a machine wrote says so',
    (mail) => expect(all(mail, 'Auto-Submitted')).toEqual(isList(mail) ? [] : ['auto-generated']),
  ],
  [
    'H21',
    'MIME-Version once, the language on each part',
    (mail) => {
      expect(one(mail, 'MIME-Version')).toBe('1.0')
      expect(mail.parts.map(({ language }) => language)).toEqual([mail.language, mail.language])
    },
  ],
  [
    'H22',
    'ASCII, folded, encoded-words of 75 at most',
    (mail) => {
      expect(headOf(mail)).toMatch(/^[\x20-\x7e\r\n\t]+$/)
      for (const line of headOf(mail).split('\r\n'))
        expect([line.length <= (line.startsWith('List-Unsub') ? 998 : 78), line]).toEqual([true, line])
      for (const [word] of headOf(mail).matchAll(/=\?[^?]+\?[BQ]\?[^?]*\?=/gi))
        expect(word.length).toBeLessThanOrEqual(75)
    },
  ],
  [
    'H23',
    'no field but ours',
    (mail) => expect(mail.fields.map(([name]) => name).filter((name) => !OURS.includes(name))).toEqual([]),
  ],
]

const OURS = [
  ...['Date', 'From', 'Reply-To', 'To', 'Subject', 'Message-ID', 'In-Reply-To', 'References', 'List-Unsubscribe'],
  ...['List-Unsubscribe-Post', 'List-Id', 'List-Post', 'Feedback-ID', 'X-Auto-Response-Suppress', 'Auto-Submitted'],
  ...['Content-Language', 'MIME-Version', 'Content-Type'],
]

const BODY: readonly Rule[] = [
  [
    'F1',
    'text, then HTML, and nothing else',
    (mail) =>
      expect([mail.type, ...mail.parts.map(({ type }) => type)]).toEqual([
        'multipart/alternative',
        'text/plain',
        'text/html',
      ]),
  ],
  [
    'F2',
    'UTF-8 without a mark, a replacement character or NUL',
    (mail) => {
      expect(mail.parts.map(({ charset }) => charset)).toEqual(['utf-8', 'utf-8'])
      expect(textOf(mail) + htmlOf(mail)).not.toMatch(/[\ufeff\ufffd\0]/)
    },
  ],
  [
    'F3',
    'no line of the body over 76',
    (mail) =>
      expect(
        mail.raw
          .slice(headOf(mail).length)
          .split('\r\n')
          .filter((line) => line.length > 76),
      ).toEqual([]),
  ],
  ['F4', 'CRLF alone', (mail) => expect(mail.raw).not.toMatch(/\r(?!\n)|(?<!\r)\n/)],
  ['F6', 'seven bits', (mail) => expect(mail.raw).not.toMatch(/[\x80-\xff]/)],
  [
    'F7',
    'below what Gmail cuts off',
    (mail) => {
      expect(Buffer.byteLength(htmlOf(mail))).toBeLessThanOrEqual(95_000)
      expect(mail.raw.length).toBeLessThanOrEqual(102_400)
    },
  ],
  [
    'F8',
    'both parts carry the same links',
    (mail) => {
      const html = new Set(targets(htmlOf(mail)).filter((href) => href.startsWith('http')))
      for (const href of html) expect(textOf(mail)).toContain(href)
      if (isList(mail)) expect(html.size).toBeGreaterThan(2)
    },
  ],
  [
    'F9',
    'a way to unsubscribe in both parts',
    (mail) => {
      const own = /<(https:[^>]+)>/.exec(all(mail, 'List-Unsubscribe')[0] ?? '')?.[1]
      if (!isList(mail)) return
      expect(textOf(mail)).toContain(own)
      expect(targets(htmlOf(mail))).toContain(own)
    },
  ],
  [
    'F10',
    'who sent it and where they are, in both parts',
    (mail) => {
      if (!isList(mail)) return
      for (const part of [textOf(mail), htmlOf(mail)])
        for (const words of [POSTAL, 'Learning Lab']) expect(part).toContain(words)
    },
  ],
  [
    'F11',
    'nothing that runs, asks or loads',
    (mail) => {
      expect(htmlOf(mail)).not.toMatch(/<(?:script|form|iframe|object|embed|link|base|audio|video)\b/i)
      expect(htmlOf(mail)).not.toMatch(/\son[a-z]+\s*=|javascript:|(?:href|src)="data:|@import|@font-face/i)
    },
  ],
  [
    'F12',
    'each picture has words, a size and https',
    (mail) => {
      for (const [image] of htmlOf(mail).matchAll(/<img\b[^>]*>/g)) {
        for (const has of [/\salt="/, /\swidth="/, /\ssrc="https:/]) expect(image).toMatch(has)
      }
    },
  ],
  [
    'F13',
    'language and direction on html and on what the body holds',
    (mail) => {
      const direction = RIGHT_TO_LEFT.includes(mail.language) ? 'rtl' : 'ltr'
      for (const tag of [
        /<html\b[^>]*>/,
        /<body\b[^>]*>\s*(?:<div style="display:none[^>]*>[\s\S]*?<\/div>\s*)?<[a-z]+\b[^>]*>/,
      ]) {
        const found = tag.exec(htmlOf(mail))?.[0] ?? ''
        expect(found).toContain(`lang="${mail.language}"`)
        expect(found).toContain(`dir="${direction}"`)
      }
    },
  ],
  [
    'F14',
    'tables that only lay out say so; one heading of the first rank',
    (mail) => {
      for (const [table] of htmlOf(mail).matchAll(/<table\b[^>]*>/g)) expect(table).toContain('role="presentation"')
      expect([...htmlOf(mail).matchAll(/<h1\b/g)].length).toBeLessThanOrEqual(1)
    },
  ],
  [
    'F16',
    'says that it knows dark and light',
    (mail) => {
      expect(htmlOf(mail)).toMatch(/<meta name="color-scheme" content="light dark"/)
      expect(htmlOf(mail)).toMatch(/<meta name="supported-color-schemes" content="light dark"/)
    },
  ],
  ['F17', 'a title', (mail) => expect(/<title>([^<]*)<\/title>/.exec(htmlOf(mail))?.[1]?.trim()).toBeTruthy()],
]

const suite = havePython() || process.env.CI ? describe : describe.skip

suite('mail as it is received, read by Python (needs python3)', () => {
  let mails: Mail[] = []

  beforeAll(async () => {
    const env = {
      PUBLIC_URL: PAGES,
      NOTICE_TO: TEAM,
      POSTAL_ADDRESS: POSTAL,
      ORGANISATION: 'Learning Lab',
      QUIET_WINDOW: '1m',
    }
    await using house = await openHouse({ people: 3, env })
    for (const language of LANGUAGES) {
      const text = letter(house, language === 'en' ? insteadOfReport(house, '/new-report') : '')
      await publishDue(
        house,
        text
          .replace('language: en', `language: ${language}`)
          .replaceAll('/report)', language === 'en' ? '/report)' : '/stories)'),
      )
    }
    await pass(house, 1)
    house.site.set('/report', { status: 404 })
    await pass(house, 7 * HOUR)
    const { messages } = house.sink
    const read = readByPython(messages.map(({ raw }) => raw))
    mails = messages.map(({ raw, from, to }, at) => {
      const mail = read[at] as ReadMail
      const subject = mail.fields.find(([name]) => name === 'Subject')?.[1] ?? ''
      const kind = to[0] === TEAM ? 'notice' : subject.startsWith('Corrigendum') ? 'corrigendum' : 'announcement'
      return {
        ...mail,
        raw: raw.toString('latin1'),
        envelope: { from, to: to[0] ?? '' },
        kind,
        language: header(raw, 'Content-Language'),
      }
    })
  }, 120_000)

  test('there are announcements in six languages, corrigenda, and notices', () => {
    const kinds = mails.map(({ kind, language }) => `${kind} ${language}`)
    for (const language of LANGUAGES)
      expect(kinds.filter((kind) => kind === `announcement ${language}`)).toHaveLength(3)
    expect(kinds.filter((kind) => kind === 'corrigendum en')).toHaveLength(3)
    expect(kinds).toContain('notice en')
  })

  test.each([...HEADER, ...BODY])('%s %s', (_id, _says, holds) => {
    for (const mail of mails) holds(mail)
  })

  test('H6, H7: no two mails have one Message-ID, and H10: a list has one List-Id for all', () => {
    const ids = mails.map((mail) => one(mail, 'Message-ID'))
    expect(new Set(ids).size).toBe(mails.length)
    expect(new Set(mails.filter(isList).map((mail) => one(mail, 'List-Id'))).size).toBe(1)
  })

  test('H8: a corrigendum answers the very copy that its reader has', () => {
    for (const mail of mails.filter(({ kind }) => kind === 'corrigendum')) {
      const copy = mails.find(
        (first) => first.kind === 'announcement' && one(first, 'Message-ID') === one(mail, 'In-Reply-To'),
      )
      expect([copy?.envelope.to, copy?.language]).toEqual([mail.envelope.to, 'en'])
    }
  })
})
