/** What a mailing's rows keep of their readers, on both databases. */
import { addresses, KINDS, NOW, openKind, published, suiteOf } from '../support/ledgers.ts'

for (const kind of KINDS) {
  suiteOf(kind)(`frozen readers on ${kind}`, () => {
    test('are read at the places asked for, in their order; who was erased is left out', async () => {
      await using at = await openKind(kind)
      const { mailing } = await published(at.ledger, addresses(5))
      const names = async (...places: number[]) =>
        (await at.ledger.frozenFields({ mailing, at: places })).map(({ name }) => name)
      expect(await names(4, 2, 9)).toEqual(['Person 2', 'Person 4'])
      expect(await names()).toEqual([])
      await at.ledger.erase({ key: 'p2@example.org', hash: 'h', source: 'test', now: NOW })
      expect(await names(2, 4)).toEqual(['Person 4'])
    })
  })
}
