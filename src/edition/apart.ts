/**
 * `make` in a child process that ends with it. mjml takes 140 MB once loaded; a worker that sends must stay small, and
 * makes a corrigendum once in a while.
 */
import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { Complaint } from '../complaint.ts'
import type { How } from './draft.ts'
import type { Announcement, Edition } from './edition.ts'

/** What the child answers: an edition, or what `make` threw. */
export type Answer =
  | { readonly edition: Edition }
  | { readonly complaint: { readonly fault: string; readonly remedy: string; readonly exit: 1 | 2 | 3 } }
  | { readonly error: string }

/** Milliseconds. Loading takes one second and rendering a tenth; a machine may be busy. */
const PATIENCE = 60_000

/** Children one after the other: two would take their memory at once, and the processor from the lanes. */
let turn: Promise<unknown> = Promise.resolve()

/** As `make`, Complaints included; an Error if the child ends without an answer or takes longer than a minute. */
export function makeApart(announcement: Announcement, how: How): Promise<Edition> {
  const made = turn.then(() => inChild(announcement, how))
  turn = made.catch(() => {})
  return made
}

function inChild(announcement: Announcement, how: How): Promise<Edition> {
  const entry = new URL(`./apart-child${extname(import.meta.url)}`, import.meta.url)
  const { promise, resolve, reject } = Promise.withResolvers<Edition>()
  // None of our own flags: a debugger's port, say, cannot be taken twice.
  const child = fork(entry, [], { serialization: 'advanced', execArgv: [], timeout: PATIENCE, killSignal: 'SIGKILL' })
  let answer: Answer | null = null
  child.on('message', (message: Answer) => {
    answer = message
  })
  child.on('error', reject)
  child.on('exit', (code, signal) => {
    if (answer === null) reject(new Error(`the child that renders ended without an answer (${signal ?? code})`))
    else if ('edition' in answer) resolve(answer.edition)
    else if ('error' in answer) reject(new Error(answer.error))
    else reject(new Complaint(answer.complaint.fault, answer.complaint))
  })
  child.send({ announcement, how })
  return promise
}
