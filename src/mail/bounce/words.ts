/** What a report says, in words of ours. */

/** Why a message was not delivered. */
export type BounceReason =
  | 'no-such-mailbox'
  | 'no-such-domain'
  | 'gone' // it was there once: deleted, closed for good, its owner has left
  | 'disabled' // the mailbox is there and takes nothing, perhaps for a time
  | 'moved'
  | 'mailbox-full'
  | 'too-big'
  | 'spam'
  | 'policy'
  | 'greylisted'
  | 'throttled'
  | 'relay-denied'
  | 'content' // a virus, a forbidden attachment, a form the receiver does not take
  | 'auth' // SPF, DKIM, DMARC, reverse DNS
  | 'sender' // the sender's address is refused
  | 'timeout' // never reached, or not in time
  | 'loop'
  | 'system' // a fault of the receiving system
  | 'unknown'

export type BounceAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'complaint'

export interface BounceRecipient {
  /** As the report names it, the domain in lower case. */
  readonly address: string
  readonly action: BounceAction
  /** RFC 3463; null where neither the report nor the reply in it gives one. */
  readonly status: string | null
  /** The address itself is at fault, for good: nobody reads what is sent there. */
  readonly hard: boolean
  /** Null where nothing failed. */
  readonly reason: BounceReason | null
  /** What the receiving system said, one line, at most 1,000 characters. */
  readonly diagnostic: string | null
}

export interface BounceReport {
  readonly kind: 'bounce' | 'delay' | 'complaint' | 'autoreply' | 'other'
  /** Of a complaint, whom it comes from, where the provider has not blotted it out. */
  readonly recipients: readonly BounceRecipient[]
  /** Message-ID of the message reported on, with its brackets; null where the report does not say. */
  readonly messageId: string | null
}
