/** A mailing while it runs: a bar with rate and time left on a terminal, a plain line now and then elsewhere. */
import { setTimeout as wait } from 'node:timers/promises'
import cliProgress from 'cli-progress'
import type { Config } from '../config.ts'
import type { Counts, Ledger, Mailing } from '../ledger/index.ts'
import type { Limits } from '../publishing/index.ts'
import { limitsOf, restOf } from './pace.ts'
import { counted, number, say } from './terminal.ts'

const EVERY = 500
const LINE_EVERY = 5_000

/** Follows until the mailing has ended or is held; gives it as it stands then. The ledger may come and go meanwhile. */
export async function follow(ledger: Ledger, id: number, config: Config): Promise<Mailing> {
  const shown = process.stderr.isTTY ? bar() : lines()
  const first = { at: Date.now(), done: -1 }
  for (;;) {
    const seen = await look(ledger, id, config)
    if (seen !== null) {
      const done = doneOf(seen.counts)
      if (first.done < 0) Object.assign(first, { at: Date.now(), done })
      const seconds = (Date.now() - first.at) / 1_000
      const rate = seconds > 0 ? (done - first.done) / seconds : 0
      const left = restOf(seen.limits, rate, seen.mailing.audience - done, Date.now()) ?? seen.mailing.state
      shown.show(seen.mailing, done, left)
      if (['done', 'cancelled', 'held'].includes(seen.mailing.state)) {
        shown.end()
        return seen.mailing
      }
    }
    await wait(EVERY)
  }
}

interface Seen {
  readonly mailing: Mailing
  readonly counts: Counts
  readonly limits: Limits
}

async function look(ledger: Ledger, id: number, config: Config): Promise<Seen | null> {
  try {
    const mailing = await ledger.mailing({ id })
    if (!mailing) return null
    return {
      mailing,
      counts: await ledger.counts({ mailing: id }),
      limits: await limitsOf(config, ledger, Date.now()),
    }
  } catch {
    return null
  }
}

/** Rows that have ended: what neither waits nor is in hand. */
export const doneOf = (counts: Counts): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0) - counts.pending - counts.handed - counts.deferred

interface Shown {
  show(mailing: Mailing, done: number, left: string): void
  end(): void
}

function bar(): Shown {
  const one = new cliProgress.SingleBar({
    format: '{bar} {percentage} % · {value} of {total} · {left}',
    barsize: 30,
    stream: process.stderr,
    hideCursor: true,
  })
  let started = false
  return {
    show: (mailing, done, left) => {
      if (!started) one.start(mailing.audience, done, { left: mailing.state })
      started = true
      one.update(done, { left })
    },
    end: () => one.stop(),
  }
}

function lines(): Shown {
  let last = 0
  return {
    show: (mailing, done, left) => {
      if (Date.now() - last < LINE_EVERY) return
      last = Date.now()
      say(`${number(done)} of ${counted(mailing.audience, 'person', 'people')}, ${left}`)
    },
    end: () => {},
  }
}
