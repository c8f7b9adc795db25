import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { openTeam, openWeb } from '../../src/web/index.ts'
import { peopleTools, teamTools, webTools } from './tools.ts'

/**
 * The pages in a real browser. It is skipped, by name, where there is no Chromium; in CI it fails there instead.
 * CHROMIUM names another one than Debian's; PICTURES a folder to keep the pictures in, for a person to look at.
 */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const may = existsSync(executablePath) || process.env.CI ? test : test.skip
const pictures = process.env.PICTURES

const sizes = { phone: { width: 375, height: 740 }, desk: { width: 1280, height: 800 } } as const
const looks = (['phone', 'desk'] as const).flatMap((size) =>
  (['light', 'dark'] as const).map((colour) => [size, colour] as const),
)

interface View {
  readonly page: Page
  /** What the browser said on its console, and what it asked of anybody but us. */
  readonly complaints: string[]
  readonly elsewhere: string[]
}

let browser: Browser | undefined
beforeAll(async () => {
  if (may === test.skip) return
  const quiet = ['disable-background-networking', 'disable-component-update', 'disable-sync', 'no-first-run']
  const args = ['no-sandbox', 'disable-gpu', 'disable-quic', ...quiet].map((flag) => `--${flag}`)
  browser = await chromium.launch({ executablePath, args })
}, 60_000)
afterAll(() => browser?.close())

async function view(size: keyof typeof sizes, colorScheme: 'light' | 'dark', own: string[]): Promise<View> {
  if (!browser) throw new Error('there is no browser')
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme,
    isMobile: size === 'phone',
    deviceScaleFactor: 2,
  })
  const page = await context.newPage()
  const complaints: string[] = []
  const elsewhere: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!own.some((url) => request.url().startsWith(url)) && !request.url().startsWith('data:')) {
      elsewhere.push(request.url())
    }
  })
  return { page, complaints, elsewhere }
}

/** Nothing is cut off at the side, and every pair of text and ground can be told apart (WCAG 2, 4.5 to 1). */
async function expectSound({ page }: View, name: string): Promise<void> {
  if (pictures) {
    mkdirSync(pictures, { recursive: true })
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
  const faults = await page.evaluate(FAULTS)
  expect({ name, faults }).toEqual({ name, faults: [] })
}

/** The same, and axe finds no fault either (WCAG 2.2 AA). What readers reach must pass it; a desk shows no other document. */
async function expectOpenToAll(seen: View, name: string): Promise<void> {
  await expectSound(seen, name)
  if (!name.includes('-desk-')) await expectAxe(seen.page, name)
}

async function expectAxe(page: Page, name: string): Promise<void> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate(AXE)) as { violations: { id: string; nodes: { html: string }[] }[] }
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  expect({ name, told }).toEqual({ name, told: [] })
}

const AXE = `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`

/** Runs in the page; a string, because these sources know no DOM. */
const FAULTS = `(() => {
  const faults = []
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) faults.push('wider than the window: ' + scrollWidth + ' > ' + clientWidth)
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0)
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    if (!text || !element.checkVisibility()) continue
    let ground = element
    while (ground && (rgb(getComputedStyle(ground).backgroundColor)[3] ?? 1) === 0) ground = ground.parentElement
    const [a, b] = [getComputedStyle(element).color, ground ? getComputedStyle(ground).backgroundColor : 'rgb(255,255,255)']
      .map((colour) => light(rgb(colour))).sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 4.5) faults.push(element.tagName + ' ' + element.textContent.slice(0, 30) + ': ' + ratio.toFixed(1))
  }
  for (const element of document.querySelectorAll('button')) {
    if (element.getBoundingClientRect().height < 44) faults.push('a button too small to touch')
  }
  return faults
})()`

describe('in a browser', () => {
  may.each(looks)('a reader unsubscribes with two touches: %s, %s', async (size, colour) => {
    const tools = { ...webTools(), organisation: 'Global Learning Laboratory for Quality UHC' }
    await using web = await openWeb(tools, { host: '127.0.0.1', port: 0 })
    const seen = await view(size, colour, [web.url])
    await seen.page.goto(`${web.url}/u/known-en`)
    await expectOpenToAll(seen, `unsubscribe-${size}-${colour}`)
    expect(tools.left).toEqual([])
    await seen.page.keyboard.press('Tab')
    await seen.page.keyboard.press('Enter')
    await seen.page.waitForSelector('text=You are unsubscribed')
    await expectOpenToAll(seen, `unsubscribed-${size}-${colour}`)
    expect(tools.left).toEqual([{ token: 'known-en', how: 'page' }])
    expect([seen.complaints, seen.elsewhere]).toEqual([[], []])
    await seen.page.context().close()
  })

  may.each(['fr', 'es', 'ru', 'ar', 'zh'])('the page fits a phone in %s', async (language) => {
    await using web = await openWeb(webTools(), { host: '127.0.0.1', port: 0 })
    const seen = await view('phone', 'light', [web.url])
    await seen.page.goto(`${web.url}/u/known-${language}`)
    await expectOpenToAll(seen, `unsubscribe-phone-${language}`)
    await seen.page.click('button')
    await seen.page.waitForSelector('h1')
    await expectOpenToAll(seen, `unsubscribed-phone-${language}`)
    expect([seen.complaints, seen.elsewhere]).toEqual([[], []])
    await seen.page.context().close()
  })

  may.each(looks)('somebody joins, confirms, and chooses without script: %s, %s', async (size, colour) => {
    const people = peopleTools()
    await using web = await openWeb({ ...webTools(), people }, { host: '127.0.0.1', port: 0 })
    const seen = await view(size, colour, [web.url])
    const { page } = seen
    await page.goto(`${web.url}/join/members`)
    await expectOpenToAll(seen, `join-${size}-${colour}`)
    await page.getByLabel('Email address').fill('ann@reader.test')
    await page.getByLabel('Name').fill('Ann')
    await page.getByLabel('Language').selectOption('fr')
    await page.getByRole('button').click()
    await page.waitForSelector('text=Look into your mailbox')
    await expectOpenToAll(seen, `joined-${size}-${colour}`)
    expect(people.joined).toMatchObject([{ list: 'members', address: 'ann@reader.test', name: 'Ann', language: 'fr' }])
    await page.goto(`${web.url}/confirm/known-en`)
    await expectOpenToAll(seen, `confirm-${size}-${colour}`)
    await page.getByRole('button').click()
    await page.waitForSelector('text=You are subscribed')
    await page.goto(`${web.url}/u/known-en`)
    await page.getByRole('link').click()
    await expectOpenToAll(seen, `preferences-${size}-${colour}`)
    await page.getByLabel('Pause for').selectOption('3 months')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.waitForSelector('text=Saved.')
    await page.getByLabel('Yes, delete everything').check()
    await page.getByRole('button', { name: 'Erase' }).click()
    await page.waitForSelector('text=You are forgotten')
    expect(people.chosen).toEqual([{ kind: 'pause', list: 1, months: 3 }, { kind: 'erase' }])
    expect([seen.complaints, seen.elsewhere]).toEqual([[], []])
    await page.context().close()
  })

  may.each(['fr', 'es', 'ru', 'ar', 'zh'])('joining and choosing fit a phone in %s', async (language) => {
    await using web = await openWeb({ ...webTools(), people: peopleTools(language) }, { host: '127.0.0.1', port: 0 })
    const seen = await view('phone', 'light', [web.url])
    await seen.page.setExtraHTTPHeaders({ 'accept-language': language })
    for (const path of ['join/members', `confirm/known-${language}`, `p/known-${language}`]) {
      await seen.page.goto(`${web.url}/${path}`)
      await expectOpenToAll(seen, `${path.split('/')[0]}-phone-${language}`)
    }
    expect([seen.complaints, seen.elsewhere]).toEqual([[], []])
    await seen.page.context().close()
  })

  may.each(looks)('the corrected web copy opens with its notice: %s, %s', async (size, colour) => {
    await using web = await openWeb(webTools(), { host: '127.0.0.1', port: 0 })
    const seen = await view(size, colour, [web.url])
    await seen.page.goto(`${web.url}/c/known-en-corrected`)
    expect(await seen.page.locator('[role=note]').isVisible()).toBe(true)
    await expectSound(seen, `webcopy-${size}-${colour}`)
    expect([seen.complaints, seen.elsewhere]).toEqual([[], []])
    // No script runs in somebody's letter, so axe reads the same document outside its sandbox.
    const bare = await seen.page.context().newPage()
    await bare.setContent(await (await fetch(`${web.url}/c/known-en-corrected`)).text())
    await expectAxe(bare, `webcopy-${size}-${colour}`)
    await seen.page.context().close()
  })

  may.each(looks)("the team's pages: %s, %s", async (size, colour) => {
    await using team = await openTeam(teamTools(), { host: '127.0.0.1', port: 0 })
    const seen = await view(size, colour, [team.url])
    await seen.page.goto(team.url)
    await expectSound(seen, `team-mailings-${size}-${colour}`)
    await seen.page.goto(`${team.url}/inbox?from=100`)
    await expectSound(seen, `team-inbox-${size}-${colour}`)
    await seen.page.goto(`${team.url}/inbox/9.eml/text`)
    await expectSound(seen, `team-text-${size}-${colour}`)
    expect([seen.complaints, seen.elsewhere]).toEqual([[], []])
    await seen.page.context().close()
  })

  may('a mail in the inbox runs no script, and its links open beside the inbox', async () => {
    await using team = await openTeam(teamTools(), { host: '127.0.0.1', port: 0 })
    const seen = await view('desk', 'light', [team.url])
    await seen.page.goto(`${team.url}/inbox/9.eml`)
    const letter = seen.page.frameLocator('iframe')
    expect(await letter.locator('h1').textContent()).toBe('Two new reports')
    await expectSound(seen, 'team-letter-desk-light')
    expect(await seen.page.title()).not.toBe('ran')
    expect(seen.complaints).toEqual([expect.stringContaining('Blocked script execution')])
    // No network is needed to see where a link would lead: the page that opens is what counts.
    await seen.page.context().route('https://reports.example.net/**', (route) => route.fulfill({ body: 'report' }))
    const [opened] = await Promise.all([seen.page.context().waitForEvent('page'), letter.locator('a').click()])
    expect(opened.url()).toBe('https://reports.example.net/1')
    expect(seen.page.url()).toBe(`${team.url}/inbox/9.eml`)
    await seen.page.context().close()
  })
})
