/** What the ledger keeps of an edition, on both databases. */
import { edition } from '../support/editions.ts'
import { KINDS, NOW, openKind, suiteOf } from '../support/ledgers.ts'

for (const kind of KINDS) {
  suiteOf(kind)(`editions on ${kind}`, () => {
    test('are kept as they were made, once, without what the gate or an order says beside them', async () => {
      await using at = await openKind(kind)
      const made = edition()
      const looks = new Map([['https://a.test/report', 'alive']])
      const beside = { looks, vouched: [], checkedAt: NOW, to: { lists: ['members'], except: [], where: null } }
      const id = await at.ledger.saveEdition({ edition: { ...made, ...beside, series: 'reports' }, now: NOW })
      expect(await at.ledger.edition({ id })).toEqual({ ...made, id })
      expect(await at.ledger.saveEdition({ edition: made, now: NOW + 1 })).toBe(id)
    })
  })
}
