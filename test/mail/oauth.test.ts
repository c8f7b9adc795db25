/** XOAUTH2: a relay that checks the string it is given, and a token endpoint on loopback. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { openAccess, openLane, parseRoute } from '../../src/mail/index.ts'
import { counts, deliverDue, openHouse, received, running } from '../publishing/house.ts'
import { openSink } from '../support/smtp.ts'

const dir = mkdtempSync(join(tmpdir(), 'gll-oauth-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Endpoint extends AsyncDisposable {
  readonly asked: Record<string, string>[]
  readonly place: (grant?: string) => string
  /** What it answers; else the next token. */
  answer: { code: number; body: Record<string, unknown> } | null
}

async function openEndpoint(): Promise<Endpoint> {
  const asked: Record<string, string>[] = []
  const endpoint = { answer: null as Endpoint['answer'] }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const bytes of request) text += bytes
    asked.push(Object.fromEntries(new URLSearchParams(text)))
    const { code, body } = endpoint.answer ?? {
      code: 200,
      body: { access_token: `token-${asked.length}`, expires_in: 3_600 },
    }
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(endpoint, {
    asked,
    place: (grant = 'refresh_token=first%2Brefresh&scope=https%3A%2F%2Foutlook.office.com%2FSMTP.Send') =>
      `http://the-client:s3cret%2F@127.0.0.1:${port}/tenant/token?${grant}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  })
}

/** A relay that takes these tokens of team@gll.test. */
const relay = (takes: readonly string[], challenge = false) =>
  openSink({ xoauth2: { takes: (user, token) => user === 'team@gll.test' && takes.includes(token), challenge } })

const routeTo = (url: string, access: ReturnType<typeof openAccess>) =>
  parseRoute(url.replace('://', '://team%40gll.test@'), { ehloName: 'gll.test', access })

const logins = (sink: { commands: () => string[] }): number =>
  sink.commands().filter((line) => line.startsWith('AUTH')).length

test('a lane logs in with a token of the endpoint; many lanes share one', async () => {
  await using endpoint = await openEndpoint()
  await using sink = await relay(['token-1'])
  const route = routeTo(sink.url, openAccess(endpoint.place(), dir))
  const lanes = await Promise.all(Array.from({ length: 8 }, () => openLane(route)))
  for (const lane of lanes) await lane.close()
  expect(endpoint.asked).toEqual([
    {
      grant_type: 'refresh_token',
      client_id: 'the-client',
      client_secret: 's3cret/',
      refresh_token: 'first+refresh',
      scope: 'https://outlook.office.com/SMTP.Send',
    },
  ])
  expect(logins(sink)).toBe(8)
})

test.each([
  ['by a plain 535, as Microsoft 365 does', false],
  ['by a challenge that says why, as Gmail does', true],
])('a token refused %s is asked for anew, once', async (_, challenge) => {
  await using endpoint = await openEndpoint()
  await using sink = await relay(['token-2'], challenge)
  const access = openAccess(endpoint.place(), dir)
  const route = routeTo(sink.url, access)
  for (let n = 0; n < 2; n += 1) await (await openLane(route)).close()
  expect(endpoint.asked).toHaveLength(2)
  expect(logins(sink)).toBe(3)
  await using never = await relay([], challenge)
  await expect(openLane(routeTo(never.url, access))).rejects.toMatchObject({ kind: 'unreached', class: 'auth' })
  expect(endpoint.asked).toHaveLength(3)
  expect(logins(never)).toBe(2)
})

test('a token is asked for anew before it ends', async () => {
  await using endpoint = await openEndpoint()
  let now = 0
  const access = openAccess(endpoint.place(), dir, () => now)
  expect(await access.get()).toBe('token-1')
  now += 58 * 60_000
  expect(await access.get()).toBe('token-1')
  now += 60_000
  expect(await access.get()).toBe('token-2')
})

test('a client without a refresh token asks for itself', async () => {
  await using endpoint = await openEndpoint()
  await openAccess(endpoint.place('scope=x'), dir).get()
  expect(endpoint.asked[0]).toMatchObject({ grant_type: 'client_credentials', scope: 'x' })
})

test('a refresh token given in place of the last is kept for the next start, readable by us alone', async () => {
  await using endpoint = await openEndpoint()
  const own = mkdtempSync(join(dir, 'rotating-'))
  endpoint.answer = { code: 200, body: { access_token: 'a', expires_in: 3_600, refresh_token: 'second' } }
  await openAccess(endpoint.place(), own).get()
  await openAccess(endpoint.place(), own).get()
  expect(endpoint.asked.map((ask) => ask.refresh_token)).toEqual(['first+refresh', 'second'])
  const [file = ''] = readdirSync(own)
  expect([readFileSync(join(own, file), 'utf8'), statSync(join(own, file)).mode & 0o777]).toEqual(['second', 0o600])
  // Another grant in the configuration is another's.
  await openAccess(endpoint.place('refresh_token=new'), own).get()
  expect(endpoint.asked.at(-1)?.refresh_token).toBe('new')
})

test('an endpoint that refuses the grant holds the run, and tells nothing that is secret; one that is away is waited for', async () => {
  await using endpoint = await openEndpoint()
  await using house = await openHouse({ people: 4, sink: { xoauth2: { takes: (_, token) => token === 'good' } } })
  const mailing = await running(house)
  const route = routeTo(house.sink.url, openAccess(endpoint.place(), dir))
  const tools = { ...house.tools, openLane: () => openLane(route) }
  endpoint.answer = { code: 503, body: {} }
  await deliverDue(house, tools)
  expect((await house.ledger.mailing({ id: mailing }))?.state).toBe('running')
  endpoint.answer = {
    code: 400,
    body: { error: 'invalid_grant', error_description: 'team@gll.test: token first+refresh' },
  }
  house.clock.at += 60_000
  await deliverDue(house, tools)
  const held = await house.ledger.mailing({ id: mailing })
  expect(held?.state).toBe('held')
  expect(held?.stateWhy).toMatch(/does not take us: 127\.0\.0\.1:\d+ gives no access token: 400 invalid_grant$/)
  expect(JSON.stringify([held, house.logged])).not.toMatch(/s3cret|refresh|team@/)
  endpoint.answer = { code: 200, body: { access_token: 'good' } }
  await house.ledger.resume({ mailing, now: house.clock.at })
  house.clock.at += 60_000
  await house.ledger.begin({ mailing, now: house.clock.at })
  await deliverDue(house, tools)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
  expect(received(house)).toHaveLength(4)
})

test.each(['login.example.org', 'http://a:b@login.example.org/token', 'https://login.example.org/token'])(
  'SMTP_OAUTH does not take %s, and does not repeat it',
  (text) => {
    expect(() => readConfig({ SMTP_OAUTH: text })).toThrow(
      /SMTP_OAUTH: needs https:\/\/CLIENT_ID(?![\s\S]*login\.example)/,
    )
  },
)
