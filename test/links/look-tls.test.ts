import { openLooker } from '../../src/links/index.ts'
import { openNameServer } from '../support/dns.ts'
import { openSite } from '../support/http.ts'
import { makeAuthority, selfSigned } from '../support/tls.ts'
import { QUICK } from './quick.ts'

test('TLS that a browser would reject is dead, a short chain is unsure, and a good one is alive', async () => {
  const root = makeAuthority('GLL Test Root')
  const middle = root.below('GLL Test Middle')
  const stranger = makeAuthority('A Stranger')
  const identities = {
    good: root.issue(['127.0.0.1']),
    chained: middle.issue(['127.0.0.1']),
    expired: root.issue(['127.0.0.1'], { days: -1 }),
    self: selfSigned(['127.0.0.1']),
    otherName: root.issue(['other.test']),
    short: middle.issue(['127.0.0.1'], { chain: 'leaf' }),
    unknown: stranger.below('Below A Stranger').issue(['127.0.0.1']),
  }
  await using stack = new AsyncDisposableStack()
  const urls: string[] = []
  for (const tls of Object.values(identities)) urls.push(stack.use(await openSite({ '/': {} }, { tls })).url('/'))
  const old = stack.use(await openSite({ '/': {} }, { tls: { ...identities.good, version: 'TLSv1.1' } }))
  const plain = stack.use(await openSite({ '/': {} }))
  urls.push(old.url('/'), plain.url('/').replace('http:', 'https:'))
  const looker = stack.use(await openLooker({ ...QUICK, ca: root.cert }))

  const looks = await looker.look(urls.map((url) => ({ url })))

  expect(looks.map(({ verdict, cause, why }) => `${verdict} ${cause}: ${why}`)).toEqual([
    'alive ok: 200 OK',
    'alive ok: 200 OK',
    'dead tls: 127.0.0.1: its certificate has expired',
    'dead tls: 127.0.0.1: its certificate is self-signed',
    'dead tls: 127.0.0.1: its certificate is for another name',
    'unsure tls-chain: 127.0.0.1: an intermediate certificate is missing: some browsers will not open it',
    'dead tls: 127.0.0.1: its certificate comes from an authority that browsers do not know',
    'dead tls: 127.0.0.1: it speaks only an old TLS that browsers refuse',
    'dead tls: 127.0.0.1: it does not speak TLS',
  ])
})

test('http where https works is a warning, learnt from a redirect or from a handshake, never from another request', async () => {
  const root = makeAuthority()
  await using names = await openNameServer({ 'both.test': { a: ['127.0.0.2'] }, 'plain.test': { a: ['127.0.0.3'] } })
  await using secure = await openSite({ '/': {}, '/new': {} }, { host: '127.0.0.2', tls: root.issue(['both.test']) })
  await using both = await openSite(
    { '/': {}, '/on': { to: secure.url('/new', 'both.test'), status: 301 } },
    { host: '127.0.0.2' },
  )
  await using plain = await openSite({ '/': {} }, { host: '127.0.0.3' })
  await using looker = await openLooker({ ...QUICK, resolver: names.address, ca: root.cert, httpsPort: secure.port })
  const looks = await looker.look([
    { url: both.url('/', 'both.test') },
    { url: both.url('/on', 'both.test') },
    { url: plain.url('/', 'plain.test') },
    { url: secure.url('/', 'both.test') },
  ])
  expect(looks.map(({ verdict }) => verdict)).toEqual(['alive', 'alive', 'alive', 'alive'])
  expect(looks.map(({ warnings }) => warnings)).toEqual([
    ['write https: the site offers it'],
    ['write https: the site sends readers there'],
    [],
    [],
  ])
  expect([both.requests.length, plain.requests.length, secure.requests.length]).toEqual([2, 1, 2])
})
