/** What a provider posts and what it says, in words of ours. */
import type { BounceReport } from '../bounce/words.ts'

export interface HookPost {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

export interface HookEvent {
  /** Of one recipient. */
  readonly report: BounceReport
  /** Envelope senders that it quotes: among them may be the VERP address of the copy. */
  readonly senders: readonly string[]
}

export type Heard =
  /** `once`: what is in no other post of this provider, where its signature does not cover the events. */
  | { readonly kind: 'events'; readonly events: readonly HookEvent[]; readonly once?: string }
  /** Amazon SNS asks whether we want its posts: yes is a GET of this address, which is Amazon's. */
  | { readonly kind: 'confirm'; readonly url: string }
  /** Not signed by whom we know, or too old; `why` is for the log. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Signed, and not to be read. */
  | { readonly kind: 'unread' }

export interface HookTools {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The certificate, in PEM, at an address that has been found to be Amazon's. May reject. */
  readonly certificate: (url: string) => Promise<string>
}
