/**
 * Gathers the hands and settles of all lanes: what comes while one batch is being committed goes into the next one.
 * So a commit (and a message to the ledger's thread) is shared by as many lanes as happen to wait, and nobody waits for
 * a timer.
 */
import type { WriteAnswer, WriteRequest } from './protocol.ts'

interface Waiting {
  readonly request: WriteRequest
  readonly resolve: (answer: WriteAnswer) => void
  readonly reject: (error: unknown) => void
}

/** So many requests share a commit at most: more would make the first of them wait for the last. */
const BATCH = 200

/** `commit` answers a batch in its order, or rejects it whole: then nobody of it was handed. */
export function gathering(
  commit: (batch: readonly WriteRequest[]) => Promise<readonly WriteAnswer[]>,
): (request: WriteRequest) => Promise<WriteAnswer> {
  let waiting: Waiting[] = []
  let busy = false
  const work = async (): Promise<void> => {
    busy = true
    // A turn of the event loop gathers what else has arrived.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH)
      waiting = waiting.slice(BATCH)
      try {
        const answers = await commit(batch.map(({ request }) => request))
        batch.forEach(({ resolve }, at) => {
          resolve(answers[at] ?? { hand: null, settled: 0 })
        })
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    busy = false
  }
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject })
      if (!busy) void work()
    })
}
