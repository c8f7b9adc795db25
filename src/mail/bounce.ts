/**
 * Reads a report that came back: a delivery status (RFC 3464, RFC 6533), a complaint (RFC 5965), one of the many that
 * are written in sentences, or a mail that is none. Fields are believed before sentences, and sentences only of what
 * looks like a report at all. It changes nothing and believes nobody: whether a report is ours is told by its VERP
 * address alone (verp.ts).
 *
 * MIME is split here, by some lines of our own: reports break its rules just where it matters (a status part that
 * calls itself text, a boundary that is never closed), and the library that the editions are read with belongs to
 * another room. Bounded: 30 MB, eight levels, a thousand recipients.
 */
import { isDaemon, keyOf, mentions, tidy } from './bounce/addresses.ts'
import { evidenceOf, isFromSystem, isMachine, isNobody } from './bounce/evidence.ts'
import { failedIn, ownLines, returnedLines, type Said } from './bounce/free.ts'
import { decodedBody, decodeWords, first, inCharset, leaves, type Part, splitParts, textOf } from './bounce/mime.ts'
import { type Judged, judge, unlessOfText } from './bounce/reasons.ts'
import { spoken } from './bounce/said.ts'
import {
  SUBJECT_AUTOREPLY,
  SUBJECT_DELAYED,
  SUBJECT_FAILED,
  SUBJECT_GIVEN_UP,
  TEXT_AUTOREPLY,
  TEXT_CHALLENGE,
  TEXT_DELAYED,
  TEXT_GIVEN_UP,
} from './bounce/signs.ts'
import {
  isFeedbackText,
  isRedacted,
  isStatusText,
  messageIdIn,
  namedMessageId,
  readFeedback,
  readStatus,
} from './bounce/status.ts'
import type { BounceRecipient, BounceReport } from './bounce/words.ts'

export type { BounceAction, BounceReason, BounceRecipient, BounceReport } from './bounce/words.ts'

/** Octets; what lies beyond is not read. */
const MOST_OCTETS = 30_000_000
const MOST_WRAPPINGS = 3
const NOTHING: BounceReport = { kind: 'other', recipients: [], messageId: null }

/** Never rejects, whatever the bytes are: what cannot be read is `other`. */
export async function readBounce(bytes: Uint8Array): Promise<BounceReport> {
  const within = bytes.subarray(0, MOST_OCTETS)
  const raw = Buffer.from(within.buffer, within.byteOffset, within.byteLength).toString('latin1')
  // Kept as the old Macintosh did: a line ends in a carriage return alone.
  return readRaw(raw.includes('\n') ? raw : raw.replaceAll('\r', '\n'), 0)
}

function readRaw(raw: string, wrapping: number): BounceReport {
  const mail = open(splitParts(raw))
  const inner = wrapping < MOST_WRAPPINGS && mail.returned?.body ? mail.returned.body : null
  const isWrapped = inner !== null && mail.status === null && mail.feedback === null && isReport(inner)
  const report = isWrapped && !namesAnybody(mail) ? null : (readFields(mail) ?? readSentences(mail))
  if (report) return report
  // A person forwards a report whole, or a gateway wraps one: that one is meant.
  const within = inner ? readRaw(inner, wrapping + 1) : NOTHING
  return within.kind === 'bounce' || within.kind === 'delay' || within.kind === 'complaint' ? within : NOTHING
}

/** Whether its header says that it is a report by fields. */
const isReport = (raw: string): boolean => splitParts(raw.slice(0, 20_000)).type === 'multipart/report'

/** Whether its own sentences name anybody who may have failed. */
function namesAnybody(mail: Mail): boolean {
  const { others, failed } = aroundOf(mail)
  const named = mail.lines.flatMap((line) => mentions(line)).map(({ address }) => address)
  return [...failed, ...named].some((address) => !others.has(keyOf(address)) && !isDaemon(address))
}

interface Mail {
  readonly root: Part
  readonly subject: string
  readonly from: string | null
  /** The reporter's own sentences. */
  readonly lines: readonly string[]
  readonly status: string | null
  readonly feedback: string | null
  readonly isReceipt: boolean
  readonly returned: { readonly body: string; readonly headers: Part['headers'] } | null
  readonly evidence: number
  /** Something beside its words says that a program wrote it. */
  readonly isMachine: boolean
}

/** Dovecot and Sieve refuse by a receipt (RFC 5429 §2.1): its recipient did not get the message. */
const REFUSED_BY_RECEIPT = /^\s{0,20}your message to .{1,400} was automatically rejected/i

const RETURNED = /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers|partial)|text\/rfc822-headers)$/

function open(root: Part): Mail {
  const all = leaves(root).slice(0, 60)
  const reportType = (root.parameters.get('report-type') ?? '').toLowerCase()
  const returned = all.find((part) => RETURNED.test(part.type))
  const texts = all.filter(
    (part) =>
      !RETURNED.test(part.type) &&
      (part.type.startsWith('text/') || part.type === 'application/octet-stream' || part.type.startsWith('message/')),
  )
  const named = (type: RegExp): Part | undefined => all.find((part) => type.test(part.type))
  const receipt = named(/^message\/(?:global-)?disposition-notification$/)
  const refusal = receipt && all.some((part) => part.type === 'text/plain' && REFUSED_BY_RECEIPT.test(textOf(part)))
  const status =
    named(/^message\/(?:global-)?delivery-status$/) ??
    (refusal ? receipt : undefined) ??
    texts.find((part) => isReportish(root, part) && isStatusText(asciiOf(part)))
  const feedback =
    named(/^message\/feedback-report$/) ??
    texts.find((part) => isReportish(root, part) && isFeedbackText(asciiOf(part)))
  const notes = texts.filter((part) => part !== status && part !== feedback && part.type.startsWith('text/'))
  const plain = notes.filter((part) => part.type !== 'text/html' && textOf(part).trim() !== '')
  const text = (plain.length > 0 ? plain.slice(0, 2) : notes.slice(0, 1)).map(textOf).join('\n')
  const lines = ownLines(text)
  const headers = returned ? splitParts(asciiOf(returned).trimStart()).headers : headersBelow(text)
  const subject = decodeWords(first(root.headers, 'subject') ?? '')
  const from = mentions(decodeWords(first(root.headers, 'from') ?? '')).at(-1)?.address ?? null
  return {
    root,
    subject,
    from,
    lines,
    status: status
      ? inCharset(decodedBody(status), status.parameters.get('charset') ?? null).replace(/\r\n?/g, '\n')
      : null,
    feedback: feedback ? asciiOf(feedback) : null,
    isReceipt: reportType === 'disposition-notification' || receipt !== undefined,
    returned: returned || headers.length > 0 ? { body: returned ? decodedBody(returned) : '', headers } : null,
    evidence: evidenceOf(root, subject, from, lines),
    isMachine: isMachine(root, from),
  }
}

const asciiOf = (part: Part): string => decodedBody(part).replace(/\r\n?/g, '\n')

/** Parts that only look like fields count in what is a report by its other signs, or attached to one. */
const isReportish = (root: Part, part: Part): boolean =>
  root.type === 'multipart/report' ||
  part.attached ||
  isNobody(root) ||
  /mailer-daemon|postmaster/i.test(first(root.headers, 'from') ?? '')

/** Header lines of the returned message in the text, quoted or indented or not. */
function headersBelow(text: string): Part['headers'] {
  const below = returnedLines(text).slice(0, 60_000)
  const headers: [string, string][] = []
  for (const line of below.split('\n')) {
    const field = /^[\s>|]{0,12}(message-id|from|to|cc|return-path|list-unsubscribe)\s{0,3}:\s{0,5}(.{1,1000})$/i.exec(
      line,
    )
    if (field) headers.push([(field[1] ?? '').toLowerCase(), field[2] ?? ''])
    if (headers.length > 40) break
  }
  return headers
}

function readFields(mail: Mail): BounceReport | null {
  const messageId = messageIdOf(mail)
  if (mail.isReceipt && mail.status === null) return { kind: 'autoreply', recipients: [], messageId }
  if (mail.feedback !== null) return readComplaint(mail, mail.feedback, messageId)
  if (mail.status === null) return null
  const around = aroundOf(mail)
  const said = (failed: readonly string[]): Said[] => failedIn(mail.lines, { ...around, failed })
  const recipients = readStatus(mail.status, { said, returnedTo: around.returnedTo })
  if (recipients.length === 0) return null
  const actions = new Set(recipients.map(({ action }) => action))
  const kind = actions.has('failed') ? 'bounce' : actions.has('delayed') ? 'delay' : 'other'
  return { kind, recipients, messageId: messageId ?? namedMessageId(mail.status) }
}

function readComplaint(mail: Mail, feedback: string, messageId: string | null): BounceReport {
  const { type, recipients } = readFeedback(feedback)
  // Reports on authentication and 'this was no spam' blame nobody.
  if (type === 'auth-failure' || type === 'not-spam' || type === 'dkim') return { ...NOTHING, messageId }
  const named = recipients.length > 0 ? recipients : aroundOf(mail).returnedTo.filter((to) => !isRedacted(to))
  return { kind: 'complaint', recipients: named.map((address) => complained(address, type)), messageId }
}

const complained = (address: string, type: string): BounceRecipient => ({
  address,
  action: 'complaint',
  status: null,
  hard: false,
  reason: null,
  diagnostic: type || null,
})

/** AOL writes of its people as they are called there, without the domain. */
const SCREEN_NAMES = /@(aol\.com)$/i

function aroundOf({ root, from, returned, isMachine }: Mail) {
  const field = (headers: Part['headers'], ...names: string[]): string[] =>
    headers
      .filter(([name]) => names.includes(name))
      .flatMap(([, value]) => mentions(decodeWords(value)).map(({ address }) => address))
  const headers = returned?.headers ?? []
  const others = [
    ...field(root.headers, 'to', 'delivered-to', 'x-original-to'),
    ...field(headers, 'from', 'return-path', 'sender'),
  ]
  return {
    others: new Set([...others, ...(from ? [from] : [])].map(keyOf)),
    failed: field(root.headers, 'x-failed-recipients'),
    returnedTo: [...new Set(field(headers, 'to', 'cc'))],
    domain: from !== null && isDaemon(from) ? (SCREEN_NAMES.exec(from)?.[1] ?? null) : null,
    isUnsure: !isMachine,
  }
}

function messageIdOf({ returned }: Mail): string | null {
  return messageIdIn(returned ? (first(returned.headers, 'message-id') ?? '') : '')
}

function readSentences(mail: Mail): BounceReport | null {
  const text = spoken(mail.lines).join('\n').slice(0, 20_000)
  const messageId = messageIdOf(mail)
  const isForced = first(mail.root.headers, 'x-failed-recipients') !== undefined
  if (!isForced && isAutoreply(mail, text)) return { kind: 'autoreply', recipients: [], messageId }
  const complaint = returnedComplaint(mail)
  if (complaint) return { kind: 'complaint', recipients: [complained(complaint, 'abuse')], messageId }
  if (mail.evidence < 4) return null
  const isLate = isDelay(mail, text)
  const action = isLate ? 'delayed' : 'failed'
  const recipients = failedIn(mail.lines, aroundOf(mail)).map((said) => recipientOf(said, action))
  if (recipients.length === 0 && (mail.evidence < 5 || !mail.isMachine)) return null
  return { kind: isLate ? 'delay' : 'bounce', recipients, messageId }
}

function recipientOf(of: Said, action: 'failed' | 'delayed'): BounceRecipient {
  const diagnostic = (of.reply ?? of.said).slice(0, 1_000) || null
  const judged = unlessOfText(judgeSaid(of, action), `${of.said} ${of.all}`)
  return { address: of.address, action, ...judged, diagnostic }
}

/** The receiving system's reply first; then what names the address, its own lines, and all that the report says. */
function judgeSaid({ said, reply, naming, all }: Said, action: 'failed' | 'delayed'): Judged {
  const byReply = judge(reply ?? '', null, action)
  // IMail says `Unknown user: ann@…` and quotes whatever the last host it asked answered.
  const byNaming = byReply.reason === 'relay-denied' ? judge(naming, null, action) : byReply
  if (byNaming.hard) return byNaming
  if (byReply.reason !== 'unknown') return byReply
  const bySaid = judge(`${reply ?? ''} ${said}`, null, action)
  return bySaid.reason === 'unknown' && all !== '' ? judge(all, null, action) : bySaid
}

function isDelay(mail: Mail, text: string): boolean {
  if (TEXT_GIVEN_UP.test(text)) return false
  if (SUBJECT_GIVEN_UP.test(mail.subject) && !SUBJECT_DELAYED.test(mail.subject)) return false
  return TEXT_DELAYED.some((sign) => sign.test(text)) || SUBJECT_DELAYED.test(mail.subject)
}

/** Answers by program to what a person was sent: nothing failed. */
function isAutoreply({ root, subject, from, evidence }: Mail, text: string): boolean {
  const has = (name: string): string => first(root.headers, name) ?? ''
  if (root.type === 'multipart/report' && evidence >= 5) return false
  const byDaemon = from !== null && isDaemon(from)
  if (!isFromSystem(root, from) && SUBJECT_AUTOREPLY.some((sign) => sign.exec(subject)?.index === 0)) return true
  const bySubject =
    SUBJECT_AUTOREPLY.some((sign) => sign.test(subject)) && !SUBJECT_FAILED.some((sign) => sign.test(subject))
  if (bySubject && !(byDaemon && evidence >= 6)) return true
  if (TEXT_CHALLENGE.test(text) && evidence < 6) return true
  const byHeader =
    /auto-(?:replied|notified)/i.test(has('auto-submitted')) ||
    /auto_reply/i.test(has('precedence')) ||
    ['x-autoreply', 'x-autorespond', 'x-autoreply-from', 'x-autoresponder', 'x-vacation', 'x-auto-reply'].some(
      (name) => has(name) !== '',
    )
  if (byHeader && evidence < 5 && !byDaemon) return true
  return TEXT_AUTOREPLY.test(text.slice(0, 1_500)) && evidence < 4 && (byHeader || isNobody(root))
}

/** A complaint of Hotmail's programme comes without fields: the returned header names whose it is. */
function returnedComplaint({ root, returned }: Mail): string | null {
  const named = [...root.headers, ...(returned?.headers ?? [])].find(([name]) => name === 'x-hmxmroriginalrecipient')
  return named ? tidy(named[1]) : null
}
