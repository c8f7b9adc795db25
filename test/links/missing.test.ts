import { type Copy, readHtml, readText } from '../../src/edition/index.ts'
import { type Fault, missing, RULES } from '../../src/links/index.ts'

const copy = (...parts: Copy['parts']): Copy => ({
  name: 'letter',
  format: 'eml',
  headers: null,
  parts,
  links: parts.flatMap((part) => part.links),
})
const inText = (text: string): Fault[] => missing(copy(readText(text)), { ours: false }).faults
const inHtml = (html: string): Fault[] => missing(copy(readHtml(html)), { ours: false }).faults
const rules = (faults: readonly Fault[]): string[] => faults.map((fault) => fault.rule)

// A letter of our own with the eight forms of damage that a mail of 2019 had when it arrived.
const LETTER = [
  ['We thank the members of the network for what they sent. You can now read the summary of the survey here:', 1],
  ['The network met three times this spring. At these meetings members were able to:', 0],
  ['- Compare how clinics [ measure waiting times.', 1],
  ['- Look at nutrition through a regional project [ such as school meals.', 1],
  ['A reading list was put together for newcomers. Press here [ to open the list and its notes.', 1],
  ['- If you do not have an account with us yet, please sign up here:', 1],
  ['- If you have one, find the recordings by choosing the Meetings [ page.', 1],
  ['Your network team', 0],
  ['To find out more, visit:', 1],
  ['To be put on our mailing list, contact:', 1],
] as const

describe('the letter with eight links gone', () => {
  const damaged = LETTER.map(([line, faults]) => ({ line, faults }))

  test('has exactly eight faults in plain text, each in its place', () => {
    const faults = inText(damaged.map(({ line }) => line).join('\n\n'))
    expect(faults.map((fault) => fault.line)).toEqual(damaged.flatMap(({ faults: n }, i) => (n ? [i * 2 + 1] : [])))
    expect(faults.map((fault) => fault.excerpt.replace(/^.*⟦|⟧.*$/g, ''))).toEqual(
      ['here:', '[', '[', '[', 'here:', '[', 'visit:', 'contact:'].map((words) => expect.stringContaining(words)),
    )
  })

  test('has exactly eight faults as HTML', () => {
    const html = damaged
      .map(({ line }) => (line.startsWith('- ') ? `<li>${line.slice(2)}</li>` : `<p>${line}</p>`))
      .join('\n')
    expect(inHtml(html)).toHaveLength(8)
  })

  test('is sound once its links are back', () => {
    const href = 'https://gll.test/x'
    const whole = damaged.map(({ line, faults }) =>
      faults === 0 ? line : line.includes('[') ? line.replace('[', `<${href}>`) : `${line} ${href}`,
    )
    expect(inText(whole.join('\n\n'))).toEqual([])
    const html = damaged.map(({ line, faults }) =>
      faults === 0
        ? `<p>${line}</p>`
        : `<p>${line.replace(/ \[|:$/, '').replace(/(\S+)$/, `<a href="${href}">$1</a>`)}</p>`,
    )
    expect(inHtml(html.filter((line) => !line.includes('Press')).join('\n'))).toEqual([])
  })
})

describe('certain, whatever the language', () => {
  test.each([
    ['<a>Отчёт</a>', 'link-without-target'],
    ['<a href="">Bericht</a>', 'link-without-target'],
    ['<a href=" ">报告</a>', 'link-without-target'],
    ['<a href="#">report</a>', 'link-to-nowhere'],
    ['<a href="javascript:void(0)">report</a>', 'link-to-nowhere'],
    ['<a href="report.html">report</a>', 'link-relative'],
    ['<a href="www.gll.test/x">report</a>', 'link-relative'],
    ['<a href="http://">report</a>', 'link-placeholder'],
    ['<a href="https://www.example.org/x">report</a>', 'link-placeholder'],
    ['<a href="TODO">report</a>', 'link-placeholder'],
    ['<a href="mailto:">write</a>', 'link-placeholder'],
    ['<a href="{{ url }}">report</a>', 'link-unrendered'],
    ['<a href="https://gll.test/?u=%7B%7Bid%7D%7D">report</a>', 'link-unrendered'],
    ['<a href="*|ARCHIVE|*">report</a>', 'link-unrendered'],
    ['<a href="%%view%%">report</a>', 'link-unrendered'],
    ['<a href="[[url]]">report</a>', 'link-unrendered'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the tag as a mail carries it
    ['<a href="${url}">report</a>', 'link-unrendered'],
    ['<img src="{{logo}}" alt="logo">', 'link-unrendered'],
    ['<a href="#"><img src="https://gll.test/i.png"></a>', 'link-to-nowhere'],
    ['<area href="#" alt="map">', 'link-to-nowhere'],
    ['Dear {{name}}, good day', 'text-unrendered'],
    ['<button>Anmelden</button>', 'button-without-target'],
    ['the report []', 'orphan-bracket'],
    ['the report ().', 'orphan-bracket'],
    ['our site &lt;&gt;.', 'orphan-bracket'],
    ['قراءة التقرير [ الكامل', 'orphan-bracket'],
  ])('%s', (html, rule) => {
    const faults = inHtml(`<p>${html}</p>`)
    expect(rules(faults)).toEqual([rule])
    expect(faults[0]).toMatchObject({ part: 'html', line: 1, excerpt: expect.stringMatching(/⟦.+⟧/) })
  })

  test.each([
    '<a name="top"></a><h1 id="agenda">Agenda</h1><a href="#agenda">go</a> <a href="#top">top</a>',
    '<a href="https://example.int/">x</a> <a href="tel:+4122">y</a> <a href="mailto:?subject=Look">z</a>',
    '<a href="https://gll.test/?ids[]=1&amp;id={3F2504E0-4F89-11D3}">x</a>',
    '<form action="https://gll.test/"><button>Send</button></form>',
    '<a href="https://gll.test/"><button>Go</button></a>',
    '[ANN] A list [1] of [two] and f(x), a box [ ] to tick, an interval [0, 1) and :[',
    '<code>{{name}} foo() []</code>',
    '<a href="#"></a>',
  ])('and this is sound: %s', (html) => {
    expect(inHtml(`<p>${html}</p>`)).toEqual([])
  })
})

const FILLER: Record<string, string> = {
  en: 'We are glad to tell you that the meeting of the members is on Friday in our house.',
  fr: 'Nous avons le plaisir de vous annoncer que la réunion des membres est vendredi dans notre maison.',
  es: 'Nos complace informarle de que la reunión de los miembros es el viernes en la sede.',
  de: 'Wir freuen uns, dass die Sitzung der Mitglieder am Freitag in dem Haus ist, und bitten Sie um Antwort.',
  pt: 'Temos o prazer de informar que a reunião dos membros é na sexta-feira em nossa casa.',
  ru: 'Мы рады сообщить вам, что встреча участников пройдёт в пятницу в нашем доме.',
  uk: 'Ми раді повідомити вам, що зустріч учасників відбудеться у п’ятницю в нашому домі.',
  ar: 'يسرنا أن نعلمكم أن اجتماع الأعضاء سيعقد يوم الجمعة في المقر.',
  zh: '我们很高兴地通知您，会员大会将于星期五在总部举行。',
  ja: '会員総会は金曜日に本部で開催されますのでお知らせいたします。',
}

/** Each promises a link; `kept` is how the same sentence keeps it. */
const PROMISES: [language: string, promise: string, kept: string][] = [
  ['en', 'The minutes are available here.', 'The minutes are available here: URL'],
  ['en', 'For more information, visit .', 'For more information, visit URL.'],
  ['en', 'Please send your abstract to before May.', 'Please send your abstract to a@gll.test before May.'],
  ['en', 'Website:', 'Website:\nURL'],
  ['en', 'Unsubscribe', 'Unsubscribe: URL'],
  ['fr', 'Le compte rendu est disponible ici.', 'Le compte rendu est disponible ici : URL'],
  ['fr', 'Inscrivez-vous sur :', 'Inscrivez-vous sur : URL'],
  ['fr', 'En savoir plus', 'En savoir plus : URL'],
  ['es', 'Puede leer el acta aquí.', 'Puede leer el acta aquí: URL'],
  ['es', 'Para más información, visite .', 'Para más información, visite URL.'],
  ['es', 'Darse de baja', 'Darse de baja: URL'],
  ['de', 'Das Protokoll finden Sie hier.', 'Das Protokoll finden Sie hier: URL'],
  ['de', 'Anmeldung unter:', 'Anmeldung unter: URL'],
  ['pt', 'Leia a ata aqui.', 'Leia a ata aqui: URL'],
  ['pt', 'Saiba mais', 'Saiba mais: URL'],
  ['ru', 'Протокол можно прочитать здесь.', 'Протокол можно прочитать здесь: URL'],
  ['ru', 'Подробности на сайте:', 'Подробности на сайте: URL'],
  ['ru', 'Отписаться от рассылки', 'Отписаться от рассылки: URL'],
  ['uk', 'Протокол можна прочитати тут.', 'Протокол можна прочитати тут: URL'],
  ['uk', 'Читати далі', 'Читати далі: URL'],
  ['ar', 'يمكنكم قراءة المحضر هنا.', 'يمكنكم قراءة المحضر هنا: URL'],
  ['ar', 'للتسجيل اضغط هنا', 'للتسجيل اضغط هنا URL'],
  ['zh', '请点击这里阅读纪要。', '请点击这里阅读纪要：URL'],
  ['zh', '更多信息请访问：', '更多信息请访问：URL'],
  ['zh', '退订', '退订：URL'],
  ['ja', '議事録はこちらからご覧いただけます。', '議事録はこちらからご覧いただけます。\nURL'],
  ['ja', '続きを読む', '続きを読む URL'],
]

describe('suspected, by language', () => {
  const around = (language: string, text: string): string =>
    `${FILLER[language]}\n\n${text}\n\n${FILLER[language]}\n${FILLER[language]}\n\nhttps://gll.test/`

  test.each(PROMISES)('%s: %s', (language, promise) => {
    const [fault, ...more] = inText(around(language, promise))
    expect(more).toEqual([])
    expect(fault).toMatchObject({ certainty: 'suspected', part: 'text', line: 3 })
    const html = `<p>${FILLER[language]}</p><p>${promise}</p><p>${FILLER[language]}</p><p>${FILLER[language]}</p>`
    expect(inHtml(html)).toHaveLength(1)
  })

  test.each(PROMISES)('%s: %s — kept: %s', (language, promise, kept) => {
    expect(inText(around(language, kept.replace('URL', 'https://gll.test/x')))).toEqual([])
    const html = `<p>${FILLER[language]}</p><p><a href="https://gll.test/x">${promise.replace(/:$/, '')}</a></p><p>${FILLER[language]}</p>`
    expect(inHtml(html)).toEqual([])
  })
})

describe('real mail is full of what only looks like a promise', () => {
  test.each([
    'The vote has passed with the following result:\n\n+1 : Ann, Ben\n\nRegards',
    'Highlights:\n\n- We met in May.\n- We voted.',
    'Thank you for your visit. We look forward to seeing more of you, and will contact you soon.',
    'It is more than we hoped for. Here are the numbers: 12 and 15.',
    'To unsubscribe, visit the following address. Make sure you use the mail address you joined with.\n\n    https://gll.test/u\n',
    'Contact:\n\nAnn Lee, +41 22 791 2111',
    'Our tests found it in two places [1], [2].\n\n[1] https://gll.test/a\n[2] https://gll.test/b',
    'Call f() or read README.md, and see section 3.',
    '> click here\n\nI did, thank you.',
  ])('%j', (text) => {
    expect(inText(text)).toEqual([])
  })

  test.each([
    '<td>Website</td><td><a href="https://gll.test/">gll.test</a></td>',
    '<p>Follow us</p><table><tr><td><a href="https://a.test/"><img src="https://a.test/f.png"></a></td></tr></table>',
    '<h2>Download our app</h2><p>It is good.</p><a href="https://a.test/">Get it</a>',
    '<p>To read it, <a href="https://a.test/">click here</a>.</p>',
    '<p>Click the button below.</p><table><tr><td><a href="https://a.test/">Confirm</a></td></tr></table>',
    '<p style="text-decoration:underline;color:#a00">Important</p>',
  ])('%s', (html) => {
    expect(inHtml(html)).toEqual([])
  })
})

test('words in the clothes of a link or a button are suspected', () => {
  expect(
    rules(inHtml('<p>About <span style="color:#0563C1;text-decoration:underline">the minutes</span> again</p>')),
  ).toEqual(['words-styled-as-link'])
  expect(rules(inHtml('<table><tr><td class="button"><span>Ansehen bitte</span></td></tr></table>'))).toEqual([
    'words-styled-as-link',
  ])
})

test('a label in a row of labels with addresses is found without any words', () => {
  const faults = inText('Xyzzy: https://gll.test/a\nPlugh:\nFrotz: https://gll.test/b\n')
  expect(faults).toMatchObject([{ rule: 'label-without-address', line: 2 }])
})

describe('two parts', () => {
  const html = readHtml(
    '<p><a href="https://gll.test/r">The minutes</a> are here. <a href="https://gll.test/u">Unsubscribe</a></p>',
    {
      alternative: 1,
    },
  )

  test('from elsewhere: a text part without its links is one fault, however much it promises', () => {
    const text = readText(`${'The minutes are here. Click here to read them. '.repeat(20)}\n\nUnsubscribe`, {
      alternative: 1,
    })
    expect(rules(missing(copy(text, html), { ours: false }).faults)).toEqual(['text-part-without-links'])
    const stub = readText('Your program shows no HTML.', { alternative: 1 })
    const long = readHtml(`<p>${'word '.repeat(200)}<a href="https://gll.test/r">The minutes</a></p>`, {
      alternative: 1,
    })
    expect(rules(missing(copy(stub, long), { ours: false }).faults)).toEqual(['text-part-stub'])
  })

  test('ours: each link in both parts, and a way to unsubscribe in the header and in both', () => {
    const text = readText('The minutes: https://gll.test/r\n\nUnsubscribe: https://gll.test/u', { alternative: 1 })
    const headers = {
      subject: 's',
      from: null,
      language: null,
      listUnsubscribe: ['https://gll.test/u'],
      listUnsubscribePost: 'List-Unsubscribe=One-Click',
    }
    const own = (href: string): boolean => href === 'https://gll.test/u'
    const judged = (c: Copy): string[] => rules(missing(c, { ours: true, own }).faults)
    expect(judged({ ...copy(text, html), headers })).toEqual([])
    expect(judged({ ...copy(readText('The minutes: https://gll.test/r', { alternative: 1 }), html), headers })).toEqual(
      ['unsubscribe-missing'],
    )
    expect(judged({ ...copy(readText('Unsubscribe: https://gll.test/u', { alternative: 1 }), html), headers })).toEqual(
      ['link-in-one-part'],
    )
    expect(judged({ ...copy(text, html), headers: { ...headers, listUnsubscribePost: null } })).toEqual([
      'unsubscribe-missing',
    ])
  })
})

test('words that show another address are a fault in ours and a warning from elsewhere', () => {
  const c = copy(
    readHtml('<p><a href="https://click.test/1">https://gll.test/r</a> <a href="https://gll.test/x">gll.test</a></p>'),
  )
  expect(missing(c, { ours: false })).toMatchObject({ faults: [], warnings: [{ rule: 'link-text-differs' }] })
  expect(rules(missing(c, { ours: true }).faults)).toContain('link-text-differs')
})

test('an excerpt is one line of at most 120 characters without marks that turn the report around', () => {
  const [fault] = inText(`${'long words '.repeat(30)}\u202eplease register here: \n\n${'and so on '.repeat(30)}`)
  expect(fault?.excerpt.length).toBeLessThanOrEqual(120)
  expect(fault?.excerpt).not.toMatch(/[\n\u202e]/)
})

test('every rule says what, why, an example, a remedy, and only a suspected one may be vouched for', () => {
  for (const [name, rule] of Object.entries(RULES)) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(Object.values(rule).every((value) => value !== '')).toBe(true)
    expect(rule.vouchable).toBe(rule.certainty === 'suspected')
  }
})
