/** Opening a ledger: the verbs as functions, the database behind a thread. */
import { mkdirSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Complaint } from '../complaint.ts'
import { gathering } from './gather.ts'
import type { SchemaStep } from './migrations.ts'
import type { WriteAnswer } from './protocol.ts'
import type { Answered, PlainError } from './thread.ts'
import type { Verbs } from './verbs/index.ts'
import type { Hand, HandAnswer, Settle } from './words.ts'

export interface Ledger extends Verbs, AsyncDisposable {
  /**
   * One commit: settles what a lane has heard, and asks whether the body of `hand` may go. Waits are gathered over all
   * lanes. `hand` null: settles only.
   */
  write(request: { settles: readonly Settle[]; hand: Hand | null; now: number; leaseMs: number }): Promise<{
    hand: HandAnswer | null
    settled: number
  }>
  close(): Promise<void>
  /** From which schema to which it was brought as it was opened. */
  readonly schema: SchemaStep
}

/**
 * Opens (and makes, and migrates) a ledger: `postgres://…`, or the path of an SQLite file. Throws a Complaint where it
 * cannot be opened.
 */
export async function openLedger(place: string): Promise<Ledger> {
  return /^postgres(?:ql)?:/.test(place) ? await onPostgres(place) : await onSqlite(place)
}

async function onPostgres(url: string): Promise<Ledger> {
  // Loaded only where it is asked for: most ledgers are a file.
  const { openPostgres } = await import('./postgres.ts')
  const { run, ...own } = await openPostgres(url)
  return verbs(run, own)
}

async function onSqlite(path: string): Promise<Ledger> {
  mkdirSync(dirname(path), { recursive: true })
  const thread = new Worker(new URL(`./thread${extname(import.meta.url)}`, import.meta.url), { workerData: { path } })
  const ask = asker(thread)
  let schema: SchemaStep
  try {
    schema = (await ask('open', null)) as SchemaStep
  } catch (error) {
    await thread.terminate()
    throw explained(error, path)
  }
  const close = async (): Promise<void> => {
    await ask('close', null)
    await thread.terminate()
  }
  const write = gathering((batch) => ask('write', batch) as Promise<readonly WriteAnswer[]>)
  return verbs(ask, { write, close, schema })
}

/** The verbs as functions: each asks `run` by its name. */
function verbs(
  run: (verb: string, args: unknown) => Promise<unknown>,
  own: Pick<Ledger, 'write' | 'close' | 'schema'>,
): Ledger {
  const known: Record<string, unknown> = { ...own }
  return new Proxy(known, {
    get: (target, verb) => {
      if (verb === Symbol.asyncDispose) return own.close
      // A promise's `then` must not look like a verb, or awaiting a ledger would ask it.
      if (typeof verb === 'symbol' || verb === 'then' || verb in target) return target[verb as string]
      target[verb] = (args: unknown) => run(verb, args ?? null)
      return target[verb]
    },
  }) as unknown as Ledger
}

function explained(error: unknown, path: string): unknown {
  const code = (error as { code?: string }).code ?? ''
  if (!code.startsWith('SQLITE_')) return error
  return new Complaint(`cannot open the ledger ${path}: ${(error as Error).message}`, {
    remedy: 'check that DATA_DIR can be written and that the file is a ledger of this program',
    exit: 3,
    cause: error,
  })
}

function asker(thread: Worker): (verb: string, args: unknown) => Promise<unknown> {
  const asked = new Map<number, { resolve: (answer: unknown) => void; reject: (error: unknown) => void }>()
  let last = 0
  let gone: Error | null = null
  const end = (why: Error): void => {
    gone ??= why
    for (const { reject } of asked.values()) reject(gone)
    asked.clear()
    thread.unref()
  }
  thread.on('error', (error) => end(error as Error))
  thread.on('exit', () => end(new Error('the ledger is closed')))
  thread.on('message', (answered: Answered) => {
    const waiting = asked.get(answered.id)
    asked.delete(answered.id)
    // An idle ledger does not keep a command alive; one that owes an answer does.
    if (asked.size === 0) thread.unref()
    if ('error' in answered) waiting?.reject(revived(answered.error))
    else waiting?.resolve(answered.answer)
  })
  thread.unref()
  return (verb, args) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone)
      last += 1
      if (asked.size === 0) thread.ref()
      asked.set(last, { resolve, reject })
      thread.postMessage({ id: last, verb, args })
    })
}

function revived(plain: PlainError): Error {
  if (plain.code === 'COMPLAINT') return new Complaint(plain.message, { remedy: plain.remedy ?? '', exit: plain.exit })
  const error = new Error(plain.message) as Error & { code?: string }
  if (plain.code) error.code = plain.code
  error.stack = `${error.stack ?? ''}\n  in the ledger: ${plain.stack ?? ''}`
  return error
}
