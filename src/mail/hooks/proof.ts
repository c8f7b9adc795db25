/** By what a post shows whose it is, and that it is of now. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { HookPost } from './words.ts'

export function header(post: HookPost, name: string): string {
  const value = post.headers[name]
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Constant time, whatever their lengths. */
export const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

/** `USER:PASSWORD` as Basic (RFC 7617), or a secret without a colon as Bearer (RFC 6750). */
export function isLetIn(secret: string, post: HookPost): boolean {
  const [, scheme = '', given = ''] = /^(basic|bearer) +(\S{1,4000})$/i.exec(header(post, 'authorization')) ?? []
  const isBasic = secret.includes(':')
  const shown = isBasic ? Buffer.from(given, 'base64').toString() : given
  return isSame(shown, secret) && scheme.toLowerCase() === (isBasic ? 'basic' : 'bearer')
}

/** Milliseconds from a provider's time; NaN where it is none. */
const instant = (time: string): number =>
  /^\d{1,12}(?:\.\d{1,9})?$/.test(time) ? Number(time) * 1_000 : Date.parse(time)

const EARLY = 300_000

/** Providers try for a day or so; what is older is a repetition by somebody else. */
export const isOld = (time: string, now: number): boolean => {
  const then = instant(time)
  return !(now - then < 26 * 3_600_000 && then - now < EARLY)
}
