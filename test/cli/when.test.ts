import { readWhen } from '../../src/cli/when.ts'

const NOW = Date.parse('2026-11-24T00:00:00Z')

test.each([
  ['2026-12-01 09:00 Europe/Paris', '2026-12-01T08:00:00Z'],
  ['2027-07-01 09:00 Europe/Paris', '2027-07-01T07:00:00Z'],
  ['2026-12-01 09:00 Asia/Kolkata', '2026-12-01T03:30:00Z'],
  ['2026-12-01T09:00+01:00', '2026-12-01T08:00:00Z'],
  ['2026-12-01T09:00Z', '2026-12-01T09:00:00Z'],
  ['2026-12-01 00:00 UTC', '2026-12-01T00:00:00Z'],
  // The clocks of Paris show 02:30 twice that night: the first is meant.
  ['2027-10-31 02:30 Europe/Paris', '2027-10-31T00:30:00Z'],
])('%s is %s', (text, instant) => {
  expect(new Date(readWhen(text, NOW).at).toISOString()).toBe(instant.replace('Z', '.000Z'))
})

test('says a time back in its own zone, by name', () => {
  expect(readWhen('2026-12-01 09:00 Europe/Paris', NOW).said).toMatch(
    /^Tuesday,? 1 December 2026 at 09:00, Europe\/Paris$/,
  )
})

test.each([
  ['2027-03-28 02:30 Europe/Paris', 'skipped by the clocks'],
  ['2026-01-01 09:00 UTC', 'has passed'],
  ['2026-12-01 09:00 Europe/Nowhere', 'names no time zone'],
  ['2026-13-41 09:00 UTC', 'no day of the calendar'],
  ['tomorrow', 'is not a time'],
])('%s is refused: %s', (text, fault) => {
  expect(() => readWhen(text, NOW)).toThrow(fault)
})
