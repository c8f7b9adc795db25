import { type Claim, type Ledger, openLedger, type Settle } from '../../src/ledger/index.ts'
import {
  addresses,
  claimFirst,
  write as commit,
  DAY,
  handOf,
  KINDS,
  type Kind,
  LEASE,
  NOW,
  nonZero,
  openKind,
  openPlace,
  type Place,
  published,
  rowsByState,
  settleOf as settle,
  suiteOf,
} from '../support/ledgers.ts'

/** A list of so many readers and a running mailing to them in chunks of four. */
async function running(kind: Kind, people = 10) {
  const at = await openKind(kind)
  const { mailing, listId } = await published(at.ledger, addresses(people))
  await at.ledger.begin({ mailing, now: NOW })
  return { ...at, mailing, listId }
}

const hand = (ledger: Ledger, claim: Claim, n: number) => commit(ledger, [], handOf(claim, n))
const write = (ledger: Ledger, ...settles: Settle[]) => commit(ledger, settles)

for (const kind of KINDS) {
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

    test('what slips out as a mailing is stopped, or as its reader leaves, is on record', async () => {
      await using at = await running(kind)
      const claim = await claimFirst(at.ledger)
      for (const n of [1, 2, 3]) await hand(at.ledger, claim, n)
      const slips = async () =>
        (await at.ledger.audits({ mailing: at.mailing })).map((entry) => `${entry.what}: ${entry.detail}`)
      const [first, second] = claim.rows
      await at.ledger.suppress({ key: first?.address ?? '', reason: 'asked', source: 'test', now: NOW })
      await at.ledger.unsubscribe({
        listId: at.listId,
        subscriber: second?.subscriber ?? 0,
        source: 'test',
        now: NOW,
      })
      await at.ledger.suppress({ key: 'p4@example.org', reason: 'asked', source: 'test', now: NOW })
      expect(await slips()).toEqual([
        'slipped out: delivery 1 was in hand as its reader was suppressed: it may still arrive',
        'slipped out: delivery 2 was in hand as its reader was unsubscribed: it may still arrive',
      ])
      expect((await at.ledger.mailing({ id: at.mailing }))?.slipped).toBeNull()
      await at.ledger.hold({ mailing: at.mailing, why: 'test' })
      expect((await at.ledger.mailing({ id: at.mailing }))?.slipped).toBe(3)
      await write(at.ledger, settle(claim, 1, 'accepted'))
      await at.ledger.cancel({ mailing: at.mailing, why: 'test', now: NOW })
      expect((await at.ledger.mailing({ id: at.mailing }))?.slipped).toBe(2)
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

    test('a mailing whose last chunks end at the same moment is done', async () => {
      await using at = await running(kind, 8)
      for (let turn = 0; turn < 25; turn += 1) {
        const claims = [await claimFirst(at.ledger), await claimFirst(at.ledger)]
        for (const claim of claims) {
          await commit(
            at.ledger,
            claim.rows.map(({ n }) => settle(claim, n, 'rejected')),
          )
        }
        const given = { notBefore: 0, now: NOW }
        await Promise.all(claims.map(({ chunk, epoch }) => at.ledger.release({ chunk, epoch, ...given })))
        expect((await at.ledger.mailing({ id: at.mailing }))?.state).toBe('done')
        // All over again: to set up another mailing would take longer than the moment that this is about.
        await at.all("update delivery set state = 'pending'")
        await at.all(`update chunk set pending = 4, rejected = 0, due_at = ${NOW}`)
        await at.all("update mailing set state = 'running', finished_at = null")
      }
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
      await at.ledger.erase({ key: 'p1@example.org', hash: 'h', source: 'test', now: NOW })
      expect(nonZero(await at.ledger.counts({ mailing: at.mailing }))).toEqual({ pending: 2, suppressed: 1 })
      expect(await at.ledger.subscriber({ key: 'p1@example.org' })).toBeNull()
    })
  })
}

const lapse = (at: Pick<Place, 'all'>) => at.all('update chunk set lease_until = 0 where lease_until is not null')

for (const kind of KINDS) {
  suiteOf(kind)(`a newer ledger on ${kind}`, () => {
    test('is refused by an older program, and migrating twice is safe', async () => {
      await using at = await openPlace(kind)
      await (await openLedger(at.place)).close()
      await Promise.all([openLedger(at.place), openLedger(at.place)].map(async (opening) => (await opening).close()))
      await at.all(kind === 'sqlite' ? 'pragma user_version = 99' : 'update schema_version set version = 99')
      await expect(openLedger(at.place)).rejects.toMatchObject({ code: 'COMPLAINT', exit: 3 })
    })
  })
}
