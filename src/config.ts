/**
 * The configuration: read once, whole, and frozen. This is the only file that touches process.env.
 * Every fault is reported in one go, each with the key it concerns. There is no test switch:
 * tests and the demo set the same keys that an operator sets.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Complaint } from './complaint.ts'

/** So many failing looks, spread over at least this time (milliseconds). Written `4/2h`. */
export interface Threshold {
  readonly looks: number
  readonly over: number
}

/** One stretch of the watch: a single look at `every` after publication, or one every `every` until `until` (ms). */
export interface WatchStep {
  readonly every: number
  readonly until: number | null
}

/** Hours of the day in which no letter leaves, by the clocks of a zone: minutes since midnight. `from` may be after `to`. */
export interface QuietHours {
  readonly from: number
  readonly to: number
  readonly zone: string
}

/** So many messages a second at most to all of these domains together. */
export interface DomainRate {
  readonly domains: readonly string[]
  readonly rate: number
}

export interface BounceHook {
  readonly provider: 'ses' | 'postmark' | 'mailgun' | 'sendgrid' | 'sparkpost'
  /** What it is depends on the provider; see .env.example. */
  readonly secret: string
}

/** A private key, and where its public half stands in the DNS: SELECTOR._domainkey.DOMAIN. */
export interface DkimKey {
  readonly selector: string
  readonly domain: string
  readonly file: string
}

export interface Config {
  readonly dataDir: string
  readonly ledgerUrl: string | null
  readonly redisUrl: string | null
  readonly smtpUrls: readonly string[]
  /** Where access tokens for XOAUTH2 come from, as `openAccess` takes it. Carries secrets: never for logs. */
  readonly smtpOauth: string | null
  readonly from: { readonly name: string; readonly address: string }
  readonly replyTo: string | null
  /** Domain of the envelope senders that say which copy came back; null: FROM is the envelope sender. */
  readonly bounceDomain: string | null
  /** Where reports come to, as `openReports` takes it. */
  readonly bounceMailbox: string | null
  /** Whose posts about what came back are taken, and by which secret they are known; a provider may stand there twice. */
  readonly bounceHooks: readonly BounceHook[]
  readonly publicUrl: string
  readonly webListen: { readonly host: string; readonly port: number }
  readonly teamListen: { readonly host: string; readonly port: number }
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
  /** Who is told what the watch finds; empty: nobody is written to, and `gll status` alone says it. */
  /** Where copies are read back before the rest leaves, as `openMailbox` takes them. */
  readonly seedMailboxes: readonly string[]
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

const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `5s`, `3h`, `14d` as milliseconds. Throws a plain Error that says what is expected. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim())
  if (!match) throw new Error(`"${text}" is not a duration such as 5s, 3h or 14d`)
  return Number(match[1]) * MS[match[2] as keyof typeof MS]
}

function threshold(text: string): Threshold {
  const [looks, over] = text.split('/')
  if (!looks || !over || !/^[1-9]\d*$/.test(looks)) throw new Error(`"${text}" is not a threshold such as 4/2h`)
  return { looks: Number(looks), over: duration(over) }
}

/** `20` a second, or `30/1m`: so many over a duration. Gives messages a second. */
function rate(text: string): number {
  const [many = '', over = '1s'] = text.split('/')
  const perSecond = (Number(many) / duration(over)) * 1_000
  if (!/^\d+(?:\.\d+)?$/.test(many) || !(perSecond > 0 && perSecond < 1e6)) {
    throw new Error(`"${text}" is not a rate such as 20 (a second) or 30/1m`)
  }
  return perSecond
}

/** `gmail.com=5/1s`, or `outlook.com+hotmail.com=30/1m` for domains that share one rate. */
function domainRate(text: string): DomainRate {
  const [names = '', given = ''] = text.split('=')
  return { domains: names.split('+').map(domain), rate: rate(given) }
}

/** `22:00-07:00 Europe/Paris`. */
function quietHours(text: string): QuietHours {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d) +(\S+)$/.exec(text)
  const [fromHour = 99, fromMinute = 0, toHour = 99, toMinute = 0] = (match?.slice(1, 5) ?? []).map(Number)
  const [from, to, zone] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute, match?.[5] ?? '']
  const isTime = (hour: number, minute: number): boolean => hour < 24 && minute < 60
  if (!isTime(fromHour, fromMinute) || !isTime(toHour, toMinute) || from === to) {
    throw new Error(`"${text}" is not hours and a time zone such as 22:00-07:00 Europe/Paris`)
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new Error(`"${zone}" is no time zone that is known here`)
  }
  return { from, to, zone }
}

function schedule(text: string): WatchStep[] {
  return text.split(',').map((step) => {
    const [every, until] = step.trim().split('/')
    return { every: duration(every ?? ''), until: until === undefined ? null : duration(until) }
  })
}

function mailbox(text: string): Config['from'] {
  const match = /^\s*(?:"?([^"<>]*?)"?\s*<)?([^\s<>@,;]+@[^\s<>@,;]+)>?\s*$/.exec(text)
  if (!match?.[2]) throw new Error(`"${text}" is not a mailbox such as GLL Team <gll@example.org>`)
  return { name: match[1] ?? '', address: match[2] }
}

function domain(text: string): string {
  if (!/^(?=.{4,190}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(text)) {
    throw new Error(`"${text}" is not a domain such as bounces.example.org`)
  }
  return text.toLowerCase()
}

/** `s1._domainkey.example.org=FILE`. */
function dkimKey(text: string): DkimKey {
  const match = /^([a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?)\._domainkey\.([^=]+)=(.+)$/i.exec(text)
  if (!match) throw new Error(`"${text}" is not a key such as s1._domainkey.example.org=keys/s1.pem`)
  const [, selector = '', name = '', file = ''] = match
  return { selector: selector.toLowerCase(), domain: domain(name), file: resolve(file) }
}

function listen(text: string): Config['webListen'] {
  const match = /^(?:\[?([^\]]*?)\]?:)?(\d+)$/.exec(text)
  if (!match?.[2] || Number(match[2]) > 65_535) throw new Error(`"${text}" is not an address such as 127.0.0.1:8080`)
  return { host: match[1] || '127.0.0.1', port: Number(match[2]) }
}

function url(...schemes: string[]) {
  return (text: string): string => {
    const parsed = URL.parse(text)
    if (!parsed || !schemes.includes(parsed.protocol)) {
      throw new Error(`"${text}" is not a URL that starts with ${schemes.join('// or ')}//`)
    }
    return text.replace(/\/$/, '')
  }
}

function oneOf<T extends string>(...words: T[]) {
  return (text: string): T => {
    if (!(words as string[]).includes(text)) throw new Error(`"${text}" is none of ${words.join(', ')}`)
    return text as T
  }
}

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`"${text}" is not a whole number above 0`)
  return Number(text)
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`"${text}" is not a whole number from 1 to 9999`)
  return Number(text)
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)
const asIs = (text: string): string => text

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

/** The fault of a mailbox's address is told without it: a password stands in it. */
function seedMailbox(text: string): string {
  const isInbox = /^inbox(?::[^@\s]+@[^@\s]+)?$/.test(text)
  if (!isInbox && !/^imaps?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new Error('needs imaps://USER:PASSWORD@HOST?address=ADDRESS, or inbox')
  }
  return text
}

function imapMailbox(text: string): string {
  if (!/^imaps?:$/.test(URL.parse(text)?.protocol ?? '')) throw new Error('needs imaps://USER:PASSWORD@HOST')
  return text
}

/** What each provider's posts are known by; told without the secret where it is none. */
const HOOK_SECRETS: Readonly<Record<BounceHook['provider'], RegExp>> = {
  ses: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
  postmark: /^[^:]+:\S{8,}$/,
  mailgun: /^\S{16,}$/,
  sendgrid: /^[A-Za-z0-9+/]{80,}={0,2}$/,
  sparkpost: /^\S{12,}$/,
}

function bounceHook(text: string): BounceHook {
  const at = text.indexOf('=')
  const [name, secret] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)]
  const provider = (Object.keys(HOOK_SECRETS) as BounceHook['provider'][]).find((one) => one === name)
  if (!provider) throw new Error(`needs PROVIDER=SECRET; providers are ${Object.keys(HOOK_SECRETS).join(', ')}`)
  if (!HOOK_SECRETS[provider].test(secret)) throw new Error(`the secret of ${provider} is none of its kind`)
  return { provider, secret }
}

/** Told without the text: a secret stands in it. */
function tokenEndpoint(text: string): string {
  const url = URL.parse(text)
  const isFit =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && /^(?:127\.|localhost$|\[::1\])/.test(url.hostname))
  if (!isFit || !url?.username) {
    throw new Error('needs https://CLIENT_ID:CLIENT_SECRET@HOST/PATH?refresh_token=TOKEN&scope=SCOPE, percent-encoded')
  }
  return text
}

function secret(text: string): string {
  if (text.split(/\s+/).some((key) => key.length < 32)) {
    throw new Error('needs at least 32 characters a key; `openssl rand -hex 32` makes a good one')
  }
  return text
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
