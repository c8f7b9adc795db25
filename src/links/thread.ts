/**
 * The looker's thread. The guarded connector becomes undici's global dispatcher here and nowhere else, so the guard
 * holds for every request that linkinator makes, and for no request of the rest of the program. Before the first look
 * it proves itself: an address that the policy refuses must be refused on linkinator's own way.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Agent, setGlobalDispatcher } from 'undici'
import { addressPolicy, type RefuseAddress } from './addresses.ts'
import type { Looking, Manners } from './asking.ts'
import { capture } from './capture.ts'
import { guardedConnector } from './connector.ts'
import type { Look, LookRequest } from './look.ts'
import { lookAll } from './looking.ts'
import { openNames } from './names.ts'
import { guardFault } from './selftest.ts'
import { openTurns } from './turns.ts'

export interface ThreadOptions {
  readonly allow: readonly string[]
  readonly resolver: string | null
  readonly ca: string | null
  readonly userAgent: string
  readonly manners: Manners
}

export type ToThread =
  | {
      readonly kind: 'look'
      readonly run: number
      readonly requests: readonly LookRequest[]
      readonly deadline: number | null
    }
  | { readonly kind: 'cancel'; readonly run: number }

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'fault'; readonly message: string }
  | { readonly kind: 'look'; readonly run: number; readonly n: number; readonly look: Look }
  | { readonly kind: 'end'; readonly run: number }

async function serve(port: MessagePort, options: ThreadOptions): Promise<void> {
  const say = (message: FromThread): void => port.postMessage(message)
  const refuses = addressPolicy(options.allow)
  const looking = openLooking(options, refuses)
  const fault = await guardFault(refuses, options.manners.visitTimeout)
  if (fault !== null) return say({ kind: 'fault', message: fault })
  // linkinator can lose a rejection or throw from a stream. Each visit has its own end, so the thread goes on.
  process.on('uncaughtException', () => {})
  const runs = new Map<number, AbortController>()
  port.on('message', async (message: ToThread) => {
    if (message.kind === 'cancel') return runs.get(message.run)?.abort()
    const run = new AbortController()
    runs.set(message.run, run)
    const timer = message.deadline === null ? null : setTimeout(() => run.abort(), message.deadline)
    await lookAll(looking, message.requests, run.signal, (n, look) => say({ kind: 'look', run: message.run, n, look }))
    if (timer) clearTimeout(timer)
    runs.delete(message.run)
    say({ kind: 'end', run: message.run })
  })
  say({ kind: 'ready' })
}

function openLooking({ manners, resolver, ca, userAgent }: ThreadOptions, refuses: RefuseAddress): Looking {
  const names = openNames(resolver, manners.nameTimeout)
  const connector = guardedConnector({ refuses, names, timeout: manners.connectTimeout, ca })
  const agent = new Agent({
    connect: connector,
    headersTimeout: manners.answerTimeout,
    bodyTimeout: manners.visitTimeout,
    keepAliveTimeout: 2_000,
    maxHeaderSize: 64 * 1024,
  })
  setGlobalDispatcher(agent.compose(capture))
  return { manners, names, connector, userAgent, turns: openTurns(manners), siblings: new Map(), secured: new Map() }
}

// Last, so that every table above is there when it starts.
if (parentPort) await serve(parentPort, workerData as ThreadOptions)
