/** The API as strangers and careless programs meet it: bounded, the same for all of them, and never at a loss. */
import { request } from 'node:http'
import fc from 'fast-check'
import { openApi } from './api-tools.ts'

test('a token that asks too often is told when to come back, and no other token with it', async () => {
  await using api = await openApi({
    caller: async (token) => ({ id: token === 'greedy' ? 1 : 2, scopes: ['lists'] }),
  })
  const ask = (token: string, path = '/lists') => api.ask('GET', path, { token })
  for (let at = 0; at < 600; at += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('greedy')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  }
  const refused = await ask('greedy')
  expect(refused).toMatchObject({ status: 429, type: expect.stringContaining('problem+json') })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  expect((await ask('modest')).status).toBe(200)
  // Nor is it a stranger's business how much a token asks, or the other way round.
  expect((await ask('')).status).toBe(401)
})

test('who has no token of ours is counted by address, as a proxy of ours tells it, and does not use up what tokens may ask', async () => {
  await using api = await openApi({}, ['127.0.0.0/8'])
  // What stands before the last address anybody may have written.
  const from = (address: string, at = 0) => ({ 'x-forwarded-for': `198.51.100.${at % 250}, ${address}` })
  const seen = new Map<number, number>()
  for (let at = 0; at < 650; at += 50) {
    const guess = (_: unknown, n: number) =>
      api.ask('GET', '/lists', { token: `guess-${at + n}`, headers: from('203.0.113.1', at + n) })
    for (const { status } of await Promise.all(Array.from({ length: 50 }, guess))) {
      seen.set(status, (seen.get(status) ?? 0) + 1)
    }
  }
  expect(seen).toEqual(new Map([[401, 600], [429, 50]])) // biome-ignore format: two words
  expect((await api.ask('GET', '/lists', { headers: from('203.0.113.1') })).status).toBe(200)
  expect((await api.ask('GET', '/lists', { token: 'guess', headers: from('203.0.113.2') })).status).toBe(401)
})

test('no token, a wrong one and a malformed one get the same answer to the letter, and nobody reads their body', async () => {
  await using api = await openApi()
  const large = 'x'.repeat(9_000_000)
  const tokens = ['', 'wrong', `gll_1_${'a'.repeat(52)}`, `gll_99_${'z'.repeat(52)}`, 'ä', 'x'.repeat(300)]
  const answers = await Promise.all(
    tokens.map((token) =>
      api.ask('POST', '/check', { token: encodeURI(token), body: large, headers: { 'content-type': 'text/html' } }),
    ),
  )
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(answers[0]?.status).toBe(401)
  expect(api.calls).toEqual([])
})

test('every answer carries the headers that keep it out of frames, caches and other sites', async () => {
  await using api = await openApi()
  const answers = [
    await api.ask('GET', '/mailings'),
    await api.ask('GET', '/nothing'),
    await api.ask('GET', '/mailings', { token: '' }),
    await api.ask('POST', '/messages', { body: '{' }),
    await api.ask('GET', '/openapi.json', { token: '' }),
    await api.ask('GET', '/lists/%'),
  ]
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    // No other site may read what a browser is given here.
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('set-cookie')).toBeNull()
  }
})

/** A request as its bytes are, where fetch would put it right. */
const raw = (url: string, of: { method: string; path: string; authorization: string; body: string }) =>
  new Promise<number>((resolve, reject) => {
    const { port } = new URL(url)
    const length = Buffer.byteLength(of.body)
    const headers = { authorization: of.authorization, 'content-type': 'application/json', 'content-length': length }
    const asked = request({ port, host: '127.0.0.1', method: of.method, path: of.path, headers, agent: false })
    asked.on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)))
    asked.on('error', reject)
    asked.end(of.body)
  })

test('whatever stands in the token, the path or the body, the answer is a refusal and never a fault', async () => {
  await using api = await openApi()
  const visible = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) })
  // What a header may hold at all (RFC 9110 §5.5).
  const latin = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  })
  const token = fc.oneof(
    fc.constant('Bearer all'),
    latin.map((text) => `Bearer ${text}`),
    fc.tuple(fc.nat(), visible).map(([id, secret]) => `bearer gll_${id}_${secret}`),
    latin,
  )
  const piece = fc.oneof(
    visible,
    fc.string().map(encodeURIComponent),
    fc.constantFrom('%', '%00', '%ff', '..', '%2e%2e'),
  )
  const known = fc.constantFrom(
    'messages',
    'mailings',
    'lists',
    'subscribers',
    'members',
    'import',
    'check',
    '7',
    'hold',
  )
  const path = fc.array(fc.oneof(known, piece), { maxLength: 5 }).map((parts) => `/v1/${parts.join('/')}`)
  const asked = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'),
    path,
    authorization: token,
    body: fc.oneof(fc.constant(''), fc.json(), fc.string()),
  })
  await fc.assert(
    fc.asyncProperty(asked, async (of) => {
      const status = await raw(api.url, of)
      expect(status).toBeGreaterThanOrEqual(200)
      expect(status).toBeLessThan(500)
    }),
    { numRuns: 400 },
  )
  expect(api.faults).toEqual([])
})

test.each([
  ['GET', '/lists/a%00b', undefined],
  ['GET', '/mailings/7/holders?link=%00', undefined],
  ['GET', '/mailings/7/holders?link=x&after=2147483648', undefined],
  ['GET', '/lists/members/members?where=%00', undefined],
  ['GET', '/mailings/9007199254740993', undefined],
  ['POST', '/mailings/7/hold', { why: 'a\u0000b' }],
  ['POST', '/lists/members/subscribers', { address: 'a@a.test', shown: 'yes\u0000' }],
  ['POST', '/subscribers/a@a.test/suppress', { why: 'one\ntwo' }],
  ['PATCH', '/lists/members/fields', { fields: { 'a\u0000': { type: 'text' } } }],
])('%s %s: what a database would not take is refused before it gets there', async (method, path, body) => {
  await using api = await openApi()
  const refused = await api.ask(method, path, body === undefined ? {} : { body: JSON.stringify(body) })
  expect(refused.status).toBe(400)
  expect(api.calls).toEqual([])
})
