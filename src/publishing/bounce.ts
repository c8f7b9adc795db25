/**
 * What a report changes. It is believed only by the VERP address it came to, whose MAC nobody else can make: one
 * without changes nothing, whatever else of ours it quotes. Our Message-ID is the same for the same copy and cannot be
 * looked up by itself, so it can only second what VERP says; relays that rewrite it are no reason for doubt.
 */
import type { BounceEffect, BounceVerdict } from '../ledger/index.ts'
import {
  type BounceReason,
  type BounceRecipient,
  type BounceReport,
  bounceAddresses,
  isFromProgram,
  leaveToken,
  readBounce,
  sentTo,
} from '../mail/index.ts'
import { leave, leaving } from './pages.ts'
import { hearReport } from './receivers.ts'
import { seeToReturns } from './returns.ts'
import type { Tools } from './tools.ts'

export type BounceTools = Pick<Tools, 'config' | 'ledger' | 'tokens' | 'now' | 'log'>

export interface BounceNews {
  readonly report: BounceReport
  /** The copy it is about; null: it does not prove which. */
  readonly copy: { readonly mailing: number; readonly n: number } | null
  /**
   * nothing: a delay, an answer by program, or no report. unproved: no valid VERP address. left: it was written to the
   * address that unsubscribes.
   */
  readonly effect: BounceEffect | 'nothing' | 'unproved' | 'left'
}

/** `recipient`: the envelope recipient, where the mail system tells it. `who`: for the record. */
export async function takeBounce(
  tools: BounceTools,
  bytes: Uint8Array,
  from: { readonly recipient?: string | undefined; readonly who: string },
): Promise<BounceNews> {
  const report = await readBounce(bytes)
  const addresses = [...(from.recipient === undefined ? [] : [from.recipient]), ...bounceAddresses(bytes)]
  if (report.kind === 'other' && (await leftByMail(tools, bytes, from.recipient)))
    return { report, copy: null, effect: 'left' }
  const copy = provedBy(tools, addresses)
  return await follow(tools, report, copy, from.who)
}

/** A person's mail to `u-TOKEN@` unsubscribes (RFC 2369 §3.2). What a program answers does not, nor what only quotes it. */
async function leftByMail(tools: BounceTools, bytes: Uint8Array, recipient: string | undefined): Promise<boolean> {
  const { bounceDomain } = tools.config
  if (bounceDomain === null || isFromProgram(bytes)) return false
  for (const address of recipient === undefined ? sentTo(bytes) : [recipient]) {
    const token = leaveToken(address, bounceDomain)
    if (token !== null && (await leaving(tools, token))) {
      await leave(tools, token, 'mail')
      return true
    }
  }
  return false
}

/** The copy that one of these addresses proves to be of: the MAC of a VERP address is nobody's guess. */
export const provedBy = (tools: BounceTools, addresses: readonly string[]): BounceNews['copy'] =>
  addresses.map((address) => tools.tokens.verp?.read(address) ?? null).find((one) => one !== null) ?? null

/** What a report changes, once it is known which copy it is about. The same one again changes nothing more. */
export async function follow(
  tools: BounceTools,
  report: BounceReport,
  copy: BounceNews['copy'],
  who: string,
): Promise<BounceNews> {
  if (report.kind !== 'bounce' && report.kind !== 'complaint') return { report, copy, effect: 'nothing' }
  if (copy === null) return { report, copy, effect: 'unproved' }
  const sent = await tools.ledger.deliveryCopy(copy)
  const { verdict, recipient } = verdictOf(report, sent?.address ?? null)
  const effect = await tools.ledger.recordBounce({
    ...copy,
    verdict,
    status: recipient?.status ?? null,
    reason: recipient?.reason ?? null,
    diagnostic: recipient?.diagnostic ?? null,
    who,
    now: tools.now(),
  })
  if (effect === 'recorded' || effect === 'suppressed' || effect === 'quarantined') {
    await seeToReturns(tools, { mailing: copy.mailing })
    if (sent)
      await hearReport(tools, { address: sent.address, verdict, status: recipient?.status ?? null, left: sent.at })
  }
  return { report, copy, effect }
}

/** What says nothing of the address, however final it sounds (rule B5: never suppressed for it). */
const REFUSED: ReadonlySet<BounceReason | null> = new Set<BounceReason>([
  'spam',
  'policy',
  'relay-denied',
  'content',
  'auth',
  'sender',
  'too-big',
  'loop',
])

/**
 * One copy went to one address. A report that names another may come from where that one is forwarded to: then it
 * counts as words do, and a second edition must fail; several others, as behind a list, prove nothing of this one.
 */
function verdictOf(
  report: BounceReport,
  address: string | null,
): { verdict: BounceVerdict; recipient: BounceRecipient | null } {
  if (report.kind === 'complaint') return { verdict: 'complaint', recipient: report.recipients[0] ?? null }
  const failed = report.recipients.filter((one) => one.action === 'failed')
  const own = failed.find((one) => one.address.toLowerCase() === address?.toLowerCase())
  const recipient = own ?? (report.recipients.length === 1 ? failed[0] : undefined)
  if (!recipient) return { verdict: 'refused', recipient: null }
  if (REFUSED.has(recipient.reason)) return { verdict: 'refused', recipient }
  if (!recipient.hard && !isShut(recipient)) return { verdict: 'soft', recipient }
  return { verdict: own && isNumbered(recipient) ? 'hard' : 'text', recipient }
}

/** Rule B5 counts a number that says something; 5.0.0 is what reporters write beside words alone. */
const isNumbered = ({ status }: BounceRecipient): boolean => /^5\.(?:1\.\d|\d\.[1-9])/.test(status ?? '')

/** Rule B5 counts 5.2.1 among the hard ones; what calls itself passing is not meant. */
function isShut({ reason, status, diagnostic }: BounceRecipient): boolean {
  return reason === 'disabled' && status?.startsWith('4') !== true && !/temporar/i.test(diagnostic ?? '')
}
