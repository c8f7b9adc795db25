/** Wall clocks of time zones, by the zone data that Node carries. A wall time is written as if it were UTC, in milliseconds. */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const two = '2-digit' as const
  const made = new Intl.DateTimeFormat('en', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: two, day: two },
    ...{ hour: two, minute: two, second: two },
  })
  formats.set(zone, made)
  return made
}

/** What the clocks of a zone show at a moment, to the second. Throws a RangeError for a zone that is not known. */
export function wallAt(at: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return Date.parse(
    `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`,
  )
}

/** The first moment at which the clocks of a zone show that time; null where they skip it. */
export function momentOf(wall: number, zone: string): number | null {
  const fits = [-1, 1]
    .map((days) => wall + days * 86_400_000)
    .map((near) => wall - (wallAt(near, zone) - near))
    .filter((at) => wallAt(at, zone) === wall)
  return fits.length === 0 ? null : Math.min(...fits)
}
