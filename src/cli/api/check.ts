/**
 * `gll check` for whoever asks over the API. It runs in a child that ends with it: a letter of millions of characters
 * takes the processor for seconds, in which nobody could unsubscribe, and rendering takes 150 MB.
 */
import { fork } from 'node:child_process'
import { extname } from 'node:path'
import type { ApiTools, CheckReport } from '../../web/index.ts'

/** What the child is sent; it answers with a CheckReport. */
export interface Order {
  readonly file: string
  readonly bytes: Uint8Array
  readonly content: boolean
  readonly deadline: string
}

/** Letters judged at once, a process each. */
const AT_ONCE = 2
/** A connection that says nothing for half a minute is cut; a link that is asked for still at this time is unsure. */
const DEADLINE = '20s'
const PATIENCE = 29_000

export function checkTool(): ApiTools['check'] {
  let underWay = 0
  return async (letter) => {
    if (underWay >= AT_ONCE) return null
    underWay += 1
    try {
      return await checkedApart({ ...letter, deadline: DEADLINE })
    } finally {
      underWay -= 1
    }
  }
}

function checkedApart(order: Order): Promise<CheckReport> {
  const entry = new URL(`./check-child${extname(import.meta.url)}`, import.meta.url)
  const { promise, resolve, reject } = Promise.withResolvers<CheckReport>()
  const child = fork(entry, [], {
    serialization: 'advanced',
    execArgv: [],
    // What it says of its looks is for a person who waits.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  })
  child.on('message', (report: CheckReport) => resolve(report))
  child.on('error', reject)
  child.on('exit', (code, signal) =>
    reject(new Error(`the child that checks ended without an answer (${signal ?? code})`)),
  )
  child.send(order)
  return promise
}
