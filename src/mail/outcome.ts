/** What became of one submission: ordinary news, so a value and never an exception (RFC 5321 §4.2.1, §4.5.3.2.6). */

export interface Reply {
  readonly code: number
  /** Enhanced status code (RFC 3463) such as 5.1.1; null where the server gave none. */
  readonly enhanced: string | null
  /** The reply's text, one line, no addresses removed: for the ledger, never for logs. */
  readonly text: string
}

/** What a reply asks of us beyond this one recipient; see the table in reply.ts. */
export type ReplyClass =
  | 'accepted'
  | 'greylisted' // try again in minutes
  | 'throttled' // the route is too fast
  | 'soft' // mailbox full, system storage, other 4yz
  | 'hard' // no such mailbox, no such domain, disabled: suppress
  | 'hard-by-text' // 550 without an enhanced code
  | 'policy' // 5.7.x: never suppress
  | 'too-big' // stop the run: a fault of the content
  | 'auth' // stop the run: the relay does not take us
  | 'protocol' // 500–504: a bug or a relay that lacks something
  | 'unsupported' // the address cannot be written to: SMTPUTF8 needed and not offered (judged here), 5.1.3, 5.6.7
  | 'session-end' // 421: cool the route

export type Outcome =
  | { readonly kind: 'accepted'; readonly reply: Reply }
  | { readonly kind: 'deferred' | 'rejected'; readonly reply: Reply; readonly class: ReplyClass }
  /** The body was read and no reply came: it may or may not be out. Never sent again by itself. */
  | { readonly kind: 'uncertain'; readonly why: string }
  /** The hand was refused, so no dot was sent: certainly unsent. */
  | { readonly kind: 'withheld' }
  /**
   * The session ended, or the relay would not have us (421, 530), before the body was given: no attempt, certainly
   * unsent. The hand may have come true meanwhile, so the row may stand as handed: it goes back to pending.
   */
  | { readonly kind: 'unreached'; readonly why: string; readonly class: ReplyClass | null; readonly reply?: Reply }

export interface Envelope {
  /** Already passed by `parseAddress`. */
  readonly from: string
  readonly to: string
}
