/**
 * The main job, end to end, on real parts and on this machine alone: a letter that lost its links is refused, one with
 * a dead page is refused, the sound one is sent, two of its pages die, and the corrigendum goes by itself; and a relay
 * that takes links out is caught before the list is served.
 *
 *   npm run demo [-- --stay] [-- --dir FOLDER]
 *
 * What counts is what the inbox holds, read by a parser that the sender does not use. Exit 0 only if every step was so.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Gll, gather, gllIn } from './demo/gll.ts'
import { type Arrived, readInbox } from './demo/inbox.ts'
import { damaged, PAGES, sound, withDeadPage } from './demo/letters.ts'
import { openSite, type Site } from './demo/site.ts'
import { provedInTransit } from './demo/transit.ts'
import { freePort } from './servers/port.ts'

const PEOPLE = 200
const SUPPRESSED = 3
const INVALID = 2
const AUDIENCE = PEOPLE - SUPPRESSED
const RECEIVERS = AUDIENCE - INVALID

const stay = process.argv.includes('--stay')
const dirAt = process.argv.indexOf('--dir')
const given = dirAt > 0 ? process.argv[dirAt + 1] : undefined

interface Stage {
  readonly dir: string
  readonly gll: Gll
  readonly site: Site
  readonly web: string
  readonly team: string
  readonly inbox: string
  readonly env: NodeJS.ProcessEnv
}

const wrong: string[] = []
const rows: [string, string][] = []

/** States a promise and whether it was kept. */
function expect(kept: boolean, promise: string): void {
  console.log(`   ${kept ? '✓' : '✗'} ${promise}`)
  if (!kept) wrong.push(promise)
}

const heading = (text: string): void => console.log(`\n${text}`)

async function main(): Promise<number> {
  const dir = given ?? mkdtempSync(join(tmpdir(), 'gll-demo-'))
  mkdirSync(dir, { recursive: true })
  await using site = await openSite(PAGES)
  const [webPort, teamPort] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    DATA_DIR: join(dir, 'data'),
    WEB_LISTEN: `127.0.0.1:${webPort}`,
    TEAM_LISTEN: `127.0.0.1:${teamPort}`,
    PUBLIC_URL: `http://127.0.0.1:${webPort}`,
    FROM: 'The GLL Team <gll@gll.test>',
    // The demo's own site is on this machine; otherwise a link to it would be refused as private.
    LOOK_ALLOW: '127.0.0.0/8',
    LOOK_REFERENCE: `${site.url}/`,
    // The true code with short times: a day's patience in seconds.
    WATCH_SCHEDULE: '1s/10m',
    ALERT_AFTER: '2/500ms',
    DEAD_AFTER: '4/3s',
    CORRIGENDUM_NOTICE: '5s',
    LOG_LEVEL: 'warn',
    LEDGER_URL: '',
    REDIS_URL: '',
    SMTP_URL: '',
    SEED_MAILBOXES: '',
    RATE: '',
  }
  const gll = gllIn(env)
  const stage = {
    dir,
    gll,
    site,
    web: `http://127.0.0.1:${webPort}`,
    team: `http://127.0.0.1:${teamPort}`,
    inbox: join(dir, 'data', 'inbox'),
    env,
  }
  heading('a. gll serve: worker, Redis, local inbox and pages, in a folder of their own')
  await using serve = await startServe(stage)
  await play(stage)
  closing()
  if (stay) await linger(stage, serve.said)
  if (given === undefined && !stay) queueMicrotask(() => rmSync(dir, { recursive: true, force: true }))
  return wrong.length === 0 ? 0 : 1
}

async function play(stage: Stage): Promise<void> {
  await importPeople(stage)
  await refusedForDamage(stage)
  await refusedForDeadPage(stage)
  const mailing = await sendSound(stage)
  // What follows would fail for the same cause, and take its time to.
  if (wrong.length > 0) return
  const announced = await readInbox(stage.inbox)
  const left = await oneLeaves(announced)
  await pagesDie(stage, mailing)
  await count(stage, announced, left)
  await damagedOnTheWay(stage)
}

async function damagedOnTheWay({ dir, env, site }: Stage): Promise<void> {
  heading('g. A relay that takes the links out on the way, with a seed mailbox')
  const ports = { web: await freePort(), team: await freePort() }
  const show = (text: string): void => console.log(indent(text))
  const came = await provedInTransit({ dir, env, site: site.url, ports, expect, until, show })
  rows.push(['a relay that damages', came])
}

async function startServe(stage: Stage): Promise<AsyncDisposable & { said: { text: string } }> {
  const child = stage.gll.start(['serve'])
  const said = gather(child.stderr)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const up = await until(20_000, async () => said.text.includes('serving;') || child.exitCode !== null)
  expect(up && child.exitCode === null, 'it serves')
  if (!up || child.exitCode !== null) console.log(said.text)
  return {
    said,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function importPeople({ dir, gll }: Stage): Promise<void> {
  const people = Array.from({ length: PEOPLE }, (_, at) => {
    const host = at >= PEOPLE - INVALID ? 'gone.invalid' : 'members.test'
    return `reader${at + 1}@${host},${at % 7 === 0 ? '' : `Reader ${at + 1}`},en`
  })
  const file = join(dir, 'people.csv')
  writeFileSync(file, `address,name,language\n${people.join('\n')}\n`)
  const imported = await gll.run('list', 'import', 'members', file)
  for (let at = 1; at <= SUPPRESSED; at += 1)
    await gll.run('suppress', `reader${at}@members.test`, '--why', 'asked us to')
  expect(
    imported.exit === 0,
    `${PEOPLE} people on the list, ${SUPPRESSED} of them suppressed, ${INVALID} at a domain that takes no mail`,
  )
}

async function refusedForDamage({ dir, gll }: Stage): Promise<void> {
  heading('b. A letter that lost its links in eight ways')
  const file = join(dir, 'damaged.md')
  writeFileSync(file, damaged())
  const sent = await gll.run('send', file, '--yes', `${AUDIENCE}`)
  console.log(indent(sent.err))
  const report = await gll.run('check', '--content', '--json', file)
  const faults = (JSON.parse(report.out || '{}') as { faults?: { part: string }[] }).faults ?? []
  const texts = faults.filter((fault) => fault.part === 'text').length
  expect(sent.exit === 2, 'gll send refuses it (exit 2), and nothing was sent')
  expect(
    texts === 8,
    `each of the eight places is named (${texts} in the text part, ${faults.length - texts} in the HTML)`,
  )
  rows.push(['a letter without its links', `refused, ${texts} places named`])
}

async function refusedForDeadPage({ dir, gll, site }: Stage): Promise<void> {
  heading('c. A letter with a link to a page that is not there')
  const file = join(dir, 'dead.md')
  writeFileSync(file, withDeadPage(site.url))
  const sent = await gll.run('send', file, '--yes', `${AUDIENCE}`)
  console.log(indent(sent.err))
  expect(sent.exit === 2 && sent.err.includes('annex-that-was-never-there'), 'gll send refuses it and names the page')
  rows.push(['a letter with a dead page', 'refused'])
}

async function sendSound(stage: Stage): Promise<number> {
  heading('d. The sound letter')
  const file = join(stage.dir, 'letter.md')
  writeFileSync(file, sound(stage.site.url))
  const sent = await stage.gll.run('send', file, '--yes', `${AUDIENCE}`, '--wait')
  console.log(indent(sent.err))
  const mailing = Number(/mailing (\d+)/.exec(sent.out)?.[1])
  const { counts } = await status(stage, mailing)
  expect(sent.exit === 0, 'it passes the gate and is sent')
  expect(
    counts.accepted === RECEIVERS && counts.rejected === INVALID,
    `the counts add up: ${counts.accepted} accepted, ${counts.rejected} rejected, of ${AUDIENCE}`,
  )
  const arrived = await readInbox(stage.inbox)
  expect(
    sameSet(
      arrived.map((mail) => mail.to),
      readers(SUPPRESSED + 1),
    ),
    `the inbox holds one copy for each of ${RECEIVERS} people, and for nobody else`,
  )
  rows.push(['the announcement', `${arrived.length} copies`])
  return mailing
}

/** One reader presses unsubscribe, as their mail program would (RFC 8058). */
async function oneLeaves(announced: readonly Arrived[]): Promise<string> {
  const mail = announced.find((one) => one.to === 'reader50@members.test')
  const answer = await fetch(mail?.unsubscribe ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  }).catch(() => null)
  expect(answer?.status === 200, 'meanwhile one reader unsubscribes with one click')
  return mail?.to ?? ''
}

async function pagesDie(stage: Stage, mailing: number): Promise<void> {
  heading(
    'e. Two pages die: the report, for which the letter knows a replacement, and the toolkit, for which it knows none',
  )
  stage.site.kill('/report')
  stage.site.kill('/toolkit')
  const began = Date.now()
  const corrected = await until(90_000, async () => {
    const all = await statuses(stage)
    return all.some((m) => m.corrects === mailing && m.state === 'done')
  })
  expect(
    corrected,
    `the corrigendum went by itself, ${Math.round((Date.now() - began) / 1_000)} s after the pages died`,
  )
  const told = await stage.gll.run('status', `${mailing}`)
  console.log(indent(told.out))
  expect(
    told.out.includes(`${stage.site.url}/toolkit`) && /gll correct \d+ --link \d+=NEW-ADDRESS/.test(told.out),
    'the page without a replacement stands on gll status, with what to type',
  )
}

async function count({ inbox, site, web }: Stage, announced: readonly Arrived[], left: string): Promise<void> {
  heading('f. Counted in the inbox')
  const arrived = await readInbox(inbox)
  const corrigenda = arrived.filter((mail) => mail.subject.startsWith('Corrigendum:'))
  const holders = readers(SUPPRESSED + 1).filter((to) => to !== left)
  expect(arrived.length - corrigenda.length === announced.length, 'nobody got the announcement twice')
  expect(
    sameSet(
      corrigenda.map((mail) => mail.to),
      holders,
    ),
    `each of the ${holders.length} who hold the broken copy got one corrigendum, and nobody else`,
  )
  const first = new Map(announced.map((mail) => [mail.to, mail.messageId]))
  expect(
    corrigenda.length > 0 && corrigenda.every((mail) => mail.inReplyTo === first.get(mail.to)),
    "each answers that reader's own first copy",
  )
  expect(
    corrigenda.every((mail) => sameSet(mail.html, mail.text)),
    'both parts carry the same links',
  )
  const links = new Set(corrigenda.flatMap((mail) => [...mail.html, ...mail.text]))
  const shared = [...links].filter((link) => !link.startsWith(web))
  const own = [...links].filter((link) => link.startsWith(web))
  const alive = await Promise.all(
    [...shared, ...own.slice(0, 20)].map(async (link) => (await fetch(link).catch(() => null))?.ok === true),
  )
  expect(
    shared.includes(`${site.url}/report-new-address`) && alive.every(Boolean),
    `every link in them is alive (${shared.length} of the letter, ${own.length} of our own pages, 20 of those opened)`,
  )
  rows.push(['the corrigendum', `${corrigenda.length} copies, 1 holder had left`])
  await webCopyShows(announced, web)
}

async function webCopyShows(announced: readonly Arrived[], web: string): Promise<void> {
  const link = announced.at(-1)?.html.find((href) => href.startsWith(`${web}/c/`))
  const page = await (await fetch(link ?? web)).text()
  expect(page.includes('/report-new-address'), 'the web copy shows the corrected edition')
}

function closing(): void {
  const width = Math.max(...rows.map(([what]) => what.length))
  heading('h. In short')
  for (const [what, came] of rows) console.log(`   ${what.padEnd(width)}  ${came}`)
  console.log(
    wrong.length === 0
      ? '\nEverything was as promised.'
      : `\n${wrong.length} promise(s) not kept:\n${wrong.map((w) => `  ✗ ${w}`).join('\n')}`,
  )
}

async function linger({ team, web }: Stage, said: { text: string }): Promise<void> {
  console.log(
    `\nLeft running. Look at:\n  ${team}/inbox   every mail that arrived\n  ${team}/   the mailings\n  ${web}   what readers reach\nCtrl-C ends it.`,
  )
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()))
  if (process.env.LOG_LEVEL === 'debug') console.log(said.text)
}

const readers = (from: number): string[] =>
  Array.from({ length: PEOPLE - INVALID - from + 1 }, (_, at) => `reader${from + at}@members.test`)

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set(a).size === a.length && b.every((one) => a.includes(one))
}

interface Status {
  readonly mailing: number
  readonly state: string
  readonly corrects: number | null
  readonly counts: Readonly<Record<string, number>>
}

async function statuses({ gll }: Stage): Promise<Status[]> {
  const { out } = await gll.run('status', '--json')
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Status)
}

async function status({ gll }: Stage, mailing: number): Promise<Status> {
  return JSON.parse((await gll.run('status', `${mailing}`, '--json')).out || '{"counts":{}}') as Status
}

async function until(within: number, so: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + within
  while (Date.now() < end) {
    if (await so()) return true
    await wait(500)
  }
  return false
}

const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `   │ ${line}`)
    .join('\n')

process.exitCode = await main()
