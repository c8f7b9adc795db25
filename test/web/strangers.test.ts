/** The public pages as strangers and other sites meet them: nothing acts without the secret in the address. */
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openWeb } from '../../src/web/index.ts'
import { peopleTools, webTools } from './tools.ts'

async function openPages(proxies: readonly string[] = []) {
  const [tools, people] = [webTools(), peopleTools()]
  const web = await openWeb({ ...tools, people }, { host: '127.0.0.1', port: 0, proxies })
  return { ...web, url: web.url, tools, people, [Symbol.asyncDispose]: () => web[Symbol.asyncDispose]() }
}

/** As a form on another site sends it: the browser names that site, and would send cookies if there were any. */
const fromElsewhere = (body: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(body),
  headers: { origin: 'https://evil.test', referer: 'https://evil.test/', 'sec-fetch-site': 'cross-site' },
})

const PAGES = ['/u/known-en', '/u/other', '/c/known-en', '/c/other', '/join/members', '/join/other', '/confirm/known']
const MORE = ['/confirm/other', '/p/known', '/p/other', '/p/known/data', '/robots.txt', '/nothing', '/%']

test('no page sets a cookie or runs a script, whatever it is', async () => {
  await using web = await openPages()
  for (const path of [...PAGES, ...MORE]) {
    const { headers } = await fetch(`${web.url}${path}`)
    const policy = headers.get('content-security-policy') ?? ''
    expect([path, policy]).toEqual([path, expect.stringMatching(/^default-src 'none'/)])
    expect(policy).toContain("base-uri 'none'")
    // A letter has styles of its own, whatever they are; our pages have one.
    if (!path.startsWith('/c/known')) expect(policy).not.toContain('unsafe')
    expect(policy).not.toMatch(/script-src (?!'none')/)
    expect([path, headers.get('set-cookie')]).toEqual([path, null])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('a form on another site does nothing without the token that was mailed', async () => {
  await using web = await openPages()
  const forms = [
    ['/p/guess', { kind: 'erase', sure: 'yes' }],
    ['/p/guess', { kind: 'leave', list: '1' }],
    ['/confirm/guess', { confirm: 'yes' }],
    ['/p/', { kind: 'erase', sure: 'yes' }],
  ] as const
  for (const [path, body] of forms) {
    expect([path, (await fetch(`${web.url}${path}`, fromElsewhere(body))).status]).toEqual([path, 404])
  }
  await fetch(`${web.url}/u/guess`, fromElsewhere({ unsubscribe: 'yes' }))
  expect(web.people.chosen).toEqual([])
  expect(web.tools.left).toEqual([])
  // To join is to ask for one letter, as anybody may from anywhere: it puts nobody on a list.
  expect((await fetch(`${web.url}/join/members`, fromElsewhere({ address: 'ann@a.test' }))).status).toBe(200)
  expect(web.people.joined).toHaveLength(1)
  // A script on another site may neither read a page nor send what only a script can send.
  for (const type of ['application/json', 'text/plain']) {
    const how = { ...fromElsewhere({}), body: '{}', headers: { origin: 'https://evil.test', 'content-type': type } }
    expect((await fetch(`${web.url}/p/known`, how)).status).toBe(415)
  }
  const asked = { method: 'OPTIONS', headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST' } }
  expect((await fetch(`${web.url}/p/known`, asked)).headers.get('access-control-allow-origin')).toBeNull()
})

test('a field with a control character is as if it were not there', async () => {
  await using web = await openPages()
  const body = { address: 'ann@a.test', name: 'Ann\u0000', language: 'en\n' }
  expect((await fetch(`${web.url}/join/members`, fromElsewhere(body))).status).toBe(200)
  expect(web.people.joined).toMatchObject([{ address: 'ann@a.test', name: null, language: 'en' }])
})

test('an unknown token gets the same page to the letter, whatever it looks like', async () => {
  await using web = await openPages()
  const tokens = ['a', 'a'.repeat(60), 'gll_1_aaaa', '%00', '%c3%a9', '..%2f', 'a'.repeat(500)]
  for (const page of ['u', 'c', 'confirm', 'p']) {
    const answers = await Promise.all(
      tokens.map(async (token) => {
        const answer = await fetch(`${web.url}/${page}/${token}`)
        return `${answer.status} ${await answer.text()}`
      }),
    )
    expect([page, new Set(answers).size]).toEqual([page, 1])
  }
})

/** Many requests behind each other on one connection; gives how many answers had which status. */
async function pushed(url: string, requests: readonly string[]): Promise<Record<string, number>> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const seen: Record<string, number> = {}
  let [left, rest] = [requests.length, '']
  const over = new Promise<void>((resolve, reject) => {
    socket.on('error', reject).on('close', resolve)
    socket.on('data', (bytes) => {
      const text = rest + bytes.toString('latin1')
      for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        seen[status] = (seen[status] ?? 0) + 1
        left -= 1
      }
      // A status line that is cut in two is counted with what comes next, and one that was counted never again.
      rest = text.slice(text.lastIndexOf('\n') + 1).replace(/^.*HTTP\/1\.1 \d{3} /, '')
      if (left === 0) socket.end()
    })
  })
  socket.write(requests.join(''))
  await over
  return seen
}

const collect = (): number => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('ten thousand sign-ups from one address ask for twenty letters, and keep no memory', async () => {
  await using web = await openPages()
  const type = 'host: a\r\ncontent-type: application/x-www-form-urlencoded'
  const join = (n: number): string => {
    const body = `address=victim${n}%40a.test`
    return `POST /join/members HTTP/1.1\r\n${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  }
  const all = Array.from({ length: 10_000 }, (_, n) => join(n))
  expect(await pushed(web.url, all.slice(0, 1_000))).toEqual({ 200: 20, 429: 980 })
  const before = collect()
  expect(await pushed(web.url, all.slice(1_000))).toEqual({ 429: 9_000 })
  expect(collect() - before).toBeLessThan(5_000_000)
  expect(web.people.joined).toHaveLength(20)
  // Nobody else's way is barred by it: a provider unsubscribes thousands from one address (RFC 8058).
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  expect((await fetch(`${web.url}/u/known-en`, { method: 'POST', body })).status).toBe(200)
  expect(web.tools.left).toHaveLength(1)
})

test.each([
  ['a proxy of ours', ['127.0.0.1'], 200],
  ['somebody who only says so', [], 429],
])('whoever comes through %s is counted by what it says of them', async (_, proxies, status) => {
  await using web = await openPages(proxies)
  const join = async (from: string) => {
    const body = new URLSearchParams({ address: 'ann@a.test' })
    return (await fetch(`${web.url}/join/members`, { method: 'POST', body, headers: { 'x-forwarded-for': from } }))
      .status
  }
  const seen: number[] = []
  for (let at = 0; at < 21; at += 1) seen.push(await join(`198.51.100.${at}, 203.0.113.1`))
  expect(seen).toEqual([...Array.from({ length: 20 }, () => 200), 429])
  expect(await join('203.0.113.2')).toBe(status)
})

test('what a provider posts is taken however much it is, from however few addresses', async () => {
  const posts: string[] = []
  const hook = async (provider: string) => {
    posts.push(provider)
    return 'taken' as const
  }
  await using web = await openWeb({ ...webTools(), people: peopleTools(), hook }, { host: '127.0.0.1', port: 0 })
  const post = 'POST /hooks/ses HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}'
  expect(
    await pushed(
      web.url,
      Array.from({ length: 2_000 }, () => post),
    ),
  ).toEqual({ 200: 2_000 })
  expect(posts).toHaveLength(2_000)
})
