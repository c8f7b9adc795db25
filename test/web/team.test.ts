import { request } from 'node:http'
import { openTeam, type TeamTools, type Web } from '../../src/web/index.ts'
import { teamTools } from './tools.ts'

async function open(over: Partial<TeamTools> = {}): Promise<Web> {
  return openTeam(teamTools(over), { host: '127.0.0.1', port: 0 })
}

const text = async (url: string): Promise<string> => (await fetch(url)).text()

describe("the team's pages", () => {
  test('say how the mailings stand, what is dead, and what must be known first', async () => {
    await using team = await open()
    const page = await text(team.url)
    expect(page).toContain('nothing is running: mail waits')
    expect(page).toContain('11,950 accepted, 250 rejected')
    expect(page).toContain('dead: https://reports.example.net/country/experiences/2026, held by 11,950')
    expect(page).toContain('a link is dead')
    expect(page).toContain('&lt;b&gt;on compassion&lt;/b&gt;')
    expect(page).not.toContain('0 rejected,')
  })

  test('list the inbox newest first, a hundred a page, and escape what others wrote', async () => {
    await using team = await open()
    const first = await text(`${team.url}/inbox`)
    expect(first.match(/href="\/inbox\/\d+\.eml"/g)).toHaveLength(100)
    expect(first.indexOf('250.eml')).toBeLessThan(first.indexOf('249.eml'))
    expect(first).toContain('1–100 of 250')
    expect(first).toContain('<a href="/inbox?from=100">Older</a>')
    const last = await text(`${team.url}/inbox?from=200`)
    expect(last).toContain('201–250 of 250')
    expect(last).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(last).not.toContain('<script>')
    expect((await fetch(`${team.url}/inbox?from=-1e9&from=x`)).status).toBe(200)
  })

  test('show one mail as HTML in a frame that can do nothing, as text, and raw', async () => {
    await using team = await open()
    expect(await text(`${team.url}/inbox/9.eml`)).toMatch(
      /<iframe src="\/inbox\/9\.eml\/html"[^>]* sandbox="allow-popups/,
    )
    const part = await fetch(`${team.url}/inbox/9.eml/html`)
    expect(part.headers.get('content-security-policy')).toMatch(/sandbox (?!.*allow-(scripts|same-origin))/)
    expect(part.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(await part.text()).toContain('<head><base target="_blank">')
    expect(await text(`${team.url}/inbox/9.eml/text`)).toContain('<pre dir="auto">You can now read')
    const raw = await fetch(`${team.url}/inbox/9.eml/raw`)
    expect(raw.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await raw.text()).toBe('9.eml')
    expect(await text(`${team.url}/inbox/8.eml`)).toContain('This mail has no HTML part.')
  })

  test.each(['999.eml', '..', '..%2f..%2fetc%2fpasswd', '%00', '.hidden', 'a'.repeat(300)])(
    'have no mail %s',
    async (id) => {
      const asked: string[] = []
      await using team = await open({
        inbox: {
          list: async () => [],
          get: async (name) => {
            asked.push(name)
            return null
          },
        },
      })
      expect((await fetch(`${team.url}/inbox/${id}/raw`)).status).toBe(404)
      expect(asked.filter((name) => name !== '999.eml')).toEqual([])
    },
  )

  test('have no inbox while a relay is set', async () => {
    await using team = await open({ inbox: null })
    expect((await fetch(`${team.url}/inbox`)).status).toBe(404)
    expect(await text(team.url)).not.toContain('/inbox')
  })

  test('on loopback answer to its own names only, so no web site reads them through a name of its own', async () => {
    await using team = await open()
    const ask = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = request({ port: team.port, host: '127.0.0.1', path: '/inbox', headers: { host } }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        })
        asked.on('error', reject).end()
      })
    for (const host of ['127.0.0.1', 'localhost:8081', '[::1]:1', 'gll.localhost']) expect(await ask(host)).toBe(200)
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])
      expect(await ask(host)).toBe(421)
  })

  test('say what failed', async () => {
    const faults: unknown[] = []
    await using team = await open({
      mailings: () => Promise.reject(new Error('the ledger is locked')),
      onFault: (error) => faults.push(String(error)),
    })
    const answer = await fetch(team.url)
    expect(answer.status).toBe(500)
    expect(await answer.text()).toContain('the ledger is locked')
    expect(faults).toEqual(['Error: the ledger is locked'])
  })
})
