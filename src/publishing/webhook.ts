/** Posts to web hooks: JSON, signed, within a few seconds; whoever keeps the ledger's clock tries again. */
import { createHmac, hkdfSync } from 'node:crypto'
import type { Config } from '../config.ts'
import { secretKey } from './open.ts'
import type { Tools } from './tools.ts'

/** When a post that failed is made again; after the last of them it is given up. Milliseconds. */
export const POST_AGAIN: readonly number[] = [60, 300, 1_800, 7_200, 21_600, 43_200, 86_400].map((s) => s * 1_000)
/** A receiver answers at once or is down. Milliseconds. */
const POST_WITHIN = 5_000

/**
 * The key that signs the posts, in hexadecimal: HKDF-SHA-256 (RFC 5869) of SECRET_KEY with salt `gll-mailer` and info
 * `notice-webhook`. The receiver makes HMAC-SHA-256 of `TIME.BODY` with it, and compares it to `v1` of the header
 * `GLL-Signature: t=TIME,v1=HEX`; TIME is in seconds and lets it turn down what is old.
 */
export const hookKey = (config: Config): string =>
  Buffer.from(hkdfSync('sha256', secretKey(config), 'gll-mailer', 'notice-webhook', 32)).toString('hex')

/** Null: the receiver has taken it; else why not. `facts.id` is the same each time, so that it can tell a repetition. */
export async function postSigned(
  { config, now }: Pick<Tools, 'config' | 'now'>,
  url: string,
  facts: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  const body = JSON.stringify(facts)
  const time = Math.floor(now() / 1_000)
  const mac = createHmac('sha256', Buffer.from(hookKey(config), 'hex'))
    .update(`${time}.${body}`)
    .digest('hex')
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'gll-signature': `t=${time},v1=${mac}` },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(POST_WITHIN),
    })
    await answer.body?.cancel()
    return answer.ok ? null : `HTTP ${answer.status}`
  } catch (error) {
    return (error as Error).message
  }
}
