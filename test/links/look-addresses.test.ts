import { addressPolicy } from '../../src/links/addresses.ts'
import { openLooker } from '../../src/links/index.ts'
import { openNameServer } from '../support/dns.ts'
import { openSite } from '../support/http.ts'
import { QUICK } from './quick.ts'

const REFUSED = [
  [
    'loopback',
    ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:127.0.0.1'],
  ],
  [
    'private',
    ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd00:ec2::254', '::ffff:10.0.0.1'],
  ],
  ['link-local and metadata', ['169.254.1.1', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.169.254']],
  ['carrier-grade NAT', ['100.64.0.1', '100.127.255.255', '100.100.100.200']],
  ['multicast and broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
  ['no host', ['0.0.0.0', '0.1.2.3', '::']],
  ['NAT64 to an inner address', ['64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1']],
  ['tunnels', ['2002:7f00:1::1', '2001::1', '2002:a00:1::']],
  [
    'reserved and documentation',
    ['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.9', '240.0.0.1', '2001:db8::1', '192.0.0.192'],
  ],
  ['not given out', ['4000::1', '::7f00:1', '::127.0.0.1']],
  ['inside a cloud', ['168.63.129.16']],
  ['nonsense', ['', 'localhost', '127.1', '0x7f000001', '2130706433', '1.2.3.4.5']],
] as const

test.each(REFUSED)('%s is refused', (_kind, addresses) => {
  const refuses = addressPolicy([])
  expect(addresses.filter((address) => refuses(address) === null)).toEqual([])
})

test('public addresses are not refused, in IPv6 clothes neither', () => {
  const refuses = addressPolicy([])
  const open = [
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:1.1.1.1',
    '64:ff9b::101:101',
  ]
  expect(open.filter((address) => refuses(address) !== null)).toEqual([])
})

test('LOOK_ALLOW adds networks and nothing beside them; anything else in it is a complaint', () => {
  const refuses = addressPolicy(['127.0.0.0/8', 'fd00::/8', '10.1.2.3'])
  expect(['127.0.0.1', '::ffff:127.0.0.1', 'fd00::1', '10.1.2.3'].map(refuses)).toEqual([null, null, null, null])
  expect(['10.1.2.4', '::1', '192.168.0.1'].map((address) => refuses(address) !== null)).toEqual([true, true, true])
  expect(() => addressPolicy(['127.0.0.1/64'])).toThrow('127.0.0.1/64')
})

test('no form of a private literal is ever connected to', async () => {
  await using site = await openSite({}, { otherwise: {} })
  await using looker = await openLooker({ ...QUICK, allow: [] })
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '0.0.0.0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::]',
    'localhost',
  ]
  const looks = await looker.look(hosts.map((host) => ({ url: site.url('/', host) })))
  expect(looks.map(({ verdict, cause }) => `${verdict} ${cause}`)).toEqual(hosts.map(() => 'dead private'))
  expect(site.connections).toBe(0)
})

test('a name counts as all of its addresses, and each connection asks anew', async () => {
  await using site = await openSite({ '/': {}, '/on': { to: '/' } }, { host: '127.0.0.2' })
  await using names = await openNameServer({
    'open.test': { a: ['127.0.0.2'] },
    'inner.test': { a: ['10.0.0.1'] },
    'mixed.test': { a: ['127.0.0.2', '192.168.0.7'] },
    'six.test': { a: ['127.0.0.2'], aaaa: ['fd00::1'] },
    'rebind.test': { a: [['127.0.0.2'], ['10.0.0.1']] },
  })
  await using looker = await openLooker({ ...QUICK, allow: ['127.0.0.2'], resolver: names.address })
  const says = async (url: string) => {
    const [look] = await looker.look([{ url }])
    return `${look?.verdict} ${look?.cause}`
  }
  expect(await says(site.url('/', 'open.test'))).toBe('alive ok')
  expect(await says(site.url('/', 'inner.test'))).toBe('dead private')
  expect(await says(site.url('/', 'mixed.test'))).toBe('dead private')
  expect(await says(site.url('/', 'six.test'))).toBe('dead private')
  // Closed by the site, so that the second look must connect, and therefore ask, again.
  site.set('/', { headers: { connection: 'close' } })
  expect(await says(site.url('/', 'rebind.test'))).toBe('alive ok')
  const before = site.connections
  expect(await says(site.url('/', 'rebind.test'))).toBe('dead private')
  expect(site.connections).toBe(before)
})

test('a redirect is vetted like a link: by name, by literal, and when the name has changed meanwhile', async () => {
  await using site = await openSite({}, { host: '127.0.0.2' })
  await using names = await openNameServer({
    'open.test': { a: ['127.0.0.2'] },
    'inner.test': { a: ['169.254.169.254'] },
    'rebind.test': { a: [['127.0.0.2'], ['127.0.0.3']] },
  })
  const close = { connection: 'close' }
  const targets = [
    site.url('/', 'inner.test'),
    site.url('/', '127.0.0.3'),
    site.url('/', '[::ffff:7f00:3]'),
    site.url('/', 'rebind.test'),
  ]
  for (const [n, to] of targets.entries()) site.set(`/${n}`, { to, headers: close })
  await using looker = await openLooker({ ...QUICK, allow: ['127.0.0.2'], resolver: names.address })
  const looks = await looker.look([
    { url: site.url('/0', 'open.test') },
    { url: site.url('/1', 'open.test') },
    { url: site.url('/2', 'open.test') },
    { url: site.url('/3', 'rebind.test') },
  ])
  expect(looks.map(({ cause }) => cause)).toEqual(['private', 'private', 'private', 'private'])
})

test('a name that does not exist is dead; one that nobody answers for is unsure', async () => {
  await using names = await openNameServer({
    'silent.test': { fails: 'silent' },
    'sick.test': { fails: 'servfail' },
    'bare.test': { mx: ['mail.test'] },
  })
  await using looker = await openLooker({ ...QUICK, resolver: names.address })
  const hosts = ['gone.test', 'silent.test', 'sick.test', 'bare.test']
  const looks = await looker.look(hosts.map((host) => ({ url: `http://${host}/` })))
  expect(looks.map(({ verdict, cause }) => `${verdict} ${cause}`)).toEqual([
    'dead no-host',
    'unsure dns',
    'unsure dns',
    'dead no-host',
  ])
  expect(looks[0]?.why).toBe('gone.test: no such host')
})

test('an internationalised host is asked for in its ASCII form and named in its own', async () => {
  await using site = await openSite({ '/': {} }, { host: '127.0.0.2' })
  await using names = await openNameServer({ 'xn--bcher-kva.test': { a: ['127.0.0.2'] } })
  await using looker = await openLooker({ ...QUICK, resolver: names.address })
  const [found, gone] = await looker.look([{ url: site.url('/', 'bücher.test') }, { url: 'http://bücherei.test/' }])
  expect(found?.verdict).toBe('alive')
  expect(gone?.why).toBe('bücherei.test: no such host')
})

test('an IPv6 literal is looked at like any other', async () => {
  await using site = await openSite({ '/': {} }, { host: '::1' })
  await using looker = await openLooker(QUICK)
  expect(await looker.look([{ url: site.url('/') }])).toMatchObject([{ verdict: 'alive', cause: 'ok' }])
})

test('mail addresses are judged by syntax and by their domain’s exchangers', async () => {
  await using names = await openNameServer({
    'mail.test': { mx: ['mx.mail.test'] },
    'host.test': { a: ['192.0.2.1'] },
    'null.test': { mx: ['.'] },
    'silent.test': { fails: 'silent' },
    'xn--bcher-kva.test': { mx: ['mx.mail.test'] },
  })
  await using looker = await openLooker({ ...QUICK, resolver: names.address })
  const cases = [
    ['mailto:gll@mail.test', 'alive ok'],
    ['mailto:gll@host.test', 'alive ok'],
    ['MAILTO:GLL@MAIL.TEST?subject=A%20word', 'alive ok'],
    ['mailto:a@mail.test,b@host.test?cc=c@mail.test', 'alive ok'],
    ['mailto:?to=gll@mail.test', 'alive ok'],
    ['mailto:info@bücher.test', 'alive ok'],
    ['mailto:gll@null.test', 'dead no-mx'],
    ['mailto:gll@gone.test', 'dead no-mx'],
    ['mailto:a@mail.test,b@gone.test', 'dead no-mx'],
    ['mailto:a@mail.test?bcc=b@gone.test', 'dead no-mx'],
    ['mailto:gll@silent.test', 'unsure dns'],
    ['mailto:', 'dead malformed'],
    ['mailto:?subject=x', 'dead malformed'],
    ['mailto:gll', 'dead malformed'],
    ['mailto:gll@mail', 'dead malformed'],
    ['mailto:g ll@mail.test', 'dead malformed'],
    ['mailto:a@mail.test;b@mail.test', 'dead malformed'],
    ['mailto:a..b@mail.test', 'dead malformed'],
    ['mailto:%00@mail.test', 'dead malformed'],
  ] as const
  const looks = await looker.look(cases.map(([url]) => ({ url })))
  expect(looks.map(({ url, verdict, cause }) => [url, `${verdict} ${cause}`])).toEqual(cases)
})

test('what is no web page is judged by its form', async () => {
  await using looker = await openLooker(QUICK)
  const cases = [
    ['tel:+41227912111', 'alive ok'],
    ['tel:+41-22-791%2021%2011;ext=5', 'alive ok'],
    ['tel:call-us', 'dead malformed'],
    ['sms:+41227912111?body=x', 'alive ok'],
    ['data:text/html,hello', 'dead malformed'],
    ['file:///etc/passwd', 'dead malformed'],
    ['ftp://127.0.0.1/file', 'dead malformed'],
    ['javascript:alert(1)', 'dead malformed'],
    ['whatsapp://send?text=x', 'unsure malformed'],
    ['/report', 'dead malformed'],
    ['http://', 'dead malformed'],
    ['http://user:secret@127.0.0.1/', 'dead malformed'],
    ['http://127.0.0.1:25/', 'dead malformed'],
    ['http://exa mple.test/', 'dead malformed'],
    ['', 'dead malformed'],
  ] as const
  const looks = await looker.look(cases.map(([url]) => ({ url })))
  expect(looks.map(({ url, verdict, cause }) => [url, `${verdict} ${cause}`])).toEqual(cases)
})
