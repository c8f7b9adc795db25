/**
 * `npm run bench gate`: 200 links that answer in 100 ms each, on 20 hosts (127.0.0.2 to .21), at most 2 at once a host.
 * The politeness allows no less than 0.5 s. In the same run, in turn: `gll check`, linkinator's own command at the only
 * setting that guarantees 2 a host (2 in all), and lychee where it is on the PATH. And the judge of content: start-up,
 * and 1,000 mails of 30 KB.
 *
 *   [--rounds 5] [--links 200] [--hosts 20] [--mails 1000] [--json] [--only looks|content]
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuSeconds, median, peakMegabytes } from './measure.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const GLL = [process.execPath, join(ROOT, 'src', 'cli', 'gll.mjs')]
const ANSWER = 100
const PER_HOST = 2

interface Options {
  readonly rounds: number
  readonly links: number
  readonly hosts: number
  readonly mails: number
}

/** One run of one checker. Times in seconds. */
interface Run {
  readonly exit: number
  /** The whole command. */
  readonly wall: number
  /** From the first request to the last answer: without start-up. */
  readonly looks: number
  readonly requests: number
  readonly mostAtOnce: number
  readonly peak: number
  /** Seconds of all its threads together. */
  readonly cpu: number
}

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      links: { type: 'string', default: '200' },
      hosts: { type: 'string', default: '20' },
      mails: { type: 'string', default: '1000' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const options = {
    rounds: Number(values.rounds),
    links: Number(values.links),
    hosts: Number(values.hosts),
    mails: Number(values.mails),
  }
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  try {
    const looks = values.only === 'content' ? null : await benchLooks(dir, options)
    const content = values.only === 'looks' ? null : await benchContent(dir, options)
    if (values.json) console.log(JSON.stringify({ looks, content }))
    else {
      if (looks) tellLooks(looks)
      if (content) tellContent(content, options)
    }
    const [ours, ...others] = looks?.checkers ?? []
    const tooMany = ours !== undefined && others.some(({ requests }) => ours.requests > requests)
    if (tooMany) console.error('gll check made more requests than another: it must not')
    return !tooMany && (looks?.checkers ?? []).every(({ found }) => found) ? 0 : 1
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

// ---- looks -----------------------------------------------------------------------------------------------------------

type Looks = Awaited<ReturnType<typeof benchLooks>>

async function benchLooks(dir: string, options: Options) {
  await using hosts = await openHosts(options.hosts)
  const file = join(dir, 'mail.html')
  const urls = Array.from({ length: options.links }, (_, n) => hosts.url(n % options.hosts, `/page-${n}`))
  writeFileSync(file, `<p>${urls.map((url, n) => `<a href="${url}">Report ${n}</a>`).join('\n')}</p>`)
  const runs = new Map<string, Run[]>()
  const checkers = commands(file)
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { name, command } of checkers) {
      const known = runs.get(name) ?? []
      runs.set(name, known)
      known.push(await measure(command, dir, hosts))
    }
  }
  const bound = (Math.ceil(options.links / options.hosts / PER_HOST) * ANSWER) / 1_000
  return {
    bound,
    links: options.links,
    hosts: options.hosts,
    checkers: [...runs].map(([name, all]) => ({
      name,
      wall: median(all.map(({ wall }) => wall)),
      looks: median(all.map(({ looks }) => looks)),
      ratio: median(all.map(({ looks }) => looks)) / bound,
      requests: median(all.map(({ requests }) => requests)),
      mostAtOnce: Math.max(...all.map(({ mostAtOnce }) => mostAtOnce)),
      peak: median(all.map(({ peak }) => peak)),
      cpu: median(all.map(({ cpu }) => cpu)),
      found: all.every(({ exit }) => exit === 0),
    })),
  }
}

function commands(file: string): { name: string; command: string[] }[] {
  const linkinator = join(ROOT, 'node_modules', 'linkinator', 'build', 'src', 'cli.js')
  const all = [
    { name: 'gll check', command: [...GLL, 'check', file] },
    // Relative: it serves the folder it runs in.
    { name: 'linkinator', command: [process.execPath, linkinator, 'mail.html', '--concurrency', String(PER_HOST)] },
  ]
  const lychee = spawnSync('lychee', ['--version']).status === 0
  if (!lychee) return all
  const polite = ['--host-concurrency', String(PER_HOST), '--host-request-interval', '20ms']
  return [...all, { name: 'lychee', command: ['lychee', '--no-progress', ...polite, file] }]
}

/** Where no round ends well, the checker did not find every link alive, and its time means nothing. */
async function measure(command: readonly string[], cwd: string, hosts: Hosts): Promise<Run> {
  hosts.reset()
  const [program = '', ...args] = command
  const start = performance.now()
  const child = spawn(program, args, { cwd, stdio: 'ignore', env: { ...process.env, LOOK_ALLOW: '127.0.0.0/8' } })
  let [peak, cpu] = [0, 0]
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, peakMegabytes(child.pid ?? 0))
      cpu = Math.max(cpu, cpuSeconds(child.pid ?? 0))
    } catch {
      // It has just ended.
    }
  }, 20)
  const exit = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)))
  clearInterval(watch)
  const { first, last, requests, mostAtOnce } = hosts.seen
  const [wall, looks] = [(performance.now() - start) / 1_000, (last - first) / 1_000]
  return { exit, wall, looks, requests, mostAtOnce, peak, cpu }
}

interface Hosts extends AsyncDisposable {
  url(host: number, path: string): string
  reset(): void
  readonly seen: { first: number; last: number; requests: number; mostAtOnce: number }
}

/** Hosts on loopback addresses of their own, all on one port; each page answers after 100 ms. */
async function openHosts(count: number): Promise<Hosts> {
  const seen = { first: Number.POSITIVE_INFINITY, last: 0, requests: 0, mostAtOnce: 0 }
  const servers: Server[] = []
  let port = 0
  for (let host = 0; host < count; host += 1) {
    let open = 0
    const server = createServer((request, response) => {
      seen.first = Math.min(seen.first, performance.now())
      seen.requests += 1
      open += 1
      seen.mostAtOnce = Math.max(seen.mostAtOnce, open)
      setTimeout(() => {
        open -= 1
        seen.last = performance.now()
        response.writeHead(200, { 'content-type': 'text/html' })
        response.end(`<title>${request.url}</title><p>A page with enough words on it to be a page: ${request.url}</p>`)
      }, ANSWER)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, `127.0.0.${host + 2}`, resolve)
    })
    port = (server.address() as AddressInfo).port
    servers.push(server)
  }
  return {
    url: (host, path) => `http://127.0.0.${host + 2}:${port}${path}`,
    seen,
    reset: () => void Object.assign(seen, { first: Number.POSITIVE_INFINITY, last: 0, requests: 0, mostAtOnce: 0 }),
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

function tellLooks({ bound, links, hosts, checkers }: Looks): void {
  console.log(`${links} links of ${ANSWER} ms on ${hosts} hosts, ${PER_HOST} at once a host: not under ${bound} s`)
  for (const { name, wall, looks, ratio, requests, mostAtOnce, peak, cpu, found } of checkers) {
    const said = [
      `${looks.toFixed(2)} s of looks (${ratio.toFixed(2)} × the bound)`,
      `${wall.toFixed(2)} s in all`,
      `${requests} requests`,
      `${mostAtOnce} at once a host`,
      `${cpu.toFixed(2)} s of CPU`,
      `${peak.toFixed(0)} MB at most`,
    ]
    console.log(`  ${name.padEnd(10)}  ${said.join(', ')}${found ? '' : ' — DID NOT END WELL'}`)
  }
  const [ours, ...others] = checkers
  for (const other of others) {
    if (ours) console.log(`  gll check takes ${(ours.wall / other.wall).toFixed(2)} × the time of ${other.name}`)
  }
}

// ---- content ---------------------------------------------------------------------------------------------------------

type Content = Awaited<ReturnType<typeof benchContent>>

async function benchContent(dir: string, options: Options) {
  const files = Array.from({ length: options.mails }, (_, n) => {
    const file = join(dir, `mail-${n}.eml`)
    writeFileSync(file, mail(n))
    return file
  })
  const timed = (all: readonly string[]): number => {
    const [program = '', ...args] = [...GLL, 'check', '--content', '--json', ...all]
    const start = performance.now()
    const done = spawnSync(program, args, { maxBuffer: 1e9, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`gll check ended with ${done.status}: ${done.stdout.slice(0, 500)}`)
    return performance.now() - start
  }
  const one = Array.from({ length: options.rounds }, () => timed(files.slice(0, 1)))
  const all = Array.from({ length: options.rounds }, () => timed(files))
  return {
    bytes: Buffer.byteLength(mail(0)),
    start: median(one) / 1_000,
    each: (median(all) - median(one)) / (files.length - 1),
  }
}

const WORDS =
  'we met in the morning and spoke about care quality and what patients say of it when somebody asks them in time'.split(
    ' ',
  )

/** A two-part mail of about 30 KB with twelve links, no two alike. */
function mail(n: number): string {
  let at = n
  const sentence = (): string => {
    const words = Array.from({ length: 14 }, () => WORDS[(at++ * 7 + n) % WORDS.length])
    return `${words.join(' ').replace(/^./, (c) => c.toUpperCase())}.`
  }
  const paragraphs = Array.from({ length: 48 }, (_, p) => {
    const words = `${sentence()} ${sentence()} ${sentence()}`
    const url = `https://www.gll.test/${n}/${p}`
    return p % 4 === 0
      ? { html: `${words} <a href="${url}">Report ${p}</a>`, text: `${words} Report ${p}: ${url}` }
      : { html: words, text: words }
  })
  const html = paragraphs
    .map(
      ({ html }) => `<tr><td style="padding:8px;font-family:Arial,sans-serif;font-size:15px"><p>${html}</p></td></tr>`,
    )
    .join('\n')
  return [
    'From: GLL <gll@gll.test>',
    'To: reader@gll.test',
    `Subject: News ${n}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    paragraphs.map(({ text }) => text).join('\n\n'),
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<!doctype html><html lang="en"><body><table>${html}</table></body></html>`,
    '--b--',
    '',
  ].join('\r\n')
}

function tellContent({ bytes, start, each }: Content, options: Options): void {
  console.log(`${options.mails} mails of ${Math.round(bytes / 1_000)} KB, content alone`)
  console.log(`  gll check   ${each.toFixed(2)} ms a mail, ${start.toFixed(2)} s for one (start-up)`)
}
