/** Links that are no web page: judged by their form, and a mail address by its domain's mail exchanger. */
import type { Names } from './names.ts'
import type { Finding } from './verdict.ts'

/** Null for http and https, which are looked at. */
export async function findWithoutVisit(text: string, image: boolean, names: Names): Promise<Finding | null> {
  const url = URL.parse(text)
  if (url === null) return malformed(`"${short(text)}" is no complete address`)
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      if (url.username !== '' || url.password !== '') return malformed('it carries a user name or a password')
      return null
    case 'mailto:':
      return image ? malformed('an image cannot be a mail address') : mailto(text, names)
    case 'tel:':
    case 'sms:':
      return telephone(url)
    case 'cid:':
      if (image) return alive('a picture inside the mail: not looked at')
      return malformed('a cid: address names a part of the mail, not a page')
    case 'data:':
    case 'file:':
    case 'ftp:':
    case 'javascript:':
    case 'vbscript:':
    case 'blob:':
    case 'about:':
      return malformed(FORBIDDEN[url.protocol] ?? `nobody can open a ${url.protocol} address`)
    default:
      // whatsapp:, webcal:, zoommtg: and the like: they open a program, where there is one.
      return {
        ...malformed(`a ${url.protocol} address opens only where a program for it is installed`),
        verdict: 'unsure',
      }
  }
}

const FORBIDDEN: Readonly<Record<string, string>> = {
  'data:': 'browsers open no data: address from a mail, and mail readers show no data: picture',
  'file:': 'a file: address is on the writer’s own computer',
  'ftp:': 'browsers no longer open ftp: addresses',
  'javascript:': 'mail readers remove javascript: addresses',
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

const plainly = { status: null, finalUrl: null, movedTo: null, warnings: [], again: false } as const
const alive = (why: string): Finding => ({ ...plainly, verdict: 'alive', cause: 'ok', why })
const malformed = (why: string): Finding => ({ ...plainly, verdict: 'dead', cause: 'malformed', why })

/** RFC 3966 §3: digits and visual separators, a leading plus, parameters behind a semicolon. */
function telephone(url: URL): Finding {
  const number = decoded(url.pathname).split(/[;?]/)[0] ?? ''
  const digits = number.replace(/[\s().-]/g, '')
  if (!/^\+?[\d*#]{3,20}$/.test(digits)) return malformed(`"${short(number)}" is no telephone number`)
  return alive('a telephone number: its form is right, nobody rang it')
}

/** RFC 6068 §2: recipients in the path and in to=, cc=, bcc=; commas between them, everything percent-encoded. */
async function mailto(text: string, names: Names): Promise<Finding> {
  const [path = '', query = ''] =
    text
      .trim()
      .slice('mailto:'.length)
      .split('#', 1)[0]
      ?.split(/\?(.*)/s) ?? []
  const fields = query
    .split('&')
    .filter(Boolean)
    .map((field) => field.split(/=(.*)/s))
  const lists = [path, ...fields.flatMap(([key, value]) => (/^(?:to|cc|bcc)$/i.test(key ?? '') ? [value ?? ''] : []))]
  const addresses = lists
    .flatMap((list) => list.split(','))
    .map((address) => decoded(address).trim())
    .filter(Boolean)
  if (addresses.length === 0) return malformed('a mail link without an address')
  const wrong = addresses.find((address) => !isAddress(address))
  if (wrong !== undefined) return malformed(`"${short(wrong)}" is no mail address`)
  const domains = [...new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1).toLowerCase()))]
  for (const domain of domains) {
    const answer = await names.mail(domain)
    if (answer === 'no-domain') return { ...plainly, verdict: 'dead', cause: 'no-mx', why: `${domain}: no such domain` }
    if (answer === 'no-mail') return { ...plainly, verdict: 'dead', cause: 'no-mx', why: `${domain} takes no mail` }
    if (answer === 'unknown') {
      const why = `${domain}: the name server did not answer`
      return { ...plainly, verdict: 'unsure', cause: 'dns', why, again: true }
    }
  }
  return alive(`${domains.join(', ')} ${domains.length === 1 ? 'takes' : 'take'} mail`)
}

/** addr-spec without quoted strings and literals (RFC 5321 §4.1.2): nobody invites readers to write to those. */
function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || local.length > 64 || domain.length > 253) return false
  if (
    !/^[^\s"(),:;<>@[\\\]\p{Cc}]+$/u.test(local) ||
    local.startsWith('.') ||
    local.endsWith('.') ||
    local.includes('..')
  ) {
    return false
  }
  const labels = domain.split('.')
  return (
    labels.length > 1 &&
    labels.every((label) => /^[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u.test(label))
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
