import { annotations } from '../../src/cli/formats.ts'
import { type FileReport, harmless, reportOf, summaryOf, describe as told } from '../../src/cli/report.ts'
import type { CheckedLink, Fault } from '../../src/links/index.ts'

/** A stream as the report asks about it. */
const stream = (terminal: boolean): NodeJS.WriteStream =>
  ({ isTTY: terminal, hasColors: () => terminal }) as unknown as NodeJS.WriteStream

const fault = (more: Partial<Fault> = {}): Fault => ({
  rule: 'pointer-without-link',
  certainty: 'suspected',
  part: 'html',
  line: 12,
  excerpt: '⟦Click here⟧ to register',
  link: null,
  why: 'the words promise a link here',
  remedy: 'put the link on the words',
  ...more,
})

const link = (verdict: CheckedLink['verdict'], more: Partial<CheckedLink> = {}): CheckedLink => ({
  url: 'https://www.who.int/',
  verdict,
  status: null,
  finalUrl: null,
  why: verdict === null ? 'not looked at' : '',
  look: null,
  ...more,
})

const report = (more: Partial<FileReport> = {}): FileReport => ({
  ...reportOf('letter.md', { faults: [fault()], warnings: [], links: [link('alive'), link('dead'), link('alive')] }),
  ...more,
})

test('colour is for a terminal alone', () => {
  expect(told(report(), stream(true))).toContain('\u001b[31m⟦Click here⟧\u001b[39m')
  expect(told(report(), stream(false))).not.toContain('\u001b')
})

test('places without an address come first, then all places of one link together', () => {
  const dead = { rule: 'dead-link', certainty: 'certain', link: 'https://b.test/' } as const
  const faults = [
    fault({ ...dead, excerpt: '⟦b⟧' }),
    fault({ ...dead, link: 'https://a.test/', excerpt: '⟦a⟧' }),
    fault({ ...dead, rule: 'link-text-differs', excerpt: '⟦b again⟧' }),
    fault(),
  ]
  const words = told(report({ faults }), stream(false)).match(/^https.*$|⟦.*?⟧/gm)
  expect(words).toEqual(['⟦Click here⟧', 'https://b.test/', '⟦b⟧', '⟦b again⟧', 'https://a.test/', '⟦a⟧'])
})

test('of a letter of ours it says what to type to vouch, in a form that a shell takes as it is', () => {
  const unsure = fault({ rule: 'unsure-link', link: "https://a.test/?x='1'&y", excerpt: '⟦x⟧' })
  const lines = told(report({ file: 'my letter.md', faults: [fault(), unsure] }), stream(false), true)
  expect(lines).toContain(
    "gll vouch 'my letter.md' --rule pointer-without-link --part html --line 12 --why REASON --by NAME",
  )
  expect(lines).toContain(`gll vouch 'https://a.test/?x='\\''1'\\''&y' --why REASON --by NAME`)
  expect(told(report(), stream(false))).not.toContain('gll vouch')
  const certain = report({ faults: [fault({ certainty: 'certain' })] })
  expect(told(certain, stream(false), true)).not.toContain('gll vouch')
})

test('the last line sums up', () => {
  expect(told(report(), stream(false)).split('\n').at(-1)).toBe(summaryOf(report(), null))
  expect(summaryOf(report(), null)).toBe('✗ letter.md: refused, 1 fault (3 links: 2 alive, 1 dead)')
  expect(summaryOf(report({ links: [link(null)] }), null)).toBe(
    '✗ letter.md: refused, 1 fault (1 link, none looked at)',
  )
  const sound = { ...reportOf('a.eml', { faults: [], warnings: [fault()], links: [] }) }
  expect(summaryOf(sound, null)).toBe('✓ a.eml: sound (0 links; 1 warning)')
})

test('a link that was left out for a reason is named with it', () => {
  const links = [link(null, { why: "made of each reader's own values" }), link(null)]
  expect(told(report({ links }), stream(false))).toContain("· https://www.who.int/: made of each reader's own values")
})

test('what a mail holds can neither move the cursor nor turn a line around', () => {
  expect(harmless('a\u001b[2Jb\u202ec\r\u2028d')).toBe('a�[2Jb�c��d')
})

test('an annotation is one line, whatever stands in it', () => {
  const [line = ''] = annotations(report({ file: 'a:b.html', faults: [fault({ excerpt: '100%\n⟦x⟧' })] }))
  expect(line).toMatch(/^::error file=a%3Ab\.html,line=12,title=pointer-without-link::100%25%0A⟦x⟧%0A/)
  expect(line.split('\n')).toHaveLength(1)
})
