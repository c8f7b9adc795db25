/** What the DNS says of our domains beside authentication: whether they take mail, their names back, reports, listings. */
import { isIPv4 } from 'node:net'
import { type Diagnosis, examiner } from './diagnosis.ts'
import type { Zones } from './zones.ts'

/** Whether replies and reports reach somebody (RFC 5321 §5.1, RFC 7505). */
export async function examineMailDomains(zones: Zones, domains: readonly string[]): Promise<Diagnosis[]> {
  return await Promise.all(
    domains.map(async (domain) => {
      const { good, warning, fault } = examiner('mail domains', domain)
      const hosts = await zones.mx(domain)
      if (hosts.some((host) => host === '' || host === '.')) {
        return fault('says that it takes no mail (a null MX)', 'use an address at a domain that takes replies')
      }
      const reached = await Promise.all((hosts[0] ? hosts : [domain]).map((host) => zones.addresses(host)))
      if (reached.every((addresses) => addresses.length === 0)) {
        return fault('takes no mail: no exchanger of it has an address', 'publish an MX record')
      }
      if (hosts.length === 0) return warning('has an address and no MX record', 'publish an MX record')
      return good(`takes mail at ${hosts[0]}`)
    }),
  )
}

/** Forward-confirmed names of the sending addresses, equal to the name in EHLO. */
export async function examineReverse(zones: Zones, addresses: readonly string[], ehlo: string): Promise<Diagnosis[]> {
  return await Promise.all(
    addresses.map(async (address) => {
      const { good, note, warning } = examiner('reverse name', address)
      const names = await zones.names(address)
      if (names.length === 0) return warning('has no name (PTR)', 'ask who owns the address to give it one')
      const back = await Promise.all(
        names.map(async (name) => ((await zones.addresses(name)).includes(address) ? name : null)),
      )
      const confirmed = back.filter((name) => name !== null)
      if (confirmed.length === 0) return warning(`is named ${names[0]}, which does not lead back`, 'make both agree')
      if (confirmed.includes(ehlo)) return good(`is ${ehlo}, both ways`)
      return note(`is ${confirmed[0]}, both ways; we say ${ehlo}, which matters only where the relay is this host`)
    }),
  )
}

/** Who may be told of trouble, and what else a domain publishes: facts, no faults. */
export async function examineReports(zones: Zones, domain: string): Promise<Diagnosis[]> {
  const published = async (name: string, version: RegExp) => (await zones.txt(name)).some((text) => version.test(text))
  const facts = await Promise.all([
    published(`_mta-sts.${domain}`, /^v=STSv1\b/).then((yes) => (yes ? 'MTA-STS' : 'no MTA-STS')),
    published(`_smtp._tls.${domain}`, /^v=TLSRPTv1\b/).then((yes) => (yes ? 'TLS reports' : 'no TLS reports')),
    zones.signed(domain).then((yes) => (yes ? 'DNSSEC' : 'no DNSSEC')),
    published(`default._bimi.${domain}`, /^v=BIMI1\b/).then((yes) => (yes ? 'BIMI' : 'no BIMI')),
  ])
  return [examiner('reports', domain).note(facts.join(', '))]
}

/** Asks the lists of Spamhaus, which answer in 127.0.0.0/8; 127.255.255.0/24 says that the question was not welcome. */
export async function examineListings(
  zones: Zones,
  { domain, addresses }: { domain: string; addresses: readonly string[] },
): Promise<Diagnosis[]> {
  const asked = [
    [domain, `${domain}.dbl.spamhaus.org`] as const,
    ...addresses.filter(isIPv4).map((ip) => [ip, `${ip.split('.').toReversed().join('.')}.zen.spamhaus.org`] as const),
  ]
  return await Promise.all(
    asked.map(async ([about, name]) => {
      const { good, unknown, fault } = examiner('listings', about)
      const answers = await zones.addresses(name)
      if (answers.some((answer) => answer.startsWith('127.255.255.'))) {
        return unknown('the list does not answer this name server', 'ask through a name server of your own (RESOLVER)')
      }
      if (answers.length === 0) return good('is not listed')
      return fault(
        `is listed (${answers.join(', ')})`,
        'look it up at check.spamhaus.org, mend the cause, then ask to be taken off',
      )
    }),
  )
}
