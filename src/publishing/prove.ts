/**
 * Proof in transit: before the readers' mail leaves, a copy goes the whole way to each seed mailbox, is read back there,
 * and is compared place by place with what was sent. Sound: the rest leaves. Damaged, not to be followed, or absent: the
 * mailing is held, and a named person may let it go all the same.
 */
import { join } from 'node:path'
import { isComplaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import { read, sampleFields } from '../edition/index.ts'
import type { NoticeStart, WaitingProof } from '../ledger/index.ts'
import { type Mailbox, openMailbox } from '../mail/index.ts'
import { mouldFor, recipientOf } from './casting.ts'
import { type Comparison, compareCopies } from './compare.ts'
import type { Tools } from './tools.ts'

type ProveTools = Pick<Tools, 'config' | 'ledger' | 'tokens' | 'now' | 'log'>

/** A mailbox is looked into again after so long at the least and at the most. Milliseconds. */
const SOONEST = 500
const LATEST = 15_000

/** The seed mailboxes of a configuration. Throws a Complaint (exit 3) for one that cannot be read. */
export const seedMailboxes = (config: Config): Mailbox[] =>
  config.seedMailboxes.map((text) => openMailbox(text, { inboxDir: join(config.dataDir, 'inbox') }))

/**
 * A scheduled mailing whose time has come: it is proved where there are seed mailboxes, and begins where there are none
 * or where its copies have passed.
 */
export async function start(tools: ProveTools, id: number): Promise<void> {
  const { ledger, config } = tools
  const now = tools.now()
  const mailing = await ledger.mailing({ id })
  const seeds = seedMailboxes(config)
  const first = seeds[0]
  if (!mailing || !first || (mailing.kind !== 'announcement' && mailing.kind !== 'corrigendum')) {
    await ledger.begin({ mailing: id, now })
    return
  }
  const edition = await ledger.edition({ id: mailing.edition })
  const fields = sampleFields(edition)[0] ?? {}
  const copies = seeds.map(({ address, name }) => ({ address, mailbox: name, fields }))
  // Another mailbox each day is the last one, so that each receiving system is seen at the end too.
  const late = copies[id % copies.length] ?? { address: first.address, mailbox: first.name, fields }
  const started = await ledger.startProof({ mailing: id, seeds: copies, late, now })
  if (started === 'proving') tools.log('proving', { mailing: id, seeds: copies.length })
}

/** Looks once for each copy of a mailing that is waited for, and judges what came. */
export async function prove(tools: ProveTools, mailing: number): Promise<void> {
  const seeds = new Map(seedMailboxes(tools.config).map((mailbox) => [mailbox.address, mailbox]))
  const waiting = await tools.ledger.dueProofs({ now: tools.now(), mailing })
  await Promise.all(waiting.map((proof) => proveOne(tools, proof, seeds.get(proof.address))))
}

type Known = Comparison | { readonly state: 'absent' | 'waiting'; readonly report: readonly string[] }

async function proveOne(tools: ProveTools, proof: WaitingProof, mailbox: Mailbox | undefined): Promise<void> {
  const known = await look(tools, proof, mailbox)
  const now = tools.now()
  if (known.state === 'waiting') {
    const pause = Math.min(LATEST, tools.config.proveWithin / 10, (now - proof.since) / 4)
    await tools.ledger.proofLater({ id: proof.id, dueAt: now + Math.max(SOONEST, pause), report: known.report })
    return
  }
  const why = heldWhy(proof, known)
  const notices = known.state === 'sound' ? [] : [noticeOf(proof, known.report, why)]
  const ours = await tools.ledger.settleProof({ ...known, state: known.state, id: proof.id, why, notices, now })
  if (ours) tools.log('copy-judged', { mailing: proof.mailing, n: proof.n, state: known.state })
}

async function look(tools: ProveTools, proof: WaitingProof, mailbox: Mailbox | undefined): Promise<Known> {
  const { proveWithin } = tools.config
  switch (proof.delivery) {
    case 'pending':
    case 'handed':
      return { state: 'waiting', report: ['it has not left yet'] }
    case 'deferred': {
      const report = [`the relay has not taken it yet: ${proof.reply ?? ''}`]
      return { state: tools.now() - proof.since > proveWithin ? 'absent' : 'waiting', report }
    }
    case 'accepted':
    case 'uncertain':
      break
    default:
      return { state: 'absent', report: [`it is ${proof.delivery}${proof.reply ? `: ${proof.reply}` : ''}`] }
  }
  if (!mailbox) return { state: 'absent', report: ['this mailbox is not among SEED_MAILBOXES any more'] }
  const sent = await sentCopy(tools, proof)
  const since = proof.since
  const sought = await mailbox.seek({ token: sent.token, messageId: sent.messageId, since })
  if (sought.kind === 'found') return await judged(sent.bytes, sought)
  const report = [sought.kind === 'closed' ? sought.why : (sought.why ?? 'it has not arrived')]
  return { state: tools.now() - proof.deliveryAt > proveWithin ? 'absent' : 'waiting', report }
}

/** The bytes that left: stamping twice gives the same. */
async function sentCopy(
  tools: ProveTools,
  proof: WaitingProof,
): Promise<{ bytes: Buffer; token: string; messageId: string }> {
  const mailing = await tools.ledger.mailing({ id: proof.mailing })
  if (!mailing) throw new Error(`proof ${proof.id} is of no mailing`)
  const of = { ...mailing, edition: proof.edition }
  const row = { ...proof, role: 'seed' as const, subscriber: null, inReplyTo: null, references: [] }
  const recipient = recipientOf(tools, of, row)
  const bytes = (await mouldFor(tools, of)).stamp(recipient)
  const token = /\/u\/([a-z2-7]+)$/.exec(recipient.unsubscribeUrl ?? '')?.[1]
  if (token === undefined) throw new Error(`the copy of proof ${proof.id} has no token to be known by`)
  return { bytes, token, messageId: recipient.messageId }
}

async function judged(sent: Buffer, found: { raw: Buffer; folder: string }): Promise<Comparison> {
  try {
    const compared = compareCopies(await read(sent, 'sent.eml'), await read(found.raw, 'received.eml'))
    const note = found.folder === 'INBOX' ? [] : [`the mail server put it into ${found.folder}`]
    return { ...compared, report: [...compared.report, ...note] }
  } catch (error) {
    if (!isComplaint(error)) throw error
    return { state: 'damaged', report: [`what arrived cannot be read: ${error.message}`] }
  }
}

const HOW = {
  damaged: 'arrived damaged',
  unsure: 'arrived with links that cannot be followed back',
  absent: 'did not arrive',
} as const

function heldWhy(
  proof: WaitingProof,
  known: Comparison | { state: 'absent'; report: readonly string[] } | Known,
): string {
  if (known.state === 'sound' || known.state === 'waiting') return ''
  return `the copy to ${proof.mailbox} ${HOW[known.state]}: ${known.report[0] ?? ''}`
}

/** Told without schemes: the notice is a mail, and what it names is no link of its own. */
function noticeOf(proof: WaitingProof, report: readonly string[], why: string): NoticeStart {
  const bare = (text: string): string => text.replace(/\b(?:https?:\/\/(?:www\.)?|mailto:)/gi, '')
  const { mailing, late } = proof
  const what = late ? 'after the mail had left' : 'before anybody else got it'
  return {
    topic: `proof-${mailing}-${proof.n}`,
    kind: late ? 'late-damage' : 'not-proved',
    mailing,
    link: null,
    subject: `Mailing ${mailing} ${late ? 'may have arrived damaged' : 'is held: it was not proved in transit'}`,
    body: [
      `The copy of mailing ${mailing} to a seed mailbox was read back ${what}. ${bare(why)}`,
      ...report.map((line) => `- ${bare(line)}`),
      ...(late
        ? [
            `If readers behind the same gateway are harmed, correct it for them: \`gll correct ${mailing} --why TEXT --domain DOMAIN\``,
          ]
        : [
            `Once the relay is mended, prove it again: \`gll resume ${mailing}\``,
            `To let it go all the same: \`gll resume ${mailing} --unproved --why TEXT --by NAME\``,
          ]),
    ].join('\n\n'),
    facts: { n: proof.n, late },
    remind: !late,
  }
}
