import { type Announcement, type Correction, corrected, type Edition, make } from '../../src/edition/index.ts'
import { complaintOf, HOUSE, hrefsOfHtml, hrefsOfText, made, md, merged, NOW, sample } from './announcements.ts'

const SENT_AT = new Date('2026-11-20T09:00:00Z')
const OLD = 'https://www.gll.invalid/report.pdf'
const NEW = 'https://archive.gll.invalid/report.pdf'

const correct = (
  source: Announcement,
  changes: Correction['changes'],
  how: Partial<Correction> = {},
): Promise<Edition> =>
  make(source, {
    kind: 'corrigendum',
    house: HOUSE,
    now: NOW,
    correction: { changes, why: null, earlier: { subject: 'A letter', sentAt: SENT_AT, kind: 'announcement' }, ...how },
  })

const letter = md(
  `Dear {{name}},\n\nRead the [report](${OLD}), or [the report again](${OLD}). Join [the talk](https://meet.gll.invalid/1). Write to old@gll.invalid.`,
  `subject: A letter\nlinks:\n  ${OLD}: { instead: [${NEW}, https://b.gll.invalid/r], login: login.gll.invalid }`,
)

test('names the earlier email, lists what changed, and repeats the letter with the new links', async () => {
  const edition = await correct(letter, [
    { from: OLD, to: NEW },
    { from: 'https://meet.gll.invalid/1', to: null },
  ])
  const { subject, html, text } = merged(edition, { name: 'Ann' })
  expect(subject).toBe('Corrigendum: A letter')
  expect(edition.kind).toBe('corrigendum')
  expect(text.replace(/\s+/g, ' ')).toContain(
    'This email corrects “A letter”, which we sent to you on 20 November 2026.',
  )
  expect(text.indexOf('Dear Ann,')).toBeLessThan(text.indexOf('This email corrects'))
  expect(text).toContain(
    '- Was: gll.invalid/report.pdf\n  Now: report · the report again\n  <https://archive.gll.invalid/report.pdf>',
  )
  expect(text).toMatch(/the talk \(link\s+withdrawn\)/)
  expect(hrefsOfText(text)).toEqual(hrefsOfHtml(html))
  expect(hrefsOfHtml(html).filter((href) => href === NEW)).toHaveLength(3)
  for (const part of [html, text]) expect(part).not.toMatch(/https:\/\/www\.gll\.invalid|https:\/\/meet\.gll/)
})

test('old addresses are nothing that a mail reader makes a link of', async () => {
  const { text } = merged(await correct(letter, [{ from: 'mailto:old@gll.invalid', to: 'mailto:new@gll.invalid' }]), {
    name: 'Ann',
  })
  expect(text).toContain('Was: old (at) gll.invalid\n  Now: <mailto:new@gll.invalid>')
  expect(text).toContain('Write to <mailto:new@gll.invalid>.')
  expect(text).not.toContain('old@')
})

test('what was said of a dead link goes with it; its replacement keeps what replacements are left', async () => {
  const edition = await correct(letter, [{ from: OLD, to: NEW }])
  expect(edition.links).toEqual({ [NEW]: { instead: ['https://b.gll.invalid/r'], login: null, until: null } })
  const withdrawn = await correct(letter, [{ from: OLD, to: null }])
  expect(withdrawn.links).toEqual({})
})

test('a corrigendum can itself be corrected, and says Corrigendum once', async () => {
  const first = await correct(letter, [{ from: OLD, to: NEW }])
  const second = await correct(first.source, [{ from: NEW, to: 'https://b.gll.invalid/r' }])
  const { text, html } = merged(second, { name: 'Ann' })
  expect(hrefsOfHtml(html).slice(0, 3)).toEqual(Array(3).fill('https://b.gll.invalid/r'))
  expect(text).toContain('Was: archive.gll.invalid/report.pdf\n  Now: report · the report again')
  for (const subject of ['Corrigendum: A letter', 'Rectificatif : Une lettre', '更正：信']) {
    expect((await correct(md(`[x](${OLD})`, `subject: "${subject}"`), [{ from: OLD, to: NEW }])).subject).toBe(subject)
  }
})

test('a corrected source makes an announcement without standing words, for a switch in flight', async () => {
  const edition = await made(await corrected(letter, [{ from: OLD, to: NEW }]))
  expect(edition.subject).toBe('A letter')
  expect(edition.text).not.toContain('This email corrects')
  expect(edition.places.map(({ link }) => link)).not.toContain(OLD)
  expect(edition.links).toEqual({ [NEW]: { instead: ['https://b.gll.invalid/r'], login: null, until: null } })
})

test('a reason in the team’s words stands instead of the sentence on links, and needs no change of a link', async () => {
  const { text } = merged(
    await correct(letter, [], { why: 'A gateway removed the links. See https://status.gll.invalid/7.' }),
    { name: 'A' },
  )
  expect(text).toContain('A gateway removed the links. See <https://status.gll.invalid/7>.')
  expect(text).toContain('The whole email follows once more.')
  expect(text).not.toContain('What has changed')
})

test('placeholders in the old and in the new address go on working, and no address is shown that is not gone to', async () => {
  const source = md('[page](https://a.gll.invalid/?u={{id}})')
  const edition = await correct(source, [
    { from: 'https://a.gll.invalid/?u={{id}}', to: 'https://b.gll.invalid/{{id}}' },
  ])
  const { html, text } = merged(edition, { id: 'a b' })
  expect(hrefsOfHtml(html).slice(0, 2)).toEqual(Array(2).fill('https://b.gll.invalid/a%20b'))
  expect(text).toContain('Now: page <https://b.gll.invalid/a%20b>')
})

test.each([
  ['fr', 'Rectificatif : A letter', 'Avant : gll.invalid/report.pdf'],
  ['es', 'Corrección: A letter', 'Antes: gll.invalid/report.pdf'],
  ['ru', 'Исправление: A letter', 'Было: gll.invalid/report.pdf'],
  ['ar', 'تصويب: A letter', 'سابقًا: gll.invalid/report.pdf'],
  ['zh', '更正：A letter', '原为：gll.invalid/report.pdf'],
])('speaks the language of the letter: %s', async (language, subject, was) => {
  const edition = await correct(md(`[x](${OLD})`, `subject: A letter\nlanguage: ${language}`), [{ from: OLD, to: NEW }])
  expect(edition.subject.replaceAll('\u00a0', ' ')).toBe(subject)
  expect(edition.text.replaceAll('\u00a0', ' ')).toContain(was)
  expect(edition.language).toBe(language)
})

test('an MJML announcement keeps its frame: the standing paragraphs come first, a dead button is words', async () => {
  const edition = await correct(await sample('announcement/sample.mjml'), [
    { from: 'https://library.gll.invalid/agenda', to: 'https://archive.gll.invalid/agenda' },
    { from: 'https://meet.gll.invalid/talks/1', to: null },
  ])
  const { html, text } = merged(edition, { name: 'Ann' })
  expect(text.trimStart()).toMatch(/^This email corrects/)
  expect(hrefsOfText(text)).toEqual(hrefsOfHtml(html))
  expect(html).toContain('href="https://archive.gll.invalid/agenda"')
  expect(html).not.toContain('href="https://meet.gll.invalid')
  expect(text).toContain('Join the meeting (link withdrawn)')
  expect(html).not.toMatch(/<span[^>]*text-decoration/)
})

test.each([
  [
    'a link that is not there',
    { from: 'https://nowhere.gll.invalid/', to: NEW },
    /nothing in the announcement links to https:\/\/nowhere/,
  ],
  ['a change that changes nothing', { from: OLD, to: OLD }, /changes nothing/],
])('%s is refused', async (_name, change, says) => {
  expect(await complaintOf(correct(letter, [change]))).toMatch(says)
})

test('a reason cannot hold a template', async () => {
  expect(await complaintOf(correct(letter, [{ from: OLD, to: NEW }], { why: 'Dear {{name}}' }))).toContain('holds {{')
})
