import { addresses, claimFirst, KINDS, NOW, openKind, published, suiteOf } from '../support/ledgers.ts'

const MINUTE = 60_000

for (const kind of KINDS)
  suiteOf(kind)(`what there is to do on ${kind}`, () => {
    test('is counted by state, with what is due and since when', async () => {
      await using at = await openKind(kind)
      const nothing = { count: 0, oldest: null }
      expect(await at.ledger.facts({ now: NOW })).toMatchObject({
        mailings: {},
        leased: 0,
        resting: 0,
        due: { chunks: nothing, looks: nothing, mailings: nothing },
      })
      const { mailing } = await published(at.ledger, addresses(4))
      await at.ledger.begin({ mailing, now: NOW })
      const running = await at.ledger.facts({ now: NOW + MINUTE })
      expect(running.deliveries).toMatchObject({ pending: 4, accepted: 0 })
      expect([running.mailings, running.due.chunks.oldest, running.leased]).toEqual([{ running: 1 }, NOW, 0])
      const before = running.due.chunks.count
      await claimFirst(at.ledger)
      const claimed = await at.ledger.facts({ now: NOW + MINUTE })
      expect([claimed.due.chunks.count, claimed.leased]).toEqual([before - 1, 1])
    })
  })
