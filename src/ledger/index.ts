/**
 * The ledger room: the truth. Everything that must not be lost is here, in SQL, and only here is SQL.
 *
 * It offers verbs, each one transaction: claim, hand and settle are the protocol that lets nothing leave twice and
 * nothing be forgotten. It knows states, counts and fences; it does not know SMTP, Redis, templates or time of day
 * (which comes in as an argument, except for leases, which the database's own clock keeps).
 */
export { holdLock, readLock } from './lock.ts'
export { type Ledger, openLedger } from './open.ts'
export { parseSegment } from './segment.ts'
export type { Freeze, OwedRow } from './verbs/addressing.ts'
export type { Bounce, BounceEffect, BounceVerdict } from './verbs/bouncing.ts'
export type { Imported, Person } from './verbs/importing.ts'
export type { Asking } from './verbs/joining.ts'
export type { Chosen, Member } from './verbs/lists.ts'
export type { MessageStatus, NewMessage, Posted } from './verbs/messages.ts'
export type { NewMailing, WatchStart } from './verbs/opening.ts'
export type { PersonData, SubscriberCard } from './verbs/people.ts'
export type { Heard } from './verbs/receivers.ts'
export type { Returns } from './verbs/returns.ts'
export { BULK } from './verbs/room.ts'
export type { ApiToken } from './verbs/tokens.ts'
export type { NewVouch, Vouch } from './verbs/vouching.ts'
export type { Watchword } from './verbs/watching.ts'
export {
  type Answer,
  type Answers,
  type Claim,
  type Counts,
  DELIVERY_STATES,
  type DeliveryState,
  type DueDelivery,
  type FieldValues,
  type FrozenRow,
  type Hand,
  type HandAnswer,
  type Handed,
  type HeldCopy,
  type Holder,
  type HolderCounts,
  type LinkLine,
  type List,
  type Mailing,
  type MailingState,
  type Notice,
  type NoticeStart,
  type Proof,
  type Reader,
  type RestingReceiver,
  type Role,
  type Selection,
  type Settle,
  type StoredEdition,
  type Survey,
  type WaitingProof,
  type Watched,
  type WatchState,
} from './words.ts'
