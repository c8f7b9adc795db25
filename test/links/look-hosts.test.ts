/** Looks that leave their host: redirects to others, hosts that do not answer, and addresses that nobody may reach. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { openLooker } from '../../src/links/index.ts'
import { openNameServer } from '../support/dns.ts'
import { openSite, page } from '../support/http.ts'
import { QUICK } from './quick.ts'

test('a redirect to another host is judged by where it ends', async () => {
  await using there = await openSite({ '/paper': {}, '/': {}, '/saml': {} }, { host: '127.0.0.2' })
  await using here = await openSite({
    '/moved': { to: there.url('/paper', 'other.test'), status: 301 },
    '/short': { to: there.url('/', 'other.test') },
    '/gone': { to: there.url('/nothing', 'other.test') },
    '/members': { to: there.url('/saml', 'login.microsoftonline.com') },
    '/sold': { to: there.url('/paper', 'www.hugedomains.com') },
    '/lost': { to: 'http://nowhere.test/' },
    '/inner': { to: 'http://inner.test/' },
  })
  await using names = await openNameServer({
    'here.test': { a: ['127.0.0.1'] },
    'other.test': { a: ['127.0.0.2'] },
    'login.microsoftonline.com': { a: ['127.0.0.2'] },
    'www.hugedomains.com': { a: ['127.0.0.2'] },
    'inner.test': { a: ['192.168.0.9'] },
  })
  await using looker = await openLooker({ ...QUICK, resolver: names.address })
  const cases = [
    ['/moved', 'alive ok'],
    // A shortener may well lead to a home page: only the same site's own says that the page is gone.
    ['/short', 'alive ok'],
    ['/gone', 'dead not-found'],
    ['/members', 'unsure turned-away'],
    ['/sold', 'dead parked'],
    ['/lost', 'dead no-host'],
    ['/inner', 'dead private'],
  ] as const
  const looks = await looker.look(cases.map(([path]) => ({ url: here.url(path, 'here.test') })))
  expect(looks.map(({ verdict, cause }, n) => [cases[n]?.[0], `${verdict} ${cause}`])).toEqual(cases)
  expect(looks[0]?.movedTo).toBe(there.url('/paper', 'other.test'))
})

test('a host that refuses is dead after another try, and one that speaks something else is unsure', async () => {
  const other = createServer((socket) => socket.end('220 mail.test ESMTP\r\n')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const port = (other.address() as AddressInfo).port
  const closed = await openSite()
  await closed[Symbol.asyncDispose]()
  await using looker = await openLooker(QUICK)
  const looks = await looker.look([{ url: closed.url('/') }, { url: `http://127.0.0.1:${port}/` }])
  other.close()
  expect(looks.map(({ verdict, cause, why }) => `${verdict} ${cause}: ${why}`)).toEqual([
    'dead refused: 127.0.0.1: the host refuses the connection',
    'unsure server-error: 127.0.0.1: what it answers is not HTTP',
  ])
})

test('a Retry-After may be a date, on 429 as on 503', async () => {
  // A date has whole seconds, so this one is between one and two seconds away.
  const date = new Date(Date.now() + 2_000).toUTCString()
  const later = (status: number) => ({ inTurn: [{ status, headers: { 'retry-after': date } }, {}] })
  await using site = await openSite({ '/429': later(429) })
  await using other = await openSite({ '/503': later(503) }, { host: '127.0.0.2' })
  await using looker = await openLooker(QUICK)
  const looks = await looker.look([{ url: site.url('/429') }, { url: other.url('/503') }])
  expect(looks.map(({ verdict }) => verdict)).toEqual(['alive', 'alive'])
  for (const { requests } of [site, other]) {
    expect(requests).toHaveLength(2)
    // A timer may fire a millisecond early.
    expect(requests[1]?.at).toBeGreaterThanOrEqual(Date.parse(date) - 2)
  }
})

const INNER = {
  a: [
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '127.0.0.2',
    '0.0.0.0',
    '169.254.169.254',
    '100.100.100.200',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
  ],
  aaaa: [
    '::1',
    '::ffff:7f00:2',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:2',
    '64:ff9b::a9fe:a9fe',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
  ],
}

test('no inner address is connected to: as it is written, by a name, beside a public one, or after a redirect', async () => {
  const all = [...INNER.a.map((a) => ({ a: [a] })), ...INNER.aaaa.map((aaaa) => ({ aaaa: [aaaa] }))]
  const literal = ({ a, aaaa }: { a?: string[]; aaaa?: string[] }) => (a ? a[0] : `[${aaaa?.[0]}]`) ?? ''
  await using trap = await openSite({}, { host: '127.0.0.2', otherwise: {} })
  await using site = await openSite()
  for (const [n, zone] of all.entries()) {
    site.set(`/name/${n}`, { to: trap.url('/', `n${n}.test`) })
    site.set(`/literal/${n}`, { to: trap.url('/', literal(zone)) })
  }
  const zones = all.flatMap((zone, n) => [
    [`n${n}.test`, zone],
    [`both${n}.test`, { ...zone, a: ['127.0.0.1', ...('a' in zone ? zone.a : [])] }],
  ])
  await using names = await openNameServer(Object.fromEntries(zones))
  await using looker = await openLooker({ ...QUICK, perHost: 32, allow: ['127.0.0.1'], resolver: names.address })
  const urls = all.flatMap((zone, n) => [
    trap.url('/', literal(zone)),
    trap.url('/', `n${n}.test`),
    trap.url('/', `both${n}.test`),
    site.url(`/name/${n}`),
    site.url(`/literal/${n}`),
  ])
  const looks = await looker.look(urls.map((url) => ({ url })))
  const passed = looks.filter(({ cause }) => cause !== 'private').map(({ url, why }) => `${url}: ${why}`)
  expect(passed).toEqual([])
  expect(trap.connections).toBe(0)
})

test('a page whose every address says the same page is not there is found by what it says', async () => {
  const words = 'The page you are looking for is not here. Try the search, or go back to where you came from.'
  await using site = await openSite({}, { otherwise: { body: page('Library', `<p>${words}</p>`) } })
  await using looker = await openLooker(QUICK)
  const looks = await looker.look(['/a/1', '/b/2', '/c/3'].map((path) => ({ url: site.url(path) })))
  expect(looks.map(({ verdict, cause }) => `${verdict} ${cause}`)).toEqual(Array(3).fill('dead soft-404'))
  // The three, and one made-up sibling for all of them.
  expect(site.requests).toHaveLength(4)
})
