/**
 * The forms that values of the configuration have. Each takes the text of one value and throws a plain Error that says
 * what is expected; where a secret stands in the text, without it.
 */
import { isIP } from 'node:net'
import { resolve } from 'node:path'

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

/** Somebody's name, which may be empty, and address. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

export interface Listen {
  readonly host: string
  readonly port: number
}

const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `5s`, `3h`, `14d` as milliseconds. Throws a plain Error that says what is expected. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim())
  if (!match) throw new Error(`"${text}" is not a duration such as 5s, 3h or 14d`)
  return Number(match[1]) * MS[match[2] as keyof typeof MS]
}

export function threshold(text: string): Threshold {
  const [looks, over] = text.split('/')
  if (!looks || !over || !/^[1-9]\d*$/.test(looks)) throw new Error(`"${text}" is not a threshold such as 4/2h`)
  return { looks: Number(looks), over: duration(over) }
}

/** `20` a second, or `30/1m`: so many over a duration. Gives messages a second. */
export function rate(text: string): number {
  const [many = '', over = '1s'] = text.split('/')
  const perSecond = (Number(many) / duration(over)) * 1_000
  if (!/^\d+(?:\.\d+)?$/.test(many) || !(perSecond > 0 && perSecond < 1e6)) {
    throw new Error(`"${text}" is not a rate such as 20 (a second) or 30/1m`)
  }
  return perSecond
}

/** `gmail.com=5/1s`, or `outlook.com+hotmail.com=30/1m` for domains that share one rate. */
export function domainRate(text: string): DomainRate {
  const [names = '', given = ''] = text.split('=')
  return { domains: names.split('+').map(domain), rate: rate(given) }
}

/** `22:00-07:00 Europe/Paris`. */
export function quietHours(text: string): QuietHours {
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

export function schedule(text: string): WatchStep[] {
  return text.split(',').map((step) => {
    const [every, until] = step.trim().split('/')
    return { every: duration(every ?? ''), until: until === undefined ? null : duration(until) }
  })
}

export function mailbox(text: string): Mailbox {
  const match = /^\s*(?:"?([^"<>]*?)"?\s*<)?([^\s<>@,;]+@[^\s<>@,;]+)>?\s*$/.exec(text)
  if (!match?.[2]) throw new Error(`"${text}" is not a mailbox such as GLL Team <gll@example.org>`)
  return { name: match[1] ?? '', address: match[2] }
}

export function domain(text: string): string {
  if (!/^(?=.{4,190}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(text)) {
    throw new Error(`"${text}" is not a domain such as bounces.example.org`)
  }
  return text.toLowerCase()
}

/** `s1._domainkey.example.org=FILE`. */
export function dkimKey(text: string): DkimKey {
  const match = /^([a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?)\._domainkey\.([^=]+)=(.+)$/i.exec(text)
  if (!match) throw new Error(`"${text}" is not a key such as s1._domainkey.example.org=keys/s1.pem`)
  const [, selector = '', name = '', file = ''] = match
  return { selector: selector.toLowerCase(), domain: domain(name), file: resolve(file) }
}

export function listen(text: string): Listen {
  const match = /^(?:\[?([^\]]*?)\]?:)?(\d+)$/.exec(text)
  if (!match?.[2] || Number(match[2]) > 65_535) throw new Error(`"${text}" is not an address such as 127.0.0.1:8080`)
  return { host: match[1] || '127.0.0.1', port: Number(match[2]) }
}

/** `127.0.0.1`, `10.0.0.0/8`, `::1`. */
export function network(text: string): string {
  const [address = '', prefix] = text.split('/')
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1
  if (bits < 0 || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))) {
    throw new Error(`"${text}" is not an address or a network such as 10.0.0.0/8`)
  }
  return text
}

export function url(...schemes: string[]) {
  return (text: string): string => {
    const parsed = URL.parse(text)
    if (!parsed || !schemes.includes(parsed.protocol)) {
      throw new Error(`"${text}" is not a URL that starts with ${schemes.join('// or ')}//`)
    }
    return text.replace(/\/$/, '')
  }
}

export function oneOf<T extends string>(...words: T[]) {
  return (text: string): T => {
    if (!(words as string[]).includes(text)) throw new Error(`"${text}" is none of ${words.join(', ')}`)
    return text as T
  }
}

export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`"${text}" is not a whole number above 0`)
  return Number(text)
}

export function whole(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`"${text}" is not a whole number from 1 to 9999`)
  return Number(text)
}

export const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)
export const asIs = (text: string): string => text

/** The fault of a mailbox's address is told without it: a password stands in it. */
export function seedMailbox(text: string): string {
  const isInbox = /^inbox(?::[^@\s]+@[^@\s]+)?$/.test(text)
  if (!isInbox && !/^imaps?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new Error('needs imaps://USER:PASSWORD@HOST?address=ADDRESS, or inbox')
  }
  return text
}

export function imapMailbox(text: string): string {
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

export function bounceHook(text: string): BounceHook {
  const at = text.indexOf('=')
  const [name, secret] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)]
  const provider = (Object.keys(HOOK_SECRETS) as BounceHook['provider'][]).find((one) => one === name)
  if (!provider) throw new Error(`needs PROVIDER=SECRET; providers are ${Object.keys(HOOK_SECRETS).join(', ')}`)
  if (!HOOK_SECRETS[provider].test(secret)) throw new Error(`the secret of ${provider} is none of its kind`)
  return { provider, secret }
}

/** Told without the text: a secret stands in it. */
export function tokenEndpoint(text: string): string {
  const url = URL.parse(text)
  const isFit =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && /^(?:127\.|localhost$|\[::1\])/.test(url.hostname))
  if (!isFit || !url?.username) {
    throw new Error('needs https://CLIENT_ID:CLIENT_SECRET@HOST/PATH?refresh_token=TOKEN&scope=SCOPE, percent-encoded')
  }
  return text
}

export function secret(text: string): string {
  if (text.split(/\s+/).some((key) => key.length < 32)) {
    throw new Error('needs at least 32 characters a key; `openssl rand -hex 32` makes a good one')
  }
  return text
}
