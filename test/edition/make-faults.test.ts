import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { make } from '../../src/edition/index.ts'
import { column, complaintOf, HOUSE, made, md, mjml, NOW } from './announcements.ts'

describe('front matter is read strictly', () => {
  test.each([
    ['an unknown key', 'subject: A\nsubjcet: B', /letter\.md:3: unknown key "subjcet".*the keys are subject, list/],
    [
      'a key twice',
      'subject: A\nlist: x\nsubject: B',
      /letter\.md:4: the key "subject" stands here twice \(first on line 2\)/,
    ],
    ['no subject', 'list: x', /letter\.md: the subject is missing → add a line "subject: …"/],
    ['a subject without a value', 'subject:', /letter\.md:2: "subject" has no value/],
    ['a subject that is a number', 'subject: 2026', /letter\.md:2: "subject" must be a text, not 2026.*quotes/],
    ['a subject with a colon', 'subject: News: now', /letter\.md:2: the front matter is not YAML.*quotes/],
    ['a subject that does not compile', 'subject: For {{name', /letter\.md:2: subject: the template does not compile/],
    [
      'a language that is none',
      'subject: A\nlanguage: english please',
      /letter\.md:3: language: "english please" is not a language/,
    ],
    ['a day that is none', 'subject: A\ndate: 2026-02-30', /letter\.md:3: date: "2026-02-30" is not a day/],
    ['defaults that are no map', 'subject: A\ndefaults: Colleague', /letter\.md:3: "defaults" must be a map/],
    [
      'a default that is no text',
      'subject: A\ndefaults: { year: 2026 }',
      /letter\.md:3: defaults: "year" must be a text/,
    ],
    [
      'terms with an unknown key',
      'subject: A\nlinks:\n  https://a.gll.invalid/: { insted: https://b }',
      /letter\.md:4: unknown key "insted" under/,
    ],
    [
      'terms that are no map',
      'subject: A\nlinks: { https://a.gll.invalid/: x }',
      /letter\.md:3: https:\/\/a\.gll\.invalid\/ must be a map/,
    ],
    [
      'a replacement that is no address',
      'subject: A\nlinks:\n  https://a.gll.invalid/: { instead: b.html }',
      /letter\.md:4: instead: "b\.html" is not an address/,
    ],
    [
      'a login host that is an address',
      'subject: A\nlinks:\n  https://a.gll.invalid/: { login: "https://x/" }',
      /letter\.md:4: login: .* is not a host name/,
    ],
    [
      'terms for a link that is not there',
      'subject: A\nlinks:\n  https://b.gll.invalid/: { until: 2026-12-01 }',
      /letter\.md:4: links: nothing in the announcement links to https:\/\/b/,
    ],
  ])('%s', async (_name, front, says) => {
    expect(await complaintOf(made(md('See [a](https://a.gll.invalid/).', front)))).toMatch(says)
  })

  test('all faults are told in one go, in the order of their lines', async () => {
    const said = await complaintOf(made(md('Dear {{{name}}},\n\n{{#if x}}', 'subjekt: A\nlanguage: 7\nlist: [7]')))
    for (const fault of [
      'letter.md: the subject',
      'letter.md:2: unknown',
      'letter.md:3: "language"',
      'letter.md:4: "list"',
    ]) {
      expect(said).toContain(fault)
    }
    expect(said).toMatch(/letter\.md:8: the template does not compile: a block is opened and never closed/)
    expect(said).toContain('(2)')
  })

  test('no front matter at all, and one that never ends', async () => {
    const text = (source: string) => complaintOf(made({ name: 'letter.md', format: 'md', text: source }))
    expect(await text('Dear all,')).toMatch(/letter\.md:1: no front matter, so there is no subject → begin the file/)
    expect(await text('---\nsubject: A\n')).toMatch(/letter\.md:1: the front matter never ends/)
  })
})

describe('a template is refused with its line', () => {
  test.each([
    ['a triple mustache', 'Dear\n\n{{{name}}}', /letter\.md:6: a triple mustache/],
    ['an unescaped value', '{{&name}}', /letter\.md:4: a triple mustache/],
    ['a partial', '{{> foot}}', /letter\.md:4: partials/],
    ['an unknown helper', '{{upper name}}', /letter\.md:4: no helper is called "upper"/],
    ['an unknown block', 'x\n\n{{#each names}}x{{/each}}', /letter\.md:6: no block is called "each"/],
    ['a path', '{{person.name}}', /letter\.md:4: "person\.name" is not a field/],
    ['data of the library', '{{@root}}', /letter\.md:4: "@root" is not a field/],
    ['a wrong end', '\n{{#if a}}x{{/unless}}', /letter\.md:5: the template does not compile/],
    ['a mustache that never ends', 'x\n{{name', /letter\.md:5: the template does not compile/],
    ['an escaped mustache', 'x\n\\{{name}}', /letter\.md:5: a mustache behind a backslash/],
    ['a condition on no field', '{{#if "x"}}y{{/if}}', /letter\.md:4: a condition on no field/],
    ['part of a scheme', '[x]({{scheme}}://a.gll.invalid/)', /letter\.md:4: \{\{scheme\}\} is part of a scheme/],
    ['a private-use character', 'x\uE000y', /letter\.md:4: a private-use character/],
  ])('%s', async (_name, body, says) => {
    expect(await complaintOf(made(md(body)))).toMatch(says)
  })
})

describe('MJML is strict', () => {
  test.each([
    ['an unknown tag', column('<mj-txt>x</mj-txt>'), /letter\.mjml:6: .*mj-txt/],
    ['an unknown attribute', column('\n<mj-text colour="red">x</mj-text>'), /letter\.mjml:7: .*colour/],
    ['a mustache as a colour', column('<mj-text color="{{c}}">x</mj-text>'), /letter\.mjml:6: .*\{\{c\}\}/],
    [
      'an unclosed tag',
      '<mj-section><mj-column><mj-text>x</mj-text></mj-section>',
      /letter\.mjml:6: <mj-column> is never closed/,
    ],
    ['an include', '<mj-include path="/etc/passwd" />', /letter\.mjml:6: <mj-include> is not read/],
    [
      'an image without a description',
      column('<mj-image src="https://a.gll.invalid/i.png" />'),
      /letter\.mjml:6: an image without a description/,
    ],
    [
      'a block between its tags',
      `{{#if a}}\n${column('<mj-text>x</mj-text>')}\n{{/if}}`,
      /letter\.mjml:6: MJML drops \{\{#if a\}\} here[\s\S]*letter\.mjml:8: MJML drops \{\{\/if\}\}/,
    ],
    [
      'an unquoted attribute',
      column('<mj-text><a href={{page}}>x</a></mj-text>'),
      /letter\.mjml:6: \{\{page\}\} stands in the attribute href, which has no quotes/,
    ],
    [
      'a mustache as an attribute',
      column('<mj-text><i {{x}}>x</i></mj-text>'),
      /letter\.mjml:6: \{\{x\}\} stands inside a tag/,
    ],
    [
      'a mustache in a style',
      column('<mj-text><i style="color:{{c}}">x</i></mj-text>'),
      /letter\.mjml:6: \{\{c\}\} stands in the attribute style/,
    ],
    [
      'what comes out otherwise at each render',
      column(
        '<mj-navbar hamburger="hamburger"><mj-navbar-link href="https://a.gll.invalid/">A</mj-navbar-link></mj-navbar>',
      ),
      /letter\.mjml:6: <mj-navbar> renders differently each time/,
    ],
    [
      'a mustache in a handler',
      column('<mj-text><i onclick="f(\'{{c}}\')">x</i></mj-text>'),
      /stands in the attribute onclick/,
    ],
  ])('%s', async (_name, body, says) => {
    expect(await complaintOf(made(mjml(body)))).toMatch(says)
  })

  test('what is no MJML, and a style sheet with a mustache in it', async () => {
    const text = '---\nsubject: A\n---\nhello'
    expect(await complaintOf(made({ name: 'letter.mjml', format: 'mjml', text }))).toContain('letter.mjml:4')
    const styled = `---\nsubject: A\n---\n<mjml><mj-head><mj-style>a{color:{{c}} }</mj-style></mj-head><mj-body>${column('<mj-text>x</mj-text>')}</mj-body></mjml>`
    expect(await complaintOf(made({ name: 'letter.mjml', format: 'mjml', text: styled }))).toContain('in a style sheet')
  })

  test('a .mjmlconfig in the working directory is refused before mjml can read it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gll-'))
    const before = process.cwd()
    try {
      await writeFile(join(folder, '.mjmlconfig'), '{"packages": ["./evil.js"]}')
      process.chdir(folder)
      expect(await complaintOf(made(md('Text.')))).toMatch(/\.mjmlconfig is there.*\(3\)/)
    } finally {
      process.chdir(before)
      await rm(folder, { recursive: true })
    }
  })
})

test('a mustache in the configuration never becomes a template', async () => {
  const house = { ...HOUSE, about: 'About {{unsubscribe}}' }
  expect(await complaintOf(make(md('Text.'), { kind: 'announcement', house, now: NOW }))).toMatch(
    /about holds a mustache.*\(3\)/,
  )
})
