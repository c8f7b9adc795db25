/**
 * The mail room: the formats and the protocols. Messages by RFC 5322 and 2045 and their signatures by 6376, addresses and
 * submission by RFC 5321 over one relay or several, tokens; what comes back, as reports by RFC 3464 and 5965 or as
 * providers post them; mailboxes, the local inbox, and what DNS says of a sender. It knows what the wire says and nothing
 * of lists, mailings or why anything is sent. Editions come in as values; it alone imports nodemailer, imapflow,
 * smtp-server and mailauth.
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
  type HookEvent,
  type HookPost,
  hear,
  isProvider,
  type Provider,
} from './hooks.ts'
export { type Inbox, type InboxOptions, openInbox, readInbox } from './inbox.ts'
export { leaveToken } from './leave.ts'
export { type Mailbox, openMailbox, type Wanted } from './mailbox.ts'
export { type Mould, type MouldHead, mould, type Recipient } from './message.ts'
export { openAccess } from './oauth.ts'
export type { Envelope, Outcome, Reply, ReplyClass } from './outcome.ts'
export { receiverOf } from './receiver.ts'
export { classify, parseReply, retryAfter, type Stage } from './reply.ts'
export { openReports, type Taken } from './reports.ts'
export { isLoopback, parseRoute, type Route } from './route.ts'
export { type LaneOptions, laneTimeouts, type Offers, Unreached } from './session.ts'
export { type Lane, openLane } from './submit.ts'
export { type Tokens, tokens, type Unsubscribe } from './token.ts'
export { verp } from './verp.ts'
export { openWays, RELAY_DOWN, SESSION_END, type Ways } from './ways.ts'
