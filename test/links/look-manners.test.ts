import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fc from 'fast-check'
import { type Look, openLooker } from '../../src/links/index.ts'
import { openNameServer } from '../support/dns.ts'
import { openSite } from '../support/http.ts'
import { QUICK } from './quick.ts'

/** A process of its own: what it printed, and its exit code. */
async function run(program: string, env: NodeJS.ProcessEnv = process.env): Promise<[said: string, code: number]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.on('data', (piece) => {
    said += piece
  })
  const [code] = await once(child, 'exit')
  return [said.trim(), code]
}

const many = (count: number) => Array.from({ length: count }, (_, n) => `/page/${n}`)

test('no host is asked more than so many things at once', async () => {
  await using site = await openSite({}, { otherwise: { wait: 50 } })
  await using looker = await openLooker({ ...QUICK, perHost: 2 })
  const looks = await looker.look(many(8).map((path) => ({ url: site.url(path) })))
  expect(looks.every(({ verdict }) => verdict === 'alive')).toBe(true)
  expect(site.mostAtOnce).toBe(2)
})

test('between two starts at one host lies the pause', async () => {
  await using site = await openSite({}, { otherwise: {} })
  await using looker = await openLooker({ ...QUICK, perHost: 8, pause: 100 })
  await looker.look(many(6).map((path) => ({ url: site.url(path) })))
  const [first, last] = [site.requests[0], site.requests.at(-1)]
  // Five pauses, less what the first connection may take on a busy machine.
  expect((last?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(350)
})

test('two runs at the same time share one politeness', async () => {
  await using site = await openSite({}, { otherwise: { wait: 30 } })
  await using looker = await openLooker({ ...QUICK, perHost: 2 })
  const [a, b] = [many(6), many(6)].map((paths) => looker.look(paths.map((path) => ({ url: site.url(path) }))))
  await Promise.all([a, b])
  expect(site.mostAtOnce).toBe(2)
})

test('a slow host does not hold up the others', async () => {
  await using slow = await openSite({}, { otherwise: { wait: 800 } })
  await using quick = await openSite({}, { otherwise: {}, host: '127.0.0.2' })
  await using looker = await openLooker({ ...QUICK, perHost: 1 })
  const order: string[] = []
  const urls = [...many(2).map((path) => slow.url(path)), ...many(4).map((path) => quick.url(path))]
  await looker.look(
    urls.map((url) => ({ url })),
    { onLook: ({ url }) => order.push(new URL(url).hostname) },
  )
  expect(order.slice(0, 4)).toEqual(Array(4).fill('127.0.0.2'))
})

test('while a host has asked for a pause, nothing is asked of it', async () => {
  const busy = { status: 429, headers: { 'retry-after': '1' } }
  await using site = await openSite({ '/page/0': { inTurn: [busy, {}] } }, { otherwise: {} })
  await using looker = await openLooker({ ...QUICK, perHost: 1 })
  const looks = await looker.look(many(4).map((path) => ({ url: site.url(path) })))
  expect(looks.map(({ verdict }) => verdict)).toEqual(Array(4).fill('alive'))
  const [first, second] = site.requests
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(900)
})

test('at the deadline every link has its look: what was seen, and unsure for the rest', async () => {
  await using site = await openSite({ '/quick': {}, '/sick': { status: 500 } }, { otherwise: { silent: true } })
  await using looker = await openLooker({ ...QUICK, visitTimeout: 60_000, perHost: 2, backoff: 60_000 })
  const urls = ['/quick', '/sick', '/a', '/b', '/c', 'mailto:nobody'].map((path) =>
    path.startsWith('/') ? site.url(path) : path,
  )
  // All else is so patient that a look which outlived the deadline would outlive this test.
  const looks = await looker.look(
    urls.map((url) => ({ url })),
    { deadline: 1_000 },
  )
  expect(looks.map(({ verdict, cause }) => `${verdict} ${cause}`)).toEqual([
    'alive ok',
    // Waiting for its second try when the time was up: what the first one said holds.
    'unsure server-error',
    'unsure deadline',
    'unsure deadline',
    'unsure deadline',
    'dead malformed',
  ])
})

test('a run that is called off rejects, asks nothing more, and leaves the looker fit for the next', async () => {
  await using site = await openSite({ '/': {} }, { otherwise: { silent: true } })
  await using looker = await openLooker({ ...QUICK, visitTimeout: 60_000, perHost: 1 })
  const stop = new AbortController()
  const run = looker.look(
    many(3).map((path) => ({ url: site.url(path) })),
    { signal: stop.signal },
  )
  const reason = new Error('enough')
  setTimeout(() => stop.abort(reason), 50)
  await expect(run).rejects.toBe(reason)
  expect(await looker.look([{ url: site.url('/') }])).toMatchObject([{ verdict: 'alive' }])
  expect(site.requests.length).toBeLessThanOrEqual(2)
})

test('a look says who asks, brings no credentials and no cookies, and keeps none', async () => {
  await using site = await openSite({ '/a': { headers: { 'set-cookie': 'id=1; Path=/' } }, '/b': {} })
  await using looker = await openLooker({ ...QUICK, perHost: 1, contact: 'Équipe GLL https://gll.example/contact' })
  for (const path of ['/a', '/b']) await looker.look([{ url: site.url(path) }])
  for (const { method, headers } of site.requests) {
    expect(method).toBe('GET')
    expect(headers['user-agent']).toContain('https://gll.example/contact')
    expect([headers.cookie, headers.authorization, headers.referer]).toEqual([undefined, undefined, undefined])
  }
})

test('whatever stands in an address, there is a look for it', async () => {
  await using site = await openSite({}, { otherwise: {} })
  await using looker = await openLooker(QUICK)
  const odd = [
    '%',
    '%zz',
    '#%',
    '?%',
    '\\',
    '//',
    '/../..',
    ';',
    '\u0000',
    '\ud800',
    '[',
    '{{name}}',
    '..;/',
    '?#',
    '%00',
    '%c0%ae',
  ]
  const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom(...odd))
  const address = fc.tuple(
    fc.constantFrom('', 'http://', site.url('/'), 'mailto:', 'HTTP:'),
    fc.array(piece, { maxLength: 4 }),
  )
  const urls = fc.sample(address, 300).map(([head, tail]) => head + tail.join(''))
  const looks = await looker.look(urls.map((url) => ({ url })))
  expect(looks.map(({ url }) => url)).toEqual(urls)
  const verdicts = new Set<Look['verdict']>(['alive', 'dead', 'unsure'])
  expect(
    looks.filter(({ verdict, why, cause }) => !verdicts.has(verdict) || why === '' || cause === 'deadline'),
  ).toEqual([])
})

test('the proxy of the environment is no way around the guard, and an idle looker keeps no process alive', async () => {
  await using proxy = await openSite({}, { otherwise: {} })
  const looker = new URL('../../src/links/looker.ts', import.meta.url)
  const program = `
    import { openLooker } from ${JSON.stringify(looker.href)}
    const looker = await openLooker({ retries: 0 })
    const looks = await looker.look([{ url: 'http://127.0.0.1:${proxy.port}/' }, { url: 'http://10.0.0.1/' }])
    console.log(looks.map(({ cause }) => cause).join())`
  const via = proxy.url('')
  const env = { ...process.env, HTTP_PROXY: via, http_proxy: via, HTTPS_PROXY: via, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  expect(await run(program, env)).toEqual(['private,private', 0])
  expect(proxy.connections).toBe(0)
})

test('a thread that ends takes no run with it: its links are unsure, and the next run gets a new thread', async () => {
  await using site = await openSite({ '/': {} }, { otherwise: { silent: true } })
  const looker = new URL('../../src/links/looker.ts', import.meta.url)
  const program = `
    import { openLooker } from ${JSON.stringify(looker.href)}
    let thread
    process.on('worker', (worker) => { thread = worker })
    await using looker = await openLooker({ allow: ['127.0.0.0/8'] })
    setTimeout(() => thread.terminate(), 300)
    const [lost] = await looker.look([{ url: '${site.url('/silent')}' }])
    const [found] = await looker.look([{ url: '${site.url('/')}' }])
    console.log(lost.verdict, lost.cause, found.verdict)`
  expect(await run(program)).toEqual(['unsure deadline alive', 0])
})

test('the deadline holds for names, for connections and for second questions alike', async () => {
  await using names = await openNameServer({ 'silent.test': { fails: 'silent' } })
  const frame = '<title>Pod</title><div></div><script></script>'
  await using site = await openSite({ '/frame': { body: frame } }, { otherwise: { silent: true } })
  // So patient that a look which outlived the deadline would outlive this test.
  const patient = { nameTimeout: 60_000, connectTimeout: 60_000, visitTimeout: 60_000, answerTimeout: 60_000 }
  await using looker = await openLooker({ ...QUICK, ...patient, resolver: names.address })
  const urls = ['http://silent.test/', 'mailto:gll@silent.test', site.url('/frame'), site.url('/silent')]
  const looks = await looker.look(
    urls.map((url) => ({ url })),
    { deadline: 400 },
  )
  expect(looks.map(({ cause }) => cause)).toEqual(Array(4).fill('deadline'))
})

test('a guard that does not stand before linkinator is found out at the start', async () => {
  const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  const program = `
    import { Agent, setGlobalDispatcher } from 'undici'
    import { addressPolicy } from ${at('../../src/links/addresses.ts')}
    import { guardFault } from ${at('../../src/links/selftest.ts')}
    import { capture } from ${at('../../src/links/capture.ts')}
    setGlobalDispatcher(new Agent().compose(capture))
    console.log(await guardFault(addressPolicy([]), 2_000))`
  const [said] = await run(program)
  expect(said).toContain('was not refused')
})
