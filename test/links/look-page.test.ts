import { gzipSync } from 'node:zlib'
import { decodeText, readPage, unpack } from '../../src/links/page.ts'
import { cpuTime } from '../support/cpu.ts'

test('a page is read as a person would see it', () => {
  const page = readPage(`<!doctype html><head><title>Report &amp; annex</title><style>p{}</style>
    <link rel=canonical href='/r?a=1&amp;b=2'></head><body><!-- not <b>seen</b> -->
    <h1 id="top">A  <em>report</em></h1><p id=two>First<b>ly</b>,</p><p>then.</p><noscript>Turn it on</noscript>
    <script>var x = "</p><h1>no</h1>"</script><a name="old">x</a><img src=x>`)
  expect(page).toMatchObject({ title: 'Report & annex', heading: 'A report', text: 'A report Firstly, then. x' })
  expect([...page.places]).toEqual(['top', 'two', 'old'])
  expect([page.scripted, page.pictured, page.password, page.canonical]).toEqual([true, true, false, '/r?a=1&b=2'])
})

test('the charset is the header’s, or the page’s own, or UTF-8', () => {
  const cyrillic = Buffer.from([0xcd, 0xe5, 0xf2])
  expect(decodeText(cyrillic, 'text/html; charset=windows-1251')).toBe('Нет')
  const named = Buffer.concat([Buffer.from('<meta charset="windows-1251">'), cyrillic])
  expect(decodeText(named, 'text/html')).toContain('Нет')
  expect(decodeText(Buffer.from('Нет'), undefined)).toBe('Нет')
  expect(decodeText(Buffer.from('Нет'), 'text/html; charset=nonsense')).toBe('Нет')
})

test('a small body that holds much is unpacked to the cap and no further', async () => {
  const bomb = gzipSync(Buffer.alloc(64_000_000, 'x'))
  const before = process.memoryUsage().rss
  expect((await unpack(bomb, 'gzip', 100_000))?.length).toBe(100_000)
  expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000)
})

test('a body that breaks off is read as far as it goes; one in no known form is not read', async () => {
  const whole = gzipSync(Buffer.from('<p>words</p>'.repeat(5_000)))
  expect((await unpack(whole.subarray(0, -20), 'gzip', 1_000_000))?.toString()).toContain('words')
  expect(await unpack(Buffer.from('no gzip'), 'gzip', 1_000)).toBeNull()
  expect(await unpack(Buffer.from('x'), 'compress', 1_000)).toBeNull()
})

const HOSTILE = {
  'open brackets': '<',
  'open tags': '<a ',
  'tags without end': '<p id=x',
  'open quotes': '<a b="',
  'mixed quotes': `<a b='"`,
  'open scripts': '<script>',
  'open comments': '<!--',
  'half comments': '<!-',
  'nested elements': '<div>',
  ampersands: '&',
  references: '&#x41;&amp;&nope;',
  spaces: '  \t\n',
  titles: '<title>|</title>|-|',
  equals: '<a = = =',
  slashes: '</',
}

test.each(Object.entries(HOSTILE))('time grows no faster than a page of %s', (_name, piece) => {
  const time = (size: number): number => {
    const html = piece.repeat(size / piece.length)
    const started = cpuTime()
    readPage(html)
    return cpuTime() - started
  }
  time(100_000)
  const small = Math.min(time(200_000), time(200_000))
  // Eight times the text: linear is 8, quadratic 64. The milliseconds are for a busy machine.
  expect(time(1_600_000)).toBeLessThan(small * 24 + 250)
})
