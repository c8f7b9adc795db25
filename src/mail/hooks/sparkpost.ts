/** SparkPost signs nothing either: Basic, or a token of OAuth, or one in a header of its own. */
import type { BounceReason } from '../bounce/words.ts'
import { bounced, complained, present } from './event.ts'
import { at, listed, parsed, text } from './json.ts'
import { header, isLetIn, isSame } from './proof.ts'
import type { Heard, HookEvent, HookPost } from './words.ts'

export function hearSparkpost(secret: string, post: HookPost): Heard {
  const isTold = isSame(header(post, 'x-messagesystems-webhook-token'), secret)
  if (!isLetIn(secret, post) && !isTold) return { kind: 'refused', why: 'it has not the password' }
  const body = parsed(post.body)
  return Array.isArray(body)
    ? { kind: 'events', events: listed({ body }, 'body').map(eventOf).filter(present) }
    : { kind: 'unread' }
}

/** By its classification codes; those that are not here tell of no failure (answers, challenges, subscriptions). */
const REASONS: Readonly<Record<string, { readonly reason: BounceReason | null; readonly isFinal: boolean }>> = {
  1: { reason: null, isFinal: true },
  10: { reason: 'no-such-mailbox', isFinal: true },
  20: { reason: null, isFinal: false },
  21: { reason: 'timeout', isFinal: false },
  22: { reason: 'mailbox-full', isFinal: false },
  23: { reason: 'too-big', isFinal: false },
  24: { reason: 'timeout', isFinal: false },
  25: { reason: 'policy', isFinal: false },
  30: { reason: 'no-such-mailbox', isFinal: true },
  40: { reason: null, isFinal: false },
  50: { reason: 'spam', isFinal: false },
  51: { reason: 'spam', isFinal: false },
  52: { reason: 'content', isFinal: false },
  53: { reason: 'content', isFinal: false },
  54: { reason: 'relay-denied', isFinal: false },
  70: { reason: 'timeout', isFinal: false },
}

function eventOf(one: unknown): HookEvent | null {
  const event = at(one, 'msys', 'message_event')
  const about = { address: text(event, 'raw_rcpt_to') || text(event, 'rcpt_to'), senders: [text(event, 'msg_from')] }
  const type = text(event, 'type')
  if (type === 'spam_complaint') {
    const kind = text(event, 'fbtype')
    return kind === 'not-spam' ? null : complained({ ...about, said: kind || 'abuse' })
  }
  const known = REASONS[text(event, 'bounce_class')]
  if ((type !== 'bounce' && type !== 'out_of_band') || !known) return null
  return bounced({ ...about, said: text(event, 'raw_reason') || text(event, 'reason'), ...known })
}
