/** SendGrid: ECDSA over time and body, as they came, by a key of the account whose public half we are told. */
import { createPublicKey, createVerify } from 'node:crypto'
import type { BounceReason } from '../bounce/words.ts'
import { bounced, complained, present } from './event.ts'
import { listed, parsed, text } from './json.ts'
import { header, isOld } from './proof.ts'
import type { Heard, HookEvent, HookPost, HookTools } from './words.ts'

/** `key`: the verification key as SendGrid shows it, DER in base64. */
export function hearSendgrid(key: string, post: HookPost, { now }: HookTools): Heard {
  const time = header(post, 'x-twilio-email-event-webhook-timestamp')
  const signature = header(post, 'x-twilio-email-event-webhook-signature')
  if (!isSigned(key, Buffer.concat([Buffer.from(time), post.body]), signature)) {
    return { kind: 'refused', why: 'its signature is wrong' }
  }
  if (isOld(time, now)) return { kind: 'refused', why: 'it is too old' }
  const body = parsed(post.body)
  return Array.isArray(body)
    ? { kind: 'events', events: listed({ body }, 'body').map(eventOf).filter(present) }
    : { kind: 'unread' }
}

function isSigned(key: string, signed: Buffer, signature: string): boolean {
  try {
    const theirs = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
    return createVerify('SHA256').update(signed).verify(theirs, signature, 'base64')
  } catch {
    return false
  }
}

/** Why SendGrid drops what it was given. Dropped for what the person asked is nothing new to us. */
const DROPPED: Readonly<Record<string, BounceReason>> = {
  'bounced address': 'no-such-mailbox',
  invalid: 'no-such-mailbox',
}

function eventOf(one: unknown): HookEvent | null {
  const about = { address: text(one, 'email'), messageId: text(one, 'smtp-id') }
  const said = text(one, 'reason')
  switch (text(one, 'event')) {
    case 'spamreport':
      return complained({ ...about, said: 'abuse' })
    case 'bounce': {
      // blocked: refused for what it is, not for whom it is to.
      const isBlocked = text(one, 'type') === 'blocked'
      return bounced({ ...about, said, status: text(one, 'status'), reason: null, isFinal: !isBlocked })
    }
    case 'dropped': {
      const reason = DROPPED[said.toLowerCase()]
      return reason ? bounced({ ...about, said: '', status: text(one, 'status'), reason, isFinal: true }) : null
    }
    default:
      return null
  }
}
