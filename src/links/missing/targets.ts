/** What is certainly wrong with an address, from the address alone. */
import type { CopyPart } from '../../edition/index.ts'
import type { RuleName } from './rules.ts'

/** A merge tag that some mailing program should have filled in. Each alternative is bounded: the work is linear. */
const TAG = new RegExp(
  [
    '\\{\\{[^{}]{0,200}\\}\\}\\}?', // Handlebars, Mustache, Liquid, Jinja, Django, SendGrid, HubSpot
    '\\{%[^{}]{1,200}%\\}', // Liquid, Jinja, Django
    '\\{\\$[\\w.>|:\'"-]{1,100}\\}', // Smarty
    '\\$\\{[^{}\\n]{1,100}\\}', // JavaScript, Freemarker, Velocity, JSP
    '#\\{[\\w.]{1,100}\\}', // Ruby
    '\\*\\|[\\w:. -]{1,80}\\|\\*', // Mailchimp
    '%%[\\w:. -]{1,80}%%', // Salesforce, Pardot
    '\\[\\[[\\w:. -]{1,80}\\]\\]', // Mailjet, CiviCRM
    '%\\([A-Za-z_]\\w{0,60}\\)[sd]', // Python, Mailman
    '<%=?[^<>]{1,120}%>', // ERB, EJS
  ].join('|'),
  'g',
)
const TAG_IN_HREF = new RegExp(
  [
    '\\{[A-Za-z_][A-Za-z_.]{0,40}\\}', // {email}: not a GUID, which has digits and hyphens
    '\\[(?=[A-Z_]*(?:URL|LINK|EMAIL|UNSUB|NAME|ID|ADDRESS|VIEW|FORWARD))[A-Z_]{3,40}\\]', // phpList: [UNSUBSCRIBEURL]
    '%[A-Z][A-Z_]{3,40}%(?![0-9A-F])', // %UNSUBSCRIBELINK%
    '__[A-Z][A-Z_]{3,40}__',
  ].join('|'),
)

/** The merge tags in words that a reader sees, as [start, end]. */
export function tagsIn(text: string): [number, number][] {
  if (!/[{%*[<]/.test(text)) return []
  return [...text.matchAll(TAG)].map((match) => [match.index, match.index + match[0].length])
}

export function hasTag(href: string): boolean {
  // Braces are often written %7B by the program that left them; `[[` and `%%` written so are somebody's own data.
  const plain = href.replace(/%7b/gi, '{').replace(/%7d/gi, '}').replace(/%7c/gi, '|')
  return [href, plain].some((text) => tagsIn(text).length > 0 || TAG_IN_HREF.test(text))
}

const STANDINS =
  /^(?:https?:\/\/)?(?:todo|tbd|tba|fixme|xxx+|url|link|href|insert[\s_-]?(?:link|url)(?:[\s_-]?here)?|(?:your|my|the)[\s_-]?(?:link|url|website|site)(?:[\s_-]?here)?|link[\s_-]?here|url[\s_-]?here|placeholder|undefined|null|none|nil|false|nan|\[object object\]|void)[\s/.]*$/i
const EXAMPLE = /^(?:[a-z0-9-]+\.)*example\.(?:com|net|org)\.?$/i
const KNOWN =
  /^(?:https?|mailto|tel|sms|ftps?|webcal|news|nntp|cid|geo|data|file|xmpp|sip|sips|callto|skype|whatsapp|tg|facetime|maps|market|intent|itms|itms-apps|slack|msteams|zoommtg|im|irc|ircs|git|ssh|magnet|bitcoin|urn|mid|outlook|ms-[a-z]+)$/i

export interface TargetFault {
  readonly rule: RuleName
  readonly why?: string
}

/** What is wrong with where a link goes; null: nothing that can be told without looking. */
export function targetFault(href: string | null, part: CopyPart): TargetFault | null {
  if (href === null) return { rule: 'link-without-target' }
  const target = href.replace(/[\s\p{Cc}\u200b\ufeff]+/gu, ' ').trim()
  if (target === '') return { rule: 'link-without-target' }
  if (hasTag(target)) return { rule: 'link-unrendered' }
  if (target.startsWith('#')) return inPage(target, part)
  if (STANDINS.test(target)) return { rule: 'link-placeholder' }
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(target)?.[1]?.toLowerCase()
  if (!scheme) return target.startsWith('//') ? null : { rule: 'link-relative' }
  const rest = target.slice(scheme.length + 1)
  if (/^(?:javascript|vbscript|about|blob)$/.test(scheme))
    return { rule: 'link-to-nowhere', why: `pressing a ${scheme}: link does nothing in a mail` }
  // `www.host:8080/path` and `host.tld:80` are no schemes: a scheme followed by digits is a host with its port.
  if (!KNOWN.test(scheme) && /^\d/.test(rest) && scheme.includes('.')) return { rule: 'link-relative' }
  return emptyOf(scheme, rest)
}

function inPage(target: string, part: CopyPart): TargetFault | null {
  const name = target.slice(1)
  if (name === '' || name === '!' || /^(?:todo|link|url|xxx*)$/i.test(name)) return { rule: 'link-to-nowhere' }
  if (/^top$/i.test(name) || part.targets.has(name) || part.targets.has(safeDecode(name))) return null
  return { rule: 'in-page-target-missing' }
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function emptyOf(scheme: string, rest: string): TargetFault | null {
  if (scheme === 'mailto') {
    const address = rest.replace(/\?.*$/s, '').trim()
    if (address === '' && !/[?&](?:to|bcc|cc|body|subject)=./i.test(rest)) return { rule: 'link-placeholder' }
    const host = address.slice(address.lastIndexOf('@') + 1)
    return EXAMPLE.test(host) ? { rule: 'link-placeholder', why: EXAMPLE_WHY } : null
  }
  if (scheme === 'tel' || scheme === 'sms') return /[\d*#]/.test(rest) ? null : { rule: 'link-placeholder' }
  if (scheme !== 'http' && scheme !== 'https') return null
  const host = /^\/*(?:[^/?#@]*@)?([^/?#:]*)/.exec(rest)?.[1] ?? ''
  if (host === '' || STANDINS.test(host))
    return { rule: 'link-placeholder', why: 'the address has no host: it was never finished' }
  return EXAMPLE.test(host) ? { rule: 'link-placeholder', why: EXAMPLE_WHY } : null
}

const EXAMPLE_WHY = 'example.com, .net and .org are reserved for examples (RFC 2606): no reader can go there'
