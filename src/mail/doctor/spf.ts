/** SPF of the envelope sender's domain (RFC 7208): one short record, few look-ups, and the relay in it. */
import { type Diagnosis, examiner } from './diagnosis.ts'
import type { Zones } from './zones.ts'

/** RFC 7208 §3.4: beyond it a reply may no longer fit one UDP packet. Octets. */
const LONGEST = 450

/** `addresses`: where the relay is reached, which for a relay of one's own is also where it sends from. */
export async function examineSpf(
  zones: Zones,
  { domain, addresses, ehlo }: { domain: string; addresses: readonly string[]; ehlo: string },
): Promise<Diagnosis[]> {
  const { good, warning, fault } = examiner('spf', domain)
  const records = (await zones.txt(domain)).filter((text) => /^v=spf1(?:\s|$)/i.test(text))
  const [record] = records
  if (!record) {
    return [fault('no SPF record', 'publish a TXT record "v=spf1 … -all" with what your relay’s operator names')]
  }
  if (records.length > 1) {
    return [fault(`${records.length} SPF records, which count as an error (§4.5)`, 'merge them into one')]
  }
  const found: Diagnosis[] = []
  if (/(?:^|\s)\+?all(?:\s|$)/i.test(record)) found.push(fault('+all lets anybody send in this name', 'end it in -all'))
  if (/(?:^|\s)[+?~-]?ptr\b/i.test(record)) found.push(warning('uses ptr, which §5.5 retires', 'name the networks'))
  if (record.length > LONGEST) {
    found.push(warning(`has ${record.length} octets, more than ${LONGEST} (§3.4)`, 'shorten it with include'))
  }
  for (const ip of addresses) found.push(...(await asReceiversDo(zones, { ip, domain, ehlo })))
  return found.some(({ state }) => state !== 'good') ? found : [...found, good(`one record, ${record.length} octets`)]
}

async function asReceiversDo(
  zones: Zones,
  { ip, domain, ehlo }: { ip: string; domain: string; ehlo: string },
): Promise<Diagnosis[]> {
  const { good, unknown, warning, fault } = examiner('spf', domain)
  // Loaded where it is asked for: it weighs 17 MB, and no worker needs it.
  const { spf } = await import('mailauth/lib/spf/index.js')
  const { status, lookups } = await spf({
    ip,
    sender: `postmaster@${domain}`,
    helo: ehlo,
    mta: ehlo,
    resolver: zones.resolve as never,
    strict: true,
  })
  if (status.result === 'pass') return [good(`passes for the relay at ${ip}, ${lookups?.count ?? 0} of 10 look-ups`)]
  if (status.result === 'permerror') {
    return [
      fault(
        `is in error: ${status.comment ?? 'it cannot be evaluated'}`,
        'at most 10 look-ups, 2 of them void (§4.6.4)',
      ),
    ]
  }
  if (status.result === 'temperror') return [unknown(`could not be evaluated: ${status.comment ?? 'no answer'}`)]
  return [
    warning(
      `gives ${status.result} for the relay at ${ip}`,
      'a relay of yours: add its address; an operator’s, which sends from others: add the include it names',
    ),
  ]
}
