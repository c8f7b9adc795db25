import { domainToASCII, domainToUnicode } from 'node:url'

export interface Address {
  /** As it goes on the wire: the local part as given, the domain in lower case as an A-label (RFC 5891). */
  readonly address: string
  /** As people read it: the domain as a U-label. */
  readonly display: string
  /**
   * What two mentions of one mailbox have in common, for suppression and uniqueness: the domain, the form of Unicode and
   * the case are folded. RFC 5321 §2.4 leaves the case of a local part to its own host, so it is written to as it was
   * given; but no host in use tells Ann@ from ann@, and who left as one must not be brought back as the other.
   */
  readonly key: string
  /** The local part is not ASCII: it can be written to only over SMTPUTF8 (RFC 6531). */
  readonly unsupported8bit: boolean
}

/** Octets: RFC 5321 §4.5.3.1.1 to .3 (a path is 256 with its angle brackets). */
const LIMIT = { local: 64, domain: 255, address: 254, label: 63 } as const

/** RFC 5322 §3.2.3 atext, and RFC 6531 §3.3 beyond ASCII, without what does not show or stands for something else. */
const ATEXT = /^(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]|[^\p{ASCII}\p{C}\p{Z}\ufffd])+$/iu

/**
 * Reads an addr-spec as strictly as mail to strangers needs: RFC 5321 §4.1.2 without quoted local parts and address
 * literals. Nothing is trimmed and nothing is mended: an address that a library downstream could read in two ways
 * (`a@x, z@q` is two recipients to one) never gets there. The fault says what is wrong, in a few words.
 */
export function parseAddress(text: string): Address | { readonly fault: string } {
  const unfit = unfitCharacter(text)
  if (unfit) return { fault: unfit }
  const at = text.lastIndexOf('@')
  if (at < 0) return { fault: 'there is no @' }
  if (text.indexOf('@') !== at) return { fault: 'there is more than one @' }
  const local = text.slice(0, at)
  const domain = readDomain(text.slice(at + 1))
  const fault = localFault(local) ?? ('fault' in domain ? domain.fault : null)
  if (fault !== null || 'fault' in domain) return { fault: fault ?? '' }
  const address = `${local}@${domain.ascii}`
  if (Buffer.byteLength(address) > LIMIT.address) return { fault: `it is longer than ${LIMIT.address} octets` }
  return {
    address,
    display: `${local}@${domain.unicode}`,
    // One name in two forms of Unicode is one mailbox (RFC 6532 §3.1).
    key: `${local.normalize('NFC').toLowerCase()}@${domain.ascii}`,
    unsupported8bit: /\P{ASCII}/u.test(local),
  }
}

function unfitCharacter(text: string): string | null {
  if (text === '') return 'it is empty'
  if (/\p{Cc}/u.test(text)) return 'it holds a control character'
  if (/\p{Z}/u.test(text)) return 'it holds a space'
  if (/[\p{C}\ufffd]/u.test(text)) return 'it holds a character that does not show'
  const special = /["(),:;<>[\\\]]/.exec(text)?.[0]
  return special === undefined ? null : `it holds ${special === '"' ? 'a quote' : special}`
}

function localFault(local: string): string | null {
  if (local === '') return 'nothing stands before the @'
  if (Buffer.byteLength(local) > LIMIT.local) return `the part before the @ is longer than ${LIMIT.local} octets`
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) {
    return 'the part before the @ has a dot at an end or two in a row'
  }
  return local.split('.').every((atom) => ATEXT.test(atom)) ? null : 'the part before the @ holds a wrong character'
}

type Domain = { readonly ascii: string; readonly unicode: string } | { readonly fault: string }

/** A list has few domains and many addresses, and mapping one costs more than all else. */
const read = new Map<string, Domain>()
const DOMAINS_KEPT = 5_000

function readDomain(given: string): Domain {
  const known = read.get(given)
  if (known) return known
  const domain = domainFrom(given)
  if (read.size >= DOMAINS_KEPT) read.clear()
  read.set(given, domain)
  return domain
}

function domainFrom(given: string): Domain {
  if (given === '') return { fault: 'nothing stands after the @' }
  // Before any mapping: domainToASCII would decode %41, and read 0x7f.1 as an IP address.
  if (/[^a-z0-9.-]/i.test(given.replace(/\P{ASCII}/gu, ''))) return { fault: 'the domain holds a wrong character' }
  if (given.startsWith('.') || given.endsWith('.') || given.includes('..')) {
    return { fault: 'the domain has a dot at an end or two in a row' }
  }
  if (!given.includes('.')) return { fault: 'the domain has no dot' }
  if (/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/i.test(given)) return { fault: 'the domain ends in a number' }
  const ascii = domainToASCII(given)
  const unicode = domainToUnicode(ascii)
  if (ascii === '' || unicode === '' || /(?:^|\.)xn--/.test(unicode)) {
    return { fault: 'the domain is not a proper international name' }
  }
  // What the mapping of UTS 46 changes beyond case stands for something else than it shows: a full-width letter, a
  // soft hyphen, a ligature.
  const shown = given.normalize('NFC').toLowerCase()
  if (shown !== unicode && shown !== ascii) return { fault: 'the domain holds a character that stands for another' }
  return lengthFault(ascii) ?? { ascii, unicode }
}

function lengthFault(ascii: string): { readonly fault: string } | null {
  const labels = ascii.split('.')
  if (ascii.length > LIMIT.domain) return { fault: `the domain is longer than ${LIMIT.domain} octets` }
  if (labels.some((label) => label.length > LIMIT.label)) {
    return { fault: `a part of the domain is longer than ${LIMIT.label} octets` }
  }
  const hyphened = labels.some((label) => label.startsWith('-') || label.endsWith('-'))
  return hyphened ? { fault: 'a part of the domain begins or ends with a hyphen' } : null
}
