/** Mailgun: HMAC-SHA-256 over time and token, both in the body; the token is new for each post. */
import { createHmac } from 'node:crypto'
import type { BounceReason } from '../bounce/words.ts'
import { bounced, complained, present } from './event.ts'
import { at, parsed, text } from './json.ts'
import { isOld, isSame } from './proof.ts'
import type { Heard, HookEvent, HookPost, HookTools } from './words.ts'

/** `key`: the webhook signing key of the account. */
export function hearMailgun(key: string, post: HookPost, { now }: HookTools): Heard {
  const body = parsed(post.body)
  const [time, token] = [text(body, 'signature', 'timestamp'), text(body, 'signature', 'token')]
  const mac = createHmac('sha256', key).update(`${time}${token}`).digest('hex')
  if (!isSame(text(body, 'signature', 'signature'), mac)) return { kind: 'refused', why: 'its signature is wrong' }
  if (isOld(time, now)) return { kind: 'refused', why: 'it is too old' }
  const data = at(body, 'event-data')
  // The signature does not cover the event: two posts with one token are one.
  return data === undefined
    ? { kind: 'unread' }
    : { kind: 'events', events: [eventOf(data)].filter(present), once: `${time}${token}` }
}

/** What Mailgun itself will not send to any more. */
const REASONS: Readonly<Record<string, BounceReason>> = { 'suppress-bounce': 'no-such-mailbox', old: 'timeout' }

function eventOf(data: unknown): HookEvent | null {
  const about = {
    address: text(data, 'recipient'),
    messageId: text(data, 'message', 'headers', 'message-id'),
    senders: [text(data, 'envelope', 'sender')],
  }
  const kind = text(data, 'event')
  if (kind === 'complained') return complained({ ...about, said: 'abuse' })
  if (kind !== 'failed') return null
  const why = text(data, 'reason')
  if (why === 'suppress-unsubscribe' || why === 'suppress-complaint') return null
  const status = at(data, 'delivery-status')
  const isFinal = text(data, 'severity') === 'permanent'
  // A temporary failure is tried again by Mailgun itself.
  if (!isFinal) return null
  const code = text(status, 'code')
  const said = [/^[45]\d\d$/.test(code) ? code : '', text(status, 'message') || text(status, 'description')]
  return bounced({
    ...about,
    said: text(status, 'message').startsWith(code) ? (said[1] ?? '') : said.join(' ').trim(),
    status: text(status, 'enhanced-code'),
    reason: REASONS[why] ?? null,
    isFinal,
  })
}
