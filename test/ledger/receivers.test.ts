import type { Heard, Ledger } from '../../src/ledger/index.ts'
import { openLedger } from '../../src/ledger/index.ts'
import { KINDS, NOW, openPlace, suiteOf } from '../support/ledgers.ts'

const heard = (of: Partial<Heard>): Heard => ({
  receiver: 'gmail.com',
  answers: 1,
  hard: 0,
  refused: 0,
  slowed: 0,
  left: NOW,
  ...of,
})
const hear = async (ledger: Ledger, of: Partial<Heard>, now = NOW) =>
  (await ledger.hearReceivers({ heard: [heard(of)], now }))[0]
const rest = { receiver: 'gmail.com', why: 'refused', left: NOW, until: null, now: NOW }
const notice = {
  topic: 'receiver gmail.com 1',
  kind: 'receiver',
  mailing: null,
  link: null,
  subject: 's',
  body: 'b',
  facts: {},
  remind: true,
}

for (const kind of KINDS)
  suiteOf(kind)(`receivers on ${kind}`, () => {
    test('two workers count the same answers together, and none is lost', async () => {
      await using place = await openPlace(kind)
      await using one = await openLedger(place.place)
      await using two = await openLedger(place.place)
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          (n % 2 ? one : two).hearReceivers({
            heard: [heard({ refused: 1 }), heard({ receiver: 'yahoo.com' })].toSorted(() => (n % 3) - 1),
            now: NOW,
          }),
        ),
      )
      expect(await hear(one, { answers: 0 })).toMatchObject({ answers: 40, refused: 40 })
      expect(await hear(two, { receiver: 'yahoo.com', answers: 0 })).toMatchObject({ answers: 40, refused: 0 })
    })

    test('what is older than the last few hundred answers is forgotten', async () => {
      await using place = await openPlace(kind)
      await using ledger = await openLedger(place.place)
      await hear(ledger, { answers: 30, hard: 30 })
      expect(await hear(ledger, { answers: 220 })).toMatchObject({ answers: 250, hard: 30 })
      expect(await hear(ledger, { answers: 249, refused: 1 })).toMatchObject({ answers: 499, hard: 30, refused: 1 })
      expect(await hear(ledger, { answers: 1 })).toMatchObject({ answers: 500, hard: 30 })
      expect(await hear(ledger, { answers: 1 })).toMatchObject({ answers: 251, hard: 0, refused: 1 })
    })

    test('one that rests does so once, is asked about till somebody lets it go on, and is counted afresh then', async () => {
      await using place = await openPlace(kind)
      await using ledger = await openLedger(place.place)
      await hear(ledger, { answers: 60, refused: 60 })
      expect(await ledger.restReceiver({ ...rest, notice })).toBe(true)
      expect(await ledger.restReceiver({ ...rest, notice: { ...notice, topic: 'again' } })).toBe(false)
      expect(await ledger.restingReceivers({ now: NOW + 1e12 })).toEqual([
        { receiver: 'gmail.com', since: NOW, until: null, why: 'refused' },
      ])
      expect(await hear(ledger, { refused: 1 })).toBeUndefined()
      expect(await ledger.noticesOf({ mailing: null })).toMatchObject([{ topic: notice.topic }])
      expect((await ledger.facts({ now: NOW })).resting).toBe(1)
      expect(await ledger.resumeReceiver({ receiver: 'yahoo.com', now: NOW })).toBe(false)
      expect(await ledger.resumeReceiver({ receiver: 'gmail.com', now: NOW + 10 })).toBe(true)
      expect(await ledger.restingReceivers({ now: NOW + 10 })).toEqual([])
      expect(await ledger.noticesOf({ mailing: null })).toEqual([])
      // What left before is no news of how it stands now.
      expect(await hear(ledger, { refused: 1, left: NOW + 9 })).toBeUndefined()
      expect(await ledger.restReceiver({ ...rest, left: NOW + 9, notice: null })).toBe(false)
      expect(await hear(ledger, { refused: 1, left: NOW + 10 })).toMatchObject({ answers: 1, refused: 1 })
    })

    test('one that rests for a while goes on by itself, and may rest again', async () => {
      await using place = await openPlace(kind)
      await using ledger = await openLedger(place.place)
      await ledger.restReceiver({ ...rest, until: NOW + 10, notice: null })
      expect(await ledger.restingReceivers({ now: NOW + 9 })).toHaveLength(1)
      expect(await ledger.restingReceivers({ now: NOW + 10 })).toEqual([])
      expect(await ledger.resumeReceiver({ receiver: 'gmail.com', now: NOW + 10 })).toBe(false)
      expect(await hear(ledger, { refused: 1 }, NOW + 10)).toMatchObject({ answers: 1, refused: 1 })
      expect(await ledger.restReceiver({ ...rest, now: NOW + 10, notice: null })).toBe(true)
    })
  })
