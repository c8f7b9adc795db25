/**
 * The mail room: the formats and the protocol. Messages by RFC 5322 and 2045, addresses and submission by RFC 5321,
 * tokens, the local inbox and seed mailboxes. It knows what the wire says and nothing of lists, mailings or why anything is sent.
 * Editions come in as values; it alone imports nodemailer, imapflow and smtp-server.
 */

export { type Address, parseAddress } from './address.ts'
export { base32 } from './base32.ts'
export { bounceAddresses, isFromProgram, sentTo } from './bounce/whom.ts'
export {
  type BounceReason,
  type BounceRecipient,
  type BounceReport,
  readBounce,
} from './bounce.ts'
export { openSigner, readKeys, recordOf, type SignatureKey, type Signer } from './dkim.ts'
export { type Diagnosis, examineRoute, examiner, examineSender, type Sender, type SigningKey } from './doctor.ts'
export {
  type Heard,
  type HookEvent,
  type HookPost,
  hear,
  isProvider,
  type Provider,
} from './hooks.ts'
export { type Caught, type CaughtMail, type Inbox, type InboxOptions, openInbox, readInbox } from './inbox.ts'
export { leaveToken } from './leave.ts'
export { type Mailbox, openMailbox, type Sought, type Wanted } from './mailbox.ts'
export { type Mould, type MouldHead, mould, type Recipient } from './message.ts'
export { type AccessTokens, openAccess } from './oauth.ts'
export type { Envelope, Outcome, Reply, ReplyClass } from './outcome.ts'
export { classify, parseReply, retryAfter, type Stage } from './reply.ts'
export { openReports, type ReportsMailbox, type Taken } from './reports.ts'
export { isLoopback, parseRoute, type Route } from './route.ts'
export { type Lane, type LaneOptions, laneTimeouts, type Offers, openLane, Unreached } from './submit.ts'
export { type Tokens, tokens, type Unsubscribe, type Webcopy } from './token.ts'
export { type Verp, verp } from './verp.ts'
export { openWays, RELAY_DOWN, SESSION_END, type Ways } from './ways.ts'
