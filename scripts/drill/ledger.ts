/** The ledger as a bystander sees it: over a connection of its own, at once, on either database. */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'

export interface Row {
  readonly state: string
  readonly epoch: number | null
  /** The epoch of the chunk that the row is in. */
  readonly chunkEpoch: number
}

export interface View extends AsyncDisposable {
  row(n: number): Row
  handed(): number[]
  /** How many messages a worker has in hand. */
  inHandOf(owner: string): number
  /** By address. */
  states(): Map<string, string>
}

const row = `select d.state, d.epoch, c.epoch as "chunkEpoch" from delivery d
  join chunk c on c.mailing_id = d.mailing_id and d.n between c.first_n and c.last_n
  where d.mailing_id = $1 and d.n = $2`
const handed = `select n from delivery where mailing_id = $1 and state = 'handed'`
const inHand = 'select coalesce(sum(handed), 0) as n from chunk where mailing_id = $1 and owner = $2'
const all = 'select address, state from delivery where mailing_id = $1'

export function openView(place: string, mailing: number): View {
  const { ask, close } = place.startsWith('postgres') ? onPostgres(place) : onSqlite(place)
  return {
    row: (n) => ask(row, [mailing, n])[0] as Row,
    handed: () => (ask(handed, [mailing]) as { n: number }[]).map((one) => one.n),
    inHandOf: (owner) => Number((ask(inHand, [mailing, owner])[0] as { n: number | string }).n),
    states: () =>
      new Map((ask(all, [mailing]) as { address: string; state: string }[]).map((one) => [one.address, one.state])),
    [Symbol.asyncDispose]: close,
  }
}

interface Asking {
  ask(text: string, values: readonly (number | string)[]): unknown[]
  close(): Promise<void>
}

function onSqlite(place: string): Asking {
  const db = new Sqlite(place, { readonly: true })
  return {
    ask: (text, values) => db.prepare(text.replaceAll(/\$\d/g, '?')).all(...values),
    close: async () => void db.close(),
  }
}

/** How long an answer may take. Milliseconds. */
const ANSWER_WITHIN = 20_000

/**
 * A thread asks, and this one sleeps until it has the answer: a receiver that went on meanwhile would not see the
 * ledger as it was at that octet.
 */
function onPostgres(place: string): Asking {
  const { port1, port2 } = new MessageChannel()
  const answered = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(new URL('./asker.ts', import.meta.url), {
    workerData: { place, port: port2, answered },
    transferList: [port2],
  })
  thread.unref()
  return {
    ask: (text, values) => {
      Atomics.store(answered, 0, 0)
      port1.postMessage({ text, values })
      if (Atomics.wait(answered, 0, 0, ANSWER_WITHIN) === 'timed-out') throw new Error('the ledger does not answer')
      const answer = receiveMessageOnPort(port1) as { message: { rows: unknown[]; error: string | null } }
      const { rows, error } = answer.message
      if (error !== null) throw new Error(error)
      return rows
    },
    close: async () => void (await thread.terminate()),
  }
}
