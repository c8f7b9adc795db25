/**
 * Bad input on the command's own way, from the file to the report: an answer in bounded time, never a crash, never sound
 * by accident. That reading and judging are linear is tested with them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { judgedFile, openBench } from '../../src/cli/check.ts'
import { describe as told } from '../../src/cli/report.ts'
import { readConfig } from '../../src/config.ts'
import { cpuTime } from '../support/cpu.ts'

const dir = mkdtempSync(join(tmpdir(), 'gll-fuzz-'))
const bench = openBench(readConfig({ DATA_DIR: join(dir, 'none') }), { content: true })
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})

/** Of CPU, generous. What grows faster than its input does not end in it. Milliseconds. */
const BOUND = 20_000

async function judge(bytes: string | Uint8Array, ending: string) {
  const file = join(dir, `x.${ending}`)
  writeFileSync(file, bytes)
  const start = cpuTime()
  const judged = await judgedFile(bench, file)
  expect(cpuTime() - start).toBeLessThan(BOUND)
  // A fault of the program itself ends as a refusal too, and is none of the answers wanted here.
  expect(judged.report.faults.map(({ why }) => why).join()).not.toContain('could not be judged')
  expect(judged.exit === 0).toBe(judged.report.verdict === 'sound')
  JSON.parse(JSON.stringify(judged.report))
  const report = told(judged.report, process.stdout)
  for (const mark of ['\u0000', '\u001b', '\u202e', '\u2066'])
    expect(report.replaceAll('\u001b[', '')).not.toContain(mark)
  return judged
}

const endings = fc.constantFrom('eml', 'html', 'txt', 'md', 'bin')

test('random bytes, whatever the file is called', async () => {
  const bytes = fc.uint8Array({ maxLength: 3_000 })
  await fc.assert(
    fc.asyncProperty(bytes, endings, async (data, ending) => {
      await judge(data, ending)
    }),
    { numRuns: 300 },
  )
})

/** Pieces of mails, in any order: headers, boundaries, encodings, and what breaks them. */
const pieces = fc.constantFrom(
  'From: a@gll.test\r\n',
  'Subject: =?utf-8?q?caf=C3?=\r\n',
  'MIME-Version: 1.0\r\n',
  'Content-Type: multipart/alternative; boundary="b"\r\n\r\n',
  'Content-Type: multipart/mixed; boundary=\r\n\r\n',
  'Content-Type: text/html; charset=utf-7\r\n',
  'Content-Type: text/plain; charset="iso-2022-jp"\r\n',
  'Content-Transfer-Encoding: base64\r\n\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  '--b\r\n',
  '--b--\r\n',
  '\r\n',
  '=3D=C3=\r\n',
  'PGEgaHJlZj0iIj5SZXBvcnQ8L2E+',
  '<p>We met <a href="">here</a>.</p>',
  "<table><tr><td><a href='x>y",
  'Click here to register:\r\n',
  '\u0000\u202e\ufffd',
  '[](()<>',
)

test('broken MIME', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), endings, async (parts, ending) => {
      await judge(parts.join(''), ending)
    }),
    { numRuns: 300 },
  )
})

/** What may stand around a link without hiding it from a reader: unclosed, crossed and odd, but neither comment nor script. */
const soup = fc.constantFrom(
  '<div>',
  '</div>',
  '<b>',
  '</i>',
  '<td>',
  '<p',
  ' x="\'>',
  '>',
  '</p>',
  '<li>We met.',
  '&nbsp;&#0;&#x202e;&bogus;',
  '\u0000',
  '\u202eabc\u2066',
  '\ufffe',
  '<span style="color:red">',
  '<a href="https://www.who.int/">WHO</a> ',
)

test('a link without an address is found in any soup of tags that shows it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(soup, { maxLength: 40 }), fc.array(soup, { maxLength: 40 }), async (before, after) => {
      // Whatever was left open before it is closed: a quote, a tag.
      const html = `<body>${before.join('')}"'></a></p><p>The <a href="">report</a> is out.</p>${after.join('')}`
      const { report } = await judge(html, 'html')
      expect(report.faults.map(({ rule }) => rule)).toContain('link-without-target')
    }),
    { numRuns: 300 },
  )
})

test.each<[string, string, () => string | Uint8Array]>([
  ['10,000 links in HTML', 'html', () => '<a href="https://www.who.int/">x</a> '.repeat(10_000)],
  [
    '10,000 links in a mail',
    'eml',
    () => `From: a@gll.test\nSubject: x\n\n${'See https://www.who.int/ now.\n'.repeat(10_000)}`,
  ],
  [
    '10,000 different links without an address',
    'html',
    () => '<p>The <a href="#">report</a> is out.</p>'.repeat(10_000),
  ],
  ['100,000 nested tags', 'html', () => `${'<div><b>'.repeat(50_000)}We met.`],
  ['100,000 nested quotes in text', 'txt', () => `${'>'.repeat(100_000)} We met.`],
  ['100,000 brackets', 'txt', () => '['.repeat(100_000)],
  ['100,000 brackets in Markdown', 'md', () => '['.repeat(100_000)],
  ['50,000 nested links and quotes in Markdown', 'md', () => `${'> '.repeat(25_000)}${'[x]('.repeat(25_000)}`],
  ['an unclosed attribute of a megabyte', 'html', () => `<a href="${'x'.repeat(1_000_000)}`],
  ['a million spaces', 'txt', () => `Visit${' '.repeat(1_000_000)}:`],
  ['a megabyte of one word', 'txt', () => 'a'.repeat(1_000_000)],
  ['a megabyte of dots and signs', 'txt', () => 'www.a@b.'.repeat(125_000)],
  ['a header of a megabyte', 'eml', () => `From: a@gll.test\nSubject: ${'=?utf-8?q?a?= '.repeat(70_000)}\n\nWe met.`],
  ['1,000 nested multiparts', 'eml', () => `From: a@gll.test\n${nested(1_000)}`],
  ['a megabyte of NUL', 'eml', () => new Uint8Array(1_000_000)],
])('%s', async (_, ending, make) => {
  await judge(make(), ending)
})

function nested(depth: number): string {
  let text = 'Subject: x\n'
  for (let n = 0; n < depth; n += 1) text += `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`
  return `${text}\nWe met.`
}

const WORDS = 'We met in the morning and spoke about care.\n'

test.each<[string, string, () => string | Uint8Array, RegExp]>([
  ['a file of 51 MB', 'txt', () => new Uint8Array(51_000_000).fill(0x61), /51 MB/],
  ['a mail of 49 MB', 'txt', () => WORDS.repeat(49_000_000 / WORDS.length), /49 MB, too large/],
  ['a body of 20 MB', 'html', () => WORDS.repeat(20_000_000 / WORDS.length), /20 million characters, too long/],
  ['a program', 'eml', () => Buffer.from('7f454c4602010100'.padEnd(20_000, '0'), 'hex'), /binary/],
  ['a picture, whatever its name', 'txt', () => Buffer.from('89504e470d0a1a0a'.padEnd(999, '0'), 'hex'), /binary/],
  ['something that is no mail', 'eml', () => WORDS, /no header of a mail/],
])('%s is refused by its name, at once', async (_, ending, make, why) => {
  const start = cpuTime()
  const { report } = await judge(make(), ending)
  expect(report.faults).toMatchObject([{ rule: 'not-a-letter', why: expect.stringMatching(why) }])
  expect(cpuTime() - start).toBeLessThan(5_000)
})

test('a fault is found beside bytes that are no UTF-8, NULs and marks that turn the line around', async () => {
  const odd = Buffer.concat([
    Buffer.from('<p>caf'),
    Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x00, 0xe2, 0x80]),
    Buffer.from('\u202e\u2067 The <a href="">report</a> is out.</p>'),
  ])
  const { report } = await judge(odd, 'html')
  expect(report.faults.map(({ rule }) => rule)).toEqual(['link-without-target'])
})

test('a mail that shows its reader nothing is not sound', async () => {
  for (const [bytes, ending] of [
    ['', 'eml'],
    ['   \n\n', 'txt'],
    ['<!-- nothing -->', 'html'],
    ['<p hidden>x</p>', 'html'],
    ['From: a@gll.test\nSubject: x\n\n', 'eml'],
    ['From: a@gll.test\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n', 'eml'],
  ] as const)
    expect([bytes, (await judge(bytes, ending)).report.verdict]).toEqual([bytes, 'refused'])
})
