/**
 * npm run bench watch: the timetable over a ledger that watches 100,000 links. How long each of its questions takes, and
 * what share of a core four rounds a second cost. Goals: the question for what is due under 10 ms, all under 1 %.
 *
 *   --links 100000   --postgres URL   (an empty database)
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { EVERY } from '../../queues/tick.ts'
import { type Ledger, openLedger } from '../../src/ledger/index.ts'
import { median } from './measure.ts'

const LINKS_EACH = 10
const CHUNKS_EACH = 20
const ROUNDS = 200
const DAY = 86_400_000
/** Milliseconds; a question that takes longer would keep the hands of a running mailing waiting. */
const LONGEST = 10
const SHARE = 0.01

export async function run(args: readonly string[]): Promise<number> {
  const given = (name: string): string | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  const links = Number(given('--links') ?? 100_000)
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-watch-'))
  const place = given('--postgres') ?? join(dir, 'ledger.sqlite')
  try {
    await using ledger = await openLedger(place)
    await fill(place, links)
    console.log(
      `${links} watched links in ${links / LINKS_EACH} mailings, ${(links / LINKS_EACH) * CHUNKS_EACH} chunks`,
    )
    return report(await measured(ledger))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The questions of one round of the timetable, and those of a look. */
const questions = (ledger: Ledger, now: number): Record<string, () => Promise<unknown>> => ({
  dueMailings: () => ledger.dueMailings({ now }),
  dueChunks: () => ledger.dueChunks({ now, limit: 40 }),
  dueProofs: () => ledger.dueProofs({ now, mailing: null }),
  dueWatches: () => ledger.dueWatches({ now, limit: 100 }),
  ripe: () => ledger.ripe({ quietBefore: now - 3 * 3_600_000, now }),
  dueLines: () => ledger.dueLines({ now }),
  toTell: () => ledger.toTell({ now }),
  sweepCancelled: () => ledger.sweepCancelled({ now }),
  parkLapsed: () => ledger.parkLapsed({ now }),
})

const ofALook = (ledger: Ledger, now: number): Record<string, () => Promise<unknown>> => ({
  'watchesOf (a look)': () => ledger.watchesOf({ link: 500 }),
  'looksSince (a look)': () => ledger.looksSince({ link: 500, since: now - 30 * DAY }),
  'linksOfSite (a death)': () => ledger.linksOfSite({ origin: 'https://www.site7.example.net' }),
})

async function measured(ledger: Ledger): Promise<{ round: Timed[]; look: Timed[]; core: number }> {
  const now = NOW
  const round = await timed(questions(ledger, now))
  const look = await timed(ofALook(ledger, now))
  const cpu = process.cpuUsage()
  for (let n = 0; n < ROUNDS; n += 1) for (const ask of Object.values(questions(ledger, now))) await ask()
  const { user, system } = process.cpuUsage(cpu)
  return { round, look, core: (user + system) / 1_000 / ROUNDS / EVERY }
}

interface Timed {
  readonly name: string
  readonly median: number
  readonly worst: number
}

async function timed(asked: Record<string, () => Promise<unknown>>): Promise<Timed[]> {
  const all: Timed[] = []
  for (const [name, ask] of Object.entries(asked)) {
    const took: number[] = []
    for (let n = 0; n < ROUNDS; n += 1) {
      const began = performance.now()
      await ask()
      took.push(performance.now() - began)
    }
    all.push({ name, median: median(took), worst: took.toSorted((a, b) => a - b)[Math.floor(ROUNDS * 0.99)] ?? 0 })
  }
  return all
}

function report({ round, look, core }: { round: readonly Timed[]; look: readonly Timed[]; core: number }): number {
  for (const { name, median: middle, worst } of [...round, ...look]) {
    console.log(
      `${name.padEnd(24)} ${middle.toFixed(2).padStart(8)} ms   99 % within ${worst.toFixed(2).padStart(8)} ms`,
    )
  }
  console.log(`four rounds a second       ${(core * 100).toFixed(2)} % of a core, the ledger's thread included`)
  const slow = round.filter((one) => one.median > LONGEST)
  for (const { name } of slow) console.log(`✗ ${name} takes longer than ${LONGEST} ms`)
  if (core > SHARE) console.log(`✗ more than ${SHARE * 100} % of a core`)
  return slow.length === 0 && core <= SHARE ? 0 : 1
}

const NOW = Date.parse('2026-06-01T12:00:00Z')

/** Rows as half a year leaves them: all mailings done, their links looked at now and then, a few of them dead. */
async function fill(place: string, links: number): Promise<void> {
  const sql = rowsOf(links)
  if (/^postgres/.test(place)) {
    const client = new pg.Client({ connectionString: place })
    await client.connect()
    for (const statement of sql) await client.query(statement)
    await client.query('analyze')
    await client.end()
    return
  }
  const db = new Sqlite(place)
  for (const statement of sql) db.exec(statement.replace(SERIES, series))
  db.close()
}

/** generate_series(1, N) as SQLite says it; the column is `value` in both. */
const SERIES = /generate_series\(1, (\d+)\) value/g
const series = (_: string, to: string): string =>
  `(with recursive counted(value) as (select 1 union all select value + 1 from counted where value < ${to}) select value from counted) as counted`

function rowsOf(links: number): string[] {
  const mailings = links / LINKS_EACH
  return [
    `insert into edition (digest, kind, language, subject, content, source, created_at)
     values ('d', 'announcement', 'en', 'Letter', '{}', '{}', ${NOW})`,
    `insert into link (href, origin) select 'https://www.site' || (value % 2000) || '.example.net/' || value, 'https://www.site' || (value % 2000) || '.example.net' from generate_series(1, ${links}) value`,
    `insert into mailing (kind, edition_id, state, audience, created_at, published_at, due_at, started_at, finished_at, expires_at)
     select 'announcement', 1, 'done', 1000, ${NOW - 90 * DAY}, ${NOW - 90 * DAY}, ${NOW - 90 * DAY}, ${NOW - 90 * DAY}, ${NOW - 90 * DAY}, ${NOW - 87 * DAY}
     from generate_series(1, ${mailings}) value`,
    `insert into chunk (mailing_id, first_n, last_n, role, due_at, accepted)
     select (value - 1) / ${CHUNKS_EACH} + 1, (value - 1) % ${CHUNKS_EACH} * 50 + 1, ((value - 1) % ${CHUNKS_EACH} + 1) * 50, 'reader', null, 50
     from generate_series(1, ${mailings * CHUNKS_EACH}) value`,
    `insert into watch (mailing_id, link_id, published_at, due_at, state, baseline, answer, dead_at)
     select (value - 1) / ${LINKS_EACH} + 1, value, ${NOW - 90 * DAY}, ${NOW} + value * 500 - 25000,
       case when value % 100 = 0 then 'dead' when value % 97 = 0 then 'alert' else 'alive' end,
       '{"url":"","at":0,"verdict":"alive","cause":"ok","status":200,"finalUrl":null,"movedTo":null,"why":"","warnings":[]}',
       case when value % 100 = 0 then 'asked' else null end, case when value % 100 = 0 then ${NOW - DAY} else null end
     from generate_series(1, ${links}) value`,
    `insert into place (edition_id, part, n, link_id, words) values (1, 'html', 0, 1, 'w')`,
    `insert into look (link_id, at, slot, verdict, detail)
     select (value - 1) / 10 + 1, ${NOW - 20 * DAY} + (value - 1) % 10 * ${DAY}, ${NOW - 20 * DAY} + (value - 1) % 10 * ${DAY}, 'alive',
       '{"url":"","at":0,"verdict":"alive","cause":"ok","status":200,"finalUrl":null,"movedTo":null,"why":"","warnings":[]}'
     from generate_series(1, ${links * 10}) value`,
  ]
}
