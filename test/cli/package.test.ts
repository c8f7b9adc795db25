/**
 * The package, packed and put into an empty folder as npm would: only what it names as dependencies is beside it. They
 * are the clone's own, linked, so that this needs no registry.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Desk, openDesk } from '../support/gll.ts'
import { openSite } from '../support/http.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SLOW = 120_000

let home = ''
let desk: Desk
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'gll-package-'))
  execFileSync('npm', ['pack', '--pack-destination', home], { cwd: ROOT, stdio: 'ignore' })
  const [tarball = ''] = readdirSync(home)
  const installed = join(home, 'node_modules', 'gll-mailer')
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', join(home, tarball), '--strip-components=1', '-C', installed])
  const { dependencies, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
    bin: { gll: string }
  }
  for (const name of Object.keys(dependencies)) {
    const link = join(home, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), link)
  }
  const launcher = join(home, 'node_modules', '.bin', 'gll')
  mkdirSync(dirname(launcher))
  symlinkSync(join(installed, bin.gll), launcher)
  desk = openDesk({ launcher })
}, SLOW)
afterAll(async () => {
  await desk[Symbol.asyncDispose]()
  rmSync(home, { recursive: true, force: true })
})

const mail = (text: string): string =>
  `From: a@gll.test\nSubject: News\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`

test('carries no TypeScript, and neither tests nor scripts', () => {
  const installed = join(home, 'node_modules', 'gll-mailer')
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  expect(files.filter((file) => /\.ts$|^(test|scripts)\//.test(file))).toEqual([])
  // What is started by its address, not imported.
  for (const file of ['links/thread', 'ledger/thread', 'edition/apart-child', '../queues/worker'])
    expect(existsSync(join(installed, 'dist', 'src', `${file}.js`))).toBe(true)
})

test('says what can be typed', async () => {
  const { exit, out } = await desk.gll('--help')
  expect([exit, out]).toEqual([0, expect.stringMatching(/check .*<file\.\.\.>/)])
})

test('judges content and leaves nothing behind', async () => {
  const { exit, out } = await desk.gll('check', '--content', desk.file('x.eml', mail('Please register here:\n\nYours')))
  expect([exit, out]).toEqual([2, expect.stringContaining('⟦here:⟧')])
  expect(desk.files).toEqual(['x.eml'])
})

test('looks at links from its thread', async () => {
  await using site = await openSite({ '/report': {}, '/gone': { status: 410 } })
  const file = desk.file('y.eml', mail(`See ${site.url('/report')} and ${site.url('/gone')}`))
  const { exit, out } = await desk.gll('check', '--json', file)
  expect(exit).toBe(2)
  expect(JSON.parse(out).links.map((link: { verdict: string }) => link.verdict)).toEqual(['alive', 'dead'])
})

test('makes a letter of Markdown in its frame, and of MJML', async () => {
  const front = '---\nsubject: News\nlist: gll\nlanguage: en\n---\n'
  const md = desk.file('a.md', `${front}Dear all,\n\nWe met.\n`)
  const mjml = desk.file(
    'b.mjml',
    `${front}<mjml><mj-body><mj-section><mj-column><mj-text>We met. <a href="{{unsubscribe}}">Unsubscribe</a></mj-text></mj-column></mj-section></mj-body></mjml>`,
  )
  const { exit, out } = await desk.gll('check', '--content', md, mjml)
  expect([exit, out]).toEqual([0, expect.stringContaining('2 files: 2 sound, 0 refused')])
})

test('opens a ledger, with its migrations', async () => {
  const imported = await desk.gll('list', 'import', 'gll', desk.file('p.csv', 'address\nann@gll.test\n'))
  expect(imported.exit).toBe(0)
  expect((await desk.gll('list', 'show')).out).toMatch(/gll/)
})
