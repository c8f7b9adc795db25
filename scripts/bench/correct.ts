/**
 * npm run bench correct: from the end of the notice to the last corrigendum of 10,000 holders, against a plain send of
 * the letter to the same people, in turn in one run. What a corrigendum has on top is the gate of its day, and an
 * audience that is asked for and frozen then. Goal: not more than 1.2 times as long.
 *
 *   [--count 10000] [--rounds 3] [--lanes 20] [--ledger postgres://…]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Mailing } from '../../src/ledger/index.ts'
import { publish } from '../../src/publishing/index.ts'
import { median } from './measure.ts'
import { type Bench, have, letter, openBench } from './send.ts'

const GOAL = 1.2
/** A link is dead within seconds, and nobody is spared because they had one before. */
const QUICK = {
  DEAD_AFTER: '2/500ms',
  ALERT_AFTER: '1/1ms',
  WATCH_SCHEDULE: '500ms/1h',
  QUIET_WINDOW: '1ms',
  CORRIGENDUM_NOTICE: '3s',
  CORRIGENDUM_CAP: '1000/1s',
}

export async function run(args: readonly string[]): Promise<number> {
  const given = (name: string, unset: string): string =>
    args.includes(`--${name}`) ? (args[args.indexOf(`--${name}`) + 1] ?? unset) : unset
  const [count, rounds, lanes] = [given('count', '10000'), given('rounds', '3'), given('lanes', '20')].map(Number)
  if (count === undefined || rounds === undefined || lanes === undefined) return 3
  if (!have('smtp-sink')) {
    console.error("bench correct needs postfix's smtp-sink: apt-get install postfix")
    return 3
  }
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  try {
    const pages = Object.fromEntries(
      Array.from({ length: rounds * 12 }, (_, n) => [`/${Math.floor(n / 12)}/page/${n % 12}`, `Page ${n % 12}`]),
    )
    const options = { count, lanes, delay: 0, ledger: given('ledger', '') }
    await using bench = await openBench(dir, options, { more: QUICK, pages })
    const ratios: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const { sent, corrected } = await pair(bench, { round, count, lanes })
      ratios.push(corrected / sent)
      console.log(
        `round ${round + 1}: plain send ${sent.toFixed(1)} s, corrigendum ${corrected.toFixed(1)} s, ratio ${(corrected / sent).toFixed(2)}`,
      )
    }
    const ratio = median(ratios)
    console.log(
      `from the end of the notice to the last of ${count}: ${ratio.toFixed(2)} × a plain send (goal ≤ ${GOAL})`,
    )
    return ratio <= GOAL ? 0 : 1
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Seconds each, from when it was due to its last reply. Each round has pages of its own, so that one alone dies. */
async function pair(
  bench: Bench,
  of: { round: number; count: number; lanes: number },
): Promise<{ sent: number; corrected: number }> {
  const { ledger, config, site } = bench
  const root = `${site.url}/${of.round}`
  const { edition } = await letter(config, root, `links:\n  ${root}/page/0: { instead: [${site.url}/page/0] }\n`)
  const order = { list: 'members', expect: of.count, dueAt: Date.now(), lanes: of.lanes }
  const { mailing } = await publish({ ledger, config, now: Date.now }, edition, order)
  const letterDone = await done(bench, mailing, of.count)
  site.kill(`/${of.round}/page/0`)
  let corrigendum: number | undefined
  while (corrigendum === undefined) {
    await wait(50)
    corrigendum = (await ledger.corrigendaOf({ mailing }))[0]
  }
  const corrigendumDone = await done(bench, corrigendum, of.count)
  return {
    sent: secondsOf(letterDone, letterDone.publishedAt),
    corrected: secondsOf(corrigendumDone, corrigendumDone.dueAt),
  }
}

const secondsOf = ({ finishedAt }: Mailing, from: number | null): number => ((finishedAt ?? 0) - (from ?? 0)) / 1_000

async function done({ ledger }: Bench, id: number, count: number): Promise<Mailing> {
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
