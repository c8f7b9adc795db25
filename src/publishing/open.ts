/** Opens the tools of a process, each only when a step first needs it, and closes them in reverse order. */
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { make } from '../edition/index.ts'
import { type Ledger, openLedger } from '../ledger/index.ts'
import { type Looker, openLooker } from '../links/index.ts'
import {
  openAccess,
  openSigner,
  openWays,
  parseRoute,
  type Route,
  readKeys,
  type SignatureKey,
  tokens,
} from '../mail/index.ts'
import { openReceivers } from './receivers.ts'
import type { Tools } from './tools.ts'

/** Where the ledger is, as `openLedger` takes it. */
export const ledgerPath = (config: Config): string =>
  config.ledgerUrl?.replace(/^(?:sqlite|file):(?:\/\/)?/, '') ?? join(config.dataDir, 'ledger.sqlite')

/**
 * The key that makes all tokens: the first of SECRET_KEY, or one made once in DATA_DIR. Losing it makes every unsubscribe
 * link void.
 */
export function secretKey(config: Config): Buffer {
  const [first] = keysOf(config)
  if (first !== undefined) return Buffer.from(first)
  const path = keyFile(config)
  try {
    return readFileSync(path)
  } catch {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    // Two first starts at once must end with one key: whoever links first has made it.
    const mine = `${path}.${process.pid}`
    writeFileSync(mine, randomBytes(32).toString('hex'), { mode: 0o600 })
    try {
      linkSync(mine, path)
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
    } finally {
      rmSync(mine)
    }
    return readFileSync(path)
  }
}

export const domainOf = (config: Config): string => config.from.address.slice(config.from.address.indexOf('@') + 1)

const keysOf = (config: Config): string[] => config.secretKey?.split(/\s+/) ?? []

const keyFile = (config: Config): string => join(config.dataDir, 'secret')

/** Keys of before: the later ones of SECRET_KEY, and the one in DATA_DIR where SECRET_KEY took its place. */
function olderKeys(config: Config): Buffer[] {
  const [first, ...older] = keysOf(config)
  const kept = first === undefined || !existsSync(keyFile(config)) ? [] : [readFileSync(keyFile(config))]
  return [...older.map((key) => Buffer.from(key)), ...kept]
}

/** Tokens made by `secret`; what older keys made is believed too. */
export const tokensOf = (config: Config, secret: Buffer) =>
  tokens([secret, ...olderKeys(config)], domainOf(config), config.bounceDomain)

/** The looks of a process: polite to each host over all its steps. */
export async function lookerOf(config: Config): Promise<Looker> {
  return await openLooker({
    allow: config.lookAllow,
    perHost: config.lookPerHost,
    resolver: config.resolver,
    contact: `${config.publicUrl}; ${config.from.address}`,
  })
}

export interface OpenTools extends Tools, AsyncDisposable {
  readonly ledger: Ledger
}

/** Everything a step may need. `smtpUrls`: the relays, or the local inbox in their stead; none where nothing is sent. */
export async function openTools(
  config: Config,
  with_: Pick<Tools, 'permit' | 'stopping' | 'log'> & { smtpUrls: readonly string[]; make?: Tools['make'] },
): Promise<OpenTools> {
  await using stack = new AsyncDisposableStack()
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  const looker = stack.use(await lookerOf(config))
  const keys = signingKeys(config)
  const ways = stack.use(
    openWays(routesFrom(with_.smtpUrls, config), Date.now, {
      onRest: (route, ms) => with_.log('relay-rests', { route, ms }),
    }),
  )
  const owned = stack.move()
  return {
    config,
    ledger,
    looker,
    tokens: tokensOf(config, secretKey(config)),
    make: with_.make ?? make,
    openLane: ways.openLane,
    park: ways.park,
    rest: ways.rest,
    permit: with_.permit,
    receivers: openReceivers({ ledger, now: Date.now, log: with_.log }),
    sign: keys.length === 0 ? null : openSigner(keys),
    now: Date.now,
    stopping: with_.stopping,
    log: with_.log,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The keys of DKIM_KEY. Throws a Complaint (exit 3) for one that cannot sign for FROM. */
export const signingKeys = (config: Config): SignatureKey[] => readKeys(config.dkimKeys, domainOf(config))

/** Every relay of SMTP_URL, in order of preference; empty while the local inbox stands in. */
export const routesOf = (config: Config): Route[] => routesFrom(config.smtpUrls, config)

function routesFrom(urls: readonly string[], config: Config): Route[] {
  const access = config.smtpOauth === null ? null : openAccess(config.smtpOauth, config.dataDir)
  return urls.map((url) => parseRoute(url, { ehloName: ehloName(config), access }))
}

/** Our name in EHLO (RFC 5321 §4.1.1.1): the host of the public pages, or that of the sender. */
function ehloName(config: Config): string {
  const host = new URL(config.publicUrl).hostname
  return /^[a-z][a-z0-9.-]*\.[a-z]+$/i.test(host) ? host : domainOf(config)
}
