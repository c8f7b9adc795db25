/**
 * What the big providers post when a message came back or was complained of: their signature first, then their JSON in
 * our words. Nothing is believed before its signature; what the words mean is judged as in a report that comes by mail.
 * A post that is repeated says the same again, which changes nothing (the ledger knows it); one that is old is refused.
 */
import { hearMailgun } from './hooks/mailgun.ts'
import { hearPostmark } from './hooks/postmark.ts'
import { hearSendgrid } from './hooks/sendgrid.ts'
import { hearSes } from './hooks/ses.ts'
import { hearSparkpost } from './hooks/sparkpost.ts'
import type { Heard, HookPost, HookTools } from './hooks/words.ts'

export type { HookEvent, HookPost } from './hooks/words.ts'

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
