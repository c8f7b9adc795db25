/** One event of a provider as a report of one recipient. */
import { tidy } from '../bounce/addresses.ts'
import { judge } from '../bounce/reasons.ts'
import { messageIdIn } from '../bounce/status.ts'
import type { BounceReason, BounceReport } from '../bounce/words.ts'
import type { HookEvent } from './words.ts'

export interface Told {
  readonly address: string
  /** What the receiving system said, as the provider passes it on. */
  readonly said: string
  /** RFC 3463, where the provider gives one. */
  readonly status?: string
  /** What the provider's own kinds say where the words say nothing; null: nothing. */
  readonly reason: BounceReason | null
  /** False: the provider calls it passing, and tries on or lets us. */
  readonly isFinal: boolean
  /** Message-ID, with or without its brackets. */
  readonly messageId?: string
  readonly senders?: readonly string[]
}

/** Null where no address is named. */
export function bounced(told: Told): HookEvent | null {
  const status = /^[245]\.\d{1,3}\.\d{1,3}$/.test(told.status ?? '') ? (told.status ?? null) : null
  const words = judge(told.said, status, told.isFinal ? 'failed' : 'delayed')
  const isBetter = told.reason !== null && (words.reason === 'unknown' || told.said.trim() === '')
  const judged =
    isBetter && told.reason !== null
      ? { ...words, reason: told.reason, hard: told.isFinal && HARD.has(told.reason) }
      : words
  return eventOf(told, {
    kind: 'bounce',
    recipient: { action: 'failed', ...judged, diagnostic: told.said.trim().slice(0, 1_000) || null },
  })
}

const HARD: ReadonlySet<BounceReason> = new Set<BounceReason>(['no-such-mailbox', 'no-such-domain', 'gone', 'moved'])

export const complained = (told: Omit<Told, 'reason' | 'isFinal'>): HookEvent | null =>
  eventOf(told, {
    kind: 'complaint',
    recipient: { action: 'complaint', status: null, hard: false, reason: null, diagnostic: told.said || null },
  })

type Made = {
  readonly kind: 'bounce' | 'complaint'
  readonly recipient: Omit<BounceReport['recipients'][number], 'address'>
}

function eventOf(told: Pick<Told, 'address' | 'messageId' | 'senders'>, { kind, recipient }: Made): HookEvent | null {
  const address = tidy(told.address)
  if (address === null) return null
  const id = told.messageId ? (messageIdIn(told.messageId) ?? messageIdIn(`<${told.messageId.trim()}>`)) : null
  return {
    report: { kind, recipients: [{ address, ...recipient }], messageId: id },
    senders: (told.senders ?? []).filter((sender) => sender !== ''),
  }
}

export const present = (event: HookEvent | null): event is HookEvent => event !== null
