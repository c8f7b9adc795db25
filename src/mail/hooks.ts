/**
 * What the big providers post when a message came back or was complained of: their signature first, then their JSON in
 * our words. Nothing is believed before its signature; what the words mean is judged as in a report that comes by mail.
 * A post that is repeated says the same again, which changes nothing (the ledger knows it); one that is old is refused.
 */
import type { BounceReport } from './bounce/words.ts'
import { hearMailgun } from './hooks/mailgun.ts'
import { hearPostmark } from './hooks/postmark.ts'
import { hearSendgrid } from './hooks/sendgrid.ts'
import { hearSes } from './hooks/ses.ts'
import { hearSparkpost } from './hooks/sparkpost.ts'

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

/** `secret` is what BOUNCE_HOOKS says of the provider. Rejects only as `certificate` does. */
type Hear = (secret: string, post: HookPost, tools: HookTools) => Heard | Promise<Heard>

const PROVIDERS = {
  ses: hearSes,
  postmark: hearPostmark,
  mailgun: hearMailgun,
  sendgrid: hearSendgrid,
  sparkpost: hearSparkpost,
} as const satisfies Record<string, Hear>

export type Provider = keyof typeof PROVIDERS

export const isProvider = (name: string): name is Provider => Object.hasOwn(PROVIDERS, name)

export const hear = async (provider: Provider, ...rest: Parameters<Hear>): Promise<Heard> =>
  await PROVIDERS[provider](...rest)
