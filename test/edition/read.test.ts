import { type Copy, copyOfHtml, read, readHtml, readText } from '../../src/edition/index.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const eml = (...lines: string[]): Uint8Array => bytes(lines.join('\r\n'))
const wordsOf = (copy: Copy, part: 'html' | 'text'): string =>
  copy.parts
    .filter((p) => p.part === part)
    .flatMap((p) => p.blocks.map((block) => block.text))
    .join('\n')
const base64 = (text: string, charset: 'utf8' | 'latin1' = 'utf8'): string =>
  Buffer.from(text, charset).toString('base64')

describe('a mail', () => {
  test('of any nesting is read as its alternatives, and its attachments are not', async () => {
    const copy = await read(
      eml(
        'From: Team <team@gll.test>',
        'Subject: =?utf-8?q?R=C3=A9union?=',
        'List-Unsubscribe: <https://gll.test/u/1>, <mailto:u@gll.test>',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        'Content-Type: multipart/mixed; boundary=m',
        '',
        '--m',
        'Content-Type: multipart/related; boundary=r',
        '',
        '--r',
        'Content-Type: multipart/alternative; boundary=a',
        '',
        '--a',
        'Content-Type: text/plain; charset=utf-8; format=flowed',
        '',
        'The report is at ',
        'https://gll.test/report for all.',
        '--a',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<p>The <a href=3D"https://gll.test/report?a=3D1&amp;b=3D2">report</a></p>',
        '--a--',
        '--r--',
        '--m',
        'Content-Type: text/html; name="old.html"',
        'Content-Disposition: attachment; filename="old.html"',
        '',
        '<a href="">attached</a>',
        '--m--',
        '',
      ),
      'a.eml',
    )
    expect(copy.headers).toMatchObject({
      subject: 'Réunion',
      listUnsubscribe: ['https://gll.test/u/1', 'mailto:u@gll.test'],
      listUnsubscribePost: 'List-Unsubscribe=One-Click',
    })
    expect(copy.links).toEqual([
      { part: 'text', n: 0, href: 'https://gll.test/report', words: 'https://gll.test/report', line: 2, image: false },
      { part: 'html', n: 0, href: 'https://gll.test/report?a=1&b=2', words: 'report', line: 1, image: false },
    ])
    expect(copy.parts.map((part) => part.alternative)).toEqual([1, 1])
    expect(wordsOf(copy, 'text')).toBe('The report is at https://gll.test/report for all.')
  })

  test.each([
    ['utf-8', base64('Größe здесь'), 'Größe здесь'],
    ['iso-8859-1', base64('Größe', 'latin1'), 'Größe'],
    ['koi8-r', Buffer.from([0xda, 0xc4, 0xc5, 0xd3, 0xd8]).toString('base64'), 'здесь'],
    ['cp932', Buffer.from([0x82, 0xb1, 0x82, 0xbf, 0x82, 0xe7]).toString('base64'), 'こちら'],
    ['us-ascii', base64('déjà'), 'déjà'],
    ['no-such-charset', base64('Größe', 'latin1'), 'Größe'],
  ])('in %s is decoded', async (charset, body, words) => {
    const head = `Subject: x\r\nContent-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n`
    expect(wordsOf(await read(bytes(head + body), 'a.eml'), 'text')).toBe(words)
  })

  test('that only forwards another one is read as that one', async () => {
    const copy = await read(
      eml('Subject: Fwd', 'Content-Type: message/rfc822', '', 'Subject: inner', '', 'See https://gll.test/x'),
      'a.eml',
    )
    expect(copy.links.map((link) => link.href)).toEqual(['https://gll.test/x'])
  })
})

describe('HTML', () => {
  test('hides what readers do not see, and keeps what a conditional comment shows to others', () => {
    const part = readHtml(
      `<html lang="ar" dir="rtl"><head><style>p{}</style><title>t</title><p style="display:none">preheader</p>
      <!--[if mso]><p>outlook</p><![endif]--><!--[if !mso]><!--><p>seen</p><!--<![endif]-->
      <script>no()</script><p>also <img src="https://gll.test/i.png" alt="a picture"> seen</p>`,
    )
    expect(part.blocks.map((block) => block.text)).toEqual(['seen', 'also a picture seen'])
    expect(part).toMatchObject({ language: 'ar', direction: 'rtl' })
    expect(part.links).toMatchObject([{ href: 'https://gll.test/i.png', image: true, words: 'a picture', line: 3 }])
  })

  test('gives each link its words and its line, also across cells, areas and unclosed tags', () => {
    const part = readHtml(
      `<table><tr><td>\n<a href=" https://a.test/ ">one\n<b>two</b></a><td><a href=https://b.test>open<td>next</table>
<map><area href="https://c.test/" alt="map"></map><a name="place">here</a>`,
    )
    expect(part.links.map(({ href, words, line }) => [href, words, line])).toEqual([
      [' https://a.test/ ', 'one two', 2],
      ['https://b.test', 'open', 3],
      ['https://c.test/', 'map', 4],
    ])
    expect([...part.targets]).toEqual(['place'])
  })

  test('with a base resolves against it', () => {
    expect(readHtml('<base href="https://a.test/x/"><a href="y">z</a>').links[0]?.href).toBe('https://a.test/x/y')
  })
})

describe('plain text', () => {
  const hrefs = (text: string): string[] => readText(text).links.map((link) => link.href)

  test.each([
    ['See https://a.test/x, or (www.b.test/y(z)).', ['https://a.test/x', 'http://www.b.test/y(z)']],
    ['<https://a.test/long\n/path?q=1>', ['https://a.test/long/path?q=1']],
    ['Write to ann.lee@a.test. Or call tel:+4122791.', ['mailto:ann.lee@a.test', 'tel:+4122791']],
    ['请访问https://a.test/x查看，或https://b.test/文档。', ['https://a.test/x', 'https://b.test/文档']],
    ['a.test/x and report.pdf and foo@bar are no links', []],
    [`${'x'.repeat(30)} https://a.test/${'y'.repeat(40)}\nz/1?q=2\nend`, [`https://a.test/${'y'.repeat(40)}z/1?q=2`]],
  ])('links in %j', (text, expected) => {
    expect(hrefs(text)).toEqual(expected)
  })

  test('is cut into paragraphs, items and quotations', () => {
    const { blocks } = readText('One\ntwo\n\n- three\n- four\n> five\n-----\nsix')
    expect(blocks.map(({ kind, text, line }) => [kind, text, line])).toEqual([
      ['text', 'One\ntwo', 1],
      ['item', '- three', 4],
      ['item', '- four', 5],
      ['quote', 'five', 6],
      ['text', 'six', 8],
    ])
  })
})

test('Markdown is read as GitHub shows it, with the lines of the source', async () => {
  const copy = await read(
    bytes('# Title\n\nA [report](https://a.test/r)\nand www.b.test, `[` c.test\n\n<a href="x">raw</a>\n'),
    'a.md',
  )
  expect(copy.links.map(({ part, href, line }) => [part, href, line])).toEqual([
    ['text', 'https://a.test/r', 3],
    ['text', 'http://www.b.test', 4],
    ['text', 'x', 6],
  ])
})

describe('what is no letter is refused with a reason', () => {
  const refused = (content: Uint8Array, name: string) =>
    expect(read(content, name)).rejects.toMatchObject({ code: 'COMPLAINT' })

  test.each([
    ['empty', new Uint8Array(), 'a.eml'],
    ['nothing but white space', bytes(' \n \n'), 'a.txt'],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]), 'a.eml'],
    ['NUL bytes', new Uint8Array(4000), 'a.txt'],
    ['no header', bytes('just words\n'), 'a.eml'],
    ['a header without a body', bytes('Subject: x\r\n\r\n'), 'a.eml'],
    ['HTML that shows nothing', bytes('<html><body><p style="display:none">x</p></body></html>'), 'a.html'],
    ['too large', new Uint8Array(50_000_000).fill(97), 'a.txt'],
    [
      'nested without end',
      bytes(
        `Subject: x\r\n${Array.from({ length: 300 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`).join('')}`,
      ),
      'a.eml',
    ],
  ])('%s', async (_what, content, name) => {
    await refused(content, name)
  })

  test('but stray NUL and invalid UTF-8 are only odd letters', async () => {
    const copy = await read(Uint8Array.from([...bytes('See '), 0, 0xc3, 0x28, ...bytes(' https://a.test/')]), 'a.txt')
    expect(copy.links).toHaveLength(1)
  })

  test('direction marks and zero widths inside a word do not hide it; beside an address they part it', async () => {
    const hidden = 'Please c\u202elick\u202c\u200b h\u200eere. \u200fhttps://a.test/x\u200f'
    for (const [content, name] of [
      [hidden, 'a.txt'],
      [`<p>${hidden}</p>`, 'a.html'],
    ] as const) {
      const copy = await read(bytes(content), name)
      expect(copy.parts[0]?.blocks[0]?.text.replace(/\p{Cf}/gu, '|')).toMatch(/^Please click\|? here/)
    }
    expect((await read(bytes(hidden), 'a.txt')).links.map((link) => link.href)).toEqual(['https://a.test/x'])
  })

  test('an unknown ending is told by its content', async () => {
    expect((await read(bytes('Subject: x\r\nFrom: a@b.test\r\n\r\nhi'), 'mail')).format).toBe('eml')
    expect((await read(bytes('<p>hi</p>'), 'x.tmp')).format).toBe('html')
    expect((await read(bytes('hi'), 'x')).format).toBe('text')
  })
})

test('a body alone becomes a copy', () => {
  expect(copyOfHtml('<p>hi</p>', 'a.mjml')).toMatchObject({ name: 'a.mjml', headers: null, format: 'html' })
})
