/**
 * The words of the ledger: states, ids, and what its verbs take and give. Plain values only: they cross a thread.
 * Times are milliseconds since the epoch; ids are positive integers.
 */
import type { EditionContent, FieldSchema, Kind, LinkChange, LinkTerms, Place } from '../edition/index.ts'
import type { Cause, Look, Verdict } from '../links/index.ts'
import type { Reply } from '../mail/index.ts'

/**
 * One recipient's copy of one mailing.
 *
 *   pending → handed → accepted | deferred | rejected | uncertain, later bounced
 *
 * A reply before 354 settles pending or deferred directly. `deferred` and `handed` go on; all else ends.
 * suppressed, cancelled and expired are reached from pending and deferred only: nothing had left.
 */
export const DELIVERY_STATES = [
  'pending',
  'handed',
  'accepted',
  'deferred',
  'rejected',
  'uncertain',
  'bounced',
  'suppressed',
  'cancelled',
  'expired',
] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

export type Counts = Record<DeliveryState, number>

/** `publishing` is not visible yet; `proving` waits for the seed mailboxes' copies. */
export type MailingState = 'publishing' | 'scheduled' | 'proving' | 'running' | 'held' | 'done' | 'cancelled'

/** `team`: a notice to ourselves; `applicant`: asked whether they want to be a reader. Neither has consent to ask for. */
export type Role = 'reader' | 'seed' | 'test' | 'team' | 'applicant'

/** Where a watched link of a mailing stands, by `judge`. */
export type WatchState = 'alive' | 'failing' | 'alert' | 'dead'

export interface StoredEdition extends EditionContent {
  readonly id: number
  readonly digest: string
  readonly fields: readonly string[]
  readonly places: readonly Place[]
  readonly list: string | null
  readonly source: { readonly name: string; readonly format: 'md' | 'mjml'; readonly text: string }
}

export interface Mailing {
  readonly id: number
  readonly kind: Kind
  readonly edition: number
  readonly subject: string
  readonly language: string
  /** The list's name; of several, their names with commas. */
  readonly list: string | null
  /** Of several, the first. */
  readonly listId: number | null
  /** To whom, where it is more than one list as it stands. */
  readonly selection: Selection | null
  readonly state: MailingState
  /** Why it is held or cancelled, for people. */
  readonly stateWhy: string | null
  /** How many were in hand when it was last held or cancelled: they had left, or left then. Null: it never was. */
  readonly slipped: number | null
  readonly audience: number
  readonly publishedAt: number | null
  readonly dueAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** The mailing whose dead links this one corrects, and the edition that was handed. */
  readonly corrects: number | null
  readonly correctsEdition: number | null
  /** `line`: held by the watch, which lets it go on when it can. */
  readonly heldBy: 'line' | null
  /** How often the watch has held it. */
  readonly holds: number
  /** A corrigendum for those at one mail domain; null: for all. */
  readonly domain: string | null
  readonly origin: 'auto' | 'hand' | null
  /** What a corrigendum changes; of an announcement, what was changed while it was being sent. */
  readonly changes: readonly LinkChange[]
}

/**
 * What a person, or we in their stead, did about a list. `asked` and `confirmed` are the two halves of an opt-in;
 * `changed` is a new address; `returned` ends a pause or a departure. `erased` names nobody.
 */
export type ConsentAct = 'asked' | 'confirmed' | 'imported' | 'left' | 'paused' | 'returned' | 'changed' | 'erased'

export type SubscriptionState = 'subscribed' | 'paused' | 'unsubscribed'

/** A person's values of a list's own fields: text and dates (YYYY-MM-DD) as strings. */
export type FieldValues = Readonly<Record<string, string | number | boolean>>

export interface List {
  readonly id: number
  readonly name: string
  readonly fields: FieldSchema
}

/** To whom: a union of lists, without those on others, and of them whom the segment means. Names of lists. */
export interface Selection {
  readonly lists: readonly string[]
  readonly except: readonly string[]
  /** A segment as it was written; null: everybody. */
  readonly where: string | null
}

/** A person on a list who may be written to, as the freeze copies them. */
export interface Reader {
  readonly subscriber: number
  /** The list through which they are written to; null where there is none. */
  readonly list: number | null
  readonly address: string
  readonly name: string | null
  readonly language: string | null
  readonly fields: Readonly<Record<string, string>>
}

/** How many of a list may not be written to, and why. */
export interface Survey {
  readonly listId: number
  readonly people: number
  readonly unsubscribed: number
  readonly paused: number
  readonly suppressed: number
}

/** One row for the freeze: the reader, and what threads the copy to an earlier one. */
export interface FrozenRow {
  readonly n: number
  readonly role: Role
  readonly subscriber: number | null
  /** The list through which they get it; null or absent: the mailing's. */
  readonly list?: number | null
  readonly address: string
  readonly fields: Readonly<Record<string, string>>
  readonly inReplyTo: string | null
  readonly references: readonly string[]
}

/** A delivery that a lane is to make. */
export interface DueDelivery extends FrozenRow {
  readonly tries: number
}

export interface Claim {
  readonly chunk: number
  readonly epoch: number
  readonly mailing: Mailing
  readonly rows: readonly DueDelivery[]
}

/** May this row's body go? Asked after the 354, answered by the commit. */
export interface Hand {
  readonly mailing: number
  readonly n: number
  readonly chunk: number
  readonly epoch: number
  readonly edition: number
}

export type HandAnswer =
  | 'handed'
  /** The chunk belongs to a newer claim. */
  | 'fenced'
  /** The mailing does not run: held or cancelled. */
  | 'held'
  /** The mailing's current edition is another one: compose again. */
  | 'edition'
  /** The person unsubscribed or is suppressed; the row is `suppressed` now. */
  | 'consent'
  /** The row is not pending or deferred any more. */
  | 'settled'

export interface Settle {
  readonly mailing: number
  readonly n: number
  readonly chunk: number
  readonly epoch: number
  /** `unsent`: handed by our commit, but the body never went; the row is what it was before. */
  readonly to: 'accepted' | 'deferred' | 'rejected' | 'uncertain' | 'unsent'
  readonly reply: Reply | null
  /** For `deferred`: when to try again. */
  readonly retryAt: number | null
  /** Never write to this address again, and why: hard replies. */
  readonly suppress: string | null
}

/** How many of a receiver's last answers said what. */
export interface Answers {
  readonly answers: number
  /** No such mailbox. */
  readonly hard: number
  /** Policy, content, authentication: about us. */
  readonly refused: number
  /** Later, because we come too fast or are not trusted yet (4.7.x). */
  readonly slowed: number
}

/** A receiver that mail of mailings waits for. */
export interface RestingReceiver {
  /** A mail domain that stands for its family. */
  readonly receiver: string
  readonly since: number
  /** When it goes on by itself; null: when somebody lets it. */
  readonly until: number | null
  readonly why: string
}

/** A link of a mailing under watch. */
export interface Watched {
  readonly mailing: number
  readonly link: number
  readonly href: string
  readonly terms: LinkTerms | null
  readonly state: WatchState
  readonly since: number | null
  readonly cause: Cause | null
  readonly dueAt: number | null
  readonly publishedAt: number
  readonly baseline: Look | null
  /** What was done about a dead link; `web`: too late for mail, the web copy alone is corrected. */
  readonly answer: Answer | null
  readonly corrigendum: number | null
  readonly deadAt: number | null
  /** Since when its corrigendum waits for neighbours that may live again. */
  readonly stalledAt: number | null
  readonly mailingState: MailingState
  readonly heldBy: 'line' | null
  /** Whether the edition that the mailing hands out now carries it. */
  readonly carried: boolean
}

export type Answer = 'corrigendum' | 'asked' | 'refused' | 'vetoed' | 'web'

/** Something the team is to be told, once a topic. */
export interface NoticeStart {
  readonly topic: string
  readonly kind: string
  readonly mailing: number | null
  readonly link: number | null
  readonly subject: string
  /** Markdown, without addresses that a mail reader would make links of. */
  readonly body: string
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  /** Told again until it is closed, daily at first. */
  readonly remind: boolean
}

export interface Notice extends NoticeStart {
  readonly id: number
  readonly at: number
  readonly dueAt: number | null
  readonly times: number
  readonly closedAt: number | null
  readonly hookTries: number
}

/** A line of `gll links`. */
export interface LinkLine extends Watched {
  readonly verdict: Verdict | null
  readonly lastLook: number | null
  readonly why: string | null
  readonly looks: number
  readonly holders: number
}

/** A holder of a mailing's edition: an accepted or uncertain copy of a person who may still be written to. */
export interface Holder extends Reader {
  readonly n: number
}

/** A copy that a person holds, by which it can be answered. */
export interface HeldCopy {
  readonly subscriber: number
  readonly mailing: number
  readonly edition: number
  readonly n: number
  /** Which of the links asked for it carries. */
  readonly links: readonly number[]
}

/** Who holds an edition, and who of them would get a corrigendum. */
export interface HolderCounts {
  readonly edition: number
  readonly holders: number
  readonly unsubscribed: number
  readonly suppressed: number
  readonly erased: number
  readonly elsewhere: number
  readonly corrected: number
  readonly people: number
}

/** A line of `gll who`. */
export interface Handed {
  readonly mailing: number
  readonly kind: Kind
  readonly subject: string
  readonly n: number
  readonly state: DeliveryState
  readonly at: number
  readonly reply: string | null
  readonly corrects: number | null
}

/**
 * What became of a copy in a seed mailbox. `absent`: it did not come in time. `released`: a person let the mailing go
 * all the same. `given-up`: the mailing was proved again.
 */
export type ProofState = 'waiting' | 'sound' | 'damaged' | 'unsure' | 'absent' | 'released' | 'given-up'

/** A copy that went to a seed mailbox. */
export interface Proof {
  readonly id: number
  readonly n: number
  /** Which time the mailing was proved, from 1. */
  readonly round: number
  /** Sent last, for damage that begins late. */
  readonly late: boolean
  readonly address: string
  readonly mailbox: string
  readonly state: ProofState
  readonly since: number
  readonly judgedAt: number | null
  /** What is wrong with it, a line each. */
  readonly report: readonly string[]
}

/** A copy that is looked for. */
export interface WaitingProof extends Pick<Proof, 'id' | 'n' | 'late' | 'address' | 'mailbox' | 'since'> {
  readonly mailing: number
  readonly edition: number
  readonly dueAt: number
  readonly delivery: DeliveryState
  readonly deliveryAt: number
  readonly reply: string | null
  readonly fields: Readonly<Record<string, string>>
  readonly mailingState: MailingState
}
