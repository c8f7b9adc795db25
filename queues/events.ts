/** A job is one round of posts to MESSAGE_WEBHOOK. A web hook that hangs keeps nothing waiting but itself. */
import { type Tools, tellEvents } from '../src/publishing/index.ts'

export const events = { name: 'events', concurrency: 1 } as const

export type EventsJob = Record<string, never>

/** One round at a time: while it is under way, the next tick adds nothing. */
export const EVENTS_JOB = 'events-due'

export const runEvents = (tools: Tools) => async () => {
  let told: number
  do told = await tellEvents(tools)
  while (told > 0 && !tools.stopping())
}
