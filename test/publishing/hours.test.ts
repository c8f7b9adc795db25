import { type Queues, tick } from '../../queues/tick.ts'
import { readConfig } from '../../src/config.ts'
import { isQuietFor, publish, quietUntil, startOnTime, throughAt } from '../../src/publishing/index.ts'
import { checked, counts, deliverDue, LANES, letter, openHouse, publishDue, received, running } from './house.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const at = (text: string): number => Date.parse(text)
const hours = (text: string) => readConfig({ QUIET_HOURS: text }).quietHours
const said = (moment: number | null): string | null =>
  moment === null ? null : new Date(moment).toISOString().slice(0, 16)

describe('quiet hours', () => {
  test.each([
    ['22:00-07:00 Europe/Paris', '2026-12-01T20:59Z', null],
    ['22:00-07:00 Europe/Paris', '2026-12-01T21:00Z', '2026-12-02T06:00'],
    ['22:00-07:00 Europe/Paris', '2026-12-02T05:59Z', '2026-12-02T06:00'],
    ['22:00-07:00 Europe/Paris', '2026-12-02T06:00Z', null],
    ['12:30-13:15 Asia/Kolkata', '2026-12-01T07:10Z', '2026-12-01T07:45'],
    // The night in which the clocks go on an hour, and the one in which they go back.
    ['22:00-07:00 Europe/Paris', '2027-03-27T22:00Z', '2027-03-28T05:00'],
    ['22:00-07:00 Europe/Paris', '2027-10-30T22:00Z', '2027-10-31T06:00'],
    // 02:30 is skipped that night.
    ['01:00-02:30 Europe/Paris', '2027-03-28T00:30Z', '2027-03-28T01:30'],
  ])('%s at %s end at %s', (quiet, now, end) => {
    expect(said(quietUntil(hours(quiet), at(now)))).toBe(end)
  })

  test.each([
    '22:00-07:00',
    '22-07 UTC',
    '24:00-07:00 UTC',
    '22:60-07:00 UTC',
    '07:00-07:00 UTC',
    '22:00-07:00 Mars/Olympus',
  ])('%s are none', (text) => {
    expect(() => hours(text)).toThrow(/QUIET_HOURS: /)
  })

  const env = { QUIET_HOURS: '22:00-07:00 Europe/Paris' }
  const evening = at('2026-12-01T20:30Z')

  test('stop a mailing between two messages, and it goes on when they are over', async () => {
    await using house = await openHouse({ people: 12, env })
    house.clock.at = evening
    const mailing = await running(house)
    house.sink.behave({
      onDot: () => {
        if (house.sink.messages.length === 3) house.clock.at = at('2026-12-01T21:00Z')
      },
    })
    await deliverDue(house)
    expect(received(house)).toHaveLength(3)
    const sessions = house.sink.sessions()
    for (house.clock.at += MINUTE; house.clock.at < at('2026-12-02T06:00Z'); house.clock.at += 20 * MINUTE)
      await deliverDue(house)
    expect(await counts(house, mailing)).toEqual({ accepted: 3, pending: 9 })
    expect(house.sink.sessions()).toBe(sessions)
    house.clock.at = at('2026-12-02T06:16Z')
    await deliverDue(house)
    expect(await counts(house, mailing)).toEqual({ accepted: 12 })
    expect(new Set(received(house)).size).toBe(12)
  })

  test('let no letter begin; one whose time falls into them leaves when they end, and is not called late', async () => {
    await using house = await openHouse({ env })
    house.clock.at = evening
    const now = await publishDue(house)
    const edition = await checked(house, letter(house))
    const order = {
      list: 'members',
      expect: 4,
      dueAt: evening + 2 * HOUR,
      lanes: LANES,
    }
    const { mailing: later } = await publish(house.tools, edition, order)
    house.clock.at = at('2026-12-01T23:30Z')
    const started: unknown[] = []
    const queue = { add: async (_: string, data: unknown) => void started.push(data), addBulk: async () => {} }
    const queues = { deliveries: queue, looks: queue, decisions: queue, proofs: queue } as unknown as Queues
    const state = async (id: number) => (await house.ledger.mailing({ id }))?.state
    await tick(house.tools, queues, LANES)
    expect([
      await state(now),
      await state(later),
      started.filter((job) => Object.hasOwn(job as object, 'start')),
    ]).toEqual(['scheduled', 'scheduled', []])
    house.clock.at = at('2026-12-02T06:01Z')
    await tick(house.tools, queues, LANES)
    await startOnTime(house.tools, later)
    expect([await state(now), await state(later)]).toEqual(['running', 'running'])
  })

  test('are for letters: a notice to the team and a mail to one are not kept', async () => {
    await using house = await openHouse({ people: 0, env })
    const night = at('2026-12-01T23:00Z')
    expect(
      (['notice', 'confirmation', 'message'] as const).map((kind) => isQuietFor(house.tools, kind, night)),
    ).toEqual([null, null, null])
    expect(isQuietFor(house.tools, 'corrigendum', night)).toBe(at('2026-12-02T06:00Z'))
  })
})

describe('how long a mailing takes', () => {
  const from = at('2026-12-01T09:00Z')
  const none = { rate: null, quota: null, quiet: null }
  const microsoft = { rate: 0.5, quota: { limit: 10_000, left: 10_000 }, quiet: null }

  test.each([
    ['nothing that limits it', 5_000, none, '2026-12-01T09:00'],
    ['30 a minute', 900, { ...none, rate: 0.5 }, '2026-12-01T09:30'],
    ['30 a minute, 10,000 a day, within the day', 9_000, microsoft, '2026-12-01T14:00'],
    ['30 a minute, 10,000 a day, over three days', 25_000, microsoft, '2026-12-03T11:46'],
    ['a day of which little is left', 1_000, { ...microsoft, quota: { limit: 10_000, left: 100 } }, '2026-12-02T09:30'],
    ['a quota alone', 20_001, { ...none, quota: { limit: 10_000, left: 10_000 } }, '2026-12-03T09:00'],
    ['quiet hours in between', 27_000, { rate: 0.5, quota: null, quiet: hours('22:00-07:00 UTC') }, '2026-12-02T09:00'],
    [
      'quiet hours at the beginning',
      900,
      { rate: 0.5, quota: null, quiet: hours('08:00-12:00 UTC') },
      '2026-12-01T12:30',
    ],
    ['a quota and quiet hours', 20_000, { ...microsoft, quiet: hours('10:00-22:00 UTC') }, '2026-12-03T02:33'],
  ])('%s: %i people', (_, people, limits, end) => {
    expect(said(throughAt(people, from, limits))).toBe(end)
  })
})

test('UNDO_WINDOW: nothing leaves before it is over, cancelled within it nobody has anything, and it is no time that was given', async () => {
  await using house = await openHouse({ env: { UNDO_WINDOW: '10m' } })
  const [undone, kept] = [await publishDue(house), await publishDue(house)]
  house.clock.at += 9 * MINUTE
  expect(await house.ledger.dueMailings({ now: house.clock.at })).toEqual([])
  await house.ledger.cancel({ mailing: undone, why: 'a wrong date', now: house.clock.at })
  // Nothing ran for a night: the window was no appointment that could be missed.
  house.clock.at += 12 * HOUR
  const queue = { add: async () => {}, addBulk: async () => {} }
  await tick(
    house.tools,
    { deliveries: queue, looks: queue, decisions: queue, proofs: queue } as unknown as Queues,
    LANES,
  )
  await deliverDue(house)
  expect(await counts(house, kept)).toEqual({ accepted: 4 })
  expect(received(house)).toHaveLength(4)
})
