/** Ledgers on both databases, and a mailing in them up to the point where lanes take over. Time is NOW. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import {
  type Claim,
  type Hand,
  type Ledger,
  openLedger,
  type Person,
  type Settle,
  type WatchStart,
} from '../../src/ledger/index.ts'
import { edition } from './editions.ts'
import { openPostgresServer } from './postgres.ts'

export const NOW = 1_800_000_000_000
export const DAY = 86_400_000
export const LEASE = 60_000
export const OK = { code: 250, enhanced: '2.0.0', text: 'queued' }

export const KINDS = ['sqlite', 'postgres'] as const
export type Kind = (typeof KINDS)[number]

/** One server for all tests of a file. */
const server = await openPostgresServer()
afterAll(async () => await server?.[Symbol.asyncDispose]())

/** Where the server is missing and cannot be installed, the suite says so by name instead of passing. */
export const suiteOf = (kind: Kind) => (kind === 'postgres' && server === null ? describe.skip : describe)
export const testOf = (kind: Kind) => (kind === 'postgres' && server === null ? test.skip : test)

/** A new, empty ledger of one kind: where it is, and a way to look at it and to reach behind its back. */
export interface Place extends AsyncDisposable {
  readonly place: string
  all(text: string): Promise<Record<string, unknown>[]>
}

export const openPlace = (kind: Kind): Promise<Place> => (kind === 'sqlite' ? onSqlite() : onPostgres())

/** In memory, where that is to be had: what a commit costs on a disk is no part of what these tests show. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

async function onSqlite(): Promise<Place> {
  const dir = mkdtempSync(join(ROOM, 'ledger-'))
  const place = join(dir, 'ledger.sqlite')
  let kept: Sqlite.Database | undefined
  return {
    place,
    all: async (text) => {
      kept ??= new Sqlite(place)
      const statement = kept.prepare(text)
      const rows = statement.reader ? statement.all() : []
      if (!statement.reader) statement.run()
      return rows as Record<string, unknown>[]
    },
    [Symbol.asyncDispose]: async () => {
      kept?.close()
      rmSync(dir, { recursive: true })
    },
  }
}

async function onPostgres(): Promise<Place> {
  if (!server) throw new Error('PostgreSQL is not installed')
  const place = await server.database()
  let kept: pg.Client | undefined
  return {
    place,
    all: async (text) => {
      if (!kept) {
        kept = new pg.Client({ connectionString: place })
        await kept.connect()
      }
      return (await kept.query(text)).rows
    },
    [Symbol.asyncDispose]: async () => await kept?.end(),
  }
}

export interface OpenedLedger extends Place {
  readonly ledger: Ledger
}

export async function openKind(kind: Kind): Promise<OpenedLedger> {
  const place = await openPlace(kind)
  const ledger = await openLedger(place.place)
  return {
    ...place,
    ledger,
    [Symbol.asyncDispose]: async () => {
      await ledger.close()
      await place[Symbol.asyncDispose]()
    },
  }
}

export const addresses = (people: number): string[] => Array.from({ length: people }, (_, n) => `p${n + 1}@example.org`)

/** One who is put on a list by the ledger's own verb. */
export const person = (address: string, of: Partial<Person> = {}): Person => ({
  address,
  key: address,
  hash: `hash of ${address}`,
  name: null,
  language: null,
  ...of,
})

/** A mailing to these people, the first of them delivery 1: published, and not begun. */
export async function published(
  ledger: Ledger,
  to: readonly string[],
  how: { list?: string; chunkSize?: number; watch?: readonly WatchStart[] } = {},
) {
  const people = to.map((address, n) => person(address, { name: `Person ${n + 1}`, language: 'en' }))
  const { list = 'members', chunkSize = 4, watch = [] } = how
  await ledger.importPeople({ list, people, source: 'test', now: NOW })
  const listId = (await ledger.survey({ list }))?.listId ?? 0
  const made = edition()
  const id = await ledger.saveEdition({ edition: made, now: NOW })
  await ledger.certify({ digest: made.digest, at: NOW, looks: [] })
  const common = { kind: 'announcement' as const, listId, series: null, dueAt: NOW, expiresAt: NOW + 3 * DAY, now: NOW }
  const mailing = await ledger.openMailing({ ...common, edition: id, corrects: null, audience: 0 })
  const { readers } = await ledger.readers({ lists: [listId], after: 0 })
  const rows = readers.map((reader, at) => ({
    n: at + 1,
    role: 'reader' as const,
    subscriber: reader.subscriber,
    address: reader.address,
    fields: reader.fields,
    inReplyTo: null,
    references: [],
  }))
  await ledger.freeze({ mailing, rows, now: NOW })
  await ledger.publish({ mailing, audience: rows.length, chunkSize, now: NOW, watch })
  return { mailing, edition: id, listId, common }
}

/** Claims the chunk that is due first. */
export async function claimFirst(ledger: Ledger, now = NOW, leaseMs = LEASE): Promise<Claim> {
  const [due] = await ledger.dueChunks({ now, limit: 1 })
  if (!due) throw new Error('nothing is due')
  const claim = await ledger.claim({ chunk: due.chunk, owner: 'me', leaseMs, now, certificateAge: DAY })
  if (claim === null || claim === 'uncertified') throw new Error(`not claimed: ${claim}`)
  return claim
}

export const handOf = (claim: Claim, n: number): Hand => ({
  mailing: claim.mailing.id,
  n,
  chunk: claim.chunk,
  epoch: claim.epoch,
  edition: claim.mailing.edition,
})

export const settleOf = (claim: Claim, n: number, to: Settle['to'], more: Partial<Settle> = {}): Settle => ({
  mailing: claim.mailing.id,
  n,
  chunk: claim.chunk,
  epoch: claim.epoch,
  to,
  reply: OK,
  retryAt: null,
  suppress: null,
  ...more,
})

/** One commit of a lane: what it heard, and perhaps a hand. */
export const write = (ledger: Ledger, settles: readonly Settle[], hand: Hand | null = null) =>
  ledger.write({ settles, hand, now: NOW, leaseMs: LEASE })

/** Every row of a claim is handed, one commit each. */
export async function handAll(ledger: Ledger, claim: Claim): Promise<void> {
  for (const { n } of claim.rows) await write(ledger, [], handOf(claim, n))
}

/** Every row of a claim is accepted in one commit, and the chunk given back. */
export async function acceptAll(ledger: Ledger, claim: Claim): Promise<void> {
  const settles = claim.rows.map(({ n }) => settleOf(claim, n, 'accepted'))
  await write(ledger, settles)
  await ledger.release({ chunk: claim.chunk, epoch: claim.epoch, notBefore: 0, now: NOW })
}

export function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0))
}

/** The rows themselves, to hold the counts in `chunk` against. */
export async function rowsByState(at: Pick<Place, 'all'>, mailing: number): Promise<Record<string, number>> {
  const rows = await at.all(`select state, count(*) as n from delivery where mailing_id = ${mailing} group by state`)
  return Object.fromEntries(rows.map((row) => [row.state as string, Number(row.n)]))
}
