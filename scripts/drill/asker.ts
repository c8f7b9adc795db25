/** Asks PostgreSQL for a thread that sleeps until the answer is there: see ledger.ts. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'

const { place, port, answered } = workerData as { place: string; port: MessagePort; answered: Int32Array }
if (!parentPort) throw new Error('scripts/drill/asker.ts runs as a worker thread')

/** The server may have been away since the last question. */
const TRIES = 100
const AGAIN_AFTER = 100

let client: pg.Client | null = null

port.on('message', ({ text, values }: { text: string; values: readonly (number | string)[] }) => {
  rowsOf(text, values)
    .then(
      (rows) => port.postMessage({ rows, error: null }),
      (error: Error) => port.postMessage({ rows: [], error: error.message }),
    )
    .finally(() => {
      Atomics.store(answered, 0, 1)
      Atomics.notify(answered, 0)
    })
})

async function rowsOf(text: string, values: readonly (number | string)[]): Promise<unknown[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      client ??= await connected()
      return (await client.query(text, [...values])).rows
    } catch (error) {
      await client?.end().catch(() => {})
      client = null
      if (tries >= TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER))
    }
  }
}

async function connected(): Promise<pg.Client> {
  const one = new pg.Client({ connectionString: place, application_name: 'drill' })
  one.on('error', () => {
    client = null
  })
  await one.connect()
  return one
}
