/**
 * Access tokens for relays that take no password: Microsoft 365 and Gmail want XOAUTH2. One token serves all lanes of a
 * process, is asked for anew before it ends, and once more when a relay refuses it. The refresh token that an endpoint
 * gives in place of the last one is kept in a file, or the first would have to be renewed by hand every 90 days.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface AccessTokens {
  /** Rejects with an Error; with a GrantRefused where asking again is of no use. */
  get(): Promise<string>
  /** A relay did not take that one: the next `get` asks for another. */
  refused(token: string): void
}

/** The token endpoint does not take our client or our refresh token: a person must see to it. */
export class GrantRefused extends Error {
  override readonly name = 'GrantRefused'
}

/** A token is asked for so long before its end, for a login takes its time. Milliseconds. */
const MARGIN = 60_000
const WITHIN = 30_000

/**
 * `place`: `https://CLIENT_ID:CLIENT_SECRET@HOST/PATH?refresh_token=TOKEN&scope=SCOPE`, percent-encoded; without a
 * refresh token the client asks for itself (client_credentials). `dir` is where new refresh tokens are kept.
 */
export function openAccess(place: string, dir: string, now: () => number = Date.now): AccessTokens {
  let current: { token: string; until: number } | null = null
  let asking: Promise<string> | null = null
  const ask = async (): Promise<string> => {
    const { token, lasts } = await asked(place, dir)
    current = { token, until: now() + lasts - MARGIN }
    return token
  }
  return {
    get: async () => {
      if (current && current.until > now()) return current.token
      asking ??= ask().finally(() => {
        asking = null
      })
      return await asking
    },
    refused: (token) => {
      if (current?.token === token) current = null
    },
  }
}

async function asked(place: string, dir: string): Promise<{ token: string; lasts: number }> {
  const url = new URL(place)
  const given = url.searchParams.get('refresh_token')
  const file = join(dir, `oauth-${createHash('sha256').update(place).digest('hex').slice(0, 16)}`)
  const refresh = given === null ? null : (kept(file) ?? given)
  const scope = url.searchParams.get('scope')
  const body = new URLSearchParams({
    grant_type: refresh === null ? 'client_credentials' : 'refresh_token',
    client_id: decodeURIComponent(url.username),
    ...(url.password === '' ? {} : { client_secret: decodeURIComponent(url.password) }),
    ...(refresh === null ? {} : { refresh_token: refresh }),
    ...(scope === null ? {} : { scope }),
  })
  const answer = await fetch(`${url.origin}${url.pathname}`, {
    method: 'POST',
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(WITHIN),
  })
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>
  if (!answer.ok || typeof said.access_token !== 'string') {
    // `error` is one of a few words (RFC 6749 §5.2); the description beside it may name the account.
    const why =
      `${url.host} gives no access token: ${answer.status} ${/^\w{1,40}$/.exec(String(said.error ?? ''))?.[0] ?? ''}`.trim()
    throw answer.status >= 400 && answer.status < 500 && answer.status !== 429 ? new GrantRefused(why) : new Error(why)
  }
  if (typeof said.refresh_token === 'string' && said.refresh_token !== refresh) keep(file, said.refresh_token)
  return { token: said.access_token, lasts: Number(said.expires_in ?? 3_600) * 1_000 }
}

function kept(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function keep(file: string, token: string): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  const whole = `${file}.${process.pid}`
  writeFileSync(whole, token, { mode: 0o600 })
  renameSync(whole, file)
}
