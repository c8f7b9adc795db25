/** \`gll migrate\` on both databases, beside somebody who works. */
import { openLedger } from '../../src/ledger/index.ts'
import { openDesk } from '../support/gll.ts'
import {
  addresses,
  claimFirst,
  handOf,
  KINDS,
  NOW,
  nonZero,
  openPlace,
  published,
  settleOf,
  suiteOf,
  write,
} from '../support/ledgers.ts'

for (const kind of KINDS) {
  suiteOf(kind)(`gll migrate on ${kind}`, () => {
    test('makes the tables, and twice at once while a worker hands out mail changes nothing', async () => {
      await using at = await openPlace(kind)
      await using desk = openDesk({ env: { LEDGER_URL: kind === 'sqlite' ? `sqlite://${at.place}` : at.place } })
      expect(await desk.gll('migrate')).toMatchObject({ exit: 0, err: expect.stringMatching(/from schema 0 to \d+/) })
      await using ledger = await openLedger(at.place)
      const { mailing } = await published(ledger, addresses(200), { chunkSize: 200 })
      await ledger.begin({ mailing, now: NOW })
      const claim = await claimFirst(ledger)
      let migrated = false
      const both = Promise.all([desk.gll('migrate'), desk.gll('migrate')]).finally(() => {
        migrated = true
      })
      let sent = 0
      for (const { n } of claim.rows) {
        if (migrated) break
        expect((await write(ledger, [], handOf(claim, n))).hand).toBe('handed')
        await write(ledger, [settleOf(claim, n, 'accepted')])
        sent += 1
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      for (const ran of await both) {
        expect(ran).toMatchObject({ exit: 0, err: expect.stringContaining('already; nothing was changed') })
      }
      expect(sent).toBeGreaterThan(0)
      // On a slow machine all of them were sent before the commands had begun.
      expect(nonZero(await ledger.counts({ mailing }))).toEqual(nonZero({ accepted: sent, pending: 200 - sent }))
    })
  })
}
