import { connect } from 'node:net'
import { openWeb, type Web } from '../../src/web/index.ts'
import { LANGUAGES } from '../../src/web/words.ts'
import { type SeenWebTools, webTools } from './tools.ts'

const anywhere = { host: '127.0.0.1', port: 0 }

async function open(): Promise<AsyncDisposable & { web: Web; tools: SeenWebTools }> {
  const tools = webTools()
  const web = await openWeb(tools, anywhere)
  return { web, tools, [Symbol.asyncDispose]: () => web[Symbol.asyncDispose]() }
}

const urlencoded = 'application/x-www-form-urlencoded'
const post = (url: string, body: string | FormData, type?: string): Promise<Response> =>
  fetch(url, { method: 'POST', body, redirect: 'manual', ...(type ? { headers: { 'content-type': type } } : {}) })

function form(...fields: [string, string][]): FormData {
  const made = new FormData()
  for (const [name, value] of fields) made.append(name, value)
  return made
}

describe('unsubscribing', () => {
  test('GET and HEAD show a page with a button and change nothing, however often', async () => {
    await using of = await open()
    for (const method of ['GET', 'HEAD', 'GET']) {
      const answer = await fetch(`${of.web.url}/u/known-en`, { method })
      expect(answer.status).toBe(200)
      if (method === 'GET') expect(await answer.text()).toMatch(/<form method="post">.*<button>Unsubscribe<\/button>/s)
    }
    expect(of.tools.left).toEqual([])
  })

  test.each([
    ['urlencoded', 'List-Unsubscribe=One-Click', urlencoded],
    ['urlencoded with a charset', 'List-Unsubscribe=One-Click', `${urlencoded}; charset=UTF-8`],
    ['multipart', form(['List-Unsubscribe', 'One-Click']), undefined],
  ])('takes a one-click POST in %s: 200, no cookie, no redirect (RFC 8058 §3.2)', async (_what, body, type) => {
    await using of = await open()
    const answer = await post(`${of.web.url}/u/known-fr`, body, type)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('location')).toBeNull()
    expect(await answer.text()).toContain('Vous êtes désabonné(e)')
    expect(of.tools.left).toEqual([{ token: 'known-fr', how: 'one-click' }])
  })

  test('takes the button of its own page, and tells it from a one-click', async () => {
    await using of = await open()
    const page = await (await fetch(`${of.web.url}/u/known-en`)).text()
    const [, name, value] = /<input type="hidden" name="(.+?)" value="(.+?)">/.exec(page) ?? []
    const answer = await post(`${of.web.url}/u/known-en`, `${name}=${value}`, urlencoded)
    expect(answer.status).toBe(200)
    expect(of.tools.left).toEqual([{ token: 'known-en', how: 'page' }])
  })

  test('gives the same answer the second time, and the same for a token that is none of ours', async () => {
    await using of = await open()
    const answers = []
    for (const token of ['known-en', 'known-en', 'unknown', 'a'.repeat(400)]) {
      const answer = await post(`${of.web.url}/u/${token}`, 'List-Unsubscribe=One-Click', urlencoded)
      answers.push([answer.status, await answer.text()])
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    const shown = []
    for (const token of ['known-en', 'unknown']) shown.push(await (await fetch(`${of.web.url}/u/${token}`)).text())
    expect(shown[0]).toBe(shown[1])
  })

  test.each([
    ['nothing', '', urlencoded, 400],
    ['another value', 'List-Unsubscribe=Two-Click', urlencoded, 400],
    ['another case', 'list-unsubscribe=One-Click', urlencoded, 400],
    ['a field more', 'List-Unsubscribe=One-Click&a=b', urlencoded, 400],
    ['the field twice', 'List-Unsubscribe=One-Click&List-Unsubscribe=One-Click', urlencoded, 400],
    ['broken multipart', '--x\r\nnonsense', 'multipart/form-data; boundary=x', 400],
    ['multipart without a boundary', 'x', 'multipart/form-data', 400],
    ['JSON', '{"List-Unsubscribe":"One-Click"}', 'application/json', 415],
    ['plain text', 'List-Unsubscribe=One-Click', 'text/plain', 415],
    ['a megabyte', `List-Unsubscribe=${'a'.repeat(1_000_000)}`, urlencoded, 413],
  ])('refuses %s and changes nothing', async (_what, body, type, code) => {
    await using of = await open()
    const answer = await post(`${of.web.url}/u/known-en`, body, type)
    expect(answer.status).toBe(code)
    expect(await answer.text()).toContain('Nothing was changed')
    expect(of.tools.left).toEqual([])
  })

  test('takes a hundred one-clicks at once from one address', async () => {
    await using of = await open()
    const posts = Array.from({ length: 100 }, (_, n) =>
      post(`${of.web.url}/u/known-${n}`, 'List-Unsubscribe=One-Click', urlencoded),
    )
    for (const answer of await Promise.all(posts)) expect(answer.status).toBe(200)
    expect(of.tools.left).toHaveLength(100)
  })

  test('when it fails says so with 503, in a page, and tells the operator without the token', async () => {
    await using of = await open()
    const answer = await post(`${of.web.url}/u/broken`, 'List-Unsubscribe=One-Click', urlencoded)
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('nothing was changed')
    expect(of.tools.faults).toEqual([['Error: the ledger is locked', '/u/:token']])
  })

  test.each(LANGUAGES)("speaks the subscriber's language whatever the browser's is: %s", async (language) => {
    await using of = await open()
    const page = await fetch(`${of.web.url}/u/known-${language}`, { headers: { 'accept-language': 'de, en' } })
    expect(await page.text()).toMatch(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`)
  })

  test('falls back to the browser’s language, then to English', async () => {
    await using of = await open()
    const lang = async (token: string, accept: string) => {
      const page = await fetch(`${of.web.url}/u/${token}`, { headers: { 'accept-language': accept } })
      return /<html lang="(.*?)"/.exec(await page.text())?.[1]
    }
    expect(await lang('known-pt', 'de;q=0.9, es-MX;q=0.8, en;q=0.1')).toBe('es')
    expect(await lang('unknown', 'en;q=0.1, zh-Hans-CN')).toBe('zh')
    expect(await lang('unknown', 'de, *;q=0.1')).toBe('en')
    expect(await lang('unknown', '__proto__, constructor')).toBe('en')
  })

  test('escapes the name of the organisation', async () => {
    await using of = await open()
    const page = await (await fetch(`${of.web.url}/u/known-en`)).text()
    expect(page).toContain('Learning &amp; Doing &lt;Lab&gt;')
    expect(page).not.toContain('<Lab>')
  })
})

describe('the web copy', () => {
  test('shows the letter as it is', async () => {
    await using of = await open()
    const answer = await fetch(`${of.web.url}/c/known-en`)
    expect(answer.status).toBe(200)
    const letter = await answer.text()
    expect(letter).toContain('<body style="margin:0"><h1')
    expect(letter).not.toContain('role="note"')
  })

  test.each(LANGUAGES)(
    'after a corrigendum opens with a notice in the language of the letter: %s',
    async (language) => {
      await using of = await open()
      const letter = await (await fetch(`${of.web.url}/c/known-${language}-corrected`)).text()
      expect(letter).toMatch(new RegExp(`<body style="margin:0"><div role="note" lang="${language}" dir=`))
      expect(letter).toContain('Two new reports')
    },
  )

  test('of an unknown token is a 404 page', async () => {
    await using of = await open()
    const answer = await fetch(`${of.web.url}/c/unknown`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('This page is not here')
  })

  test('lets the letter show its pictures and open its links, and do nothing else', async () => {
    await using of = await open()
    const policy = (await fetch(`${of.web.url}/c/known-en`)).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('sandbox')
    expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin|allow-forms/)
  })
})

describe('every answer', () => {
  test('carries the headers that keep it private and inert', async () => {
    await using of = await open()
    for (const path of ['/', '/u/known-en', '/c/known-en', '/c/unknown', '/u/broken', '/robots.txt']) {
      const { headers } = await fetch(of.web.url + path)
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';/)
      expect(headers.get('content-security-policy')).not.toContain('script-src')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-robots-tag')).toContain('noindex')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('set-cookie')).toBeNull()
    }
  })

  test('stays a page for what is not HTTP as we speak it', async () => {
    await using of = await open()
    expect((await fetch(`${of.web.url}/u/known-en`, { method: 'PUT' })).status).toBe(404)
    expect((await fetch(`${of.web.url}/u/known-en/more`)).status).toBe(404)
    expect((await fetch(`${of.web.url}/u/%E0%A4%A`)).status).toBe(400)
    expect((await fetch(`${of.web.url}/${'u'.repeat(9_000)}`)).status).toBe(404)
  })
})

describe('the listener', () => {
  test('whose port is taken names it and the key to change', async () => {
    await using of = await open()
    await expect(openWeb(webTools(), { host: '127.0.0.1', port: of.web.port })).rejects.toMatchObject({
      code: 'COMPLAINT',
      exit: 3,
      message: `cannot listen on 127.0.0.1:${of.web.port}: something listens there already`,
      remedy: expect.stringContaining('WEB_LISTEN'),
    })
  })

  test('ends at once though a browser keeps its connection open', async () => {
    const of = await open()
    const idle = connect(of.web.port, '127.0.0.1')
    await new Promise((resolve) => idle.write('GET /c/unknown HTTP/1.1\r\nHost: a\r\n\r\n', resolve))
    await new Promise((resolve) => idle.once('data', resolve))
    // Else it would wait for the browser, longer than a test may last.
    await of[Symbol.asyncDispose]()
    idle.destroy()
  })
})
