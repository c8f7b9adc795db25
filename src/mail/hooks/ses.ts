/**
 * Amazon SES through SNS: notifications and published events. SNS signs a few fields of its envelope with RSA, by SHA-1
 * (version 1) or SHA-256 (version 2); the certificate's address stands in the post, so its host is pinned to Amazon's.
 */
import { createVerify, X509Certificate } from 'node:crypto'
import type { BounceReason } from '../bounce/words.ts'
import { bounced, complained, present } from './event.ts'
import { at, listed, parsed, text } from './json.ts'
import { isOld, isSame } from './proof.ts'
import type { Heard, HookEvent, HookPost, HookTools } from './words.ts'

/** `topic`: the ARN of the topic whose posts are ours. */
export async function hearSes(topic: string, post: HookPost, tools: HookTools): Promise<Heard> {
  const envelope = parsed(post.body)
  if (!isSame(text(envelope, 'TopicArn'), topic)) return { kind: 'refused', why: 'it is of another topic' }
  if (isOld(text(envelope, 'Timestamp'), tools.now)) return { kind: 'refused', why: 'it is too old' }
  const why = await faultOf(envelope, tools)
  if (why !== null) return { kind: 'refused', why }
  const type = text(envelope, 'Type')
  if (type === 'SubscriptionConfirmation') {
    const url = text(envelope, 'SubscribeURL')
    return isAmazon(url) ? { kind: 'confirm', url } : { kind: 'refused', why: 'it sends us to another host' }
  }
  if (type !== 'Notification') return { kind: 'events', events: [] }
  const message = parsed(text(envelope, 'Message'))
  return message === undefined ? { kind: 'unread' } : { kind: 'events', events: eventsOf(message) }
}

const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
}

async function faultOf(envelope: unknown, { now, certificate }: HookTools): Promise<string | null> {
  const names = SIGNED[text(envelope, 'Type')]
  const algorithm = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' }[text(envelope, 'SignatureVersion')]
  const url = text(envelope, 'SigningCertURL')
  if (!names || !algorithm) return 'it is of no kind that is known'
  if (!isAmazon(url) || !new URL(url).pathname.endsWith('.pem')) return 'its certificate is not at Amazon'
  const signed = names
    .filter((name) => typeof at(envelope, name) === 'string')
    .map((name) => `${name}\n${text(envelope, name)}\n`)
    .join('')
  const pem = await certificate(url)
  try {
    const held = new X509Certificate(pem)
    if (Date.parse(held.validTo) < now || Date.parse(held.validFrom) > now) return 'its certificate is not valid now'
    const isSigned = createVerify(algorithm)
      .update(signed)
      .verify(held.publicKey, text(envelope, 'Signature'), 'base64')
    return isSigned ? null : 'its signature is wrong'
  } catch {
    return 'its certificate is none'
  }
}

/** Amazon's own host for SNS, in a region's domain, over TLS, at the usual port. */
function isAmazon(address: string): boolean {
  const url = URL.parse(address)
  return (
    url !== null &&
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?$/.test(url.hostname)
  )
}

const PERMANENT: Readonly<Record<string, BounceReason>> = {
  General: 'no-such-mailbox',
  NoEmail: 'no-such-mailbox',
  Suppressed: 'no-such-mailbox',
  OnAccountSuppressionList: 'no-such-mailbox',
}
const TRANSIENT: Readonly<Record<string, BounceReason>> = {
  MailboxFull: 'mailbox-full',
  MessageTooLarge: 'too-big',
  ContentRejected: 'content',
  AttachmentRejected: 'content',
}

function eventsOf(message: unknown): HookEvent[] {
  const type = text(message, 'notificationType') || text(message, 'eventType')
  const headers = listed(message, 'mail', 'headers')
  const named = (name: string): string =>
    text(
      headers.find((one) => text(one, 'name').toLowerCase() === name),
      'value',
    )
  const about = {
    messageId: named('message-id') || text(message, 'mail', 'commonHeaders', 'messageId'),
    senders: [text(message, 'mail', 'source'), named('return-path')],
  }
  if (type === 'Complaint') {
    const kind = text(message, 'complaint', 'complaintFeedbackType')
    if (kind === 'not-spam' || kind === 'auth-failure') return []
    return listed(message, 'complaint', 'complainedRecipients')
      .map((one) => complained({ ...about, address: text(one, 'emailAddress'), said: kind }))
      .filter(present)
  }
  if (type !== 'Bounce') return []
  const isFinal = text(message, 'bounce', 'bounceType') === 'Permanent'
  const reason = (isFinal ? PERMANENT : TRANSIENT)[text(message, 'bounce', 'bounceSubType')] ?? null
  return listed(message, 'bounce', 'bouncedRecipients')
    .map((one) => {
      const [said, status] = [text(one, 'diagnosticCode').replace(/^\s*\w+;\s*/, ''), text(one, 'status')]
      // A passing one that says nothing is how an out-of-office comes through here.
      if (!isFinal && said === '' && reason === null) return null
      return bounced({ ...about, address: text(one, 'emailAddress'), said, status, reason, isFinal })
    })
    .filter(present)
}
