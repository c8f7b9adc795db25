/** Reads a time as people write it, in a named time zone. */
import { Complaint } from '../complaint.ts'
import { momentOf } from '../publishing/index.ts'

export interface When {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How it is said back: in its own zone, named. */
  readonly said: string
}

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::00)?(Z|[+-]\d{2}:\d{2})?(?: +([A-Za-z_+-]+(?:\/[A-Za-z0-9_+-]+)*))?$/

/**
 * `2026-12-01 09:00 Europe/Paris`, `2026-12-01T09:00+01:00`, or `2026-12-01 09:00` in the zone of this machine. A time
 * that the zone's clocks skip, and one that has passed, are Complaints; of one that they show twice the first is meant.
 */
export function readWhen(text: string, now: number): When {
  const match = FORM.exec(text.trim())
  if (!match) throw misread(text, 'is not a time')
  const [, year, month, day, hour, minute, offset, named] = match
  const wall = `${year}-${month}-${day}T${hour}:${minute}:00`
  const zone = named ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const at = offset ? Date.parse(`${wall}${offset}`) : fromWall(wall, zone, text)
  if (Number.isNaN(at)) throw misread(text, 'is no day of the calendar')
  if (at <= now) throw misread(text, 'has passed')
  return { at, said: say(at, offset && !named ? 'UTC' : zone) }
}

const misread = (text: string, fault: string): Complaint =>
  new Complaint(`"${text}" ${fault}`, {
    remedy: 'write it like "2027-01-31 09:00 Europe/Paris" or 2027-01-31T09:00+01:00',
    exit: 3,
  })

function fromWall(wall: string, zone: string, text: string): number {
  const asUtc = Date.parse(`${wall}Z`)
  if (Number.isNaN(asUtc)) return asUtc
  try {
    const at = momentOf(asUtc, zone)
    if (at !== null) return at
  } catch {
    throw misread(text, `names no time zone that is known here (${zone})`)
  }
  throw misread(text, `is skipped by the clocks of ${zone}`)
}

function say(at: number, zone: string): string {
  const when = new Date(at).toLocaleString('en-GB', { timeZone: zone, dateStyle: 'full', timeStyle: 'short' })
  return `${when}, ${zone}`
}
