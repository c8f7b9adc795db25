/** The API as programs meet it: who may ask, what is taken, and that the document says what is done. */
import { type ApiTools, openWeb } from '../../src/web/index.ts'
import { webTools } from './tools.ts'

const NOW = Date.UTC(2026, 10, 24, 9)
const MAILING = {
  mailing: 7,
  kind: 'announcement',
  subject: 'News',
  state: 'running',
  why: null,
  audience: 3,
  counts: { pending: 1, accepted: 2 },
  startedAt: NOW,
  finishedAt: null,
}

/** `all` may ask for everything, `none` for nothing; every call is kept. */
async function openApi(over: Partial<ApiTools> = {}) {
  const calls: unknown[][] = []
  const api: ApiTools = {
    caller: async (token) => {
      if (token === 'all') return { id: 1, scopes: ['messages', 'mailings', 'lists'] }
      return token === 'none' ? { id: 2, scopes: [] } : null
    },
    post: async (order) => {
      calls.push(['post', order])
      return { kind: 'taken', id: '4-1', repeated: false }
    },
    message: async (id) =>
      id === '4-1'
        ? { id, token: 1, state: 'accepted', reply: '250 ok', createdAt: NOW, changedAt: NOW }
        : id === '4-2'
          ? { id, token: 9, state: 'accepted', reply: null, createdAt: NOW, changedAt: NOW }
          : null,
    mailings: async (limit) => {
      calls.push(['mailings', limit])
      return [MAILING]
    },
    mailing: async (id) => (id === 7 ? MAILING : null),
    links: async () => [{ url: 'https://a.test/', state: 'alive', holders: 2 }],
    stop: async (how, mailing, why) => {
      calls.push([how, mailing, why])
      return mailing === 7 ? how === 'hold' : null
    },
    lists: async () => [{ name: 'members', subscribers: 3 }],
    join: async (order) => {
      calls.push(['join', order])
      return order.address === 'x@y' ? { kind: 'no-address', why: 'has no dot' } : { kind: 'asked' }
    },
    ...over,
  }
  const tools = webTools()
  const web = await openWeb({ ...tools, api }, { host: '127.0.0.1', port: 0 })
  const ask = async (method: string, path: string, how: { token?: string; body?: string; headers?: object } = {}) => {
    const { token = 'all', body } = how
    const headers = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      'content-type': 'application/json',
      ...how.headers,
    }
    const answer = await fetch(`${web.url}/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = await answer.text()
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      headers: answer.headers,
      body: text ? JSON.parse(text) : null,
    }
  }
  return { ask, calls, faults: tools.faults, [Symbol.asyncDispose]: () => web[Symbol.asyncDispose]() }
}

const BODY = JSON.stringify({ template: 'place', to: 'ann@a.test', data: { name: 'Ann' } })

test('without a token, with one that is none, or one without the scope, nothing is done', async () => {
  await using api = await openApi()
  for (const token of ['', 'wrong', 'x'.repeat(5_000)]) {
    const refused = await api.ask('POST', '/messages', { token, body: BODY })
    expect(refused).toMatchObject({ status: 401, type: expect.stringContaining('application/problem+json') })
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/)
  }
  expect(await api.ask('POST', '/messages', { token: 'none', body: BODY })).toMatchObject({ status: 403 })
  expect(api.calls).toEqual([])
})

test('a message is passed on as it was asked for, with the token and its key', async () => {
  await using api = await openApi()
  const given = await api.ask('POST', '/messages', { body: BODY, headers: { 'idempotency-key': 'k1' } })
  expect(given).toMatchObject({ status: 202, body: { id: '4-1' } })
  expect(given.headers.get('location')).toBe('/v1/messages/4-1')
  expect(api.calls).toEqual([
    ['post', { template: 'place', to: 'ann@a.test', language: null, data: { name: 'Ann' }, token: 1, key: 'k1' }],
  ])
})

test.each([
  ['not JSON', '{', 400],
  ['an array', '[]', 400],
  ['a field that is not known', JSON.stringify({ template: 'a', to: 'a@b.test', subject: 'x' }), 400],
  ['a template elsewhere', JSON.stringify({ template: '../etc/passwd', to: 'a@b.test' }), 400],
  ['data that are no texts', JSON.stringify({ template: 'a', to: 'a@b.test', data: { n: 1 } }), 400],
  ['a value beyond 64 KB', JSON.stringify({ template: 'a', to: 'a@b.test', data: { n: 'x'.repeat(65_537) } }), 400],
  [
    'a body beyond a megabyte',
    JSON.stringify({ template: 'a', to: 'a@b.test', data: { n: 'x'.repeat(1_100_000) } }),
    413,
  ],
])('%s is refused with a problem, and nothing is done', async (_, body, status) => {
  await using api = await openApi()
  expect(await api.ask('POST', '/messages', { body })).toMatchObject({
    status,
    body: { status, title: expect.any(String) },
  })
  expect(api.calls).toEqual([])
})

test('another media type, an impossible key and an unknown path are refused', async () => {
  await using api = await openApi()
  expect((await api.ask('POST', '/messages', { body: BODY, headers: { 'content-type': 'text/plain' } })).status).toBe(
    415,
  )
  expect((await api.ask('POST', '/messages', { body: BODY, headers: { 'idempotency-key': 'a b' } })).status).toBe(400)
  expect(await api.ask('GET', '/nothing')).toMatchObject({ status: 404, type: expect.stringContaining('problem+json') })
  expect(api.calls).toEqual([])
})

test("another token's message is not there", async () => {
  await using api = await openApi()
  expect((await api.ask('GET', '/messages/4-1')).body).toMatchObject({
    state: 'accepted',
    createdAt: '2026-11-24T09:00:00.000Z',
  })
  expect((await api.ask('GET', '/messages/4-2')).status).toBe(404)
  expect((await api.ask('GET', '/messages/4-3')).status).toBe(404)
  expect((await api.ask('GET', '/messages/x')).status).toBe(400)
})

test('mailings are shown, and can be stopped with a reason', async () => {
  await using api = await openApi()
  expect((await api.ask('GET', '/mailings?limit=5')).body).toEqual({
    mailings: [{ ...MAILING, startedAt: '2026-11-24T09:00:00.000Z' }],
  })
  expect((await api.ask('GET', '/mailings?limit=0')).status).toBe(400)
  expect((await api.ask('GET', '/mailings/7/links')).body).toEqual({
    links: [{ url: 'https://a.test/', state: 'alive', holders: 2 }],
  })
  expect((await api.ask('GET', '/mailings/8')).status).toBe(404)
  const why = JSON.stringify({ why: 'wrong date' })
  expect((await api.ask('POST', '/mailings/7/hold', { body: why })).status).toBe(200)
  expect((await api.ask('POST', '/mailings/7/cancel', { body: why })).status).toBe(409)
  expect((await api.ask('POST', '/mailings/8/hold', { body: why })).status).toBe(404)
  expect((await api.ask('POST', '/mailings/7/hold', { body: '{}' })).status).toBe(400)
  expect(api.calls).toEqual([
    ['mailings', 5],
    ['hold', 7, 'wrong date'],
    ['cancel', 7, 'wrong date'],
    ['hold', 8, 'wrong date'],
  ])
  expect((await api.ask('GET', '/lists')).body).toEqual({ lists: [{ name: 'members', subscribers: 3 }] })
})

test('somebody is asked whether they want to be on a list, with what they were shown', async () => {
  await using api = await openApi()
  const ask = (list: string, body: object) =>
    api.ask('POST', `/lists/${list}/subscribers`, { body: JSON.stringify(body) })
  expect((await ask('members', { address: 'ann@a.test', language: 'fr', shown: 'Oui' })).status).toBe(202)
  expect(api.calls).toEqual([
    [
      'join',
      {
        list: 'members',
        address: 'ann@a.test',
        name: null,
        language: 'fr',
        shown: { text: 'Oui', language: 'fr', source: 'token 1' },
      },
    ],
  ])
  expect((await ask('others', { address: 'ann@a.test', shown: 'Yes' })).status).toBe(404)
  expect((await ask('members', { address: 'x@y', shown: 'Yes' })).status).toBe(422)
  expect((await ask('members', { address: 'ann@a.test' })).status).toBe(400)
})

test('a fault behind the API is a problem without its words, and is told to the operator', async () => {
  await using api = await openApi({
    post: async () => {
      throw new Error('the ledger is locked at ann@a.test')
    },
  })
  const failed = await api.ask('POST', '/messages', { body: BODY })
  expect(failed).toMatchObject({ status: 503 })
  expect(JSON.stringify(failed.body)).not.toContain('ann@a.test')
  expect(api.faults).toEqual([['Error: the ledger is locked at ann@a.test', '/v1/messages']])
})

test('the OpenAPI document names every route, its scope, and the shapes that requests are checked by', async () => {
  await using api = await openApi()
  const { body } = await api.ask('GET', '/openapi.json', { token: '' })
  expect(body.openapi).toBe('3.1.0')
  expect(Object.keys(body.paths)).toEqual([
    '/v1/messages',
    '/v1/messages/{id}',
    '/v1/mailings',
    '/v1/mailings/{id}',
    '/v1/mailings/{id}/links',
    '/v1/mailings/{id}/hold',
    '/v1/mailings/{id}/cancel',
    '/v1/lists',
    '/v1/lists/{name}/subscribers',
  ])
  const post = body.paths['/v1/messages'].post
  expect(post.security).toEqual([{ token: ['messages'] }])
  const schema = post.requestBody.content['application/json'].schema
  expect(schema).toMatchObject({ type: 'object', required: ['template', 'to'], additionalProperties: false })
  expect(Object.keys(post.responses)).toEqual(['202', '404', '409', '422'])
})

test('where there is no API, its paths are pages that are not there', async () => {
  await using web = await openWeb(webTools(), { host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${web.url}/v1/mailings`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, expect.stringContaining('text/html')])
})
