import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { type Copy, readMime } from '../edition/index.ts'
import type { Fault, Findings } from '../links/index.ts'
import { judgedLetter, type Letter, openBench } from './check.ts'
import type { Exit } from './exit.ts'
import { reportOf, summaryOf } from './report.ts'
import { print, say } from './terminal.ts'

interface Options {
  readonly out?: string
  readonly content?: boolean
  readonly deadline?: string
}

/** Writes one page and shows it. The exit code is the gate's: a letter that would be refused is 2. */
export async function run([file = '']: string[], options: Options): Promise<Exit> {
  await using bench = openBench(readConfig(), options)
  const letter = await judgedLetter(bench, file)
  const dir = options.out ?? mkdtempSync(join(tmpdir(), 'gll-preview-'))
  mkdirSync(dir, { recursive: true })
  const path = resolve(dir, 'index.html')
  writeFileSync(path, await previewPage(file, letter))
  print(path)
  say(summaryOf(reportOf(file, letter.findings), process.stderr))
  // Asked for by name, the page is for something else than a look just now.
  if (options.out === undefined) openBrowser(path)
  return letter.findings.faults.length === 0 ? 0 : 2
}

/** Starts what shows web pages on this machine, where somebody sits before one. */
function openBrowser(path: string): void {
  const seen = process.stdout.isTTY === true
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', path]
      : process.platform === 'win32'
        ? ['explorer', path]
        : ['xdg-open', path]
  if (!seen || program === undefined) return
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  // Where there is none, the path that was printed must do.
  child.on('error', () => {})
  child.unref()
}

/** How a link stands, as the page words it. */
type State = 'alive' | 'dead' | 'unsure' | 'missing' | 'own' | 'here' | 'unseen'

interface Shown {
  readonly href: string
  readonly state: State
  readonly words: string
  readonly why: string
}

const PAGE = new URL('../../templates/preview/page.html', import.meta.url)

/** The whole page: one file, nothing fetched but the letter's own pictures, and those only for a letter of ours. */
async function previewPage(file: string, letter: Letter): Promise<string> {
  const { findings, copy, ours } = letter
  const report = reportOf(file, findings)
  const data = {
    file: basename(file),
    subject: copy.headers?.subject ?? null,
    from: copy.headers?.from ?? null,
    sample: ours ? 'as a made-up reader gets it' : null,
    verdict: report.verdict,
    summary: summaryOf(report, null),
    parts: await partsOf(letter),
    faults: [
      ...findings.faults.toSorted(htmlFirst).map((fault) => ({ ...fault, warning: false })),
      ...findings.warnings.toSorted(htmlFirst).map((fault) => ({ ...fault, warning: true })),
    ],
    links: linksOf(copy, findings, letter.own),
  }
  // Inside a script element only this could end it (HTML, §13.2.5.4 "script data state").
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  const template = readFileSync(PAGE, 'utf8')
  // A picture in a stranger's mail tells its sender that somebody looks: it stays where it is.
  return template.replace('%IMAGES%', () => (ours ? 'data: http: https:' : 'data:')).replace('%DATA%', () => json)
}

/** The HTML is what the page shows first, and its words for a link are the better ones. */
const htmlFirst = (a: { part: string }, b: { part: string }): number =>
  Number(b.part === 'html') - Number(a.part === 'html')

/** The parts as their sources, the HTML first. */
async function partsOf({
  copy,
  bytes,
}: Letter): Promise<{ part: 'html' | 'text'; source: string; links: { href: string }[] }[]> {
  const leaves =
    copy.format === 'eml'
      ? (await readMime(bytes, copy.name)).leaves
      : [
          {
            kind: copy.format === 'html' ? ('html' as const) : ('text' as const),
            text: new TextDecoder().decode(bytes),
          },
        ]
  return (['html', 'text'] as const).flatMap((part) => {
    const found = leaves.filter(({ kind, text }) => kind === part && text.trim() !== '')
    if (found.length === 0) return []
    const links = copy.links.filter((link) => link.part === part).map(({ href }) => ({ href }))
    return [{ part, source: found.map(({ text }) => text).join(part === 'html' ? '<hr>' : '\n\n'), links }]
  })
}

function linksOf(copy: Copy, findings: Findings, own: (href: string) => boolean): Shown[] {
  const seen = new Map(findings.links.map((link) => [link.url, link]))
  const shown = new Map<string, Shown>()
  for (const { href, words } of copy.links.toSorted(htmlFirst)) {
    if (shown.has(href)) continue
    const link = seen.get(href)
    const fault = findings.faults.find((one) => one.link === href && isOfAddress(one))
    const state = stateOf(href, own, link?.verdict ?? null, fault)
    const why = fault?.why ?? (state === 'own' ? 'ours: known by its signature, never fetched' : (link?.why ?? ''))
    shown.set(href, { href, state, words, why })
  }
  return [...shown.values()]
}

const isOfAddress = (fault: Fault): boolean =>
  /^link-(?:without|to-nowhere|relative|placeholder|unrendered)|^in-page/.test(fault.rule)

function stateOf(
  href: string,
  own: (href: string) => boolean,
  verdict: 'alive' | 'dead' | 'unsure' | null,
  fault: Fault | undefined,
): State {
  if (fault) return 'missing'
  if (own(href)) return 'own'
  if (href.startsWith('#')) return 'here'
  return verdict ?? 'unseen'
}
