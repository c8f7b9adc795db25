import { compile, compileAddress, digest, fieldsOf, make, makeApart, sampleFields } from '../../src/edition/index.ts'
import { column, HOUSE, hrefsOfHtml, hrefsOfText, made, md, merged, mjml, NOW, OWN, sample } from './announcements.ts'

describe('an announcement in Markdown', () => {
  const body = `Dear {{name}},

Read the [synthesis *report*](https://www.gll.invalid/report.pdf?a=1&b=2), www.gll.int and https://pod.gll.invalid/x(y).
Write to team@gll.invalid, or see [your page](https://pod.gll.invalid/p?u={{id}}&v=1 "Yours") and [this one]({{page}}).

- One [a](https://a.gll.invalid/)
- Two ![A ward](https://www.gll.invalid/ward.png)

| Day | Where |
|---|---|
| Monday | [Online](<https://meet.gll.invalid/a b>) |
`
  const fields = { name: 'Ann', id: 'x&y "z"', page: 'https://pages.gll.invalid/1?a=1&b=2' }

  test('carries the same links in both parts, in the same order, none broken over lines', async () => {
    const { html, text } = merged(await made(md(body)), fields)
    expect(hrefsOfText(text)).toEqual(hrefsOfHtml(html))
    expect(hrefsOfHtml(html)).toEqual([
      'https://www.gll.invalid/report.pdf?a=1&b=2',
      'http://www.gll.int',
      'https://pod.gll.invalid/x(y)',
      'mailto:team@gll.invalid',
      'https://pod.gll.invalid/p?u=x%26y%20%22z%22&v=1',
      'https://pages.gll.invalid/1?a=1&b=2',
      'https://a.gll.invalid/',
      'https://meet.gll.invalid/a%20b',
      OWN.unsubscribe,
      OWN.webcopy,
    ])
  })

  test('names every place with its href as written, counted through each part', async () => {
    const { places } = await made(md(body))
    const personal = places.filter(({ link }) => link === 'https://pod.gll.invalid/p?u={{id}}&v=1')
    expect(personal.map(({ part, words }) => [part, words])).toEqual([
      ['html', 'your page'],
      ['text', 'your page'],
    ])
    for (const part of ['html', 'text']) {
      expect(
        places
          .filter((place) => place.part === part)
          .map(({ n }, at) => n - at)
          .every((gap) => gap === 0),
      ).toBe(true)
    }
    expect(places.map(({ link }) => link)).toContain('https://www.gll.invalid/ward.png')
    expect(places.filter(({ link }) => link === '{{unsubscribe}}')).toHaveLength(2)
  })

  test('wraps its text at 72 columns, and keeps words of pictures, lists and tables', async () => {
    const { text } = merged(await made(md(`${'many words '.repeat(40)}\n\n${body}`)), fields)
    for (const line of text.split('\n'))
      if (line.includes(' ') && !line.includes('<')) expect(line.length).toBeLessThanOrEqual(72)
    expect(text).toContain('- Two (A ward)')
    expect(text).toMatch(/Day: Monday\nWhere: Online <https/)
  })

  test('escapes values in HTML and leaves them as they are in text and subject', async () => {
    const value = `<b>"O'Hara" & {{id}}</b>`
    const { html, text, subject } = merged(await made(md('Dear {{name}},', 'subject: For {{name}}')), { name: value })
    expect(text).toContain(`Dear ${value},`)
    expect(subject).toBe(`For ${value}`)
    expect(html).not.toContain('<b>')
    expect(html).toContain('Dear &lt;b&gt;&quot;O&#x27;Hara&quot; &amp; {{id}}&lt;/b&gt;,')
  })

  test('takes a condition on lines of its own with its whole paragraph', async () => {
    const source = 'Before.\n\n{{#if city}}\nWe meet in {{city}}.\n{{else}}\nWe meet online.\n{{/if}}\n\nAfter.'
    const edition = await made(md(source, 'subject: A letter\ndefaults: { city: "" }'))
    const [here, nowhere] = [merged(edition, { city: 'Geneva' }), merged(edition)]
    expect(here.text).toContain('Before.\n\nWe meet in Geneva.\n\nAfter.')
    expect(nowhere.text).toContain('Before.\n\nWe meet online.\n\nAfter.')
    expect(here.html).toContain('>We meet in Geneva.</p>')
    expect(nowhere.html).not.toContain('Geneva')
  })

  test('prints HTML as words: an author cannot style or script the mail by accident', async () => {
    const { html } = merged(await made(md('<script>alert(1)</script> <b onclick="x">bold</b>')))
    expect(html).not.toMatch(/<script|<b onclick/)
  })

  test('a backslash before a field prints the backslash and the value', async () => {
    const { text, html } = merged(await made(md('Look in C:&#92;{{name}}')), { name: 'v' })
    expect(text).toContain('C:\\v')
    expect(html).toContain('C:\\v')
  })
})

describe('the frame', () => {
  test('has language, direction, one headline, a preheader, a title, and loads nothing from elsewhere', async () => {
    const { html } = merged(
      await made(md('Dear all,\n\n## A\n\n#### B\n\nText.', 'subject: One & two\npreheader: Before you open')),
    )
    expect(html).toMatch(/<html lang="en" dir="ltr"/)
    expect(html).toMatch(/<title>One &amp; two<\/title>/)
    expect(html).toContain('Before you open')
    expect(html.match(/<h1/g)).toHaveLength(1)
    expect(html.match(/<h[2-6]/g)).toEqual(['<h2', '<h3'])
    expect(html).toContain('name="color-scheme"')
    expect(html).not.toMatch(/<link|@import|<script|<form|fonts\.googleapis/)
    for (const table of html.match(/<table[^>]*>/g) ?? []) expect(table).toContain('role="presentation"')
  })

  test('says in both parts who writes, why, and where', async () => {
    const { html, text } = merged(await made(md('Dear all,', 'subject: A letter\nsignoff: The team')))
    for (const words of [
      'The team',
      '24 November 2026',
      '1 Example Street, 1000 Example City',
      'You receive this email',
    ]) {
      expect(html).toContain(words)
      expect(text).toContain(words)
    }
    expect(text).toContain(HOUSE.organisation)
    expect(html).toContain('Learning Net &amp; Friends')
  })

  test('turns round for Arabic, and speaks each of the six languages', async () => {
    const arabic = await made(await sample('announcement/sample.ar.md'))
    expect(arabic.direction).toBe('rtl')
    const { html } = merged(arabic)
    expect(html).toMatch(/<html lang="ar" dir="rtl"/)
    expect(html).toContain('padding-right:26px')
    expect(html).not.toContain('direction:ltr')
    const words = {
      en: 'Unsubscribe',
      fr: 'Se désabonner',
      es: 'Cancelar la suscripción',
      ru: 'Отписаться',
      zh: '退订',
      'zh-TW': '退订',
    }
    for (const [language, said] of Object.entries(words)) {
      expect(merged(await made(md('x', `subject: A letter\nlanguage: ${language}`))).text).toContain(said)
    }
  })

  test('a notice has neither unsubscribe nor web copy', async () => {
    const notice = await make(await sample('notice/sample.md'), { kind: 'notice', house: HOUSE, now: NOW })
    expect(compile(notice).html.every((stretch) => typeof stretch === 'string')).toBe(true)
    // A notice names dead links without making them links; one that its writer puts there is the only one.
    expect(notice.places).toEqual([])
    const text = 'subject: A notice\n---\nSee [the status](https://team.gll.invalid/status).'
    const linked = await make(
      { name: 'n.md', format: 'md', text: `---\n${text}\n` },
      { kind: 'notice', house: HOUSE, now: NOW },
    )
    expect(linked.places.map(({ link }) => link)).toEqual(Array(2).fill('https://team.gll.invalid/status'))
  })
})

describe('an announcement in MJML', () => {
  test('keeps its own frame, and its text has every link of the HTML in reading order', async () => {
    const edition = await made(await sample('announcement/sample.mjml'))
    const { html, text } = merged(edition, { name: 'Ann' })
    expect(hrefsOfText(text)).toEqual(hrefsOfHtml(html))
    expect(hrefsOfHtml(html)).toContain(OWN.unsubscribe)
    expect(text).toContain('Join the meeting <https://meet.gll.invalid/talks/1>')
    expect(html).toMatch(/<html lang="en" dir="ltr"/)
    expect(html).not.toContain('fonts.googleapis')
  })

  test('passes mustaches through text, attributes and mj-raw, whatever is in them', async () => {
    const source = mjml(
      `<mj-raw>{{#if (eq country "CH")}}</mj-raw>${column('<mj-text>Swiss {{name}}</mj-text>')}<mj-raw>{{/if}}</mj-raw>
${column('<mj-button href="https://a.gll.invalid/?u={{id}}&amp;v=1">Go, {{name}}</mj-button><mj-button href="{{page}}">On</mj-button>')}`,
      'subject: A letter\ndefaults: { country: "" }',
    )
    const edition = await made(source)
    expect(edition.fields).toEqual(['country', 'id', 'name', 'page'])
    const fields = { name: 'Ann', id: 'a/b', page: 'https://p.gll.invalid/' }
    const [swiss, other] = [merged(edition, { ...fields, country: 'CH' }), merged(edition, fields)]
    expect(swiss.text).toContain('Swiss Ann')
    expect(other.text + other.html).not.toContain('Swiss')
    expect(hrefsOfHtml(other.html)).toEqual(['https://a.gll.invalid/?u=a%2Fb&v=1', 'https://p.gll.invalid/'])
    expect(hrefsOfText(other.text)).toEqual(hrefsOfHtml(other.html))
  })
})

describe('an edition', () => {
  test('has a digest over its content alone, the same each time, another for each change', async () => {
    const [one, same] = [await made(md('Text.')), await made(md('Text.', 'list: other\nsubject: A letter'))]
    expect(same.digest).toBe(one.digest)
    expect(one.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(digest({ ...one, html: `${one.html} ` })).not.toBe(one.digest)
    expect(digest({ ...one, links: { a: { instead: [], login: null, until: null } } })).not.toBe(one.digest)
  })

  test('knows its fields, those of replacement links included', async () => {
    const front =
      'subject: For {{first}}\nlinks:\n  https://a.gll.invalid/: { instead: "https://b.gll.invalid/?u={{id}}" }'
    const edition = await made(md('[a](https://a.gll.invalid/) {{#unless city}}x{{/unless}}', front))
    expect(edition.fields).toEqual(['city', 'first', 'id'])
    expect(fieldsOf(edition)).toEqual(edition.fields)
    expect(edition.links).toEqual({
      'https://a.gll.invalid/': { instead: ['https://b.gll.invalid/?u={{id}}'], login: null, until: null },
    })
  })

  test('a missing field is named, in a condition too; a blank one takes its default', async () => {
    const edition = await made(
      md('Dear {{name}}, {{#if city}}x{{/if}}', 'subject: A letter\ndefaults: { name: Colleague }'),
    )
    expect(() => merged(edition, { name: 'Ann' })).toThrow(
      expect.objectContaining({ code: 'FIELD_MISSING', field: 'city' }),
    )
    expect(merged(edition, { name: '', city: '' }).text).toContain('Dear Colleague,')
    expect(() => merged(edition, JSON.parse('{"__proto__": {"city": "x"}}'))).toThrow(
      expect.objectContaining({ field: 'city' }),
    )
  })

  test('an href as written gives the address that a copy has', async () => {
    const source = md('[x](https://a.gll.invalid/?u={{id}}&v=1) [y]({{page}}) [z](https://c.gll.invalid/)')
    const edition = await made(source)
    const fields = { ...OWN, id: 'a&b c', page: 'https://p.gll.invalid/?q=1' }
    const hrefs = edition.places
      .filter(({ part }) => part === 'html')
      .map(({ link }) => compileAddress(link, {})(fields))
    expect(hrefs).toEqual(hrefsOfHtml(merged(edition, fields).html))
  })

  test('a field that is a whole address must be one', async () => {
    const edition = await made(md('[x]({{page}})'))
    for (const page of ['javascript:alert(1)', 'data:text/html,x', '//x', '', 'https://x y', 'https://x"onclick=']) {
      expect(() => merged(edition, { page })).toThrow(
        expect.objectContaining({ code: 'FIELD_NOT_AN_ADDRESS', field: 'page' }),
      )
    }
  })

  test('is the same edition when made apart, and a fault comes back with its remedy', async () => {
    const announcement = md('Text.')
    const how = { kind: 'announcement', house: HOUSE, now: NOW } as const
    expect(await makeApart(announcement, how)).toEqual(await make(announcement, how))
    const lost = makeApart(md('Text.', 'subjcet: A letter'), how)
    await expect(lost).rejects.toMatchObject({
      code: 'COMPLAINT',
      exit: 2,
      message: expect.stringContaining('subjcet'),
    })
  })

  test('every sample recipient merges, with the same links in both parts', async () => {
    const edition = await made(await sample('announcement/sample.md'))
    const recipients = sampleFields(edition)
    expect(recipients.length).toBeGreaterThan(3)
    for (const fields of recipients) {
      const { html, text } = merged(edition, fields)
      expect(hrefsOfText(text)).toEqual(hrefsOfHtml(html))
      expect(html).not.toContain('<img src=x')
    }
  })
})
