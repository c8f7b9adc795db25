/** Postmark signs nothing: a user and a password stand in the address that it is given, and come as Basic. */
import type { BounceReason } from '../bounce/words.ts'
import { bounced, complained, present } from './event.ts'
import { parsed, text } from './json.ts'
import { isLetIn } from './proof.ts'
import type { Heard, HookEvent, HookPost } from './words.ts'

export function hearPostmark(secret: string, post: HookPost): Heard {
  if (!isLetIn(secret, post)) return { kind: 'refused', why: 'it has not the password' }
  const body = parsed(post.body)
  return body === undefined ? { kind: 'unread' } : { kind: 'events', events: [eventOf(body)].filter(present) }
}

/** Postmark's kinds that say that the message did not arrive; all others are answers, delays and news of its own. */
const REASONS: Readonly<Record<string, BounceReason | null>> = {
  HardBounce: 'no-such-mailbox',
  BadEmailAddress: 'no-such-mailbox',
  SoftBounce: null,
  DnsError: 'timeout',
  SpamNotification: 'spam',
  Blocked: 'policy',
  DMARCPolicy: 'auth',
  VirusNotification: 'content',
}

function eventOf(body: unknown): HookEvent | null {
  const type = text(body, 'Type')
  const about = { address: text(body, 'Email') }
  if (text(body, 'RecordType') === 'SpamComplaint' || type === 'SpamComplaint') {
    return complained({ ...about, said: 'abuse' })
  }
  if (!Object.hasOwn(REASONS, type)) return null
  return bounced({
    ...about,
    said: text(body, 'Details'),
    reason: REASONS[type] ?? null,
    isFinal: type === 'HardBounce' || type === 'BadEmailAddress',
  })
}
