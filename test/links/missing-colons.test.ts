/** Labels and calls that lost the address behind their colon, in letters of our own, and colons that lost nothing. */
import { type CopyPart, readHtml, readText } from '../../src/edition/index.ts'
import { missing } from '../../src/links/index.ts'

const rules = (part: CopyPart): string[] =>
  missing(
    { name: 'a letter', format: 'eml', headers: null, parts: [part], links: part.links },
    { ours: false },
  ).faults.map((fault) => fault.rule)
const inText = (...lines: string[]): string[] => rules(readText(lines.join('\n\n')))
const inHtml = (...lines: string[]): string[] => rules(readHtml(lines.join('\n')))

const MAP = 'https://mill.test/map'

/** A sound label, one that lost its address, and the paragraph that comes next and begins another matter. */
const LETTERS: [string, string, string, string][] = [
  [
    'en',
    `Map of the valley: ${MAP}`,
    'Recording of the concert:',
    'The mill is closed on Mondays, when the miller rests.',
  ],
  [
    'fr',
    `Plan de la vallée : ${MAP}`,
    'Enregistrement du concert :',
    'Le moulin est fermé le lundi, jour de repos du meunier.',
  ],
  [
    'es',
    `Plano del valle: ${MAP}`,
    'Grabación del concierto:',
    'El molino cierra los lunes, cuando descansa el molinero.',
  ],
  [
    'de',
    `Karte des Tals: ${MAP}`,
    'Aufzeichnung vom Konzert:',
    'Die Mühle ist montags geschlossen, dann ruht der Müller.',
  ],
  ['pt', `Mapa do vale: ${MAP}`, 'Gravação do concerto:', 'O moinho fecha às segundas, quando o moleiro descansa.'],
  ['ru', `Карта долины: ${MAP}`, 'Запись концерта:', 'По понедельникам мельница закрыта: мельник отдыхает.'],
  ['ar', `خريطة الوادي: ${MAP}`, 'تسجيل الحفل:', 'تغلق الطاحونة أبوابها يوم الاثنين حين يرتاح الطحان.'],
  ['zh', `山谷地图：${MAP}`, '音乐会录像：', '磨坊每逢周一休息，磨坊主那天也不在镇上。'],
  ['ja', `谷の地図：${MAP}`, '演奏会の録音：', '水車小屋は月曜日に休みます。その日は粉屋も町におりません。'],
]

describe('a label whose address is gone, in a letter whose other labels have theirs', () => {
  test.each(LETTERS)('%s', (_, sound, label, next) => {
    const kept = `${label} https://mill.test/concert`
    expect(inText(next, sound, label, next)).toEqual(['label-without-address'])
    expect(inText(next, sound, kept, next)).toEqual([])
    const html = (line: string): string =>
      `<p>${line.replace(/https\S+/, (href) => `<a href="${href}">${href}</a>`)}</p>`
    expect(inHtml(...[next, sound, label, next].map(html))).toEqual(['label-without-address'])
    expect(inHtml(...[next, sound, kept, next].map(html))).toEqual([])
  })
})

describe('what is left where an address was taken out', () => {
  const OPEN = 'The mill is open again, and the miller is glad of it.'
  const NEXT = 'On Mondays the mill is closed, because the miller rests.'

  test('a blank behind the colon, whatever the label says', () => {
    expect(inText(OPEN, 'What the miller sang: ', NEXT)).toEqual(['label-without-address'])
    expect(inHtml(`<p>${OPEN}</p>`, '<p>What the miller sang: </p>', `<p>${NEXT}</p>`)).toEqual([
      'label-without-address',
    ])
    expect(inText(OPEN, 'What the miller sang:', NEXT)).toEqual([])
    expect(inHtml(`<p>${OPEN}</p>`, '<p>What the miller sang:\n</p>', `<p>${NEXT}</p>`)).toEqual([])
  })

  test('not where list, quotation, name or address follow, nor in a salutation', () => {
    expect(inText(OPEN, 'What the miller sang: ', '- a waltz for the wheel', '- a song about flour')).toEqual([])
    expect(inText(OPEN, 'What the miller sang: ', 'The Long Wheel')).toEqual([])
    expect(inText(OPEN, 'What the miller sang: ', 'https://mill.test/song')).toEqual([])
    expect(inText('Dear friends of the old mill: ', NEXT)).toEqual([])
  })

  test('not where lines end with blanks all over the letter, or where a blank says that the line goes on', () => {
    const lines = [
      'Two stones grind, ',
      'two stones rest, ',
      'One wheel turns, ',
      'one wheel rests, ',
      'one stone grinds, ',
      'one stone sleeps. ',
    ]
    expect(inText(lines.join('\n'), 'What the miller sang: ', NEXT)).toEqual([])
    expect(
      rules(readText(`${OPEN}\n\nWhat the miller sang: \nin the evening was heard in town.`, { flowed: true })),
    ).toEqual([])
  })

  test('an empty paragraph behind the colon, but not one that holds a blank as a spacer', () => {
    const around = (paragraph: string): string[] =>
      inHtml(`<p>${OPEN}</p>`, '<p>What the miller sang:</p>', paragraph, `<p>${NEXT}</p>`)
    expect(around('<p></p>')).toEqual(['label-without-address'])
    expect(around('<p>&nbsp;</p>')).toEqual([])
  })

  test('a full stop right behind the colon', () => {
    expect(inText(OPEN, 'There is also a form to fill in: . It takes a minute.')).toEqual(['label-without-address'])
    expect(inHtml(`<p>${OPEN}</p><p>Il y a aussi un bulletin à remplir : . Merci.</p>`)).toEqual([
      'label-without-address',
    ])
    expect(inText(OPEN, 'And so it went on, wheel: ... stone: ... and flour.')).toEqual([])
  })

  test('an empty cell beside a label, where the other rows have links', () => {
    const row = (label: string, value: string): string => `<tr><td>${label}</td><td>${value}</td></tr>`
    const link = '<a href="https://mill.test/way">mill.test/way</a>'
    const table = (...rows: string[]): string => `<p>${OPEN}</p><table>${rows.join('')}</table>`
    expect(inHtml(table(row('The way', link), row('The wheel', '')))).toEqual(['entry-without-address'])
    expect(inHtml(table(row('The way', link), row('The wheel', 'turns')))).toEqual([])
    expect(inHtml(table(row('The wheel', ''), row('The stone', '')))).toEqual([])
  })

  test('words between two links, in a row of nothing but links', () => {
    const link = (words: string): string => `<a href="https://mill.test/${words.length}">${words}</a>`
    expect(inHtml(`<p>${OPEN}</p><p>${link('Terms')} | Our flour | ${link('The way')}</p>`)).toEqual([
      'entry-without-address',
    ])
    expect(inHtml(`<p>${OPEN}</p><p>${link('Terms')} | ${link('The way')} | The Old Mill</p>`)).toEqual([])
  })
})

test('a date or a number in the next paragraph is no telephone number, and answers no colon', () => {
  expect(
    inText('The rules can be found at:', 'Letters should reach us by 30 June under number RA/2031/7, please.'),
  ).toEqual(['label-without-address'])
  expect(inText('For questions, contact:', 'the mill, +44 1632 960 112')).toEqual([])
})

describe('a call before a colon, with nothing that answers it', () => {
  test.each([
    ['en', 'Listen to the miller’s song:', 'The wheel stands still on Mondays, as it always has.'],
    ['fr', 'Écoutez la chanson du meunier :', 'La roue s’arrête le lundi, comme toujours.'],
    ['es', 'Escuche la canción del molinero:', 'La rueda para los lunes, como siempre.'],
    ['pt', 'Ouça a canção do moleiro:', 'A roda para às segundas, como sempre.'],
    ['de', 'Lied des Müllers anhören:', 'Das Rad steht montags still, wie immer schon.'],
    ['ru', 'Послушать песню мельника:', 'По понедельникам колесо стоит, как и всегда.'],
    ['ar', 'استمع إلى أغنية الطحان:', 'تتوقف العجلة يوم الاثنين كما هي العادة دائما.'],
    ['zh', '收听磨坊之歌：', '水轮每逢周一停转，向来如此，大家都知道。'],
    ['ja', '粉屋の歌を聴く：', '水車は月曜日に止まります。昔からそうでした。'],
  ])('%s', (_, call, next) => {
    expect(inText(next, call, next)).toEqual(['label-without-address'])
    expect(inText(next, `${call} https://mill.test/song`, next)).toEqual([])
  })
})

describe('an address taken out and the gap closed up', () => {
  test.each([
    ['en', 'Flour should be ordered until Friday at – please be on time.'],
    ['en', 'For the history of the wheel, see. The mill is open again.'],
    ['en', 'If the flour is damp, contact us through.'],
    ['fr', 'Toute la farine se commande sur jusqu’à vendredi.'],
    ['es', 'La harina se encarga en hasta el viernes.'],
    ['de', 'Das Mehl kann unter bis Freitag bestellt werden.'],
    ['pt', 'A farinha encomenda-se em até sexta-feira.'],
    ['ru', 'Муку можно заказать на до пятницы.'],
    ['ar', 'يمكن طلب الدقيق على حتى يوم الجمعة.'],
    ['zh', '面粉的名单见。磨坊又开门了。'],
  ])('%s: %s', (_, line) => {
    expect(inText(MAP, 'The mill is open again.', line)).toContain('verb-without-address')
  })

  test.each([
    'The address that the flour is mailed to, as you know, is the old one.',
    'We ask for your opinion. 本馆公开征求意见。大家再见。',
    'Das Rad, auf das einen jeder hinweist, steht still.',
    'O guia para a roda, para o moinho e para se perder no vale.',
    'Le livre sur des roues et sur les meules est là.',
    'Pour les questions, l’Histoire est toujours la même, et on voit.',
  ])('not: %s', (line) => {
    expect(inText(MAP, 'The mill is open again.', line)).toEqual([])
  })
})

describe('"here" that means "in this place" points at nothing', () => {
  test.each([
    'To cancel it here, type: mill stop',
    'To register here, write your name on the list by the door.',
    'Pour l’annuler ici, tapez : moulin arrêt',
    'Para anularlo aquí, escriba: molino alto',
    'Um es hier abzubestellen, geben Sie ein: muehle halt',
    'Чтобы отменить здесь, введите: mill stop',
    '如要在此取消，请输入：mill stop',
    'ここで変更するには、次を入力します：mill stop',
    'Ya está aquí el nuevo molino.',
  ])('%s', (line) => {
    expect(inText(MAP, 'The mill is open again.', line)).toEqual([])
  })

  test('and where it is the pointer, it is still one', () => {
    expect(inText('To cancel the flour, click here.', 'The mill is open again.')).toEqual(['pointer-without-link'])
    expect(inHtml('<p>Pour annuler la farine, cliquez ici.</p><p>Le moulin est ouvert.</p>')).toEqual([
      'pointer-without-link',
    ])
  })
})
