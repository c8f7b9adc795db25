/** What the receiver's log says about the promise: nobody lost, nobody twice. The ledger is only asked what it claims. */
import type { Entry } from './receiver.ts'

/** How far a message was when its worker was killed, by what really arrived. */
export type Stage = 'before the body' | 'within the body' | 'between dot and 250'

export interface Verdict {
  readonly breaches: readonly string[]
  readonly received: number
  readonly accepted: number
  readonly uncertain: number
  /** Uncertain ones that the receiver has, by its log. */
  readonly uncertainReceived: number
}

const SHOWN = 5

/** `again`: who was sent to once more because a person said that it had not arrived; their first try is no breach. */
export function judgeDrill(
  log: readonly Entry[],
  states: ReadonlyMap<string, string>,
  again: ReadonlySet<string> = new Set(),
): Verdict {
  const dots = log.filter((entry) => entry.event === 'dot')
  const received = new Set(dots.map((entry) => entry.to))
  const inState = (wanted: string): string[] => [...states].filter(([, s]) => s === wanted).map(([address]) => address)
  const [accepted, uncertain] = [inState('accepted'), inState('uncertain')]
  const breaches = [
    told('got it twice', repeated(dots.map((entry) => entry.to))),
    told(
      'were begun twice',
      repeated(log.filter((e) => e.event === 'body' && !again.has(e.to)).map((entry) => entry.to)),
    ),
    told('Message-IDs came twice', repeated(dots.map((entry) => entry.messageId))),
    told(
      'are strangers',
      [...received].filter((to) => !states.has(to)),
    ),
    told(
      'are accepted by the ledger and unknown to the receiver',
      accepted.filter((to) => !received.has(to)),
    ),
    told(
      'are with the receiver and neither accepted nor uncertain',
      [...received].filter((to) => !['accepted', 'uncertain'].includes(states.get(to) ?? '')),
    ),
    told(
      'have ended in neither accepted nor uncertain: lost',
      [...states].filter(([, s]) => s !== 'accepted' && s !== 'uncertain').map(([address, s]) => `${address} (${s})`),
    ),
  ]
  return {
    breaches: breaches.filter((breach) => breach !== null),
    received: received.size,
    accepted: accepted.length,
    uncertain: uncertain.length,
    uncertainReceived: uncertain.filter((to) => received.has(to)).length,
  }
}

/** Where the messages stood that were handed when their worker died. */
export function stagesOf(log: readonly Entry[], handed: readonly string[]): Map<string, Stage> {
  const last = new Map<string, Entry['event']>()
  for (const { to, event } of log) if (event !== 'end') last.set(to, event)
  return new Map(
    handed.map((to) => {
      const event = last.get(to)
      const stage =
        event === 'body' ? 'within the body' : event === 'go-ahead' ? 'before the body' : 'between dot and 250'
      return [to, stage]
    }),
  )
}

const told = (what: string, who: readonly string[]): string | null =>
  who.length === 0 ? null : `${who.length} ${what}: ${who.slice(0, SHOWN).join(', ')}${who.length > SHOWN ? ', …' : ''}`

function repeated(all: readonly string[]): string[] {
  const seen = new Set<string>()
  return all.filter((one) => seen.has(one) || !seen.add(one))
}
