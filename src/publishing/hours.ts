/** Quiet hours, and when a mailing will be through: plain functions of configuration and time. */
import type { QuietHours } from '../config.ts'
import { momentOf, wallAt } from './zone.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The end of the quiet hours that hold at a moment; null: none hold. */
export function quietUntil(quiet: QuietHours | null, at: number): number | null {
  if (quiet === null) return null
  const { from, to, zone } = quiet
  const wall = wallAt(at, zone)
  const minute = Math.floor(wall / MINUTE) % (DAY / MINUTE)
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to
  return isQuiet ? nextTime(wall, to, zone) : null
}

/** When quiet hours begin next, where none hold. */
const quietFrom = (quiet: QuietHours, at: number): number => nextTime(wallAt(at, quiet.zone), quiet.from, quiet.zone)

/** The next time, after those the clocks show, at which they show that minute of the day. */
function nextTime(wall: number, minute: number, zone: string): number {
  const midnight = wall - (wall % DAY)
  const today = midnight + minute * MINUTE
  const next = today > wall ? today : today + DAY
  // Clocks that skip that minute show the one an hour later at the same moment.
  return momentOf(next, zone) ?? momentOf(next + 60 * MINUTE, zone) ?? next
}

export interface Limits {
  /** Messages a second; null: as fast as the relay takes them, which counts as no time at all. */
  readonly rate: number | null
  /** Messages in 24 hours, and how many of them are left of the first; null: no limit. */
  readonly quota: { readonly limit: number; readonly left: number } | null
  readonly quiet: QuietHours | null
}

/** When the last of so many messages leaves, if the first may from `from` on. Milliseconds since the epoch. */
export function throughAt(people: number, from: number, { rate, quota, quiet }: Limits): number {
  let at = from
  let waiting = people
  let day = from
  let left = quota?.left ?? Number.POSITIVE_INFINITY
  while (waiting > 0) {
    at = quietUntil(quiet, at) ?? at
    if (quota && (left <= 0 || at - day >= DAY)) {
      day = Math.max(day + DAY, at - ((at - day) % DAY))
      at = Math.max(at, day)
      left = quota.limit
      continue
    }
    const end = Math.min(
      quiet ? quietFrom(quiet, at) : Number.POSITIVE_INFINITY,
      quota ? day + DAY : Number.POSITIVE_INFINITY,
    )
    const may = rate === null ? Number.POSITIVE_INFINITY : Math.floor(((end - at) / 1_000) * rate)
    const go = Math.min(waiting, left, may)
    waiting -= go
    left -= go
    if (waiting <= 0 || left <= 0) at += rate === null ? 0 : (go / rate) * 1_000
    else at = end
  }
  return at
}
