import fc from 'fast-check'
import { isComplaint } from '../../src/complaint.ts'
import { type CopyPart, read, readHtml, readText } from '../../src/edition/index.ts'
import { missing } from '../../src/links/index.ts'
import { cpuTime } from '../support/cpu.ts'

const PIECES = [
  ...[
    '<a href="#">',
    '</a>',
    '<b>',
    '</i>',
    '<div class="btn">',
    '<td>',
    '</div>',
    '<p>',
    '<br>',
    '<!--',
    '&amp;',
    '<',
    '"',
  ],
  ...[
    'click here ',
    'to visit ',
    'information at ',
    'here: ',
    '点击',
    'こちら',
    'a',
    'a@',
    '@b.',
    'http://',
    'www.',
    ':\n',
    '\n',
  ],
  ...[
    '[ ',
    ' ]',
    '()',
    '<> ',
    '{{',
    '}}',
    '*|',
    '%%',
    '${',
    '[[',
    '> ',
    '- ',
    'x-',
    '.',
    ' ',
    '\u200b',
    '\u202e',
    'e\u0301',
  ],
]

const judge = (part: CopyPart): number =>
  missing({ name: '', format: 'html', headers: null, parts: [part], links: part.links }, { ours: true }).faults.length

test('random bytes and random pieces give an answer or a complaint, never anything else', async () => {
  const names = fc.constantFrom('a.eml', 'a.html', 'a.txt', 'a.md', 'a')
  const pieces = fc
    .array(fc.constantFrom(...PIECES), { maxLength: 200 })
    .map((all) => new TextEncoder().encode(all.join('')))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 2000 }), pieces), names, async (bytes, name) => {
      for (const content of [
        bytes,
        new Uint8Array([...new TextEncoder().encode('Subject: x\nFrom: y@z.test\n\n'), ...bytes]),
      ]) {
        try {
          const copy = await read(content, name)
          missing(copy, { ours: false })
        } catch (error) {
          if (!isComplaint(error)) throw error
        }
      }
    }),
    { numRuns: 150 },
  )
})

/** Of CPU, the quickest of two: what else the machine does only ever adds. */
function milliseconds(work: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 2; i += 1) {
    const start = cpuTime()
    work()
    best = Math.min(best, cpuTime() - start)
  }
  return best
}

test('time grows with the size and not with its square, whatever is repeated', () => {
  const pattern = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 3 }).map((all) => all.join(''))
  fc.assert(
    fc.property(pattern, fc.boolean(), (piece, html) => {
      const work = (size: number) => () => {
        const text = piece.repeat(Math.ceil(size / piece.length))
        judge(html ? readHtml(text) : readText(text))
      }
      work(5_000)()
      const small = milliseconds(work(15_000))
      const large = milliseconds(work(120_000))
      // Eight times the input: a square would cost 64 times. The floor keeps clock noise out.
      expect(large).toBeLessThan(Math.max(small, 10) * 24)
    }),
    { numRuns: 15 },
  )
}, 120_000)

test.each([
  ['100,000 nested tags', () => judge(readHtml('<div>'.repeat(100_000)))],
  [
    '100,000 unclosed and wrongly closed tags',
    () => judge(readHtml(`${'<b>'.repeat(100_000)}${'</i>'.repeat(100_000)}`)),
  ],
  ['10,000 links', () => judge(readHtml('<p><a href="https://gll.test/">x</a></p>'.repeat(10_000)))],
  ['a paragraph of a million letters', () => judge(readText('a'.repeat(1_000_000)))],
])('%s are judged in bounded time', (_what, work) => {
  const start = cpuTime()
  work()
  expect(cpuTime() - start).toBeLessThan(10_000)
})
