/** Losses that a mail's own shape shows, and the shapes of sound mail that look like them. */
import { type Copy, type CopyPart, readHtml, readText } from '../../src/edition/index.ts'
import { missing } from '../../src/links/index.ts'

const faultsOf = (part: CopyPart): string[] => {
  const copy: Copy = { name: 'a letter', format: 'eml', headers: null, parts: [part], links: part.links }
  return missing(copy, { ours: false }).faults.map(({ rule, excerpt }) => `${rule}: ${excerpt}`)
}
const inText = (text: string): string[] => faultsOf(readText(text))
const inHtml = (html: string): string[] => faultsOf(readHtml(html))
const at = (n: number): string => `https://choir.test/${n}`

describe('an entry without the address that its neighbours have', () => {
  const ENTRIES = [
    'A new roof for the mill\nThe work begins in May',
    'Ten tenors wanted\nNo audition this time',
    'The lake at night\nA walk with lanterns',
    'Old scores found\nThey lay in the attic',
    'What the bell cost\nAnd who paid for it',
  ]
  const digest = (bare: number): string =>
    ['OUR NEWS', ...ENTRIES.map((entry, n) => (n === bare ? entry : `${entry}\n${at(n)}`)), 'The choir'].join('\n\n')

  test.each([1, 3, 4])('in a digest whose every entry ends with its address: entry %i', (bare) => {
    expect(inText(digest(bare))).toEqual([expect.stringContaining('entry-without-address')])
  })

  test('the whole digest is sound, headings, prose and farewell included', () => {
    expect(inText(digest(-1))).toEqual([])
    const prose =
      'We thank everybody who came to the mill last week.\nIt was a good evening with many songs by the lake.'
    expect(inText(digest(-1).replace('\n\nOld', `\n\n${prose}\n\n${prose}\n\nOld`))).toEqual([])
  })

  test('where titles and addresses alternate, line by line', () => {
    const titles = ['The roof of the mill', 'Ten tenors wanted', 'The lake at night', 'Old scores found', 'The bell']
    const lines = (bare: number): string =>
      titles.map((title, n) => (n === bare ? title : `${title}\n${at(n)}`)).join('\n')
    expect(inText(lines(-1))).toEqual([])
    expect(inText(lines(2))).toEqual([expect.stringContaining('⟦The lake at night⟧')])
    const wrapped = lines(-1).replace('The lake at night', 'The lake at night, when no boat is out and\nno lamp is lit')
    expect(inText(wrapped)).toEqual([])
  })

  test('in a list whose every item has a link, but not where two have none', () => {
    const list = (bare: number[]): string =>
      `<ul>${['alto', 'bass', 'tenor', 'soprano', 'organ', 'cello']
        .map((part, n) => `<li>The notes for the ${bare.includes(n) ? part : `<a href="${at(n)}">${part}</a>`}</li>`)
        .join('')}</ul>`
    expect(inHtml(list([]))).toEqual([])
    expect(inHtml(list([2]))).toEqual([expect.stringContaining('The notes for the tenor')])
    expect(inHtml(list([2, 4]))).toEqual([])
  })
})

describe('a hole in the sentence, told without words', () => {
  test.each([
    'All the new scores are now kept in our , where you may copy them.',
    'Das Programm des Abends steht wie immer in der .',
    '今年的乐谱都放在网站的资料库里 ，请自行取用。',
  ])('a blank before the comma or the full stop: %s', (line) => {
    expect(inText(`Dear members,\n\n${line}\n\nThe choir of the mill`)).toHaveLength(1)
    expect(inHtml(`<p>Dear members,</p><p>${line}</p><p>The choir of the mill</p>`)).toHaveLength(1)
  })

  test('not where that is how the mail is typed, after a link, or in a salutation', () => {
    const typed = 'We sing on Sunday , and on Monday , and on Friday , when the hall is warm .'
    expect(inText(`Bonjour ,\n\n${typed}`)).toEqual([])
    expect(inHtml(`<p>The new scores are <a href="${at(1)}">here</a> , as you know.</p>`)).toEqual([])
  })

  test.each([
    ['fr', 'La soirée sera donnée sur et filmée par nos amis.'],
    ['es', 'Las charlas se darán en y se grabarán después.'],
    ['de', 'Die Noten sind seit heute unter abrufbar und kosten nichts.'],
    ['ru', 'Запись вечера появится на и останется там до весны.'],
    ['pl', 'Nuty leżą na oraz w naszej sali prób.'],
  ])('%s: what cannot follow a preposition follows it', (_, line) => {
    expect(inText(`${line}\n\n—`)).toEqual([expect.stringContaining('verb-without-address')])
  })

  test('two blanks in HTML after a word that leads to an address', () => {
    expect(inHtml('<p>The concert will be streamed at  and shown in the hall.</p>')).toHaveLength(1)
    expect(inHtml('<p>The concert will   be shown\n     at noon in   the hall.</p>')).toEqual([])
  })
})

describe('the clause that offers something must link it', () => {
  const rest = `, and you can <a href="${at(2)}">download the leaflet</a>.`

  test.each([
    ['en', 'The programme is', 'available online'],
    ['fr', 'Le programme est', 'disponible en ligne'],
    ['de', 'Das Programm ist', 'online verfügbar'],
    ['ru', 'Программа', 'доступна на сайте'],
    ['pl', 'Program jest', 'dostępny na stronie'],
  ])('%s: the link of the next clause is not for this one', (_, before, words) => {
    expect(inHtml(`<p>${before} ${words}${rest}</p>`)).toHaveLength(1)
    expect(inHtml(`<p>${before} <a href="${at(1)}">${words}</a>${rest}</p>`)).toEqual([])
  })
})

describe('a text part made from HTML, each address in brackets after its words', () => {
  const text = `Please register here <${at(1)}> by May. The hall plan <${at(2)}> is new.

If you want no more of this, unsubscribe here <${at(3)}>. Privacy notice <${at(4)}>

Click here to see the songs. <${at(5)}>`

  test('is sound as it is', () => {
    expect(inText(text)).toEqual([])
  })

  test.each([1, 3, 4])('lends no pointer the address of other words: %i', (n) => {
    expect(inText(text.replace(` <${at(n)}>`, ''))).toHaveLength(1)
  })
})

test('letters of Arabic are the same with and without their marks', () => {
  expect(inHtml('<p>لِتسجيلِ الحضورِ اضغَطْ هُنا.</p>')).toHaveLength(1)
})

test('a whole letter in HTML that speaks of links and has none is one fault; a plain letter is none', () => {
  const spoken = [
    'After a long winter the choir meets again, and those who want to join us may do so in the hall.',
    'Members who download the notes before Monday will find the second verse changed a little.',
    'Whoever likes to watch and to listen by the lake while the others sing has plenty of time until the end of May.',
    'Those who donate or subscribe help us to mend the old roof, and the archives are kept dry in the attic of the mill.',
  ]
  const html = (lines: string[]): string => [...lines, ...lines].map((line) => `<p>${line}</p>`).join('')
  expect(inHtml(html(spoken))).toEqual([expect.stringContaining('html-part-without-links')])
  expect(inHtml(`${html(spoken)}<p><a href="${at(1)}">The choir of the mill</a></p>`)).toEqual([])
  const plain = spoken.map(
    () => 'It was good to see you all by the lake, and we hope that the summer treats you kindly.',
  )
  expect(inHtml(html(plain))).toEqual([])
})
