/**
 * npm run bench correct: from the end of the notice to the last corrigendum of 10,000 holders, against a plain send of
 * the letter to the same people, in turn in one run. What a corrigendum has on top is the gate of its day, and an
 * audience that is asked for and frozen then. Goal: not more than 1.2 times as long.
 *
 *   [--count 10000] [--rounds 3] [--lanes 20] [--ledger postgres://…]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startRedis } from '../../src/cli/redis.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { make } from '../../src/edition/index.ts'
import { type Ledger, type Mailing, openLedger } from '../../src/ledger/index.ts'
import { gate, houseOf, ledgerPath, lookerOf, publish, secretKey, tokensOf } from '../../src/publishing/index.ts'
import { openSite, type Site } from '../demo/site.ts'
import { startSender } from '../drill/sender.ts'
import { median } from './measure.ts'
import { importPeople } from './people.ts'

const GOAL = 1.2
const PAGES = 12
const SINK_PORT = 2_599
/** A link is dead within seconds, and nobody is spared because they had one before. */
const QUICK = {
  DEAD_AFTER: '2/2s',
  ALERT_AFTER: '1/1ms',
  WATCH_SCHEDULE: '5s/1h',
  QUIET_WINDOW: '1ms',
  CORRIGENDUM_NOTICE: '3s',
  CORRIGENDUM_CAP: '1000/1s',
}

interface Bench {
  readonly ledger: Ledger
  readonly config: Config
  readonly site: Site
  readonly count: number
}

export async function run(args: readonly string[]): Promise<number> {
  const given = (name: string, unset: string): string =>
    args.includes(`--${name}`) ? (args[args.indexOf(`--${name}`) + 1] ?? unset) : unset
  const count = Number(given('count', '10000'))
  const rounds = Number(given('rounds', '3'))
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const paths = Array.from({ length: rounds * PAGES }, (_, n) => `/${Math.floor(n / PAGES)}/page/${n % PAGES}`)
  const site = stack.use(await openSite(Object.fromEntries(['/', ...paths].map((path) => [path, `Page ${path}`]))))
  const env = {
    DATA_DIR: dir,
    LEDGER_URL: given('ledger', ''),
    LANES: given('lanes', '20'),
    LOOK_ALLOW: '127.0.0.0/8',
    LOOK_REFERENCE: `${site.url}/`,
    FROM: 'The GLL Team <gll@gll.test>',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    LOG_LEVEL: 'error',
    ...QUICK,
  }
  const config = readConfig(env)
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  await importPeople(config, ledger, count)
  // As root it wants a user to become.
  const sink = spawn('/usr/sbin/smtp-sink', [
    ...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []),
    `127.0.0.1:${SINK_PORT}`,
    '1000',
  ])
  stack.defer(() => void sink.kill())
  const redis = await startRedis({ dir: join(dir, 'redis') })
  stack.defer(() => redis.stop())
  const sender = startSender({ redis, smtpUrl: `smtp://127.0.0.1:${SINK_PORT}`, env: { ...process.env, ...env }, dir })
  stack.defer(() => sender.drain())
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const { sent, corrected, frozen } = await pair({ ledger, config, site, count }, round)
    ratios.push(corrected / sent)
    console.log(
      `round ${round + 1}: plain send ${sent.toFixed(1)} s, corrigendum ${corrected.toFixed(1)} s (${frozen.toFixed(1)} s until its people were written down), ratio ${(corrected / sent).toFixed(2)}`,
    )
  }
  const ratio = median(ratios)
  console.log(`from the end of the notice to the last of ${count}: ${ratio.toFixed(2)} × a plain send (goal ≤ ${GOAL})`)
  return ratio <= GOAL ? 0 : 1
}

/**
 * Seconds each, from when it was due to its last reply; `frozen`, until the gate had passed the corrigendum and its people
 * were written down. Each round has pages of its own, so that one alone dies.
 */
async function pair(bench: Bench, round: number): Promise<{ sent: number; corrected: number; frozen: number }> {
  const { ledger, site } = bench
  const letter = await published(bench, `${site.url}/${round}`)
  const first = await done(bench, letter)
  site.kill(`/${round}/page/0`)
  let corrigendum: number | undefined
  while (corrigendum === undefined) {
    await wait(50)
    corrigendum = (await ledger.corrigendaOf({ mailing: letter }))[0]
  }
  const second = await done(bench, corrigendum)
  const frozen = ((second.publishedAt ?? 0) - second.dueAt) / 1_000
  return { sent: secondsOf(first, first.publishedAt), corrected: secondsOf(second, second.dueAt), frozen }
}

const secondsOf = ({ finishedAt }: Mailing, from: number | null): number => ((finishedAt ?? 0) - (from ?? 0)) / 1_000

/** A letter of some 20 KB with as many links as it has pages; the first has a replacement. Gives the mailing. */
async function published({ ledger, config, count }: Bench, root: string): Promise<number> {
  const paragraph = (n: number): string =>
    `The ${n + 1}th chapter, which you can read [on its own page](${root}/page/${n}), tells how a ward listens: who asks, ` +
    'who answers, what is written down, and what changes because of it. '.repeat(4)
  const text = `---\nsubject: Twelve chapters\nlist: members\nlanguage: en\ndefaults: { name: Colleague }\nlinks:\n  ${root}/page/0: { instead: [${root}/page/1] }\n---\nDear {{name}},\n\n${Array.from({ length: PAGES }, (_, n) => paragraph(n)).join('\n\n')}\n`
  const edition = await make(
    { name: 'bench.md', format: 'md', text },
    { kind: 'announcement', house: houseOf(config), now: new Date() },
  )
  await using looker = await lookerOf(config)
  const checked = await gate({ config, looker, now: Date.now, tokens: tokensOf(config, secretKey(config)) }, edition)
  if ('refused' in checked) throw new Error(`the bench's letter was refused: ${JSON.stringify(checked.refused.faults)}`)
  const order = { list: 'members', expect: count, dueAt: Date.now(), lanes: config.lanes }
  return (await publish({ ledger, config, now: Date.now }, checked, order)).mailing
}

async function done({ ledger, count }: Bench, id: number): Promise<Mailing> {
  for (;;) {
    const mailing = await ledger.mailing({ id })
    if (mailing?.state === 'cancelled') throw new Error(`mailing ${id} was cancelled: ${mailing.stateWhy}`)
    if (mailing?.state !== 'done') {
      await wait(50)
      continue
    }
    const { accepted } = await ledger.counts({ mailing: id })
    if (accepted !== count) throw new Error(`${accepted} of ${count} were accepted`)
    return mailing
  }
}
