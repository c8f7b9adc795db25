/** What the two parts of one mail tell of each other, in mail that others made. */
import { type Copy, readHtml, readText } from '../../src/edition/index.ts'
import { type Fault, missing } from '../../src/links/index.ts'

const judge = (html: string, text: string): Fault[] => {
  const parts = [readText(text, { alternative: 1 }), readHtml(html, { alternative: 1 })]
  const links = parts.flatMap((part) => part.links)
  const copy: Copy = { name: 'a letter', format: 'eml', headers: null, parts, links }
  return missing(copy, { ours: false }).faults
}
const at = (path: string): string => `https://choir.test/${path}`

const TEXT = `The spring concert is on Sunday 3 May in the old mill <${at('mill')}>.

Our soprano Ines Valdor <${at('valdor')}> will sing three songs by the lake.

The hall plan <${at('plan')}> shows the steps and the lift, and the bus times <${at('bus')}> are new.

Notes and words: ${at('notes')}

Seats: ${at('seats')}`

const HTML = `<p>The spring concert is on Sunday 3 May in the <a href="${at('mill')}">old mill</a>.</p>
<p>Our soprano <a href="${at('valdor')}">Ines Valdor</a> will sing three songs by the lake.</p>
<p>The <a href="${at('plan')}">hall plan</a> shows the steps and the lift, and the <a href="${at('bus')}">bus times</a>
are new.</p>
<p>Notes and words: <a href="${at('notes')}">${at('notes')}</a></p>
<p>Seats: <a href="${at('seats')}">${at('seats')}</a></p>`

describe('a link that one of two parts lost is told by the other, whatever its words', () => {
  test('two parts with the same links are sound', () => {
    expect(judge(HTML, TEXT)).toEqual([])
  })

  test.each([
    ['the words stay and the link is gone', HTML.replace(`<a href="${at('valdor')}">Ines Valdor</a>`, 'Ines Valdor')],
    ['the words went with the link', HTML.replace(`<a href="${at('valdor')}">Ines Valdor</a>`, '')],
  ])('in the HTML: %s', (_, html) => {
    const faults = judge(html, TEXT)
    expect(faults).toEqual([
      expect.objectContaining({
        rule: 'link-lost-from-part',
        part: 'html',
        link: at('valdor'),
        certainty: 'suspected',
      }),
    ])
    expect(faults[0]?.excerpt).toContain('soprano')
  })

  test.each([
    ['the words stay and the address is gone', TEXT.replace(` <${at('valdor')}>`, '')],
    ['the words went with the address', TEXT.replace(`Ines Valdor <${at('valdor')}> `, '')],
  ])('in the text: %s', (_, text) => {
    expect(judge(HTML, text)).toEqual([
      expect.objectContaining({ rule: 'link-lost-from-part', part: 'text', link: at('valdor') }),
    ])
  })

  test('several lost links of a part are one fault, which counts them', () => {
    const faults = judge(HTML, TEXT.replace(` <${at('valdor')}>`, '').replace(` <${at('plan')}>`, ''))
    expect(faults.map((fault) => fault.why)).toEqual([expect.stringContaining('2 links')])
  })

  test('words that lead elsewhere in one part, as through a counter of clicks, are no loss', () => {
    expect(judge(HTML.replace(at('valdor'), 'https://click.test/1'), TEXT)).toEqual([])
  })

  test('a text part that gives only some of the links by habit is no loss', () => {
    expect(judge(HTML, TEXT.replace(/ <[^>]*(?:valdor|plan|bus|mill)>/g, ''))).toEqual([])
  })

  test('in Chinese, where no space parts the words', () => {
    const text = `春季音乐会于五月三日在老磨坊 <${at('mill')}> 举行。\n\n女高音伊内斯 <${at('valdor')}> 将演唱三首湖畔之歌。\n\n座位图 <${at('plan')}> 和新的班车时刻都在网上。`
    const html = `<p>春季音乐会于五月三日在<a href="${at('mill')}">老磨坊</a>举行。</p><p>女高音将演唱三首湖畔之歌。</p><p><a href="${at('plan')}">座位图</a>和新的班车时刻都在网上。</p>`
    expect(judge(html, text)).toEqual([expect.objectContaining({ rule: 'link-lost-from-part', part: 'html' })])
  })
})
