/** Questions to the DNS. No such name and no such record are answers; no answer is an error of its own. */
import { promises as dns } from 'node:dns'
import { isSigned } from './signed.ts'

export interface Zones {
  /** The strings of each TXT record, joined (RFC 7208 §3.3); empty where there is none. Rejects when nobody answers. */
  txt(name: string): Promise<string[]>
  mx(name: string): Promise<string[]>
  /** A and AAAA. */
  addresses(name: string): Promise<string[]>
  /** The names of an address (PTR). */
  names(address: string): Promise<string[]>
  /** Whether it stands in a signed zone (DNSSEC). */
  signed(name: string): Promise<boolean>
  /** As libraries that ask by themselves want it: rejects with ENOTFOUND or ENODATA too. */
  readonly resolve: (name: string, type: string) => Promise<unknown[]>
}

/** `resolver`: host:port of a DNS server, null for the system's; `timeout`: milliseconds for one question. */
export function openZones(resolver: string | null, timeout = 5_000): Zones {
  const asker = new dns.Resolver({ timeout, tries: 2 })
  if (resolver !== null) asker.setServers([resolver])
  return {
    txt: async (name) => (await orNone(asker.resolveTxt(name))).map((strings) => strings.join('')),
    mx: async (name) => {
      const found = await orNone(asker.resolveMx(name))
      return found.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange)
    },
    addresses: async (name) => [...(await orNone(asker.resolve4(name))), ...(await orNone(asker.resolve6(name)))],
    names: async (address) => await orNone(asker.reverse(address)),
    signed: async (name) => await isSigned(name, asker.getServers()[0] ?? '127.0.0.1', timeout),
    // mailauth asks for the types it knows; the answers have the shape of node's own.
    resolve: (name, type) => asker.resolve(name, type as 'TXT') as Promise<unknown[]>,
  }
}

async function orNone<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer
  } catch (error) {
    if (/^(?:ENOTFOUND|ENODATA)$/.test((error as { code?: string }).code ?? '')) return []
    throw error
  }
}
