/**
 * Gateways that change every address in a mail that comes in, so that a press goes through them first. A table says how
 * each is known and how its address is undone; what is not in the table is not known, and then nobody can say from the
 * mail alone where a press would lead.
 */

export type Undone =
  /** No rewriter that we know: the address as it stands. */
  | { readonly kind: 'plain'; readonly href: string }
  /** The address that was there before, and the gateways it went through, the last one first. */
  | { readonly kind: 'undone'; readonly href: string; readonly by: readonly string[] }
  /** A known gateway that keeps the address to itself; `host` where it says at least that. */
  | { readonly kind: 'hidden'; readonly by: string; readonly host: string | null }

interface Rewriter {
  readonly name: string
  /** The host itself, or the end of it after a dot. */
  readonly hosts: readonly string[]
  /** The address before, or null where this address is not of the form. Absent: the gateway keeps it to itself. */
  readonly undo?: (url: URL) => string | null
}

const parameter =
  (...names: string[]) =>
  (url: URL): string | null =>
    names.map((name) => url.searchParams.get(name)).find((value) => value) ?? null

const REWRITERS: readonly Rewriter[] = [
  {
    name: 'Microsoft Safe Links',
    hosts: [
      'safelinks.protection.outlook.com',
      'safelinks.protection.office365.us',
      'safelinks.protection.partner.outlook.cn',
    ],
    undo: parameter('url'),
  },
  { name: 'Proofpoint', hosts: ['urldefense.com', 'urldefense.us', 'urldefense.proofpoint.com'], undo: proofpoint },
  { name: 'Barracuda', hosts: ['linkprotect.cudasvc.com'], undo: parameter('a') },
  { name: 'Cisco', hosts: ['secure-web.cisco.com'], undo: lastSegment },
  { name: 'Trend Micro', hosts: ['trendmicro.com', 'trendmicro.eu'], undo: parameter('url') },
  {
    name: 'Trellix',
    hosts: ['protect2.fireeye.com', 'protect.fireeye.com', 'protect.trellix.com'],
    undo: parameter('u'),
  },
  { name: 'Symantec', hosts: ['clicktime.symantec.com', 'clicktime.cloud.postoffice.net'], undo: parameter('u') },
  { name: 'Sophos', hosts: ['protection.sophos.com'], undo: sophos },
  { name: 'EdgePilot', hosts: ['link.edgepilot.com'], undo: parameter('u') },
  {
    name: 'Check Point',
    hosts: ['avanan.url-protection.com', 'url.avanan.click', 'checkpoint.url-protection.com', 'protect.checkpoint.com'],
    undo: checkPoint,
  },
  {
    name: 'Google',
    hosts: ['www.google.com'],
    undo: (url) => (url.pathname === '/url' ? parameter('q', 'url')(url) : null),
  },
  { name: 'Mimecast', hosts: ['mimecast.com', 'mimecastprotect.com'] },
  { name: 'INKY', hosts: ['shared.outlook.inky.com', 'inky.com'] },
  { name: 'Zix', hosts: ['url.emailprotection.link'] },
  { name: 'Hornetsecurity', hosts: ['atpscan.global.hornetsecurity.com', 'seclinks.cloud-security.net'] },
]

/** One gateway behind another is common; more than this is a circle. */
const DEEPEST = 5

/** Takes the known gateways off an address. Never throws: what does not parse is as it stands. */
export function undoRewriting(href: string): Undone {
  const by: string[] = []
  let at = href
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const url = URL.parse(at)
    const rewriter = url && REWRITERS.find(({ hosts }) => hosts.some((host) => isAt(url.hostname, host)))
    if (!url || !rewriter) break
    if (!rewriter.undo) return { kind: 'hidden', by: rewriter.name, host: url.searchParams.get('domain') }
    const before = safely(rewriter.undo, url)
    // The gateway's own pages are ordinary addresses, and so is a form of it that is newer than this table.
    if (before === null || URL.parse(before) === null) break
    by.push(rewriter.name)
    at = before
  }
  return by.length === 0 ? { kind: 'plain', href } : { kind: 'undone', href: at, by }
}

const isAt = (hostname: string, host: string): boolean => hostname === host || hostname.endsWith(`.${host}`)

function safely(undo: (url: URL) => string | null, url: URL): string | null {
  try {
    return undo(url)
  } catch {
    return null
  }
}

/** https://secure-web.cisco.com/1abcDEF…/https%3A%2F%2Fwww.example.com%2Fpage */
function lastSegment(url: URL): string | null {
  const last = url.pathname.split('/').at(-1) ?? ''
  return /^https?%3a/i.test(last) ? decodeURIComponent(last) : null
}

/** https://region.protection.sophos.com/?d=example.com&u=BASE64&… */
function sophos(url: URL): string | null {
  const u = url.searchParams.get('u')
  if (u === null) return null
  return /^https?:/i.test(u) ? u : Buffer.from(u, 'base64').toString('utf8')
}

/** /v1/url?o=ADDRESS&…, and /v2/___ADDRESS___.TOKEN; the form `/v2/r01/` is enciphered and stays closed. */
function checkPoint(url: URL): string | null {
  if (url.pathname.startsWith('/v1/')) return parameter('o', 'u')(url)
  return /^\/v2\/___(https?:\/\/.+)___\.[\w+/=-]+/i.exec(url.pathname + url.search)?.[1] ?? null
}

function proofpoint(url: URL): string | null {
  const version = /^\/v([123])\//.exec(url.pathname)?.[1]
  const u = url.searchParams.get('u')
  if (version === '1') return u === null ? null : unescaped(u)
  // In v2 `-` stands for `%` and `_` for `/`: "https-3A__www.example.com_a".
  if (version === '2')
    return u === null ? null : unescaped(decodeURIComponent(u.replaceAll('-', '%').replaceAll('_', '/')))
  return version === '3' ? proofpoint3(url.href) : null
}

const unescaped = (text: string): string => text.replaceAll('&amp;', '&')

const RUNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * `/v3/__ADDRESS__;TAKEN!…$`: characters that could be mistaken were taken out of the address and stand, as Base64, after
 * it; each `*` is one of them, and `**X` a run whose length X says (A is 2).
 */
function proofpoint3(href: string): string | null {
  const match = /\/v3\/__(.+?)__;([^!]*)!/.exec(href)
  if (!match?.[1]) return null
  const taken = [...Buffer.from(match[2] ?? '', 'base64url').toString('utf8')]
  // A second slash is lost on some ways.
  const kept = decodeURIComponent(match[1].replace(/^([a-z][a-z0-9+.-]*:\/)([^/])/i, '$1/$2'))
  return kept.replace(/\*(?:\*(.))?/g, (_, run: string | undefined) =>
    taken.splice(0, run === undefined ? 1 : RUNS.indexOf(run) + 2).join(''),
  )
}
