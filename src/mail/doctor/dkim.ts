/** The DKIM keys in the DNS against those that we sign with (RFC 6376 §3.6.1, RFC 8301, RFC 8463). */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { type Diagnosis, examiner } from './diagnosis.ts'
import type { Zones } from './zones.ts'

export interface SigningKey {
  readonly domain: string
  readonly selector: string
  /** Of the private key that signs. */
  readonly publicKey: KeyObject
}

const RSA_BITS = 2_048

export async function examineDkim(zones: Zones, keys: readonly SigningKey[], from: string): Promise<Diagnosis[]> {
  if (keys.length === 0) {
    return [
      examiner('dkim', from).note('no key of ours: the relay signs, if anybody does (a test copy’s header shows it)'),
    ]
  }
  return await Promise.all(keys.map((key) => examineKey(zones, key)))
}

async function examineKey(zones: Zones, { domain, selector, publicKey }: SigningKey): Promise<Diagnosis> {
  const name = `${selector}._domainkey.${domain}`
  const { good, warning, fault } = examiner('dkim', name)
  const publish = `publish the public key of DKIM_KEY as a TXT record at ${name}`
  const [record, second] = await zones.txt(name)
  if (record === undefined) return fault('no record', publish)
  if (second !== undefined) return fault('more than one record, of which receivers may take any', 'leave one')
  const tags = tagsOf(record)
  if (tags.get('v') !== undefined && tags.get('v') !== 'DKIM1') return fault(`has v=${tags.get('v')}`, 'write v=DKIM1')
  if ((tags.get('p') ?? '') === '') return fault('the key is revoked (an empty p=)', publish)
  const type = publicKey.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'rsa'
  if ((tags.get('k') ?? 'rsa') !== type)
    return fault(`says k=${tags.get('k') ?? 'rsa'}, and we sign with ${type}`, publish)
  if (publishedKey(tags.get('p') ?? '', type) !== rawOf(publicKey)) {
    return fault('is not the key that we sign with: receivers reject every signature', publish)
  }
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? null
  if (bits !== null && bits < RSA_BITS)
    return fault(`has ${bits} bits`, `make a key of ${RSA_BITS} bits (RFC 8301 §3.2)`)
  if (/(?:^|:)\s*y\b/.test(tags.get('t') ?? '')) {
    return warning('is marked as a test (t=y), so that a failing signature counts as none', 'take t=y out')
  }
  return good(`${type}${bits === null ? '' : `, ${bits} bits`}, the key that we sign with`)
}

/** `a=b; c=d` (RFC 6376 §3.2). */
export function tagsOf(record: string): Map<string, string> {
  return new Map(
    record.split(';').flatMap((tag) => {
      const [name = '', ...value] = tag.split('=')
      return name.trim() === '' ? [] : [[name.trim().toLowerCase(), value.join('=').trim()] as const]
    }),
  )
}

const rawOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64')

/** The published key in the form of ours; null where it is none. RFC 8463 §4.2 publishes the bare 32 octets. */
function publishedKey(text: string, type: 'rsa' | 'ed25519'): string | null {
  const bytes = Buffer.from(text.replace(/\s/g, ''), 'base64')
  const forms = [
    { key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' },
    // RFC 6376 writes the second, the world the first.
    { key: bytes, format: 'der', type: 'spki' },
    { key: bytes, format: 'der', type: 'pkcs1' },
  ] as const
  for (const form of type === 'ed25519' ? forms.slice(0, 1) : forms.slice(1)) {
    try {
      return rawOf(createPublicKey(form))
    } catch {
      // Not in this form.
    }
  }
  return null
}
