/** The API as programs meet it: who may ask, what is taken, and that the document says what is done. */
import { openWeb } from '../../src/web/index.ts'
import { MAILING, openApi } from './api-tools.ts'
import { webTools } from './tools.ts'

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
  expect((await api.ask('GET', '/lists')).body).toEqual({ lists: [{ name: 'members', subscribers: 3, fields: {} }] })
})

test('who holds a link, what is uncertain and the report are shown; a veto stops a corrigendum alone', async () => {
  await using api = await openApi()
  const { body } = await api.ask('GET', '/mailings/7/holders?link=https%3A%2F%2Fa.test%2F&after=5')
  expect(body).toMatchObject({ after: 1_005 })
  expect(body.holders[0]).toEqual({ n: 6, address: 'a@a.test', state: 'accepted' })
  expect((await api.ask('GET', '/mailings/7/holders')).status).toBe(400)
  expect((await api.ask('GET', '/mailings/8/holders?link=x')).status).toBe(404)
  expect((await api.ask('GET', '/mailings/7/uncertain')).body).toEqual({
    uncertain: [{ n: 2, address: 'a@a.test', at: '2026-11-24T09:00:00.000Z', why: null }],
    after: null,
  })
  const report = await api.ask('GET', '/mailings/7/report?format=html')
  expect(report).toMatchObject({ type: 'text/html; charset=utf-8', text: expect.stringContaining('Report') })
  expect(report.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/)
  expect(await api.ask('GET', '/mailings/7/report')).toMatchObject({ type: 'text/markdown; charset=utf-8' })
  expect((await api.ask('GET', '/mailings/7/report?format=pdf')).status).toBe(400)
  expect((await api.ask('POST', '/mailings/7/veto')).status).toBe(409)
  expect((await api.ask('POST', '/mailings/8/veto')).status).toBe(404)
  expect(api.calls).toContainEqual(['veto', 7, 1])
  expect((await api.ask('GET', '/status')).body).toEqual({
    running: true,
    waits: null,
    since: '2026-11-24T09:00:00.000Z',
    resting: [
      { receiver: 'gmail.com', why: '51 of the last 500 were refused', since: '2026-11-24T09:00:00.000Z', until: null },
    ],
  })
})

test('people are imported, suppressed, taken off a list and erased in the name of the token', async () => {
  await using api = await openApi()
  const send = (method: string, path: string, body?: object) =>
    api.ask(method, path, body === undefined ? {} : { body: JSON.stringify(body) })
  const ann = { address: 'ann@a.test', fields: { city: 'Bern', age: 7, member: true } }
  expect((await send('POST', '/lists/members/import', { people: [ann] })).status).toBe(422)
  expect(await send('PATCH', '/lists/members/fields', { fields: { city: { type: 'text' } } })).toMatchObject({
    status: 409,
    body: { title: 'of another type already: city' },
  })
  expect((await send('PATCH', '/lists/%20/fields', { fields: { city: null } })).status).toBe(422)
  expect((await send('POST', '/subscribers/ann%2Bx%40a.test/suppress', { why: 'asked' })).body).toEqual({ fresh: true })
  expect(await send('DELETE', '/lists/members/subscribers/ann%40a.test')).toMatchObject({ status: 204, text: '' })
  expect((await send('DELETE', '/lists/members/subscribers/bob%40a.test')).status).toBe(404)
  expect((await send('DELETE', '/subscribers/ann@a.test')).status).toBe(204)
  expect((await send('DELETE', '/subscribers/bob@a.test')).status).toBe(404)
  expect((await send('GET', '/subscribers/bob@a.test')).status).toBe(404)
  expect((await send('GET', '/subscribers/bob@a.test/mails')).status).toBe(404)
  expect((await send('GET', '/lists/members/members?after=3&where=city%20%3D%20Bern')).status).toBe(200)
  expect((await send('GET', '/lists/others/members')).status).toBe(404)
  expect((await send('GET', '/lists/others')).status).toBe(404)
  expect(api.calls).toEqual([
    ['importPeople', { list: 'members', people: [{ ...ann, tags: [] }], dryRun: false }, 1],
    ['declareFields', 'members', { city: { type: 'text', default: null } }],
    ['declareFields', ' ', { city: null }],
    ['suppress', 'ann+x@a.test', 'asked', 1],
    ['unsubscribe', 'members', 'ann@a.test', 1],
    ['unsubscribe', 'members', 'bob@a.test', 1],
    ['erase', 'ann@a.test', 1],
    ['erase', 'bob@a.test', 1],
    ['members', 'members', { after: 3, where: 'city = Bern' }],
    ['members', 'others', { after: null, where: null }],
  ])
})

test.each([
  ['nobody', { people: [] }],
  ['more than a thousand', { people: Array.from({ length: 1_001 }, () => ({ address: 'a@a.test' })) }],
  ['a person with a column of a file', { people: [{ address: 'a@a.test', state: 'subscribed' }] }],
  ['a list of their own in a field', { people: [{ address: 'a@a.test', fields: { city: ['Bern'] } }] }],
  ['people who are none', { people: 'a@a.test' }],
  ['a tag that would be two in a file', { people: [{ address: 'a@a.test', tags: ['press;board'] }] }],
])('an import of %s is refused whole', async (_, body) => {
  await using api = await openApi()
  const refused = await api.ask('POST', '/lists/members/import', { body: JSON.stringify(body) })
  expect(refused).toMatchObject({ status: 400, body: { title: expect.stringMatching(/^body/) } })
  expect(api.calls).toEqual([])
})

test('a letter to judge comes as it is, named by its media type; nothing else takes such a body', async () => {
  await using api = await openApi()
  const check = (type: string, body: string, query = '') =>
    api.ask('POST', `/check${query}`, { body, headers: { 'content-type': type } })
  expect((await check('message/rfc822', 'Subject: x\r\n\r\n{')).body).toMatchObject({ file: 'letter.eml' })
  await check('text/markdown; charset=utf-8', '---\nsubject: é\n---\n', '?content=true')
  expect((await check('application/json', '{}')).status).toBe(415)
  expect((await check('text/html', '')).status).toBe(400)
  expect((await check('text/html', 'x'.repeat(10_000_001))).status).toBe(413)
  expect((await check('text/html', 'x', '?content=maybe')).status).toBe(400)
  expect(api.calls).toEqual([
    ['check', 'letter.eml', 'Subject: x\r\n\r\n{', false],
    ['check', 'letter.md', '---\nsubject: é\n---\n', true],
  ])
  await using busy = await openApi({ check: async () => null })
  const refused = await busy.ask('POST', '/check', { body: 'x', headers: { 'content-type': 'text/html' } })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
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
    '/v1/templates',
    '/v1/status',
    '/v1/mailings',
    '/v1/mailings/{id}',
    '/v1/mailings/{id}/links',
    '/v1/mailings/{id}/holders',
    '/v1/mailings/{id}/uncertain',
    '/v1/mailings/{id}/report',
    '/v1/mailings/{id}/hold',
    '/v1/mailings/{id}/cancel',
    '/v1/mailings/{id}/veto',
    '/v1/lists',
    '/v1/lists/{name}',
    '/v1/lists/{name}/fields',
    '/v1/lists/{name}/members',
    '/v1/lists/{name}/import',
    '/v1/lists/{name}/subscribers',
    '/v1/lists/{name}/subscribers/{address}',
    '/v1/subscribers/{address}',
    '/v1/subscribers/{address}/mails',
    '/v1/subscribers/{address}/suppress',
    '/v1/check',
  ])
  // What is decided at the keyboard alone is named, and has no way in.
  for (const command of ['send', 'resume', 'correct', 'vouch', 'settle']) {
    expect(body.info.description).toContain(`gll ${command}`)
    expect(Object.keys(body.paths).join()).not.toContain(command)
  }
  const post = body.paths['/v1/messages'].post
  expect(post.security).toEqual([{ token: ['messages'] }])
  const schema = post.requestBody.content['application/json'].schema
  expect(schema).toMatchObject({ type: 'object', required: ['template', 'to'], additionalProperties: false })
  expect(Object.keys(post.responses)).toEqual(['202', '400', '401', '403', '404', '409', '422', '429', '503'])
  expect(post.responses[429]).toEqual({ $ref: '#/components/responses/Problem429' })
  expect(body.components.responses.Problem429).toMatchObject({ description: expect.stringContaining('Retry-After') })
  const { get } = body.paths['/v1/mailings/{id}/holders']
  expect(get.parameters.map(({ name, required }: { name: string; required: boolean }) => [name, required])).toEqual([
    ['id', true],
    ['link', true],
    ['after', false],
  ])
  expect(Object.keys(body.paths['/v1/check'].post.requestBody.content)).toContain('message/rfc822')
})

test('where there is no API, its paths are pages that are not there', async () => {
  await using web = await openWeb(webTools(), { host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${web.url}/v1/mailings`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, expect.stringContaining('text/html')])
})
