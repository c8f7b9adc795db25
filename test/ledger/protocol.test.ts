import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { type Claim, type Ledger, openLedger, type Settle } from '../../src/ledger/index.ts'
import { edition } from '../support/editions.ts'
import { openPostgresServer, type Postgres } from '../support/postgres.ts'

const NOW = 1_800_000_000_000
const DAY = 86_400_000
const LEASE = 60_000
const OK = { code: 250, enhanced: '2.0.0', text: 'queued' }

/** A new, empty ledger of one kind: where it is, and a way to look at it and to reach behind its back. */
interface Place extends AsyncDisposable {
  readonly place: string
  all(text: string): Promise<Record<string, unknown>[]>
}

async function onSqlite(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-'))
  const place = join(dir, 'ledger.sqlite')
  return {
    place,
    all: async (text) => {
      const db = new Sqlite(place)
      const statement = db.prepare(text)
      const rows = statement.reader ? statement.all() : []
      if (!statement.reader) statement.run()
      db.close()
      return rows as Record<string, unknown>[]
    },
    [Symbol.asyncDispose]: async () => rmSync(dir, { recursive: true }),
  }
}

let server: Postgres | null = null
afterAll(async () => await server?.[Symbol.asyncDispose]())

async function onPostgres(): Promise<Place> {
  if (!server) throw new Error('PostgreSQL is not installed')
  const place = await server.database()
  return {
    place,
    all: async (text) => {
      const client = new pg.Client({ connectionString: place })
      await client.connect()
      const { rows } = await client.query(text)
      await client.end()
      return rows
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

server = await openPostgresServer()
const KINDS = { sqlite: onSqlite, postgres: onPostgres } as const
// Where the server is missing and cannot be installed, the suite says so by name instead of passing.
const suiteOf = (kind: keyof typeof KINDS) => (kind === 'postgres' && server === null ? describe.skip : describe)

/** A ledger with a list of so many readers and a running mailing in chunks of four. */
async function running(kind: keyof typeof KINDS, people = 10) {
  const at = await KINDS[kind]()
  const ledger = await openLedger(at.place)
  await ledger.importPeople({
    list: 'members',
    people: Array.from({ length: people }, (_, n) => ({
      address: `p${n + 1}@example.org`,
      key: `p${n + 1}@example.org`,
      name: `Person ${n + 1}`,
      language: 'en',
    })),
    source: 'test',
    now: NOW,
  })
  const listId = (await ledger.survey({ list: 'members' }))?.listId ?? 0
  const mailing = await publishTo(ledger, listId)
  await ledger.begin({ mailing, now: NOW })
  return {
    ledger,
    all: at.all,
    listId,
    mailing,
    async [Symbol.asyncDispose]() {
      await ledger.close()
      await at[Symbol.asyncDispose]()
    },
  }
}

async function publishTo(ledger: Ledger, listId: number): Promise<number> {
  const made = edition()
  const id = await ledger.saveEdition({ edition: made, now: NOW })
  await ledger.certify({ digest: made.digest, at: NOW, looks: [] })
  const mailing = await ledger.openMailing({
    kind: 'announcement',
    edition: id,
    listId,
    series: null,
    dueAt: NOW,
    expiresAt: NOW + 3 * DAY,
    now: NOW,
    corrects: null,
    audience: 0,
  })
  const { readers } = await ledger.readers({ listId, after: 0 })
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
  await ledger.publish({ mailing, audience: rows.length, chunkSize: 4, now: NOW, watch: [] })
  return mailing
}

async function claimFirst(ledger: Ledger, now = NOW, leaseMs = LEASE): Promise<Claim> {
  const [due] = await ledger.dueChunks({ now, limit: 1 })
  if (!due) throw new Error('nothing is due')
  const claim = await ledger.claim({ chunk: due.chunk, owner: 'me', leaseMs, now, certificateAge: DAY })
  if (claim === null || claim === 'uncertified') throw new Error(`not claimed: ${claim}`)
  return claim
}

const hand = (ledger: Ledger, claim: Claim, n: number, settles: Settle[] = []) =>
  ledger.write({
    settles,
    hand: { mailing: claim.mailing.id, n, chunk: claim.chunk, epoch: claim.epoch, edition: claim.mailing.edition },
    now: NOW,
    leaseMs: LEASE,
  })

const settle = (claim: Claim, n: number, to: Settle['to'], more: Partial<Settle> = {}): Settle => ({
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

const write = (ledger: Ledger, ...settles: Settle[]) => ledger.write({ settles, hand: null, now: NOW, leaseMs: LEASE })

/** The counts in `chunk` against the rows themselves. */
async function rowsByState(at: Pick<Place, 'all'>, mailing: number): Promise<Record<string, number>> {
  const rows = await at.all(`select state, count(*) as n from delivery where mailing_id = ${mailing} group by state`)
  return Object.fromEntries(rows.map((row) => [row.state as string, Number(row.n)]))
}

function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0))
}

for (const kind of ['sqlite', 'postgres'] as const) {
  suiteOf(kind)(`the protocol on ${kind}`, () => {
    test('a chunk has one owner: a second claim finds nothing', async () => {
      await using at = await running(kind)
      const claim = await claimFirst(at.ledger)
      expect(claim.rows.map((row) => row.n)).toEqual([1, 2, 3, 4])
      const again = await at.ledger.claim({
        chunk: claim.chunk,
        owner: 'other',
        leaseMs: LEASE,
        now: NOW,
        certificateAge: DAY,
      })
      expect(again).toBeNull()
    })

    test('a body goes once: the second hand of a row is refused', async () => {
      await using at = await running(kind)
      const claim = await claimFirst(at.ledger)
      expect((await hand(at.ledger, claim, 1)).hand).toBe('handed')
      expect((await hand(at.ledger, claim, 1)).hand).toBe('settled')
      await write(at.ledger, settle(claim, 1, 'accepted'))
      expect((await hand(at.ledger, claim, 1)).hand).toBe('settled')
    })

    test('what an owner left handed is uncertain once another claims, and the old owner is fenced', async () => {
      await using at = await running(kind)
      const old = await claimFirst(at.ledger, NOW, -1)
      await hand(at.ledger, old, 1)
      // The renewal of the hand would keep the chunk: the lease has to run out as it does for a dead worker.
      await lapse(at)
      const fresh = await claimFirst(at.ledger)
      expect(fresh.chunk).toBe(old.chunk)
      expect(fresh.epoch).toBe(old.epoch + 1)
      expect(fresh.rows.map((row) => row.n)).toEqual([2, 3, 4])
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ pending: 9, uncertain: 1 })
      expect((await hand(at.ledger, old, 2)).hand).toBe('fenced')
      expect((await write(at.ledger, settle(old, 1, 'rejected'))).settled).toBe(0)
      // A 250 that comes late is the receiver's own word.
      expect((await write(at.ledger, settle(old, 1, 'accepted'))).settled).toBe(1)
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ pending: 9, accepted: 1 })
    })

    test('hold, unsubscribe, suppression and another edition act at the next hand', async () => {
      await using at = await running(kind)
      const claim = await claimFirst(at.ledger)
      const reader = claim.rows[0]?.subscriber ?? 0
      await at.ledger.unsubscribe({ listId: at.listId, subscriber: reader, source: 'test', now: NOW })
      expect((await hand(at.ledger, claim, 1)).hand).toBe('consent')
      await at.ledger.suppress({ key: 'p2@example.org', reason: 'asked', source: 'test', now: NOW })
      expect((await hand(at.ledger, claim, 2)).hand).toBe('consent')
      expect((await hand(at.ledger, { ...claim, mailing: { ...claim.mailing, edition: 99 } }, 3)).hand).toBe('edition')
      await at.ledger.hold({ mailing: at.mailing, why: 'test' })
      expect((await hand(at.ledger, claim, 3)).hand).toBe('held')
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ pending: 8, suppressed: 2 })
    })

    test('a reply before the 354 settles a row that was never handed, under the same epoch', async () => {
      await using at = await running(kind)
      const claim = await claimFirst(at.ledger)
      await write(at.ledger, settle(claim, 1, 'deferred', { retryAt: NOW + 1_000 }), settle(claim, 2, 'rejected'))
      expect((await write(at.ledger, settle(claim, 3, 'accepted'))).settled).toBe(0)
      expect((await write(at.ledger, settle({ ...claim, epoch: claim.epoch - 1 }, 3, 'rejected'))).settled).toBe(0)
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ pending: 8, deferred: 1, rejected: 1 })
    })

    test('a deferred row comes back when it is due and not before; past the end of its mailing it expires', async () => {
      await using at = await running(kind, 2)
      const claim = await claimFirst(at.ledger)
      await hand(at.ledger, claim, 1)
      await write(at.ledger, settle(claim, 1, 'deferred', { retryAt: NOW + 5_000 }))
      await write(at.ledger, settle(claim, 2, 'deferred', { retryAt: NOW + 4 * DAY }))
      await at.ledger.release({ chunk: claim.chunk, epoch: claim.epoch, notBefore: 0, now: NOW })
      expect(await at.ledger.dueChunks({ now: NOW + 4_999, limit: 9 })).toEqual([])
      const again = await claimFirst(at.ledger, NOW + 5_000)
      expect(again.rows).toMatchObject([{ n: 1, tries: 1 }])
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ deferred: 1, expired: 1 })
    })

    test('a body that was handed and certainly never went is pending again', async () => {
      await using at = await running(kind)
      const claim = await claimFirst(at.ledger)
      await hand(at.ledger, claim, 1)
      await write(at.ledger, settle(claim, 1, 'unsent'))
      expect((await hand(at.ledger, claim, 1)).hand).toBe('handed')
    })

    test('the counts equal the rows, and the mailing is done with its last chunk', async () => {
      await using at = await running(kind, 10)
      for (let chunk = 0; chunk < 3; chunk += 1) {
        const claim = await claimFirst(at.ledger)
        for (const row of claim.rows) {
          await hand(at.ledger, claim, row.n)
          await write(
            at.ledger,
            settle(claim, row.n, row.n % 5 === 0 ? 'rejected' : 'accepted', { suppress: row.n === 5 ? '5.1.1' : null }),
          )
        }
        await at.ledger.release({ chunk: claim.chunk, epoch: claim.epoch, notBefore: 0, now: NOW })
      }
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual(await rowsByState(at, at.mailing))
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ accepted: 8, rejected: 2 })
      expect((await at.ledger.mailing({ id: at.mailing }))?.state).toBe('done')
      expect((await at.ledger.subscriber({ key: 'p5@example.org' }))?.suppressed?.reason).toBe('5.1.1')
    })

    test('cancel ends what had not left and leaves what had', async () => {
      await using at = await running(kind, 10)
      const claim = await claimFirst(at.ledger)
      await hand(at.ledger, claim, 1)
      await at.ledger.cancel({ mailing: at.mailing, why: 'test', now: NOW })
      while (await at.ledger.sweepCancelled({ now: NOW }));
      await write(at.ledger, settle(claim, 1, 'deferred', { retryAt: NOW + 1 }))
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ cancelled: 10 })
      expect(await rowsByState(at, at.mailing)).toEqual({ cancelled: 10 })
    })

    test('only a person turns an uncertain delivery into one that is sent again, once', async () => {
      await using at = await running(kind, 2)
      const claim = await claimFirst(at.ledger)
      await hand(at.ledger, claim, 1)
      await hand(at.ledger, claim, 2)
      await write(at.ledger, settle(claim, 1, 'uncertain'), settle(claim, 2, 'uncertain'))
      await at.ledger.release({ chunk: claim.chunk, epoch: claim.epoch, notBefore: 0, now: NOW })
      expect((await at.ledger.mailing({ id: at.mailing }))?.state).toBe('done')
      expect((await at.ledger.uncertain({ mailing: at.mailing, after: 0 })).map((one) => one.n)).toEqual([1, 2])
      expect(await at.ledger.settleByHand({ mailing: at.mailing, n: 1, to: 'accepted', now: NOW })).toBe(true)
      expect(await at.ledger.settleByHand({ mailing: at.mailing, n: 2, to: 'pending', now: NOW })).toBe(true)
      expect(await at.ledger.settleByHand({ mailing: at.mailing, n: 2, to: 'pending', now: NOW })).toBe(false)
      const again = await claimFirst(at.ledger)
      expect(again.rows.map((row) => row.n)).toEqual([2])
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ pending: 1, accepted: 1 })
      // The old lane's late word is about the copy that a person has already answered for.
      expect((await write(at.ledger, settle(claim, 2, 'accepted'))).settled).toBe(0)
    })

    test('a mailing whose edition has no fresh certificate is held, not sent', async () => {
      await using at = await running(kind)
      await at.all(`update certificate set at = ${NOW - 2 * DAY}`)
      const [due] = await at.ledger.dueChunks({ now: NOW, limit: 1 })
      expect(
        await at.ledger.claim({ chunk: due?.chunk ?? 0, owner: 'me', leaseMs: LEASE, now: NOW, certificateAge: DAY }),
      ).toBe('uncertified')
      expect((await at.ledger.mailing({ id: at.mailing }))?.state).toBe('held')
    })

    test('nobody is frozen into one mailing twice, and erasing a person leaves the counts adding up', async () => {
      await using at = await running(kind, 3)
      await at.ledger.freeze({
        mailing: at.mailing,
        rows: [
          {
            n: 9,
            role: 'reader',
            subscriber: 1,
            address: 'p1@example.org',
            fields: {},
            inReplyTo: null,
            references: [],
          },
        ],
        now: NOW,
      })
      expect(await rowsByState(at, at.mailing)).toEqual({ pending: 3 })
      await at.ledger.erase({ key: 'p1@example.org', now: NOW })
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ pending: 2, suppressed: 1 })
      expect(await at.ledger.subscriber({ key: 'p1@example.org' })).toBeNull()
    })
  })
}

const lapse = (at: Pick<Place, 'all'>) => at.all('update chunk set lease_until = 0 where lease_until is not null')

for (const kind of ['sqlite', 'postgres'] as const) {
  suiteOf(kind)(`a newer ledger on ${kind}`, () => {
    test('is refused by an older program, and migrating twice is safe', async () => {
      await using at = await KINDS[kind]()
      await (await openLedger(at.place)).close()
      await Promise.all([openLedger(at.place), openLedger(at.place)].map(async (opening) => (await opening).close()))
      await at.all(kind === 'sqlite' ? 'pragma user_version = 99' : 'update schema_version set version = 99')
      await expect(openLedger(at.place)).rejects.toMatchObject({ code: 'COMPLAINT', exit: 3 })
    })
  })
}
