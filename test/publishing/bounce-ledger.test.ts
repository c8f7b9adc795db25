/** The verb behind a report, on both databases. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bounce, openLedger } from '../../src/ledger/index.ts'
import { edition } from '../support/editions.ts'
import { openPostgresServer } from '../support/postgres.ts'

const NOW = 1_800_000_000_000
const DAY = 86_400_000
const OK = { code: 250, enhanced: '2.0.0', text: 'queued' }

const server = await openPostgresServer()
afterAll(async () => await server?.[Symbol.asyncDispose]())

/** A mailing to three people: the first was accepted, the second is handed, the third waits. */
async function opened(kind: 'sqlite' | 'postgres') {
  const dir = mkdtempSync(join(tmpdir(), 'bounce-'))
  const ledger = await openLedger(kind === 'sqlite' ? join(dir, 'l.sqlite') : ((await server?.database()) ?? ''))
  const people = ['ann', 'bob', 'cem'].map((name) => ({
    address: `${name}@example.org`,
    key: `${name}@example.org`,
    name,
    language: 'en',
  }))
  await ledger.importPeople({ list: 'members', people, source: 'test', now: NOW })
  const listId = (await ledger.survey({ list: 'members' }))?.listId ?? 0
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
  await ledger.begin({ mailing, now: NOW })
  const [due] = await ledger.dueChunks({ now: NOW, limit: 1 })
  const claim = await ledger.claim({
    chunk: due?.chunk ?? 0,
    owner: 'me',
    leaseMs: 60_000,
    now: NOW,
    certificateAge: DAY,
  })
  if (claim === null || claim === 'uncertified') throw new Error('not claimed')
  const { chunk, epoch } = claim
  const hand = (n: number) => ({ mailing, n, chunk, epoch, edition: id })
  await ledger.write({ settles: [], hand: hand(1), now: NOW, leaseMs: 60_000 })
  const settles = [{ mailing, n: 1, chunk, epoch, to: 'accepted' as const, reply: OK, retryAt: null, suppress: null }]
  await ledger.write({ settles, hand: hand(2), now: NOW, leaseMs: 60_000 })
  return {
    ledger,
    mailing,
    bounce: (n: number, more: Partial<Bounce> = {}) =>
      ledger.recordBounce({
        mailing,
        n,
        verdict: 'hard',
        status: '5.1.1',
        reason: 'no-such-mailbox',
        diagnostic: '550 5.1.1 no such user',
        who: 'test',
        now: NOW + DAY,
        ...more,
      }),
    async [Symbol.asyncDispose]() {
      await ledger.close()
      rmSync(dir, { recursive: true })
    },
  }
}

for (const kind of ['sqlite', 'postgres'] as const) {
  const suite = kind === 'postgres' && server === null ? describe.skip : describe
  suite(`what came back, on ${kind}`, () => {
    test('an accepted copy is bounced, with the counts; the same again, even at once, changes nothing more', async () => {
      await using at = await opened(kind)
      const effects = await Promise.all([at.bounce(1), at.bounce(1), at.bounce(1)])
      expect(effects.toSorted()).toEqual(['again', 'again', 'suppressed'])
      expect(await at.ledger.counts({ mailing: at.mailing })).toMatchObject({
        accepted: 0,
        handed: 1,
        pending: 1,
        bounced: 1,
      })
      const ann = await at.ledger.subscriber({ key: 'ann@example.org' })
      expect(ann?.suppressed).toMatchObject({ reason: 'no-such-mailbox 5.1.1', at: NOW + DAY })
    })

    test('a copy that is being handed over, one that waits, and one that is not there stay as they are', async () => {
      await using at = await opened(kind)
      expect([await at.bounce(2), await at.bounce(3), await at.bounce(9)]).toEqual(['early', 'unknown', 'unknown'])
      expect(await at.ledger.counts({ mailing: at.mailing })).toMatchObject({
        accepted: 1,
        handed: 1,
        pending: 1,
        bounced: 0,
      })
    })

    test('a soft failure and a refusal are kept and suppress nobody; a complaint after it does', async () => {
      await using at = await opened(kind)
      expect(await at.bounce(1, { verdict: 'refused', reason: 'spam' })).toBe('recorded')
      expect(await at.bounce(1, { verdict: 'soft', reason: 'mailbox-full' })).toBe('recorded')
      expect(await at.bounce(1, { verdict: 'text' })).toBe('recorded')
      expect(await at.bounce(1, { verdict: 'complaint', reason: null, status: null })).toBe('suppressed')
      expect(await at.ledger.counts({ mailing: at.mailing })).toMatchObject({ accepted: 0, bounced: 1 })
      expect(await at.ledger.endQuarantines({ now: NOW + 10_000 * DAY })).toBe(0)
    })
  })
}
