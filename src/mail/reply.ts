import type { Reply, ReplyClass } from './outcome.ts'

/** Where in the session a reply came: the same words mean different things at MAIL and at RCPT. */
export type Stage = 'connect' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'dot'

const KEPT_TEXT = 1_000

/**
 * Reads a reply of one or more lines (RFC 5321 §4.2, RFC 2034). The text is joined to one line and cut at 1,000
 * characters. Something that is no reply gives code 0: nobody may take it for an answer.
 */
export function parseReply(lines: string): Reply {
  const code = /^\s*([2-5]\d\d)(?=[ -]|\s*$)/.exec(lines)?.[1]
  if (code === undefined) return { code: 0, enhanced: null, text: oneLine(lines) }
  let enhanced: string | null = null
  const texts = lines.split(/\r?\n/).map((line) => {
    const match = /^\s*[2-5]\d\d(?:[ -](?:([245]\.\d{1,3}\.\d{1,3})(?=\s|$))?|$)(.*)$/.exec(line)
    enhanced ??= match?.[1] ?? null
    return match ? (match[2] ?? '') : line
  })
  return { code: Number(code), enhanced, text: oneLine(texts.join(' ')) }
}

const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, KEPT_TEXT)

const says = {
  greylisting: /gr[ea]y-?\s?list/i,
  tooFast:
    /\bRP-00\d|throttl|\brate\b|too (?:many|fast|much)|reputation|temporarily (?:limited|deferred|blocked)|try again (?:later|more slowly)/i,
  tooBig:
    /(?:message|mail) (?:size|too (?:big|large|long))|too (?:big|large) (?:message|mail)|exceeds? .*\b(?:size|maximum)/i,
  noSuchMailbox:
    /unknown (?:user|recipient|mailbox|address)|(?:user|recipient|mailbox|address|account) (?:is )?(?:unknown|not found|disabled|does(?: not|n't) exist|invalid|unavailable)|no (?:such|mailbox)|does(?: not|n't) (?:exist|have a)|not a valid (?:user|mailbox|recipient)|invalid (?:recipient|mailbox|address)/i,
  policy:
    /spam|block|black\s?list|deny|denied|polic|relay|reput|prohibit|\bspf\b|dkim|dmarc|\brbl\b|\bdnsbl\b|spamhaus|authenticat|not allowed|not permitted|refus|rcpthosts/i,
} as const

/**
 * What a reply asks of us, by the enhanced code first, then the code, then the text. The stage counts: at MAIL an
 * address fault is the sender's, so it never suppresses a recipient, and a 550 without an enhanced code after the dot
 * speaks of the content unless it says that the mailbox is not there.
 */
export function classify(reply: Reply, stage: Stage): ReplyClass {
  const { code } = reply
  if (code >= 200 && code < 400) return 'accepted'
  if (code === 421) return 'session-end'
  if (stage === 'auth' || [530, 534, 535, 538].includes(code)) return code < 500 ? 'soft' : 'auth'
  return code < 500 ? transient(reply) : permanent(reply, stage)
}

function transient({ code, enhanced, text }: Reply): ReplyClass {
  if (code === 454) return 'soft'
  if (says.greylisting.test(text)) return 'greylisted'
  const detail = enhanced?.slice(2) ?? ''
  if (says.tooFast.test(text) && !/^[123]\./.test(detail)) return 'throttled'
  if (detail === '7.1' || (detail === '2.0' && code === 450)) return 'greylisted'
  return detail.startsWith('7.') ? 'throttled' : 'soft'
}

function permanent(reply: Reply, stage: Stage): ReplyClass {
  // A 5yz whose enhanced code says 4 contradicts itself (RFC 2034 §4): too little to suppress anyone by.
  if (reply.enhanced?.startsWith('4')) return reply.enhanced.startsWith('4.7.') ? 'policy' : 'soft'
  const byDetail = detailed(reply, stage)
  if (byDetail) return byDetail
  return undetailed(reply, stage)
}

/** Before the first RCPT a mailbox that a reply speaks of is the sender's. */
const isOfRecipient = (stage: Stage): boolean => stage === 'rcpt' || stage === 'data' || stage === 'dot'

/** By subject and detail of the enhanced code (RFC 3463 §3); null where it says no more than the code. */
function detailed({ code, enhanced }: Reply, stage: Stage): ReplyClass | null {
  const [, subject, detail] = (enhanced ?? '').split('.')
  switch (subject) {
    case '1':
      // 5.1.7 and 5.1.8 name the sender's address, and so does any 5.1.x before the first RCPT.
      if (!isOfRecipient(stage)) return 'policy'
      if (detail === '7' || detail === '8') return 'policy'
      return detail === '3' ? 'unsupported' : 'hard'
    case '2':
      if (detail !== '1') return 'soft'
      return isOfRecipient(stage) ? 'hard' : 'policy'
    case '3':
      return detail === '4' ? 'too-big' : 'soft'
    case '4':
      return 'soft'
    case '5':
      // Some large receivers say 550 5.5.0 for an unknown mailbox: no more than the bare code says.
      if (code >= 550 && detail === '0') return null
      return detail === '3' ? 'soft' : 'protocol'
    case '6':
      return detail === '7' ? 'unsupported' : 'policy'
    case '7':
      return 'policy'
    default:
      return null
  }
}

function undetailed({ code, text }: Reply, stage: Stage): ReplyClass {
  if (code === 523) return 'too-big'
  if (code === 552) return stage === 'mail' || says.tooBig.test(text) ? 'too-big' : 'soft'
  if ((code >= 500 && code <= 504) || code === 555) return 'protocol'
  if (!isOfRecipient(stage)) return 'policy'
  if (code === 556 || (code === 521 && stage === 'rcpt')) return 'hard'
  if (says.policy.test(text)) return 'policy'
  if (code === 553) return 'unsupported'
  const speaksOfMailbox = says.noSuchMailbox.test(text) || (stage === 'rcpt' && (code === 550 || code === 551))
  return speaksOfMailbox ? 'hard-by-text' : 'policy'
}

const MINUTE = 60_000
const SCHEDULE = [1, 5, 15, 30, 60].map((minutes) => minutes * MINUTE)
const THEREAFTER = 120 * MINUTE

/**
 * Milliseconds until the next try after `tries` attempts (1 or more): 1, 5, 15, 30, 60 minutes, then every 2 hours,
 * each ± 20 % so that what failed together does not come back together. A greylisted first try waits at least
 * 5 minutes, because most greylists refuse anything sooner and start again (RFC 6647 §2).
 *
 * @param random a value from 0 to 1, as Math.random gives it
 */
export function retryAfter(tries: number, replyClass: ReplyClass, random: number): number {
  const jitter = 0.8 + 0.4 * random
  const wait = Math.round((SCHEDULE[Math.max(1, tries) - 1] ?? THEREAFTER) * jitter)
  return replyClass === 'greylisted' && tries <= 1 ? Math.round(5 * MINUTE * (1 + 0.2 * random)) : wait
}
