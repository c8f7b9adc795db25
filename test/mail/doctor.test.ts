/** What doctor says of a sender, against zones of our own and relays that really answer so. */
import { generateKeyPairSync } from 'node:crypto'
import { type Diagnosis, examineRoute, examineSender, openLane, parseRoute } from '../../src/mail/index.ts'
import { openNameServer, type Zone } from '../support/dns.ts'
import { openSink } from '../support/smtp.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ed = generateKeyPairSync('ed25519')
const published = ({ publicKey }: typeof rsa, form: 'spki' | 'pkcs1' = 'spki'): string =>
  publicKey.export({ type: form, format: 'der' }).toString('base64')

const RELAY = '192.0.2.25'
const SELECTOR = 's1._domainkey.lists.test'
const DMARC = 'v=DMARC1; p=reject; rua=mailto:reports@lists.test'
/** Everything in order; a case replaces one name. */
const SOUND: Readonly<Record<string, Zone>> = {
  'lists.test': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'], mx: ['mx.lists.test'] },
  'mx.lists.test': { a: ['192.0.2.10'] },
  'relay.lists.test': { a: [RELAY] },
  '25.2.0.192.in-addr.arpa': { ptr: ['relay.lists.test'] },
  '_dmarc.lists.test': { txt: [DMARC] },
  [SELECTOR]: { txt: [`v=DKIM1; k=rsa; p=${published(rsa)}`] },
}

/** `unsigned`: DKIM is left to the relay. */
type Facts = { envelope?: string; key?: typeof rsa; unsigned?: boolean; listings?: boolean }

async function examined(zones: Readonly<Record<string, Zone>>, facts: Facts = {}): Promise<Diagnosis[]> {
  await using names = await openNameServer({ ...SOUND, ...zones })
  const { publicKey } = facts.key ?? rsa
  const sender = {
    from: 'lists.test',
    envelope: facts.envelope ?? 'lists.test',
    mailDomains: ['lists.test'],
    keys: facts.unsigned ? [] : [{ domain: 'lists.test', selector: 's1', publicKey }],
  }
  const route = parseRoute('smtps://relay.lists.test', { ehloName: 'relay.lists.test' })
  return await examineSender(sender, { resolver: names.address, route, listings: facts.listings === true })
}

const graver = (found: readonly Diagnosis[]): Diagnosis[] =>
  found.filter(({ state }) => state !== 'good' && state !== 'note')

test('a sender whose names are in order has no fault and no warning', async () => {
  const found = await examined({}, { listings: true })
  expect(graver(found)).toEqual([])
  expect(new Set(found.map(({ topic }) => topic))).toEqual(
    new Set(['spf', 'dkim', 'dmarc', 'mail domains', 'reverse name', 'reports', 'listings']),
  )
})

const spf = (...txt: string[]): Record<string, Zone> => ({ 'lists.test': { txt, mx: ['mx.lists.test'] } })
const dkim = (...txt: string[]): Record<string, Zone> => ({ [SELECTOR]: { txt } })
const dmarc = (...txt: string[]): Record<string, Zone> => ({ '_dmarc.lists.test': { txt } })
const chain = Object.fromEntries(
  Array.from({ length: 12 }, (_, n) => [`i${n}.test`, { txt: [`v=spf1 include:i${n + 1}.test -all`] }]),
)

/** What is wrong, as [topic, state, words in what is said]. */
const cases: [name: string, zones: Record<string, Zone>, wanted: [string, string, string], facts?: Facts][] = [
  ['no SPF record', spf('something else'), ['spf', 'fault', 'no SPF record']],
  ['two SPF records', spf('v=spf1 ip4:192.0.2.0/24 -all', 'v=spf1 -all'), ['spf', 'fault', '2 SPF records']],
  ['SPF that lets anybody send', spf('v=spf1 +all'), ['spf', 'fault', '+all']],
  ['SPF with a bare all', spf('v=spf1 all'), ['spf', 'fault', '+all']],
  ['SPF with ptr', spf('v=spf1 ip4:192.0.2.0/24 ptr -all'), ['spf', 'warning', 'ptr']],
  [
    'SPF that is long',
    spf(`v=spf1 ip4:192.0.2.0/24 ${'ip4:198.51.100.1 '.repeat(30)}-all`),
    ['spf', 'warning', '(§3.4)'],
  ],
  ['SPF without the relay', spf('v=spf1 ip4:198.51.100.0/24 -all'), ['spf', 'warning', 'fail for the relay']],
  ['SPF of twelve look-ups', { ...chain, ...spf('v=spf1 include:i0.test -all') }, ['spf', 'fault', 'in error']],
  [
    'SPF of three void look-ups',
    spf('v=spf1 a:n1.test a:n2.test a:n3.test ip4:192.0.2.0/24 -all'),
    ['spf', 'fault', 'in error'],
  ],
  ['no answer for SPF', { 'lists.test': { fails: 'servfail' } }, ['spf', 'unknown', 'no answer']],
  ['no DKIM record', dkim(), ['dkim', 'fault', 'no record']],
  ['two DKIM records', dkim('v=DKIM1; p=AA', 'v=DKIM1; p=BB'), ['dkim', 'fault', 'more than one']],
  ['a revoked DKIM key', dkim('v=DKIM1; p='), ['dkim', 'fault', 'revoked']],
  ['another DKIM key', dkim(`v=DKIM1; p=${published(small)}`), ['dkim', 'fault', 'not the key']],
  ['noise for a DKIM key', dkim('v=DKIM1; p=bm9pc2U='), ['dkim', 'fault', 'not the key']],
  ['a DKIM record of another type', dkim('v=DKIM1; k=ed25519; p=AA'), ['dkim', 'fault', 'we sign with rsa']],
  ['a DKIM key of 1024 bits', dkim(`v=DKIM1; p=${published(small)}`), ['dkim', 'fault', '1024 bits'], { key: small }],
  ['a DKIM key on trial', dkim(`v=DKIM1; t=y; p=${published(rsa)}`), ['dkim', 'warning', 'test (t=y)']],
  ['a DKIM version of the future', dkim(`v=DKIM2; p=${published(rsa)}`), ['dkim', 'fault', 'v=DKIM2']],
  ['no DMARC policy', dmarc(), ['dmarc', 'fault', 'no policy']],
  ['two DMARC policies', dmarc(DMARC, DMARC), ['dmarc', 'fault', 'no policy']],
  ['DMARC p=none', dmarc('v=DMARC1; p=none; rua=mailto:r@lists.test'), ['dmarc', 'warning', 'p=none']],
  ['DMARC without p', dmarc('v=DMARC1; rua=mailto:r@lists.test'), ['dmarc', 'fault', 'no p=']],
  ['DMARC with pct', dmarc('v=DMARC1; p=reject; pct=50; rua=mailto:r@lists.test'), ['dmarc', 'warning', 'pct']],
  ['DMARC without reports', dmarc('v=DMARC1; p=reject'), ['dmarc', 'warning', 'nobody gets the reports']],
  [
    'DMARC reports to a stranger who did not agree',
    dmarc('v=DMARC1; p=reject; rua=mailto:r@elsewhere.test'),
    ['dmarc', 'warning', 'elsewhere.test does not say'],
  ],
  [
    'an envelope that is not aligned',
    { 'bounces.other.test': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'] } },
    ['dmarc', 'fault', 'not aligned'],
    { envelope: 'bounces.other.test', unsigned: true },
  ],
  [
    'a null MX',
    { 'lists.test': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'], mx: ['.'] } },
    ['mail domains', 'fault', 'null MX'],
  ],
  ['an exchanger without address', { 'mx.lists.test': {} }, ['mail domains', 'fault', 'no exchanger']],
  [
    'a domain without MX',
    { 'lists.test': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'], a: ['192.0.2.1'] } },
    ['mail domains', 'warning', 'no MX'],
  ],
  ['an address without a name', { '25.2.0.192.in-addr.arpa': {} }, ['reverse name', 'warning', 'no name']],
  [
    'a name that does not lead back',
    { '25.2.0.192.in-addr.arpa': { ptr: ['elsewhere.test'] } },
    ['reverse name', 'warning', 'does not lead back'],
  ],
  [
    'a listed domain',
    { 'lists.test.dbl.spamhaus.org': { a: ['127.0.1.2'] } },
    ['listings', 'fault', 'is listed'],
    { listings: true },
  ],
  [
    'a listed address',
    { '25.2.0.192.zen.spamhaus.org': { a: ['127.0.0.2'] } },
    ['listings', 'fault', 'is listed'],
    { listings: true },
  ],
  [
    'a list that does not answer our name server',
    { 'lists.test.dbl.spamhaus.org': { a: ['127.255.255.254'] } },
    ['listings', 'unknown', 'does not answer'],
    { listings: true },
  ],
]

test.each(cases)('%s is found, with what to do about it', async (_, zones, [topic, state, words], facts = {}) => {
  const found = graver(await examined(zones, facts))
  expect(found).toContainEqual(
    expect.objectContaining({
      topic,
      state,
      says: expect.stringContaining(words),
      remedy: expect.stringMatching(/\w/),
    }),
  )
})

test('what is right in another way is right: an Ed25519 key, a key in PKCS #1, reports to one who agreed', async () => {
  const raw = ed.publicKey.export({ format: 'jwk' }).x ?? ''
  const bare = Buffer.from(raw, 'base64url').toString('base64')
  expect(graver(await examined(dkim(`v=DKIM1; k=ed25519; p=${bare}`), { key: ed as never }))).toEqual([])
  expect(graver(await examined(dkim(`v=DKIM1; p=${published(rsa, 'pkcs1')}`)))).toEqual([])
  const agreed = {
    ...dmarc('v=DMARC1; p=reject; rua=mailto:r@elsewhere.test!10m'),
    'lists.test._report._dmarc.elsewhere.test': { txt: ['v=DMARC1'] },
  }
  expect(graver(await examined(agreed))).toEqual([])
})

test('an aligned subdomain takes the bounces, and DMARC passes by it', async () => {
  const zones = { 'bounces.lists.test': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'] } }
  expect(graver(await examined(zones, { envelope: 'bounces.lists.test', unsigned: true }))).toEqual([])
})

test.each([
  ['its own zone is signed', 'lists.test', { 'lists.test': { signed: true } }, /, DNSSEC, /],
  ['it lies in a signed zone', 'news.lists.test', { 'lists.test': { signed: true } }, /, DNSSEC, /],
  ['no zone is signed', 'news.lists.test', { 'lists.test': {}, test: { signed: true } }, /, no DNSSEC, /],
  ['nobody can tell', 'lists.test', { 'lists.test': { fails: 'servfail' } }, null],
] satisfies [string, string, Record<string, Zone>, RegExp | null][])(
  'of DNSSEC it says what is so: %s',
  async (_, from, zones, says) => {
    await using names = await openNameServer(zones)
    const sender = { from, envelope: from, mailDomains: [], keys: [] }
    const found = await examineSender(sender, { resolver: names.address, route: null, listings: false })
    const reports = found.find(({ topic }) => topic === 'reports')
    if (says === null) expect(reports?.state).toBe('unknown')
    else expect(reports).toMatchObject({ state: 'note', says: expect.stringMatching(says) })
  },
)

test('a list is asked only with consent', async () => {
  await using names = await openNameServer(SOUND)
  const sender = { from: 'lists.test', envelope: 'lists.test', mailDomains: [], keys: [] }
  await examineSender(sender, { resolver: names.address, route: null, listings: false })
  expect(names.questions.filter((question) => question.includes('spamhaus'))).toEqual([])
  expect(names.questions).toContain('TXT lists.test')
})

test('the relay is asked what it offers and for the role addresses, and no mail leaves', async () => {
  await using server = await openSink({
    only: { 'abuse@lists.test': { rcpt: { reply: '550 5.1.1 nobody here' } } },
  })
  const route = parseRoute(server.url, { ehloName: 'gll.test' })
  const found = await examineRoute(route, 'news@lists.test', () => openLane(route))
  expect(found).toContainEqual(expect.objectContaining({ topic: 'relay', state: 'good' }))
  expect(found).toContainEqual(expect.objectContaining({ about: 'postmaster@lists.test', state: 'good' }))
  expect(found).toContainEqual(
    expect.objectContaining({ about: 'abuse@lists.test', state: 'fault', says: expect.stringContaining('550') }),
  )
  expect(server.messages).toEqual([])
})

test('a relay that is down is one fault, and nothing else is asked of it', async () => {
  await using server = await openSink({ greeting: { reply: '554 5.3.2 not today' } })
  const route = parseRoute(server.url, { ehloName: 'gll.test' })
  const found = await examineRoute(route, 'news@lists.test', () => openLane(route))
  expect(found.map(({ topic, state }) => [topic, state])).toEqual([['relay', 'fault']])
})
