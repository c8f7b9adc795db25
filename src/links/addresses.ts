/**
 * Which addresses a look may reach. Public ones, and the networks the operator added; everything else is refused,
 * because a link in a letter must never become a way into our own network, and because subscribers could not reach
 * such an address either.
 */
import ipaddr from 'ipaddr.js'
import { Complaint } from '../complaint.ts'

/** Says why an address is refused ("127.0.0.1 is a loopback address"), or null where a look may go there. */
export type RefuseAddress = (address: string) => string | null

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = readonly [Address, number]

/** `allow`: networks beside the public ones, `127.0.0.0/8` or a single address. Throws a Complaint for any other text. */
export function addressPolicy(allow: readonly string[]): RefuseAddress {
  const allowed = allow.map(network)
  return (text) => {
    const written = parse(text)
    if (written === null) return `${text} is not an address`
    const address = unwrap(written)
    if (allowed.some((net) => within(written, net) || within(address, net))) return null
    const kind = refusedKind(address)
    if (kind === null) return null
    return `${text} is ${kind}`
  }
}

function network(text: string): Network {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    const address = ipaddr.parse(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch (cause) {
    throw new Complaint(`LOOK_ALLOW: "${text}" is not a network`, {
      remedy: 'write networks as 127.0.0.0/8 or fd00::/8',
      exit: 3,
      cause,
    })
  }
}

/** Brackets and a zone (`[fe80::1%eth0]`) go; anything but a canonical literal is null, so that it is refused. */
function parse(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  return ipaddr.isValid(bare) ? ipaddr.parse(bare) : null
}

/** An IPv4 address in IPv6 clothes (mapped, RFC 4291 §2.5.5.2; NAT64, RFC 6052 §2.1) is judged as what it reaches. */
function unwrap(address: Address): Address {
  if (address.kind() === 'ipv4') return address
  const six = address as ipaddr.IPv6
  if (six.isIPv4MappedAddress()) return six.toIPv4Address()
  if (six.match(NAT64)) return ipaddr.fromByteArray(six.toByteArray().slice(12))
  return six
}

const NAT64 = ipaddr.parseCIDR('64:ff9b::/96') as [ipaddr.IPv6, number]
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/** Public by its number, and yet it answers only inside its cloud (Azure's metadata and DNS address). */
const CLOUD_INSIDE = new Set(['168.63.129.16'])

const KINDS: Readonly<Record<string, string>> = {
  loopback: 'a loopback address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  linkLocal: 'a link-local address',
  carrierGradeNat: 'an address inside a carrier network',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  unspecified: 'no address of any host',
}

function refusedKind(address: Address): string | null {
  if (CLOUD_INSIDE.has(address.toString())) return 'an address inside a cloud'
  const range: string = address.range()
  if (range !== 'unicast') return KINDS[range] ?? 'a reserved address'
  // Only 2000::/3 is given out (RFC 4291 §2.4); `unicast` there means no more than "in no other table".
  if (address.kind() === 'ipv6' && !within(address, GLOBAL_UNICAST)) return 'a reserved address'
  return null
}

function within(address: Address, [net, bits]: Network): boolean {
  if (address.kind() !== net.kind()) return false
  return address.kind() === 'ipv4'
    ? (address as ipaddr.IPv4).match(net as ipaddr.IPv4, bits)
    : (address as ipaddr.IPv6).match(net as ipaddr.IPv6, bits)
}
