/**
 * Proof in transit, the ledger's side: copies to seed mailboxes stand behind the readers' rows of their mailing, in
 * chunks of their own, and the mailing is `proving` until they have been judged. Each change of its state is one commit.
 */
import { sql } from 'kysely'
import type { DeliveryState, MailingState, NoticeStart, Proof, ProofState, WaitingProof } from '../words.ts'
import { begin } from './mailings.ts'
import { putNotices } from './notices.ts'
import { audit } from './records.ts'
import type { Room } from './room.ts'
import { chunkRow, closeOpenRows, deliveryRow } from './rows.ts'

export interface SeedCopy {
  readonly address: string
  /** The mailbox for people, without its password. */
  readonly mailbox: string
  readonly fields: Readonly<Record<string, string>>
}

/** What lets the readers' mail leave. */
const PASSED: readonly string[] = ['sound', 'released']

/**
 * A scheduled mailing whose time has come: its copies to the seed mailboxes leave first, or, once those have passed,
 * the mailing begins and `late` goes last. A mailing that was held for its proof is proved again. Null: it is not
 * scheduled (any more).
 */
export async function startProof(
  room: Room,
  args: { mailing: number; seeds: readonly SeedCopy[]; late: SeedCopy; now: number },
): Promise<'proving' | 'begun' | null> {
  const { db } = room
  const mailing = await db
    .selectFrom('mailing')
    .select(['id', 'edition_id', 'audience'])
    .where('id', '=', args.mailing)
    .where('state', '=', 'scheduled')
    .where('published_at', 'is not', null)
    .executeTakeFirst()
  if (!mailing) return null
  const earlier = await db.selectFrom('proof').selectAll().where('mailing_id', '=', mailing.id).orderBy('id').execute()
  const round = Math.max(0, ...earlier.map((row) => row.round))
  const last = earlier.filter((row) => row.round === round && row.late === 0 && row.edition_id === mailing.edition_id)
  const passed = last.length > 0 && last.every((row) => PASSED.includes(row.state))
  if (mailing.audience === 0 || passed) {
    const begun = await begin(room, args)
    if (begun && passed && !earlier.some((row) => row.late === 1 && row.edition_id === mailing.edition_id)) {
      await add(db, mailing, args.late, { round, late: 1, now: args.now })
    }
    return begun ? 'begun' : null
  }
  await giveUpWaiting(db, mailing.id, args.now)
  for (const seed of args.seeds) await add(db, mailing, seed, { round: round + 1, late: 0, now: args.now })
  await db
    .updateTable('mailing')
    .set({ state: 'proving', state_why: null, started_at: sql<number>`coalesce(started_at, ${args.now})` })
    .where('id', '=', mailing.id)
    .execute()
  return 'proving'
}

async function add(
  db: Room['db'],
  mailing: { id: number; edition_id: number },
  seed: SeedCopy,
  as: { round: number; late: 0 | 1; now: number },
): Promise<void> {
  const last = await db
    .selectFrom('delivery')
    .where('mailing_id', '=', mailing.id)
    .select(sql<number | null>`max(n)`.as('n'))
    .executeTakeFirstOrThrow()
  const n = Number(last.n ?? 0) + 1
  const { address, mailbox, fields } = seed
  const row = { n, role: 'seed' as const, subscriber: null, address, fields, inReplyTo: null, references: [] }
  await db
    .insertInto('delivery')
    .values(deliveryRow(mailing.id, row, as.now))
    .execute()
  await db
    .insertInto('chunk')
    .values(chunkRow(mailing.id, { first: n, last: n, role: 'seed' }, as.now))
    .execute()
  await db
    .insertInto('proof')
    .values({
      mailing_id: mailing.id,
      n,
      edition_id: mailing.edition_id,
      round: as.round,
      late: as.late,
      address,
      mailbox,
      state: 'waiting',
      since: as.now,
      due_at: as.now,
      judged_at: null,
      report: '[]',
    })
    .execute()
}

/** Copies of an earlier round are waited for no more, and what has not left of them never will. */
async function giveUpWaiting(db: Room['db'], mailing: number, now: number): Promise<void> {
  await db
    .updateTable('proof')
    .set({ state: 'given-up', due_at: null })
    .where('mailing_id', '=', mailing)
    .where('state', '=', 'waiting')
    .execute()
  const chunks = await db
    .selectFrom('chunk')
    .select(['id', 'mailing_id', 'first_n', 'last_n'])
    .where('mailing_id', '=', mailing)
    .where('role', '=', 'seed')
    .where('handed', '=', 0)
    .where('due_at', 'is not', null)
    .execute()
  for (const chunk of chunks) {
    await closeOpenRows(db, { ...chunk, mailing, to: 'cancelled', now })
    await db.updateTable('chunk').set({ due_at: null }).where('id', '=', chunk.id).execute()
  }
}

/** Copies whose mailbox is to be looked into now. */
export async function dueProofs({ db }: Room, args: { now: number; mailing: number | null }): Promise<WaitingProof[]> {
  const rows = await db
    .selectFrom('proof as p')
    .innerJoin('delivery as d', (join) => join.onRef('d.mailing_id', '=', 'p.mailing_id').onRef('d.n', '=', 'p.n'))
    .innerJoin('mailing as m', 'm.id', 'p.mailing_id')
    .where('p.due_at', '<=', args.now)
    .$if(args.mailing !== null, (q) => q.where('p.mailing_id', '=', args.mailing ?? 0))
    .orderBy('p.due_at')
    .limit(100)
    .select(['p.id', 'p.mailing_id', 'p.n', 'p.edition_id', 'p.late', 'p.address', 'p.mailbox', 'p.since', 'p.due_at'])
    .select(['d.state as delivery_state', 'd.state_at', 'd.reply_code', 'd.reply_text', 'd.fields'])
    .select(['m.state as mailing_state'])
    .execute()
  return rows.map((row) => ({
    id: row.id,
    mailing: row.mailing_id,
    n: row.n,
    edition: row.edition_id,
    late: row.late === 1,
    address: row.address,
    mailbox: row.mailbox,
    since: row.since,
    dueAt: row.due_at ?? args.now,
    delivery: row.delivery_state as DeliveryState,
    deliveryAt: row.state_at,
    reply: row.reply_text === null ? null : `${row.reply_code || ''} ${row.reply_text}`.trim(),
    fields: JSON.parse(row.fields) as Record<string, string>,
    mailingState: row.mailing_state as MailingState,
  }))
}

/** Not there yet, or the mailbox could not be looked into; why, for people. */
export async function proofLater(
  { db }: Room,
  args: { id: number; dueAt: number; report: readonly string[] },
): Promise<void> {
  await db
    .updateTable('proof')
    .set({ due_at: args.dueAt, report: JSON.stringify(args.report) })
    .where('id', '=', args.id)
    .where('state', '=', 'waiting')
    .execute()
}

/**
 * Writes down what became of a copy. The first that is not sound holds its mailing; the last that is lets it begin. Of a
 * late copy there is nothing to begin, but what has not left yet is held. False: it was judged meanwhile.
 */
export async function settleProof(
  room: Room,
  args: {
    id: number
    state: Exclude<ProofState, 'waiting' | 'released' | 'given-up'>
    report: readonly string[]
    /** Why the mailing is held, where it is. */
    why: string
    notices: readonly NoticeStart[]
    now: number
  },
): Promise<boolean> {
  const { db } = room
  const proof = await db
    .updateTable('proof')
    .set({ state: args.state, report: JSON.stringify(args.report), judged_at: args.now, due_at: null })
    .where('id', '=', args.id)
    .where('state', '=', 'waiting')
    .returning(['mailing_id', 'round', 'edition_id', 'mailbox', 'late'])
    .executeTakeFirst()
  if (!proof) return false
  await audit(room, {
    at: args.now,
    who: 'the proof',
    what: `copy ${args.state}`,
    mailing: proof.mailing_id,
    detail: [proof.mailbox, ...args.report].join('; '),
  })
  if (args.state !== 'sound') {
    await db
      .updateTable('mailing')
      .set({ state: 'held', state_why: args.why })
      .where('id', '=', proof.mailing_id)
      .where('state', 'in', ['proving', 'running'])
      .execute()
    await putNotices(db, args.notices, args.now)
    return true
  }
  if (proof.late === 1) return true
  const open = await db
    .selectFrom('proof')
    .select('id')
    .where('mailing_id', '=', proof.mailing_id)
    .where('round', '=', proof.round)
    .where('late', '=', 0)
    .where('state', 'not in', [...PASSED])
    .executeTakeFirst()
  // The next tick begins it, as any scheduled mailing.
  if (!open) {
    await db
      .updateTable('mailing')
      .set({ state: 'scheduled' })
      .where('id', '=', proof.mailing_id)
      .where('state', '=', 'proving')
      .execute()
  }
  return true
}

/** A person's word that a held mailing leaves although its copies were not sound. Gives how many were not; null: it is not held. */
export async function releaseProof(
  room: Room,
  args: { mailing: number; who: string; why: string; now: number },
): Promise<number | null> {
  const { db } = room
  const mailing = await db.selectFrom('mailing').select('state').where('id', '=', args.mailing).executeTakeFirst()
  if (mailing?.state !== 'held') return null
  const bad = await db
    .updateTable('proof')
    .set({ state: 'released', due_at: null })
    .where('mailing_id', '=', args.mailing)
    .where('state', 'in', ['damaged', 'unsure', 'absent', 'waiting'])
    .returning('id')
    .execute()
  if (bad.length === 0) return 0
  await db
    .updateTable('mailing')
    .set({ state: 'scheduled', state_why: null, held_by: null, line_at: null })
    .where('id', '=', args.mailing)
    .execute()
  await audit(room, { at: args.now, who: args.who, what: 'released unproved', mailing: args.mailing, detail: args.why })
  return bad.length
}

/** The copies that went to seed mailboxes, in the order in which they went. */
export async function proofs({ db }: Room, args: { mailing: number }): Promise<Proof[]> {
  const rows = await db.selectFrom('proof').selectAll().where('mailing_id', '=', args.mailing).orderBy('id').execute()
  return rows.map((row) => ({
    id: row.id,
    n: row.n,
    round: row.round,
    late: row.late === 1,
    address: row.address,
    mailbox: row.mailbox,
    state: row.state as ProofState,
    since: row.since,
    judgedAt: row.judged_at,
    report: JSON.parse(row.report) as string[],
  }))
}
