/**
 * What stands between a sender and the inbox: its DNS, its relay, its names. Nothing is sent and nothing changed.
 *
 * The facts come in; each file of doctor/ examines one thing and says what was found, with a remedy. A name server that
 * does not answer makes an `unknown`, never a fault and never a pass.
 */
import { isIP } from 'node:net'
import { type Diagnosis, examiner, type Topic } from './doctor/diagnosis.ts'
import { examineDkim, type SigningKey } from './doctor/dkim.ts'
import { examineDmarc } from './doctor/dmarc.ts'
import { examineListings, examineMailDomains, examineReports, examineReverse } from './doctor/domains.ts'
import { examineRelay, examineRoleAddresses } from './doctor/relay.ts'
import { examineSpf } from './doctor/spf.ts'
import { openZones, type Zones } from './doctor/zones.ts'
import { isLoopback, type Route } from './route.ts'
import type { Lane } from './submit.ts'

export type { Diagnosis, SigningKey }
export { examiner }

export interface Sender {
  /** The domain of From. */
  readonly from: string
  /** The domain of the envelope sender. */
  readonly envelope: string
  /** Domains that must take mail: of From, Reply-To and the envelope. */
  readonly mailDomains: readonly string[]
  readonly keys: readonly SigningKey[]
}

/** What the DNS says of the sender: SPF, DKIM, DMARC, mail domains, reports. `resolver`: host:port, null: the system's. */
export async function examineSender(
  sender: Sender,
  { resolver, route, listings }: { resolver: string | null; route: Route | null; listings: boolean },
): Promise<Diagnosis[]> {
  const zones = openZones(resolver)
  const addresses = route && !isLoopback(route.host) ? await addressesOf(zones, route.host) : []
  const { from, envelope, keys, mailDomains } = sender
  const ehlo = route?.ehloName ?? from
  return await inTurn([
    ['spf', envelope, () => examineSpf(zones, { domain: envelope, addresses, ehlo })],
    ['dkim', from, () => examineDkim(zones, keys, from)],
    ['dmarc', from, () => examineDmarc(zones, { from, envelope, signing: keys.map(({ domain }) => domain) })],
    ['mail domains', from, () => examineMailDomains(zones, mailDomains)],
    ['reverse name', addresses.join(', '), () => examineReverse(zones, addresses, ehlo)],
    ['reports', from, () => examineReports(zones, from)],
    ['listings', from, async () => (listings ? await examineListings(zones, { domain: from, addresses }) : [])],
  ])
}

/** One session with the relay, and one more for each address that RFC 2142 wants read. */
export async function examineRoute(route: Route, from: string, open: () => Promise<Lane>): Promise<Diagnosis[]> {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const roles = ['postmaster', 'abuse'].map((name) => `${name}@${domain}`)
  const relay = await examineRelay(`${route.host}:${route.port}`, route.tls, open)
  return relay.some(({ state }) => state === 'fault')
    ? relay
    : [...relay, ...(await examineRoleAddresses(from, roles, open))]
}

async function inTurn(
  examinations: readonly (readonly [Topic, string, () => Promise<Diagnosis[]>])[],
): Promise<Diagnosis[]> {
  const found: Diagnosis[] = []
  for (const [topic, about, examine] of examinations) {
    try {
      found.push(...(await examine()))
    } catch (error) {
      found.push(examiner(topic, about).unknown(`no answer: ${(error as Error).message}`))
    }
  }
  return found
}

async function addressesOf(zones: Zones, host: string): Promise<string[]> {
  return isIP(host) ? [host] : await zones.addresses(host).catch(() => [])
}
