import { openLedger } from '../../src/ledger/index.ts'
import { KINDS, NOW, openPlace, suiteOf } from '../support/ledgers.ts'

const HOUR = 3_600_000
const of = { route: 'relay.test:587', limit: 100, want: 25, now: NOW }

for (const kind of KINDS)
  suiteOf(kind)(`the day of a route on ${kind}`, () => {
    test('never holds more than its quota, however many take from it at once', async () => {
      await using place = await openPlace(kind)
      await using one = await openLedger(place.place)
      await using two = await openLedger(place.place)
      const taken = await Promise.all(
        Array.from({ length: 24 }, (_, n) => (n % 2 ? one : two).takeQuota({ ...of, want: 7 })),
      )
      expect(taken.reduce((sum, { granted }) => sum + granted, 0)).toBe(100)
      expect(await one.quotaLeft(of)).toBe(0)
      expect((await one.takeQuota({ ...of, route: 'other.test:587' })).granted).toBe(25)
    })

    test('is any 24 hours: what was sent in the evening counts the next morning, and a day later no more', async () => {
      await using place = await openPlace(kind)
      await using ledger = await openLedger(place.place)
      // At the very end of its hour: the hour is a day old before the messages are.
      const sent = NOW + HOUR - 1
      await ledger.takeQuota({ ...of, want: 90, now: sent })
      const next = { ...of, now: NOW + 12 * HOUR }
      expect((await ledger.takeQuota(next)).granted).toBe(10)
      const full = await ledger.takeQuota({ ...of, now: sent + 24 * HOUR - 1 })
      expect(full.granted).toBe(0)
      expect(full.from).toBeGreaterThanOrEqual(sent + 24 * HOUR)
      expect(full.from).toBeLessThanOrEqual(sent + 25 * HOUR)
      expect((await ledger.takeQuota({ ...of, want: 100, now: full.from })).granted).toBe(90)
    })

    test('has again what was given back', async () => {
      await using place = await openPlace(kind)
      await using ledger = await openLedger(place.place)
      const { hour } = await ledger.takeQuota({ ...of, want: 100 })
      await ledger.giveBackQuota({ route: of.route, hour, n: 30 })
      expect((await ledger.takeQuota({ ...of, want: 100 })).granted).toBe(30)
    })
  })
