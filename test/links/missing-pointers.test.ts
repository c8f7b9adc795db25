/** Words that point at a link, each in the sentences around it; and sound prose that sounds like them. */
import { type CopyPart, readHtml, readText } from '../../src/edition/index.ts'
import { missing } from '../../src/links/index.ts'

const rules = (part: CopyPart): string[] =>
  missing(
    { name: 'a letter', format: 'eml', headers: null, parts: [part], links: part.links },
    { ours: false },
  ).faults.map(({ rule }) => rule)
const letter = (...lines: string[]): string[] => rules(readHtml(lines.map((line) => `<p>${line}</p>`).join('\n')))
const linked = (words: string): string => `<a href="https://choir.test/page">${words}</a>`

test.each([
  ['en', 'The hall is full? Tell the office using this form and lend us a chair.'],
  ['en', 'You can print it here.'],
  ['en', 'The scores can be downloaded here.'],
  ['fr', 'Répondez grâce à ce formulaire avant jeudi.'],
  ['fr', 'Merci de répondre à ce court questionnaire.'],
  ['zh', '请填写这份简短问卷。'],
  ['fr', 'Si la lettre s’affiche mal, ouvrez-la dans votre navigateur.'],
  ['es', 'Imprima aquí las partituras.'],
  ['es', 'Respondan mediante este formulario antes del jueves.'],
  ['de', 'Hier können Sie die Noten ausdrucken.'],
  ['de', 'Geben Sie uns über dieses Formular Bescheid.'],
  ['pt', 'Imprima aqui as partituras.'],
  ['pt', 'Responda através deste formulário até quinta.'],
  ['ru', 'Ответьте через эту форму до четверга.'],
  ['ru', 'Ноты можно распечатать здесь.'],
  ['ar', 'أجيبوا عبر هذا النموذج قبل الخميس.'],
  ['ar', 'يمكنكم طباعة النوتة من هنا.'],
  ['zh', '请通过此表单答复。'],
  ['zh', '乐谱请在此打印。'],
  ['ja', '楽譜はこちらから印刷できます。'],
  ['ja', 'このフォームからお返事ください。'],
])('a plain pointer without its link, %s: %s', (_, line) => {
  expect(letter('…', `${linked('The choir')}`, line)).toContain('pointer-without-link')
})

test.each([
  ['a row of links', `${linked('Leave the list')} | View this letter in your browser`],
  ['one of two choices', `Manage your reminders or ${linked('unsubscribe')}.`],
  [
    'the sentence before a link of its own',
    `View this letter in your browser. ${linked('Unsubscribe from this list')}`,
  ],
  ['the first half of a sentence', `The scores can be downloaded here and the words of all songs ${linked('there')}.`],
  ['another way', `Watch the concert here or ${linked('read of it')}.`],
  ['the first of two pointers', `The scores can be downloaded here and the words ${linked('are to be read here')}.`],
])('the link beside it belongs to other words: %s', (_, line) => {
  expect(letter(line)).toContain('pointer-without-link')
})

test.each([
  `Does it look odd? View it in your browser: ${linked('this way')}.`,
  `View this letter in your browser. ${linked('Click here')}`,
  `Use this link and ${linked('register')}.`,
  `To manage your reminders, ${linked('visit your account')}.`,
  `Add it to your calendar: ${linked('the file')}`,
])('and here it does not: %s', (line) => {
  expect(letter(line)).toEqual([])
})

test.each([
  ['en', 'On Tuesday I am back here.', 'From here you see the lighthouse. The cost is told below; see below.'],
  [
    'en',
    'Could you check that the stove here still works?',
    'Lost gloves lie by the door. Have a look! See you there!',
  ],
  ['en', 'Treasurer’s report:', 'We have four hundred.', 'Anyway, the short answer:', 'sing louder.'],
  ['en', 'Need help? Reply here.', 'Applications are made through the online form in the office.'],
  ['fr', 'Mardi, je suis de retour ici.', 'Par ici la bonne soupe !'],
  ['es', 'Aquí tiene su código: 402 118.', 'El martes vuelvo a estar aquí.'],
  ['de', 'Ab Dienstag bin ich wieder hier.', 'Wir sind von acht bis vier Uhr hier.', 'Hier finden Sie alles zum Fest.'],
  ['pt', 'Aqui tem o seu código: 402 118.', 'Na terça volto a estar aqui.'],
  ['ru', 'Во вторник снова буду здесь.', 'Здесь можно петь.'],
  ['ar', 'سأعود يوم الثلاثاء، ونحن نغني هنا.'],
  ['zh', '我周二回到这里。', '八点到十六点我们都在这里。'],
  ['fr', 'Vous avez répondu à notre enquête en mai.'],
  ['ja', '火曜日からこちらに戻ります。', '一覧は以下のとおりです：', '北棟一階'],
])('prose that promises nothing, %s: %s', (_, ...lines) => {
  expect(letter(...lines)).toEqual([])
  expect(rules(readText(lines.join('\n\n')))).toEqual([])
})

test('a salutation ends in a colon and wants no address, whatever the other colons of the letter have', () => {
  const rows = ['Carta', 'Himnos', 'Fechas'].map((name, n) => `${name}: https://choir.test/${n}`).join('\n')
  expect(rules(readText(`Estimados compañeros:\n\nEl coro canta en mayo.\n\n${rows}`))).toEqual([])
  expect(rules(readText(`各位老师：\n\n合唱团五月演出。\n\n${rows}`))).toEqual([])
})
