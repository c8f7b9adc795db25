/** Places from which an address was cut, and the places in sound mail that look like them. */
import { type Copy, type CopyPart, readHtml, readText } from '../../src/edition/index.ts'
import { missing } from '../../src/links/index.ts'

const copyOf = (...parts: CopyPart[]): Copy => ({
  name: 'a letter',
  format: 'eml',
  headers: null,
  parts,
  links: parts.flatMap((part) => part.links),
})
const rules = (...parts: CopyPart[]): string[] =>
  missing(copyOf(...parts), { ours: false }).faults.map((fault) => fault.rule)
const inText = (line: string): string[] => rules(readText(`Dear members,\n\n${line}\n\nThe choir of the old mill`))
const inHtml = (line: string): string[] =>
  rules(readHtml(`<p>Dear members,</p><p>${line}</p><p>The choir of the old mill</p>`))

describe('an address cut out of a sentence leaves a hole, told after any word that leads to one', () => {
  test.each([
    ['en', 'The new scores are kept at  (password: alto).'],
    ['en', 'To change the hour, visit  before Monday.'],
    ['en', 'A list of the rooms is pinned to the board and can be read at .'],
    ['fr', 'Les partitions se trouvent sur  jusqu’au printemps.'],
    ['es', 'Las partituras están en  hasta la primavera.'],
    ['de', 'Die Noten liegen bis zum Frühling auf  bereit.'],
    ['ru', 'Ноты до весны лежат на  для всех.'],
    ['ar', 'النوتات موجودة على  حتى الربيع.'],
    ['zh', '乐谱请在  下载。'],
    ['ja', '楽譜は をご覧ください。'],
    ['fr', 'Les partitions se trouvent maintenant sur.'],
    ['ru', 'Ноты теперь лежат на.'],
    ['pt', 'As partituras ficam em  até a primavera.'],
  ])('%s: %s', (_, line) => {
    expect(inText(line)).toContain('verb-without-address')
  })

  test.each([
    'We meet at noon, on Mondays, and go to the hall together.',
    'It is what I was looking at. Where do they come from?',
    'Send it to  Ann Weir, who keeps the list, at ann@choir.test.',
    'Two is less than or equal to\n\nthree, as we all know by now.',
    'These meetings were a chance to\n\n- meet the tenors\n\n- hear the choir',
    'Whoever  types  two  spaces  at  every  turn  on  the  page  has  lost  nothing.',
  ])('not where words follow as usual: %s', (line) => {
    expect(inText(line)).toEqual([])
  })
})

describe('a link that another word asked for answers no colon before it', () => {
  test('the next paragraph asks for its own address', () => {
    expect(inText('You can read the report here:\n\nTo join us, sign up at https://choir.test/join')).toHaveLength(1)
    expect(inText('You can read the report here:\n\nhttps://choir.test/report')).toEqual([])
  })

  test('a colon with nothing at all behind it has lost something in any language', () => {
    expect(rules(readText('Liebe Leute,\n\nder Chor singt im Mai.\n\nNoten und Worte:'))).toEqual([
      'label-without-address',
    ])
  })
})

describe('a bracket around nothing', () => {
  test.each(['[]', '()', '<>'])(
    'is an orphan after words, at a line of its own, and before a full stop: %s',
    (pair) => {
      expect(inText(`The programme ${pair} is out.`)).toContain('orphan-bracket')
      expect(inText(`The programme is out:\n${pair}\nand so are the scores.`)).toContain('orphan-bracket')
      expect(inText(`Write to Ann Weir ${pair}.`)).toContain('orphan-bracket')
    },
  )

  test.each([
    'The call f(x, []) returns [] or an empty [].',
    'String [] names = {}',
    'if (a <> b) then x <> 0 selects all',
    'Will you come? Yes ( ) No ( )',
    '- [ ] buy seeds\n- [x] dig\n- [ ] book the hall',
    'Footnotes [1] and [2], an [ANN] and a smile :-[',
  ])('is none in code, boxes to tick, footnotes and faces: %s', (line) => {
    expect(inText(line).filter((rule) => rule === 'orphan-bracket')).toEqual([])
  })

  test('wide brackets count too', () => {
    expect(inText('乐谱（）已经发布。')).toContain('orphan-bracket')
  })
})

describe('a call at the end of its paragraph, in a row, after a colon or in a button’s box', () => {
  test.each([
    'The new wing opens in May. See how we built it',
    'The hall was full. Watch the concert',
    'Le concert a eu lieu. Voir les photos',
    'El concierto fue ayer. Ver las fotos',
    'Das Konzert der Schule war gestern und nicht zu lang. Fotos ansehen',
    'Концерт прошёл вчера. Смотреть фото',
    'كان الحفل أمس. شاهد الصور',
    '音乐会昨天举行。查看照片',
    'Enrolment has begun: register',
  ])('%s', (line) => {
    expect(inHtml(line)).toContain('action-without-link')
  })

  test('a round coloured box is a button only if its words call', () => {
    const box = (words: string): string[] =>
      rules(readHtml(`<table><tr><td style="background:#06c;border-radius:4px">${words}</td></tr></table><p>Bye.</p>`))
    expect(box('Become a member')).toEqual(['action-without-link'])
    expect(box('25.00')).toEqual([])
    expect(box('Friday')).toEqual([])
  })

  test('a pointer is not kept by a link that lies on the next pointer', () => {
    expect(inHtml('You will find the text here and the map <a href="https://choir.test/map">here</a>.')).toEqual([
      'pointer-without-link',
    ])
  })

  test.each(['We sang well. See you all in May.', 'Summer is here. We are here to help.'])(
    'not a sentence with its full stop: %s',
    (line) => {
      expect(inHtml(line)).toEqual([])
    },
  )
})

describe('words that say a link was taken back settle the promise', () => {
  test.each([
    'Please register here: (link withdrawn)',
    'Lire la suite (lien retiré)',
    'Haga clic aquí (enlace retirado).',
    'Нажмите здесь (ссылка снята).',
    'اضغط هنا (سُحب الرابط)',
    '请点击这里（链接已撤下）。',
  ])('%s', (line) => {
    expect(inText(line)).toEqual([])
    expect(inHtml(line)).toEqual([])
  })
})

describe('a text part that lost most of its links', () => {
  const words = 'The choir sings in the old mill every Monday and everybody may come. '
  const html = readHtml(
    `<p>${words.repeat(8)}</p>${Array.from({ length: 10 }, (_, n) => `<p><a href="https://choir.test/${n}">Part ${n}</a></p>`).join('')}`,
    { alternative: 1 },
  )
  const text = (body: string) => readText(body, { alternative: 1 })

  test('is one suspected fault although one address is left', () => {
    expect(rules(html, text(`${words.repeat(8)}\n\nhttps://choir.test/1`))).toEqual(['text-part-without-links'])
  })

  test('is sound with half of them, and as a stub that leads to the letter', () => {
    const half = Array.from({ length: 5 }, (_, n) => `https://choir.test/${n}`).join('\n\n')
    expect(rules(html, text(`${words.repeat(8)}\n\n${half}`))).toEqual([])
    expect(rules(html, text('Read this letter at https://choir.test/letters/7'))).toEqual([])
  })

  test('a stub that only leads to a home page is a fault', () => {
    expect(rules(html, text('Your program shows no HTML. The choir: https://choir.test/'))).toEqual(['text-part-stub'])
  })
})
