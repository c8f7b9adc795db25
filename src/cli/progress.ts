/** A mailing while it runs: a bar with rate and time left on a terminal, a plain line now and then elsewhere. */
import { setTimeout as wait } from 'node:timers/promises'
import cliProgress from 'cli-progress'
import type { Counts, Ledger, Mailing } from '../ledger/index.ts'
import { counted, number, say, span } from './terminal.ts'

const EVERY = 500
const LINE_EVERY = 5_000

/** Follows until the mailing has ended or is held; gives it as it stands then. The ledger may come and go meanwhile. */
export async function follow(ledger: Ledger, id: number): Promise<Mailing> {
  const shown = process.stderr.isTTY ? bar() : lines()
  const first = { at: Date.now(), done: -1 }
  for (;;) {
    const seen = await look(ledger, id)
    if (seen !== null) {
      const done = doneOf(seen.counts)
      if (first.done < 0) Object.assign(first, { at: Date.now(), done })
      const seconds = (Date.now() - first.at) / 1_000
      const rate = seconds > 0 ? (done - first.done) / seconds : 0
      shown.show(seen.mailing, done, rate)
      if (['done', 'cancelled', 'held'].includes(seen.mailing.state)) {
        shown.end()
        return seen.mailing
      }
    }
    await wait(EVERY)
  }
}

async function look(ledger: Ledger, id: number): Promise<{ mailing: Mailing; counts: Counts } | null> {
  try {
    const mailing = await ledger.mailing({ id })
    return mailing ? { mailing, counts: await ledger.counts({ mailing: id }) } : null
  } catch {
    return null
  }
}

/** Rows that have ended: what neither waits nor is in hand. */
export const doneOf = (counts: Counts): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0) - counts.pending - counts.handed - counts.deferred

interface Shown {
  show(mailing: Mailing, done: number, rate: number): void
  end(): void
}

const left = (mailing: Mailing, done: number, rate: number): string =>
  rate > 0 ? `${number(Math.round(rate))}/s, ${span(((mailing.audience - done) / rate) * 1_000)} left` : mailing.state

function bar(): Shown {
  const one = new cliProgress.SingleBar({
    format: '{bar} {percentage} % · {value} of {total} · {left}',
    barsize: 30,
    stream: process.stderr,
    hideCursor: true,
  })
  let started = false
  return {
    show: (mailing, done, rate) => {
      if (!started) one.start(mailing.audience, done, { left: mailing.state })
      started = true
      one.update(done, { left: left(mailing, done, rate) })
    },
    end: () => one.stop(),
  }
}

function lines(): Shown {
  let last = 0
  return {
    show: (mailing, done, rate) => {
      if (Date.now() - last < LINE_EVERY) return
      last = Date.now()
      say(`${number(done)} of ${counted(mailing.audience, 'person', 'people')}, ${left(mailing, done, rate)}`)
    },
    end: () => {},
  }
}
