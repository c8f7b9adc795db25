/**
 * Certificates made at test time with nothing but node:crypto: an authority, one below it, and leaves that are right,
 * expired, for another name, self-signed, or whose chain is short. X.509 v3 by RFC 5280, in DER written by hand.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

export interface Identity {
  /** PEM. */
  readonly key: string
  /** PEM; the leaf first. */
  readonly cert: string
}

export interface Authority extends Identity {
  /** Signs for these names or addresses. `chain`: what is sent beside the leaf, 'whole' (default) or 'leaf' alone. */
  issue(names: readonly string[], how?: { days?: number; chain?: 'whole' | 'leaf' }): Identity
  /** An authority below this one. */
  below(name: string): Authority
}

interface Signer {
  readonly name: Buffer
  readonly key: KeyObject
  /** Certificates to send after a leaf of this signer; not the root, which the reader has. */
  readonly chain: string
}

const DAY = 86_400_000

export function makeAuthority(name = 'Test Authority'): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = commonName(name)
  const cert = certificate({
    subject,
    publicKey,
    signer: { name: subject, key: privateKey },
    names: [],
    ca: true,
    days: 30,
  })
  return authority({ name: subject, key: privateKey, chain: '' }, cert)
}

/** Signed with its own key, by no authority. */
export function selfSigned(names: readonly string[]): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = commonName(names[0] ?? 'nobody')
  const cert = certificate({
    subject,
    publicKey,
    signer: { name: subject, key: privateKey },
    names,
    ca: false,
    days: 30,
  })
  return { key: pemKey(privateKey), cert }
}

function authority(signer: Signer, cert: string): Authority {
  return {
    key: pemKey(signer.key),
    cert,
    issue: (names, { days = 30, chain = 'whole' } = {}) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const leaf = certificate({ subject: commonName(names[0] ?? ''), publicKey, signer, names, ca: false, days })
      return { key: pemKey(privateKey), cert: chain === 'whole' ? leaf + signer.chain : leaf }
    },
    below: (name) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const made = certificate({ subject: commonName(name), publicKey, signer, names: [], ca: true, days: 30 })
      return authority({ name: commonName(name), key: privateKey, chain: made + signer.chain }, made)
    },
  }
}

interface Wanted {
  readonly subject: Buffer
  readonly publicKey: KeyObject
  readonly signer: Omit<Signer, 'chain'>
  readonly names: readonly string[]
  readonly ca: boolean
  /** Valid from 60 days ago until so many days from now; negative: expired. */
  readonly days: number
}

function certificate({ subject, publicKey, signer, names, ca, days }: Wanted): string {
  const now = Date.now()
  const extensions = [
    extension('551d13', sequence(...(ca ? [boolean(true)] : []))),
    ...(names.length === 0 ? [] : [extension('551d11', sequence(...names.map(alternativeName)))]),
  ]
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_SHA256,
    signer.name,
    sequence(time(now - 60 * DAY), time(now + days * DAY)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, signer.key)
  return pem('CERTIFICATE', sequence(body, ECDSA_SHA256, bits(signature)))
}

// DER (X.690): a tag, a length, the content.
function tagged(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...content: Buffer[]): Buffer => tagged(0x30, ...content)
const integer = (value: Buffer): Buffer => tagged(0x02, value)
const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]))
const bits = (value: Buffer): Buffer => tagged(0x03, Buffer.from([0]), value)
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))
const time = (at: number): Buffer => tagged(0x18, Buffer.from(new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')))
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), tagged(0x04, value))
const commonName = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(name)))))
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'))

function alternativeName(name: string): Buffer {
  if (isIP(name) === 4) return tagged(0x87, Buffer.from(name.split('.').map(Number)))
  if (name === '::1') return tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]))
  return tagged(0x82, Buffer.from(name))
}

const pemKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`
