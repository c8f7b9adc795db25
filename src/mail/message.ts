/**
 * Messages (RFC 5322, 2045, 2046): composed once for a mailing, stamped for each recipient. What is the same for
 * everybody is encoded when the mould is made; a stamp encodes the varying stretches and joins bytes. A stretch always
 * begins a line of its own in the encoding (soft breaks at the seams), so its encoding does not depend on what a
 * neighbour's value did to the columns. Stamping twice gives the same bytes: nothing random, and no clock.
 */
import { createHash } from 'node:crypto'
import type { CompiledEdition, Fields, Kind, Stretch } from '../edition/index.ts'
import { parseAddress } from './address.ts'
import { base64, cleanBody, headerLine, headerText, mailbox, phrase, quotedPrintable, SOFT_BREAK } from './encode.ts'
import { leaveAddress } from './leave.ts'
import { wireReady } from './wire.ts'

/** What all copies of a mailing have in common in their header. */
export interface MouldHead {
  readonly kind: Kind
  readonly from: { readonly name: string; readonly address: string }
  readonly replyTo: string | null
  /** Frozen: a repeat must be byte-identical. */
  readonly date: Date
  /** BCP 47. */
  readonly language: string
  /** RFC 2919: `id` such as gll-members.example.org; null for mail to one. */
  readonly listId: { readonly id: string; readonly name: string } | null
  /** Whose mailbox `u-TOKEN@` unsubscribes by mail (RFC 2369 §3.2); null: there is none. */
  readonly unsubscribeDomain?: string | null
  /** Four fields with colons between (Gmail's feedback loop), nothing of a recipient in it. */
  readonly feedbackId?: string | null
}

export interface Recipient {
  /** Has passed `parseAddress`. */
  readonly address: string
  readonly name: string | null
  readonly fields: Fields
  /** `<…@domain>`, as `tokens().messageId` makes it. */
  readonly messageId: string
  /** For List-Unsubscribe (RFC 8058); null where there is nothing to unsubscribe from. */
  readonly unsubscribeUrl: string | null
  /** The Message-ID of the copy that this one corrects. */
  readonly inReplyTo: string | null
  readonly references: readonly string[]
}

export interface Mould {
  /**
   * The whole message: CRLF line ends, seven bits, no line of the body over 76. Throws what a stretch throws (a
   * FieldFault names the field), and an Error where an address or id could break the header. With `room`, the message
   * is written into it where it fits, and is a view of it: the owner of a room stamps into it again only when the
   * message before has ended. A buffer a message is what a fast worker's memory would otherwise be full of.
   */
  stamp(recipient: Recipient, room?: Buffer): Buffer
}

/** Throws an Error for a head that no message can have; it comes from configuration and ledger, not from a recipient. */
export function mould(edition: CompiledEdition, head: MouldHead): Mould {
  const text = partOf(edition.text, 'plain', head.language)
  const html = partOf(edition.html, 'html', head.language)
  const top = topLines(head)
  const bottom = bottomLines(head)
  return {
    stamp(recipient, room) {
      const boundary = boundaryOf(recipient.messageId)
      const header = [
        ...top,
        headerLine('To', mailbox(recipient.name, fitAddress(recipient.address))),
        headerLine('Subject', headerText(edition.subject(recipient.fields))),
        ...idLines(recipient, head.unsubscribeDomain ?? null),
        ...bottom,
        `Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n`,
      ]
      const pieces = [
        `${header.join('')}\r\n--${boundary}\r\n`,
        ...text(recipient.fields),
        `\r\n--${boundary}\r\n`,
        ...html(recipient.fields),
        `\r\n--${boundary}--\r\n`,
      ]
      // No line of a header or of an encoding begins with a dot or ends with anything but CRLF: encode.ts sees to that.
      return wireReady(joined(pieces, room))
    },
  }
}

type Piece = string | Buffer

/** One part, its header first. Fixed stretches are bytes already; a varying one comes with its own seam. */
function partOf(
  stretches: readonly Stretch[],
  subtype: 'plain' | 'html',
  language: string,
): (fields: Fields) => Piece[] {
  const encoding = encodingOf(stretches, subtype)
  const header = [
    `Content-Type: text/${subtype}; charset=utf-8\r\n`,
    headerLine('Content-Language', language),
    `Content-Transfer-Encoding: ${encoding}\r\n\r\n`,
  ].join('')
  if (encoding === 'base64') {
    const whole = Buffer.from(header + base64(cleanBody(stretches.join(''))), 'latin1')
    return () => [whole]
  }
  const last = stretches.length - 1
  const plan = stretches.map((stretch, n) => {
    if (typeof stretch !== 'string') return stretch
    const encoded = seamed(cleanBody(stretch), n < last)
    return Buffer.from(n === 0 ? header + encoded : encoded, 'latin1')
  })
  if (typeof stretches[0] !== 'string') plan.unshift(Buffer.from(header, 'latin1'))
  const end = plan.length - 1
  return (fields) => plan.map((one, n) => (typeof one === 'function' ? seamed(cleanBody(one(fields)), n < end) : one))
}

/** A stretch encoded, and the soft break that lets the next begin a line. */
function seamed(stretch: string, more: boolean): string {
  const encoded = quotedPrintable(stretch)
  return more && encoded !== '' && !encoded.endsWith('\r\n') ? encoded + SOFT_BREAK : encoded
}

/** Base64 is a third of the size for a Russian, Arabic or Chinese text part, and cannot be cut where values vary. */
function encodingOf(stretches: readonly Stretch[], subtype: 'plain' | 'html'): 'base64' | 'quoted-printable' {
  if (subtype === 'html' || !stretches.every((stretch) => typeof stretch === 'string')) return 'quoted-printable'
  const text = stretches.join('')
  return quotedPrintable(text).length > Math.ceil(Buffer.byteLength(text) / 3) * 4 * 1.03
    ? 'base64'
    : 'quoted-printable'
}

function joined(pieces: readonly Piece[], room?: Buffer): Buffer {
  let size = 0
  // Only an internationalised local part (RFC 6531) makes a piece longer than its characters.
  for (const piece of pieces) size += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
  const message = room && room.length >= size ? room.subarray(0, size) : Buffer.allocUnsafe(size)
  let at = 0
  for (const piece of pieces) at += typeof piece === 'string' ? message.write(piece, at) : piece.copy(message, at)
  return message
}

function topLines({ from, replyTo, date }: MouldHead): string[] {
  const lines = [headerLine('Date', rfcDate(date)), headerLine('From', mailbox(from.name, fitAddress(from.address)))]
  if (replyTo !== null) lines.push(headerLine('Reply-To', fitAddress(replyTo)))
  return lines
}

function idLines(
  { messageId, unsubscribeUrl, inReplyTo, references }: Recipient,
  unsubscribeDomain: string | null,
): string[] {
  const lines = [headerLine('Message-ID', fitId(messageId))]
  if (inReplyTo !== null) lines.push(headerLine('In-Reply-To', fitId(inReplyTo)))
  if (references.length > 0) lines.push(headerLine('References', references.map((id) => fitId(id)).join(' ')))
  if (unsubscribeUrl !== null) {
    // RFC 8058 §3.1: one https address, and the second line byte for byte. A mailto is for readers whose program knows
    // no other way; it carries the same token.
    const mailto = unsubscribeDomain === null ? '' : `,\r\n <${leaveByMail(unsubscribeUrl, unsubscribeDomain)}>`
    lines.push(`List-Unsubscribe: <${fitUrl(unsubscribeUrl)}>${mailto}\r\n`)
    lines.push('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
  }
  return lines
}

const leaveByMail = (url: string, domain: string): string =>
  `mailto:${leaveAddress(url.slice(url.lastIndexOf('/') + 1), domain)}?subject=unsubscribe`

function bottomLines({ kind, language, listId, feedbackId }: MouldHead): string[] {
  const lines: string[] = []
  if (listId !== null) {
    if (
      !/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)+$/.test(listId.id) ||
      listId.id.length > 255
    ) {
      throw new Error(`"${listId.id}" is not a List-Id (RFC 2919 §2)`)
    }
    lines.push(headerLine('List-Id', `${phrase(listId.name)} <${listId.id}>`.trim()), 'List-Post: NO\r\n')
  }
  if (typeof feedbackId === 'string') {
    if (!/^[\w.-]*(?::[\w.-]*){2}:[\w.-]{5,15}$/.test(feedbackId))
      throw new Error(`"${feedbackId}" is not a Feedback-ID`)
    lines.push(headerLine('Feedback-ID', feedbackId))
  }
  // Never All, NDR or DR: those would ask Exchange to keep our bounces from us (MS-OXCMAIL 2.1.3.2.20).
  if (kind !== 'message') lines.push('X-Auto-Response-Suppress: OOF, AutoReply, RN, NRN\r\n')
  if (BY_PROGRAM.has(kind)) lines.push('Auto-Submitted: auto-generated\r\n')
  if (!/^[A-Za-z0-9-]{1,60}$/.test(language)) throw new Error(`"${language}" is not a language`)
  lines.push(headerLine('Content-Language', language), 'MIME-Version: 1.0\r\n')
  return lines
}

/** No person wrote these to answer another (RFC 3834 §5). */
const BY_PROGRAM: ReadonlySet<Kind> = new Set<Kind>(['notice', 'confirmation', 'message'])

/** RFC 5322 §3.3, in UTC. */
const rfcDate = (date: Date): string => date.toUTCString().replace('GMT', '+0000')

/**
 * From the Message-ID, which is an HMAC already: the same for the same copy, and unlike that of any mail this one may be
 * forwarded in. `=_` cannot stand in quoted-printable or base64, so no body can hold it (RFC 2045 §6.7, note 5).
 */
function boundaryOf(messageId: string): string {
  const local = /^<([a-z0-9]{16,60})@/.exec(messageId)?.[1]
  return `=_${local ?? createHash('sha256').update(messageId).digest('hex').slice(0, 32)}`
}

/** The last guard before the header: whoever let such an address in, it cannot add a line or a recipient here. */
function fitAddress(text: string): string {
  const parsed = parseAddress(text)
  if ('fault' in parsed) throw new Error(`an address that no header can hold: ${parsed.fault}`)
  return parsed.address
}

function fitId(id: string): string {
  if (!/^<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>$/.test(id)) throw new Error('an id that no header can hold')
  return id
}

function fitUrl(url: string): string {
  if (!/^https?:\/\/[!-;=?-~]{1,900}$/.test(url)) throw new Error('an unsubscribe address that no header can hold')
  return url
}
