/**
 * The thread that owns the SQLite connection and runs every verb. Messages come in order; hands and settles that came
 * while a verb ran are answered together, in one commit, before the next verb: that is what makes them cheap.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { isComplaint } from '../complaint.ts'
import type { WriteRequest } from './protocol.ts'
import { openSqlite, type SqliteLedger } from './sqlite.ts'

export interface Asked {
  readonly id: number
  readonly verb: string
  readonly args: unknown
}

export type Answered =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: PlainError }

/** An error as it crosses the thread: the class is lost, the words are not. */
export interface PlainError {
  readonly message: string
  readonly code: string | null
  readonly remedy: string | null
  readonly exit: 1 | 2 | 3
  readonly stack: string | null
}

const port = parentPort
if (!port) throw new Error('src/ledger/thread.ts runs as a worker thread')
const { path } = workerData as { path: string }

const waiting: Asked[] = []
let busy = false
let ledger: SqliteLedger | undefined

port.on('message', (asked: Asked) => {
  waiting.push(asked)
  if (!busy) void work()
})

async function work(): Promise<void> {
  busy = true
  // A turn of the event loop gathers what else has arrived into the same commit.
  await new Promise<void>((resolve) => setImmediate(resolve))
  while (waiting.length > 0) {
    writeAll()
    const next = waiting.shift()
    if (next) await answer(next)
  }
  busy = false
}

function writeAll(): void {
  if (!ledger || waiting[0]?.verb !== 'write') return
  const batch: Asked[] = []
  while (waiting[0]?.verb === 'write') {
    const asked = waiting.shift()
    if (asked) batch.push(asked)
  }
  try {
    const answers = ledger.write(batch.map((asked) => asked.args as WriteRequest))
    batch.forEach((asked, at) => {
      reply({ id: asked.id, answer: answers[at] })
    })
  } catch (error) {
    for (const asked of batch) reply({ id: asked.id, error: plain(error) })
  }
}

async function answer(asked: Asked): Promise<void> {
  try {
    ledger ??= await openSqlite(path)
    if (asked.verb === 'write') {
      waiting.unshift(asked)
      return
    }
    if (asked.verb === 'close') ledger.close()
    reply({
      id: asked.id,
      answer: asked.verb === 'open' || asked.verb === 'close' ? null : await ledger.run(asked.verb, asked.args),
    })
    if (asked.verb === 'close') port?.close()
  } catch (error) {
    reply({ id: asked.id, error: plain(error) })
  }
}

function reply(answered: Answered): void {
  port?.postMessage(answered)
}

function plain(error: unknown): PlainError {
  const e = error as Error & { code?: string }
  const complaint = isComplaint(error) ? error : null
  return {
    message: e.message ?? String(error),
    code: e.code ?? null,
    remedy: complaint?.remedy ?? null,
    exit: complaint?.exit ?? 1,
    stack: e.stack ?? null,
  }
}
