import { openLooker } from '../../src/links/index.ts'
import { openSite } from '../support/http.ts'
import { PAGES, PICTURES, REDIRECTS, RETRIES, type Row, STATUSES, WIRE } from './look-cases.ts'
import { QUICK } from './quick.ts'

test.each([
  ['statuses', STATUSES],
  ['Retry-After', RETRIES],
  ['redirects', REDIRECTS],
  ['the wire', WIRE],
  ['pages', PAGES],
  ['pictures', PICTURES],
])('every look at %s says what its row says, with no request too many', async (_name, rows) => {
  const pages = rows.map(([, path, does, , more]) => ({ ...more?.others, [bare(path)]: does }))
  await using site = await openSite(Object.assign({}, ...pages))
  // Only on the wire is anything waited for to its end: elsewhere a busy machine has its time.
  const visitTimeout = rows === WIRE ? 2_000 : 20_000
  await using looker = await openLooker({ ...QUICK, perHost: 16, visitTimeout, answerTimeout: visitTimeout })

  const looks = await looker.look(
    rows.map(([, path, , , more]) => ({ url: site.url(path), image: more?.image === true })),
  )

  const said = rows.map(([says, path, , , more], n) => {
    const asked = more?.asked === null ? '' : `, ${site.seen(bare(path))} asked`
    return `${says}: ${looks[n]?.verdict} ${looks[n]?.cause}${asked}`
  })
  expect(said).toEqual(rows.map(promise))
  for (const [n, [, , , , more]] of rows.entries()) {
    const look = looks[n]
    if (more?.lands) expect(look?.finalUrl).toBe(site.url(more.lands))
    if (more?.movedTo !== undefined) expect(look?.movedTo).toBe(more.movedTo && site.url(more.movedTo))
    if (more?.why) expect(look?.why).toContain(more.why)
    if (more?.warning) expect(look?.warnings.join()).toContain(more.warning)
    else expect(look?.warnings).toEqual([])
  }
})

const bare = (path: string): string => path.split('#')[0] ?? path

function promise([says, , , outcome, more]: Row): string {
  return `${says}: ${outcome}${more?.asked === null ? '' : `, ${more?.asked ?? 1} asked`}`
}

test('a site that answers every address with one page is found out by a made-up sibling, asked once', async () => {
  const shell = '<title>Pod</title><div id="root"></div><script src="/app.js"></script>'
  await using site = await openSite({}, { otherwise: { body: shell } })
  await using looker = await openLooker(QUICK)
  const looks = await looker.look(['/a/1', '/a/2', '/b/3'].map((path) => ({ url: site.url(path) })))
  expect(looks.map(({ verdict, cause }) => `${verdict} ${cause}`)).toEqual(Array(3).fill('unsure soft-404'))
  expect(site.requests).toHaveLength(4)
})

test('the same page under a honest site is alive, and its sibling is asked once', async () => {
  const shell = '<title>Pod</title><div id="root"></div><script src="/app.js"></script>'
  await using site = await openSite({ '/a/1': { body: shell }, '/a/2': { body: shell } })
  await using looker = await openLooker(QUICK)
  const looks = await looker.look(['/a/1', '/a/2'].map((path) => ({ url: site.url(path) })))
  expect(looks.map(({ verdict }) => verdict)).toEqual(['alive', 'alive'])
  expect(site.requests).toHaveLength(3)
})

test('a site that shows its home page at every address is found out, though it says nothing of it', async () => {
  const home = '<link rel="canonical" href="/"><title>GLL</title><h1>Welcome</h1><p>Reports, pods and news for all.</p>'
  await using site = await openSite({}, { otherwise: { body: home } })
  await using looker = await openLooker(QUICK)
  const [deep, root] = await looker.look([{ url: site.url('/report/7') }, { url: site.url('/') }])
  expect([deep?.verdict, deep?.cause]).toEqual(['dead', 'soft-404'])
  expect(root?.verdict).toBe('alive')
})

test('a login: link is alive only where it lands on the host it names', async () => {
  await using site = await openSite({
    '/pod': { to: '/login' },
    '/login': { status: 401 },
    '/public': {},
    '/shut': { status: 403 },
  })
  await using looker = await openLooker(QUICK)
  const looks = await looker.look([
    { url: site.url('/pod'), login: '127.0.0.1' },
    { url: site.url('/pod'), login: 'login.who.int' },
    { url: site.url('/public'), login: 'login.who.int' },
    { url: site.url('/gone'), login: '127.0.0.1' },
    { url: site.url('/shut'), login: 'login.who.int' },
  ])
  expect(looks.map(({ cause }) => cause)).toEqual(['ok', 'login-missed', 'login-missed', 'not-found', 'turned-away'])
})

test('one address in several places is asked once, and each place gets its own answer', async () => {
  await using site = await openSite({ '/doc': { body: '<p id="a">Words</p>' } })
  await using looker = await openLooker(QUICK)
  const places = ['/doc', '/doc#a', '/doc#b', '/doc'].map((path) => ({ url: site.url(path) }))
  const looks = await looker.look(places)
  expect(looks.map(({ cause }) => cause)).toEqual(['ok', 'ok', 'fragment', 'ok'])
  expect(looks.map(({ url }) => url)).toEqual(places.map(({ url }) => url))
  expect(site.requests).toHaveLength(1)
})
