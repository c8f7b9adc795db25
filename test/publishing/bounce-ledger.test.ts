/** The verb behind a report, on both databases. */
import type { Bounce } from '../../src/ledger/index.ts'
import {
  claimFirst,
  DAY,
  handOf,
  KINDS,
  type Kind,
  NOW,
  openKind,
  published,
  settleOf,
  suiteOf,
  write,
} from '../support/ledgers.ts'

/** A mailing to three people: the first was accepted, the second is handed, the third waits. */
async function opened(kind: Kind) {
  const at = await openKind(kind)
  const { ledger } = at
  const { mailing } = await published(ledger, ['ann@example.org', 'bob@example.org', 'cem@example.org'])
  await ledger.begin({ mailing, now: NOW })
  const claim = await claimFirst(ledger)
  await write(ledger, [], handOf(claim, 1))
  await write(ledger, [settleOf(claim, 1, 'accepted')], handOf(claim, 2))
  return {
    ...at,
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
  }
}

for (const kind of KINDS) {
  suiteOf(kind)(`what came back, on ${kind}`, () => {
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

    test('the copies that left to an address are found by it, the newest first, and no others', async () => {
      await using at = await opened(kind)
      const of = (name: string, since = 0) => at.ledger.copiesTo({ key: `${name}@example.org`, since })
      expect(await of('ann')).toEqual([{ mailing: at.mailing, n: 1, edition: expect.any(Number) }])
      expect(await of('bob')).toMatchObject([{ n: 2 }])
      expect([await of('cem'), await of('dee'), await of('ann', NOW + DAY)]).toEqual([[], [], []])
      await at.bounce(1)
      expect(await of('ann', NOW + DAY)).toMatchObject([{ n: 1 }])
    })

    test('what comes back is counted by mailing, and stops it once, with a notice in the same commit', async () => {
      await using at = await opened(kind)
      const { ledger, mailing } = at
      expect(await ledger.returns({ mailing: null })).toMatchObject([{ id: mailing, settled: 1, waiting: 1, hard: 0 }])
      await at.bounce(1, { verdict: 'refused', reason: 'auth', status: '5.7.26' })
      const [returns] = await ledger.returns({ mailing })
      expect(returns).toMatchObject({ state: 'running', settled: 1, refused: 1 })
      const notice = {
        ...{ topic: `returns ${mailing}`, kind: 'held', mailing, link: null, subject: 's', body: 'b', facts: {} },
        remind: true,
      }
      const stop = () => ledger.stopForReturns({ mailing, why: 'too much', notice, now: NOW })
      expect((await Promise.all([stop(), stop()])).toSorted()).toEqual([false, true])
      expect(await ledger.mailing({ id: mailing })).toMatchObject({ state: 'held', stateWhy: 'too much' })
      await ledger.resume({ mailing, now: NOW })
      expect(await ledger.returns({ mailing })).toEqual([])
      expect(await stop()).toBe(false)
    })
  })
}
