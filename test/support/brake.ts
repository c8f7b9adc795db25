/** A receiver that a test stops at a moment of its choice, so that a mailing is where the test wants it for certain. */
import { setTimeout as wait } from 'node:timers/promises'

export interface Brake {
  /** For `onDot` of a sink: answers after `delay` milliseconds, and not before the brake is off. */
  readonly reply: () => Promise<void>
  /** From now on nobody is answered. */
  on(): void
  off(): void
}

export function openBrake({ delay = 0 }: { delay?: number } = {}): Brake {
  let stopped: PromiseWithResolvers<void> | null = null
  return {
    reply: async () => {
      await wait(delay)
      await stopped?.promise
    },
    on: () => {
      stopped ??= Promise.withResolvers()
    },
    off: () => {
      stopped?.resolve()
      stopped = null
    },
  }
}
