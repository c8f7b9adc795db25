/**
 * The thread that owns the SQLite connection and runs every verb, one after the other, each a transaction. Hands and
 * settles come gathered, a batch a message: see gather.ts.
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
  // Hands come first: behind each stands a relay that said 354 and waits.
  if (asked.verb === 'write') waiting.unshift(asked)
  else waiting.push(asked)
  if (!busy) void work()
})

async function work(): Promise<void> {
  busy = true
  for (let next = waiting.shift(); next; next = waiting.shift()) await answer(next)
  busy = false
}

async function answer(asked: Asked): Promise<void> {
  try {
    ledger ??= await openSqlite(path)
    if (asked.verb === 'close') ledger.close()
    if (asked.verb === 'write') return reply({ id: asked.id, answer: ledger.write(asked.args as WriteRequest[]) })
    reply({
      id: asked.id,
      answer:
        asked.verb === 'open'
          ? ledger.schema
          : asked.verb === 'close'
            ? null
            : await ledger.run(asked.verb, asked.args),
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
