import { readdir, readFile } from 'node:fs/promises'
import { parseDocument } from 'htmlparser2'
import { type Correction, type Edition, make } from '../../src/edition/index.ts'
import { HOUSE, hrefsOfHtml, hrefsOfText, made, merged, NOW, sample } from './announcements.ts'

const FIELDS = { name: 'Amina', city: 'Geneva', id: '17' }
const templates = new URL('../../templates/', import.meta.url)

async function corrigendum(): Promise<Edition> {
  const said = JSON.parse(await readFile(new URL('corrigendum/sample.json', templates), 'utf8')) as {
    of: string
    changes: Correction['changes']
    why: string | null
    earlier: { subject: string; sentAt: string; kind: 'announcement' }
  }
  const correction = { ...said, earlier: { ...said.earlier, sentAt: new Date(said.earlier.sentAt) } }
  return await make(await sample(said.of), { kind: 'corrigendum', house: HOUSE, now: NOW, correction })
}

const samples: [string, () => Promise<Edition>][] = [
  ['announcement', async () => made(await sample('announcement/sample.md'))],
  ['announcement in Arabic', async () => made(await sample('announcement/sample.ar.md'))],
  ['announcement in MJML', async () => made(await sample('announcement/sample.mjml'))],
  ['corrigendum', corrigendum],
  ['message', async () => make(await sample('message/sample.md'), { kind: 'message', house: HOUSE, now: NOW })],
  ['notice', async () => make(await sample('notice/sample.md'), { kind: 'notice', house: HOUSE, now: NOW })],
]

describe.each(samples)('the sample of an %s', (_name, load) => {
  test('has the same links in both parts, and is far from where Gmail cuts a mail', async () => {
    const { html, text } = merged(await load(), FIELDS)
    expect(hrefsOfText(text)).toEqual(hrefsOfHtml(html))
    expect(html.length).toBeLessThan(20_000)
    expect(html + text).not.toMatch(/\{\{|letter-goes-here|signoff-goes-here|[\uE000\uE001]/)
  })

  test('can be read by weak eyes: every text has a contrast of 4.5 to 1 (WCAG 1.4.3), every link is underlined', async () => {
    const { html } = merged(await load(), FIELDS)
    const texts = [...textsOf(parseDocument(html).children, { color: '#000000', background: '#ffffff' })]
    expect(texts.length).toBeGreaterThan(3)
    for (const { words, color, background } of texts)
      expect([words, contrast(color, background) >= 4.5]).toEqual([words, true])
    for (const link of html.match(/<a [^>]*>/g) ?? [])
      expect(link).not.toMatch(/text-decoration:none(?![^>]*background)/)
  })
})

test('every language says the same things', async () => {
  const files = await readdir(new URL('words/', templates))
  const keys = await Promise.all(
    files.map(async (file) => Object.keys(JSON.parse(await readFile(new URL(`words/${file}`, templates), 'utf8')))),
  )
  expect(files).toEqual(['ar.json', 'en.json', 'es.json', 'fr.json', 'ru.json', 'zh.json'])
  for (const one of keys) expect(one).toEqual(keys[1])
})

type Node = ReturnType<typeof parseDocument>['children'][number]
interface Colours {
  readonly color: string
  readonly background: string
}

function* textsOf(nodes: readonly Node[], above: Colours): Generator<Colours & { words: string }> {
  for (const node of nodes) {
    if (node.type === 'text' && node.data.trim() !== '') yield { ...above, words: node.data.trim().slice(0, 40) }
    if (!('attribs' in node) || /^(?:head|style|title)$/.test(node.name)) continue
    const style = node.attribs.style ?? ''
    if (/display:none/.test(style)) continue
    const of = (property: string) => new RegExp(`(?:^|;)${property}:(#[0-9a-f]{6})`).exec(style)?.[1]
    const link = node.name === 'a' ? '#0000ee' : above.color // a browser's own blue
    yield* textsOf(node.children, {
      color: of('color') ?? link,
      background: of('background-color') ?? of('background') ?? above.background,
    })
  }
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
