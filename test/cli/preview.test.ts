/** `gll preview`: one page that shows a letter with every link marked; in a real browser where there is one. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Desk, openDesk } from '../support/gll.ts'
import { openSite } from '../support/http.ts'

/** Skipped by name where there is no Chromium; in CI it fails there instead. CHROMIUM names another than Debian's. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const may = existsSync(executablePath) || process.env.CI ? test : test.skip
const SLOW = 120_000

let browser: Browser | undefined
beforeAll(async () => {
  if (may !== test.skip) browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}, SLOW)
afterAll(() => browser?.close())

const letter = (text: string): string => `---
subject: Two new reports
list: gll
language: en
defaults: { name: Colleague }
---
Dear {{name}},

${text}
`

interface Data {
  readonly verdict: string
  readonly parts: { part: string; source: string }[]
  readonly links: { href: string; state: string; words: string }[]
}

const pageOf = (desk: Desk): string => readFileSync(join(desk.dir, 'out', 'index.html'), 'utf8')
const dataOf = (desk: Desk): Data =>
  JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(pageOf(desk))?.[1] ?? '')

async function open(
  desk: Desk,
  size: { width: number; height: number },
): Promise<{ page: Page; said: string[]; asked: string[] }> {
  const context = await browser?.newContext({ viewport: size })
  const page = await context?.newPage()
  if (!page) throw new Error('there is no browser')
  const said: string[] = []
  const asked: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`file://${join(desk.dir, 'out', 'index.html')}`)
  await page.frameLocator('#letter').locator('body').waitFor()
  return { page, said, asked: asked.filter((url) => !/^(file|data|about):/.test(url)) }
}

test(
  'writes one page with both parts and the state of every link, and ends as the gate does',
  async () => {
    await using site = await openSite({ '/report': {}, '/gone': { status: 410 }, '/members': { status: 403 } })
    await using desk = openDesk()
    const text = `The [report](${site.url('/report')}), the [stories](${site.url('/gone')}), the [pages](${site.url('/members')}), your [own](${site.url('/u/')}{{name}}) and the [programme](https://example.com/).`
    const { exit, out, err } = await desk.gll('preview', desk.file('a.md', letter(text)), '--out', 'out')
    expect([exit, out.trim(), err]).toEqual([
      2,
      join(desk.dir, 'out', 'index.html'),
      expect.stringContaining('refused'),
    ])
    const { verdict, parts, links } = dataOf(desk)
    expect([verdict, parts.map(({ part }) => part)]).toEqual(['refused', ['html', 'text']])
    expect(links.map(({ words, state }) => [words, state])).toEqual([
      ['report', 'alive'],
      ['stories', 'dead'],
      ['pages', 'unsure'],
      ['own', 'unseen'],
      ['programme', 'missing'],
      ['Unsubscribe', 'own'],
      ['Read this email in your browser', 'own'],
    ])
  },
  SLOW,
)

may(
  'in a browser: each link bears its state in words, each fault its number, and nothing overflows a phone',
  async () => {
    await using site = await openSite({ '/report': {}, '/gone': { status: 410 } })
    await using desk = openDesk()
    const text = `The [report](${site.url('/report')}) and the [stories](${site.url('/gone')}).\n\nWe met in March.\n\nThe poster says: click here to register.`
    await desk.gll('preview', desk.file('a.md', letter(text)), '--out', 'out')
    for (const size of [
      { width: 1280, height: 800 },
      { width: 375, height: 740 },
    ]) {
      const { page, said, asked } = await open(desk, size)
      const inside = page.frameLocator('#letter')
      await inside.locator('.gll-badge').first().waitFor()
      const badges = await inside.locator('.gll-badge').allTextContents()
      expect(badges).toEqual(expect.arrayContaining(['✓ alive', '✗ dead', '⌂ our own page']))
      expect(badges.some((words) => /^\d+ missing\?$/.test(words))).toBe(true)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.locator('label', { hasText: 'Text part' }).click()
      await inside.locator('pre .gll-badge').first().waitFor()
      expect(await inside.locator('pre a').allTextContents()).toContain(site.url('/gone'))
      await page.locator('label', { hasText: 'As readers see it' }).click()
      await expect(inside.locator('.gll-badge').count()).resolves.toBe(0)
      expect([said, asked]).toEqual([[], []])
    }
  },
  SLOW,
)

may(
  "in a browser: the letter's own dark colours are shown whatever the machine prefers",
  async () => {
    await using desk = openDesk()
    const html = `<meta name="color-scheme" content="light dark"><style>p { color: rgb(1, 1, 1) } @media (prefers-color-scheme: dark) { p { color: rgb(250, 250, 250) } }</style><p>We met <a href="#top" id="top">here</a>.</p>`
    await desk.gll('preview', '--content', desk.file('a.html', html), '--out', 'out')
    const { page } = await open(desk, { width: 1280, height: 800 })
    const colour = () => page.evaluate('getComputedStyle(frame.contentDocument.querySelector("p")).color')
    expect(await colour()).toBe('rgb(1, 1, 1)')
    await page.locator('label', { hasText: 'Dark' }).click()
    await page.waitForFunction('frame.contentDocument?.querySelector("p") && frame.style.colorScheme === "dark"')
    await expect(colour()).resolves.toBe('rgb(250, 250, 250)')
  },
  SLOW,
)

may(
  "in a browser: a stranger's mail runs no script, fetches no picture, and cannot leave its frame",
  async () => {
    await using site = await openSite({}, { otherwise: {} })
    await using desk = openDesk()
    const html = `<!-- </script><script>parent.document.title = 'owned'</script> --><p>We met. <a href="https://www.who.int/">WHO</a></p>
<script>parent.document.title = 'owned'</script><img src="${site.url('/pixel.gif')}" onerror="parent.document.title = 'owned'">
<link rel="stylesheet" href="${site.url('/style.css')}"><iframe src="${site.url('/frame')}"></iframe>%DATA% $& $'`
    await desk.gll('preview', '--content', desk.file('a.html', html), '--out', 'out')
    const { page } = await open(desk, { width: 1280, height: 800 })
    await page.frameLocator('#letter').locator('.gll-badge').first().waitFor()
    expect(await page.title()).toBe('Preview: a.html')
    expect(await page.frameLocator('#letter').locator('body').textContent()).toContain("%DATA% $& $'")
    expect(site.requests).toEqual([])
  },
  SLOW,
)

test(
  'of what is no letter it says so, and writes nothing',
  async () => {
    await using desk = openDesk()
    expect((await desk.gll('preview', desk.file('a.eml', ''), '--out', 'out')).exit).toBe(1)
    expect((await desk.gll('preview', 'none.md', '--out', 'out')).exit).toBe(3)
    expect(desk.files).toEqual(['a.eml'])
  },
  SLOW,
)
