/**
 * Signing (DKIM, RFC 6376; Ed25519 by RFC 8463): relaxed/relaxed, the whole body, and each field that a forger would add
 * listed once more than it occurs (§8.15). A message that cannot be signed does not leave, and one in so many is checked
 * against the public key, by mailauth: another's reading of the same standard. mailauth does not sign here, because it
 * lists only fields that are there. The private key's work is done in Node's own threads.
 *
 * The same message gets the same signature: its time is that of the Date field.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { Complaint } from '../complaint.ts'

/** Where a key is, and where its public half stands in the DNS: SELECTOR._domainkey.DOMAIN. */
export interface KeyPlace {
  readonly selector: string
  readonly domain: string
  readonly file: string
}

export interface SignatureKey {
  readonly selector: string
  readonly domain: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Gives the message with its signatures above it. Rejects with a Complaint: then it must not leave. */
export type Signer = (message: Buffer) => Promise<Buffer>

const RSA_BITS = 2_048
const CHECK_ONE_IN = 100
const LINE = 72

const SIGNED = [
  ...['from', 'reply-to', 'to', 'subject', 'date', 'message-id', 'in-reply-to', 'references', 'mime-version'],
  ...['content-type', 'content-language', 'list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'list-post'],
  ...['list-help', 'list-subscribe', 'list-owner', 'list-archive', 'feedback-id', 'cfbl-address', 'cfbl-feedback-id'],
  'auto-submitted',
]
/** A second one of these would change what a reader sees or does. */
const ALONE = [
  ...['from', 'to', 'cc', 'subject', 'date', 'reply-to', 'sender', 'message-id', 'content-type', 'mime-version'],
  ...['list-unsubscribe', 'list-unsubscribe-post'],
]

/**
 * Reads the keys. Throws a Complaint (exit 3) for a file that is not there, that others may read, or that holds no key
 * to sign with: RSA of 2,048 bits or more, or Ed25519 beside one, for large receivers do not verify that alone.
 */
export function readKeys(places: readonly KeyPlace[], from: string): SignatureKey[] {
  const keys = places.map((place) => readKey(place, from))
  if (keys.length > 0 && keys.every(({ privateKey }) => privateKey.asymmetricKeyType === 'ed25519')) {
    throw unfit(
      'has an Ed25519 key alone, which large receivers do not verify',
      'add an RSA key under a selector of its own',
    )
  }
  return keys
}

function readKey({ selector, domain, file }: KeyPlace, from: string): SignatureKey {
  const about = `${selector}._domainkey.${domain}=${file}`
  if (from !== domain && !from.endsWith(`.${domain}`)) {
    throw unfit(
      `${about}: FROM is at ${from}, so receivers count no signature of ${domain} for it`,
      `use a key of ${from}`,
    )
  }
  let privateKey: KeyObject
  try {
    if ((statSync(file).mode & 0o077) !== 0) throw unfit(`${about}: others may read the key`, `chmod 600 ${file}`)
    privateKey = createPrivateKey(readFileSync(file))
  } catch (error) {
    if (error instanceof Complaint) throw error
    throw unfit(`${about}: ${(error as Error).message}`, 'name a file with a private key in PEM form', error)
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = privateKey
  if (type !== 'ed25519' && type !== 'rsa') throw unfit(`${about}: a key of type ${type} cannot sign`, MAKE)
  if (type === 'rsa' && (details?.modulusLength ?? 0) < RSA_BITS) {
    throw unfit(`${about}: the key has ${details?.modulusLength} bits (RFC 8301 §3.2)`, MAKE)
  }
  return { selector, domain, privateKey, publicKey: createPublicKey(privateKey) }
}

const MAKE = `make one: openssl genrsa -out dkim.pem ${RSA_BITS}`

const unfit = (fault: string, remedy: string, cause?: unknown): Complaint =>
  new Complaint(`DKIM_KEY ${fault}`, { remedy, exit: 3, cause })

/** `checkOneIn`: the first message is checked, and one in so many after it. */
export function openSigner(keys: readonly SignatureKey[], { checkOneIn = CHECK_ONE_IN } = {}): Signer {
  let signed = 0
  let broken: Complaint | null = null
  return async (message) => {
    if (broken) throw broken
    const check = signed % checkOneIn === 0
    signed += 1
    try {
      const whole = Buffer.concat([Buffer.from((await signaturesOf(keys, message)).join(''), 'latin1'), message])
      if (check) await verified(whole, keys)
      return whole
    } catch (error) {
      // Fail closed: from here on nothing leaves, until somebody has looked and started the worker again.
      broken = new Complaint(`the mail cannot be signed: ${(error as Error).message}`, {
        remedy: 'see to DKIM_KEY, start gll serve again, and let the mailing go on with gll resume',
        cause: error,
      })
      throw broken
    }
  }
}

async function signaturesOf(keys: readonly SignatureKey[], message: Buffer): Promise<string[]> {
  const end = message.indexOf('\r\n\r\n')
  if (end < 0) throw new Error('it has no body')
  const fields = fieldsIn(message.toString('latin1', 0, end + 2))
  const date = Date.parse(fields.find(({ name }) => name === 'date')?.value ?? '')
  if (Number.isNaN(date)) throw new Error('it has no date')
  const names = SIGNED.filter((name) => fields.some((field) => field.name === name))
  const bodyHash = createHash('sha256')
    .update(relaxedBody(message.toString('latin1', end + 4)), 'latin1')
    .digest('base64')
  const above = { time: Math.floor(date / 1_000), names: [...names, ...ALONE], bodyHash }
  const hashed = names.map((name) => relaxedField(fields.find((field) => field.name === name))).join('')
  return await Promise.all(keys.map((key) => signatureOf(key, hashed, above)))
}

async function signatureOf(
  { selector, domain, privateKey }: SignatureKey,
  hashed: string,
  { time, names, bodyHash }: { time: number; names: readonly string[]; bodyHash: string },
): Promise<string> {
  const isRsa = privateKey.asymmetricKeyType === 'rsa'
  const field = [
    `DKIM-Signature: v=1; a=${isRsa ? 'rsa' : 'ed25519'}-sha256; c=relaxed/relaxed; d=${domain};`,
    ` s=${selector}; t=${time};`,
    ...folded(` h=${names.join(':')};`, ':'),
    ` bh=${bodyHash};`,
    ' b=',
  ].join('\r\n')
  const [own] = fieldsIn(`${field}\r\n`)
  // The field itself is hashed last, with b= empty and without its line end (§3.7).
  const data = Buffer.from(hashed + relaxedField(own).slice(0, -2), 'latin1')
  const value = isRsa
    ? await signing('sha256', data, privateKey)
    : await signing(null, createHash('sha256').update(data).digest(), privateKey)
  return `${field}${folded(value.toString('base64'), '').join('\r\n ')}\r\n`
}

const signing = (algorithm: string | null, data: Buffer, key: KeyObject): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    sign(algorithm, data, key, (error, signature) => (error ? reject(error) : resolve(signature)))
  })

/** In lines of at most 72 characters, each ended after `mark` (anywhere where it is empty), and begun with a space but the first. */
function folded(text: string, mark: string): string[] {
  const lines: string[] = []
  for (let rest = text; rest !== ''; ) {
    const at = mark === '' || rest.length <= LINE ? LINE : rest.lastIndexOf(mark, LINE - 1) + 1
    lines.push(rest.slice(0, at))
    rest = rest.slice(at)
    if (rest !== '' && mark !== '') rest = ` ${rest}`
  }
  return lines
}

interface Field {
  /** In lower case. */
  readonly name: string
  readonly value: string
}

const fieldsIn = (head: string): Field[] =>
  head
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => ({
      name: line.slice(0, line.indexOf(':')).trim().toLowerCase(),
      value: line.slice(line.indexOf(':') + 1),
    }))

/** §3.4.2. */
const relaxedField = (field: Field | undefined): string =>
  field ? `${field.name}:${field.value.replace(/[ \t]+/g, ' ').trim()}\r\n` : ''

/** §3.4.4. Most bodies of ours are so already, but for the spaces that indent HTML. */
const relaxedBody = (body: string): string =>
  body
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]{2,}|\t/g, ' ')
    .replace(/(?:\r\n)+$/, '\r\n')

async function verified(message: Buffer, keys: readonly SignatureKey[]): Promise<void> {
  const { dkimVerify } = await import('mailauth/lib/dkim/verify.js')
  const records = new Map(keys.map((key) => [`${key.selector}._domainkey.${key.domain}`, recordOf(key)]))
  const { results } = await dkimVerify(message, { resolver: async (name: string) => [[records.get(name) ?? '']] })
  const failed = results.find(({ status }) => status.result !== 'pass')
  if (failed || results.length !== keys.length) {
    throw new Error(`a signature does not match its public key (${failed?.status.comment ?? 'one is missing'})`)
  }
}

/** What is to stand in the DNS at SELECTOR._domainkey.DOMAIN. */
export function recordOf({ publicKey }: Pick<SignatureKey, 'publicKey'>): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  // RFC 8463 §4.2: the bare 32 octets.
  return publicKey.asymmetricKeyType === 'ed25519'
    ? `v=DKIM1; k=ed25519; p=${spki.subarray(-32).toString('base64')}`
    : `v=DKIM1; k=rsa; p=${spki.toString('base64')}`
}
