/**
 * The configuration: read once, whole, and frozen. This is the only file that touches process.env.
 * Every fault is reported in one go, each with the key it concerns. There is no test switch:
 * tests and the demo set the same keys that an operator sets.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Complaint } from './complaint.ts'
import {
  asIs,
  type BounceHook,
  bounceHook,
  count,
  type DkimKey,
  type DomainRate,
  dkimKey,
  domain,
  domainRate,
  duration,
  imapMailbox,
  type Listen,
  listen,
  type Mailbox,
  mailbox,
  network,
  oneOf,
  type QuietHours,
  quietHours,
  rate,
  schedule,
  secret,
  seedMailbox,
  type Threshold,
  threshold,
  tokenEndpoint,
  url,
  type WatchStep,
  whole,
  words,
} from './config/forms.ts'

export {
  type BounceHook,
  type DkimKey,
  type DomainRate,
  duration,
  type QuietHours,
  type Threshold,
  type WatchStep,
} from './config/forms.ts'

export interface Config {
  readonly dataDir: string
  readonly ledgerUrl: string | null
  readonly redisUrl: string | null
  readonly smtpUrls: readonly string[]
  /** Where access tokens for XOAUTH2 come from, as `openAccess` takes it. Carries secrets: never for logs. */
  readonly smtpOauth: string | null
  readonly from: Mailbox
  readonly replyTo: string | null
  /** Domain of the envelope senders that say which copy came back; null: FROM is the envelope sender. */
  readonly bounceDomain: string | null
  /** Where reports come to, as `openReports` takes it. */
  readonly bounceMailbox: string | null
  /** Whose posts about what came back are taken, and by which secret they are known; a provider may stand there twice. */
  readonly bounceHooks: readonly BounceHook[]
  readonly publicUrl: string
  readonly webListen: Listen
  /** Networks whose word is believed about who asks, for the public pages: the proxies before them. */
  readonly webProxies: readonly string[]
  readonly teamListen: Listen
  /** Keys apart by spaces: the first makes tokens, all of them verify. */
  readonly secretKey: string | null
  /** Connections to the relay at once. */
  readonly lanes: number
  /** Messages a second over each route; null: as fast as the relay takes them. */
  readonly rate: number | null
  /** Messages over each route in any 24 hours. */
  readonly dailyQuota: number | null
  readonly domainRates: readonly DomainRate[]
  /** Between publication and the first message. */
  readonly undoWindow: number
  readonly quietHours: QuietHours | null
  /** Where copies are read back before the rest leaves, as `openMailbox` takes them. */
  readonly seedMailboxes: readonly string[]
  /** Who is told what the watch finds; empty: nobody is written to, and `gll status` alone says it. */
  readonly noticeTo: readonly string[]
  readonly noticeWebhook: string | null
  /** Lists that strangers may put themselves on. */
  readonly signUpLists: readonly string[]
  /** Folder of the templates of messages to one. */
  readonly messagesDir: string
  readonly messageWebhook: string | null
  readonly lookAllow: readonly string[]
  readonly lookPerHost: number
  readonly lookReference: readonly string[]
  readonly resolver: string | null
  readonly watchSchedule: readonly WatchStep[]
  readonly alertAfter: Threshold
  readonly alertAfterIndefinite: Threshold
  readonly deadAfter: Threshold
  readonly deadAfterIndefinite: Threshold
  readonly corrigendum: 'auto' | 'ask'
  readonly corrigendumNotice: number
  readonly corrigendumWithoutReplacement: 'ask' | 'withdraw'
  /** So many corrigenda by themselves to one person over so long a time; what is too many waits. */
  readonly corrigendumCap: Threshold
  readonly corrigendumUntil: number
  /** So long a dead link waits for others of its mailing that are failing, so that one corrigendum tells of all. */
  readonly quietWindow: number
  readonly holdAfter: Threshold
  readonly resumeAfter: Threshold
  /** Between two looks at a link of a mailing that is being sent. */
  readonly lookInFlight: number
  readonly proveWithin: number
  readonly expireAfter: number
  readonly organisation: string
  readonly organisationAbout: string
  readonly postalAddress: string
  readonly dkimKeys: readonly DkimKey[]
  readonly logLevel: string
}

/** Collects every fault instead of stopping at the first. An empty value counts as unset. */
function reader(env: NodeJS.ProcessEnv) {
  const faults: string[] = []
  const keys: string[] = []
  return {
    faults,
    keys,
    read<T>(key: string, parse: (text: string) => T, unset: string | null): T {
      keys.push(key)
      const text = env[key]?.trim() || unset
      if (text === null) return null as T
      try {
        return parse(text)
      } catch (error) {
        faults.push(`${key}: ${(error as Error).message}`)
        return null as T
      }
    },
  }
}

function readAll({ read }: ReturnType<typeof reader>): Config {
  const config = {
    dataDir: read('DATA_DIR', (path) => resolve(path), './data'),
    ledgerUrl: read<string | null>('LEDGER_URL', url('sqlite:', 'file:', 'postgres:', 'postgresql:'), null),
    redisUrl: read<string | null>('REDIS_URL', url('redis:', 'rediss:'), null),
    smtpUrls: read('SMTP_URL', (text) => words(text).map(url('smtp:', 'smtps:')), ''),
    smtpOauth: read<string | null>('SMTP_OAUTH', tokenEndpoint, null),
    from: read('FROM', mailbox, 'GLL Team <gll@gll.invalid>'),
    replyTo: read<string | null>('REPLY_TO', (text) => mailbox(text).address, null),
    bounceDomain: read<string | null>('BOUNCE_DOMAIN', domain, null),
    bounceMailbox: read<string | null>('BOUNCE_MAILBOX', imapMailbox, null),
    bounceHooks: read('BOUNCE_HOOKS', (text) => text.split(/\s+/).filter(Boolean).map(bounceHook), ''),
    publicUrl: read<string | null>('PUBLIC_URL', url('http:', 'https:'), null),
    webListen: read('WEB_LISTEN', listen, '127.0.0.1:8080'),
    webProxies: read('WEB_PROXIES', (text) => words(text).map(network), ''),
    teamListen: read('TEAM_LISTEN', listen, '127.0.0.1:8081'),
    secretKey: read<string | null>('SECRET_KEY', secret, null),
    lanes: read('LANES', whole, '20'),
    rate: read<number | null>('RATE', rate, null),
    dailyQuota: read<number | null>('DAILY_QUOTA', count, null),
    domainRates: read('DOMAIN_RATES', (text) => words(text).map(domainRate), ''),
    undoWindow: read('UNDO_WINDOW', duration, '0s'),
    quietHours: read<QuietHours | null>('QUIET_HOURS', quietHours, null),
    seedMailboxes: read('SEED_MAILBOXES', (text) => words(text).map(seedMailbox), ''),
    noticeTo: read('NOTICE_TO', (text) => words(text).map((one) => mailbox(one).address), ''),
    noticeWebhook: read<string | null>('NOTICE_WEBHOOK', url('http:', 'https:'), null),
    signUpLists: read('SIGN_UP_LISTS', words, ''),
    messagesDir: read('MESSAGES_DIR', (path) => resolve(path), './messages'),
    messageWebhook: read<string | null>('MESSAGE_WEBHOOK', url('http:', 'https:'), null),
    lookAllow: read('LOOK_ALLOW', words, ''),
    lookPerHost: read('LOOK_PER_HOST', whole, '2'),
    lookReference: read('LOOK_REFERENCE', words, 'https://www.iana.org/ https://www.wikipedia.org/'),
    resolver: read<string | null>('RESOLVER', asIs, null),
    watchSchedule: read('WATCH_SCHEDULE', schedule, '5m,15m,1h,3h,6h,12h,24h,1d/14d,7d/180d'),
    alertAfter: read('ALERT_AFTER', threshold, '2/5m'),
    alertAfterIndefinite: read('ALERT_AFTER_INDEFINITE', threshold, '2/1h'),
    deadAfter: read('DEAD_AFTER', threshold, '4/2h'),
    deadAfterIndefinite: read('DEAD_AFTER_INDEFINITE', threshold, '4/24h'),
    corrigendum: read('CORRIGENDUM', oneOf('auto', 'ask'), 'auto'),
    corrigendumNotice: read('CORRIGENDUM_NOTICE', duration, '1h'),
    corrigendumWithoutReplacement: read('CORRIGENDUM_WITHOUT_REPLACEMENT', oneOf('ask', 'withdraw'), 'ask'),
    corrigendumCap: read('CORRIGENDUM_CAP', threshold, '1/7d'),
    corrigendumUntil: read('CORRIGENDUM_UNTIL', duration, '14d'),
    quietWindow: read('QUIET_WINDOW', duration, '3h'),
    holdAfter: read('HOLD_AFTER', threshold, '2/1m'),
    resumeAfter: read('RESUME_AFTER', threshold, '2/5m'),
    lookInFlight: read('LOOK_IN_FLIGHT', duration, '3m'),
    proveWithin: read('PROVE_WITHIN', duration, '15m'),
    expireAfter: read('EXPIRE_AFTER', duration, '72h'),
    organisation: read('ORGANISATION', asIs, 'Global Learning Laboratory for Quality UHC'),
    organisationAbout: read(
      'ORGANISATION_ABOUT',
      asIs,
      'Sharing knowledge and experience, challenging ideas, sparking innovation.',
    ),
    postalAddress: read('POSTAL_ADDRESS', asIs, '1 Example Street, 1000 Example City'),
    dkimKeys: read('DKIM_KEY', (text) => words(text).map(dkimKey), ''),
    logLevel: read('LOG_LEVEL', oneOf('debug', 'info', 'warn', 'error', 'silent'), 'info'),
  }
  // Until somebody says where the world reaches the public pages, they are where they listen.
  const { host, port } = config.webListen ?? { host: '', port: 0 }
  return { ...config, publicUrl: config.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}` }
}

/** Reads the environment (and `.env` in the working directory, which never overrides it). Throws one Complaint with every fault. */
export function readConfig(env: NodeJS.ProcessEnv = environment()): Config {
  const source = reader(env)
  const config = readAll(source)
  if (source.faults.length > 0) {
    throw new Complaint(`the configuration has ${source.faults.length} fault(s)\n  ${source.faults.join('\n  ')}`, {
      remedy: 'set each in the environment or in .env; .env.example shows every key with its form',
      exit: 3,
    })
  }
  return Object.freeze(config)
}

function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}

/** Every key there is, in the order of .env.example: a test holds the two equal. */
export function configKeys(): string[] {
  const source = reader({})
  readAll(source)
  return source.keys
}
