/**
 * `npm run bench messages`: messages to one over the API of a whole `gll serve`, to postfix's smtp-sink.
 *
 *   latency     100 a second: from the POST to the commit that has the relay's 250, by what the web hook says
 *   throughput  500 a second: whether every POST is taken in time, and when the last one has arrived
 *
 *   [--seconds 20] [--json]
 *
 * Links of the template only. Whoever asks and the sink share the machine, so the figures are a floor.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gather, gllIn } from '../demo/gll.ts'
import { openSite } from '../demo/site.ts'
import { freePort } from '../servers/port.ts'

interface Loaded {
  readonly taken: number
  readonly refused: number
  /** Milliseconds from the request to its answer, sorted. */
  readonly answers: readonly number[]
  /** When each was asked for, by its id. */
  readonly askedAt: ReadonlyMap<string, number>
  readonly seconds: number
}

export async function run(args: readonly string[]): Promise<number> {
  const at = args.indexOf('--seconds')
  const seconds = at < 0 ? 20 : Number(args[at + 1])
  const told = new Map<string, number>()
  await using hook = await openHook(told)
  const slow = await withServe({ MESSAGE_WEBHOOK: hook.url }, async (ask) => {
    await load(ask, 50, 2)
    const loaded = await load(ask, 100, seconds)
    await until(() => [...loaded.askedAt.keys()].every((id) => told.has(id)))
    const times = [...loaded.askedAt].map(([id, asked]) => (told.get(id) ?? 0) - asked).toSorted((a, b) => a - b)
    return { ...loaded, times }
  })
  const fast = await withServe({}, async (ask, arrived) => {
    await load(ask, 50, 2)
    await until(() => arrived() === 100)
    const started = Date.now()
    const loaded = await load(ask, 500, seconds)
    await until(() => arrived() === 100 + loaded.taken)
    return { ...loaded, all: (Date.now() - started) / 1_000 }
  })
  const result = {
    latency: { rate: slow.taken / slow.seconds, p50: part(slow.times, 0.5), p99: part(slow.times, 0.99), goal: 1_000 },
    throughput: {
      asked: 500,
      taken: fast.taken / fast.seconds,
      refused: fast.refused,
      arrived: fast.taken / fast.all,
      answerP99: part(fast.answers, 0.99),
    },
  }
  if (args.includes('--json')) console.log(JSON.stringify(result))
  else {
    const { latency, throughput } = result
    console.log(
      `at ${latency.rate.toFixed(0)}/s: from POST to 250 p50 ${latency.p50} ms, p99 ${latency.p99} ms (goal 1,000)`,
    )
    console.log(
      `at ${throughput.asked}/s: ${throughput.taken.toFixed(0)}/s taken, ${throughput.refused} refused, answers p99 ` +
        `${throughput.answerP99} ms; ${throughput.arrived.toFixed(0)}/s arrived, the last included`,
    )
  }
  return latencyMet(result) ? 0 : 1
}

const latencyMet = ({ latency, throughput }: { latency: { p99: number }; throughput: { refused: number } }): boolean =>
  latency.p99 < 1_000 && throughput.refused === 0

const part = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN)

async function until(so: () => boolean, within = 120_000): Promise<void> {
  for (const end = Date.now() + within; !so(); await wait(20)) {
    if (Date.now() > end) throw new Error('messages are missing')
  }
}

/** So many requests a second, whether or not earlier ones were answered. */
async function load(ask: (n: number) => Promise<Response>, rate: number, seconds: number): Promise<Loaded> {
  const answers: number[] = []
  const askedAt = new Map<string, number>()
  let refused = 0
  const one = async (n: number): Promise<void> => {
    const asked = Date.now()
    const answer = await ask(n)
    const { id } = (await answer.json()) as { id?: string }
    answers.push(Date.now() - asked)
    if (answer.status === 202 && id) askedAt.set(id, asked)
    else refused += 1
  }
  const all: Promise<void>[] = []
  const start = performance.now()
  for (let n = 0; n < rate * seconds; n += 1) {
    const due = start + (n * 1_000) / rate
    if (due > performance.now()) await wait(due - performance.now())
    all.push(one(n))
  }
  await Promise.all(all)
  const took = (performance.now() - start) / 1_000
  return { taken: askedAt.size, refused, answers: answers.toSorted((a, b) => a - b), askedAt, seconds: took }
}

/** When the ledger had each message's 250, as the web hook tells it. */
async function openHook(told: Map<string, number>) {
  const server = createServer(async (request, response) => {
    const { id, at } = JSON.parse((await request.toArray()).join('')) as { id: string; at: string }
    told.set(id, Date.parse(at))
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** A whole `gll serve` with one template, and a sink that counts. */
async function withServe<T>(
  more: Record<string, string>,
  work: (ask: (n: number) => Promise<Response>, arrived: () => number) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-bench-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const site = stack.use(await openSite({ '/guide': 'Guide' }))
  mkdirSync(join(dir, 'messages'))
  const letter = `---\nsubject: Your place at {{event}}\n---\nDear {{name}}, see the [guide](${site.url}/guide).\n`
  writeFileSync(join(dir, 'messages', 'place.md'), letter)
  const [sinkPort, web, team] = [await freePort(), await freePort(), await freePort()]
  const sink = started(stack, spawn('smtp-sink', ['-c', '-u', 'nobody', `127.0.0.1:${sinkPort}`, '1000']))
  const counted = gather(sink.stdout)
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    DATA_DIR: dir,
    MESSAGES_DIR: join(dir, 'messages'),
    SMTP_URL: `smtp://127.0.0.1:${sinkPort}`,
    LOOK_ALLOW: '127.0.0.0/8',
    WEB_LISTEN: `127.0.0.1:${web}`,
    TEAM_LISTEN: `127.0.0.1:${team}`,
    FROM: 'The GLL Team <gll@gll.test>',
    LOG_LEVEL: 'error',
    ...more,
  }
  const gll = gllIn(env)
  const serve = started(stack, gll.start(['serve']))
  const said = gather(serve.stderr)
  await until(() => said.text.includes('serving;'))
  const token = (await gll.run('token', 'add', 'bench', '--scope', 'messages')).out.trim()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const ask = (n: number): Promise<Response> => {
    const body = JSON.stringify({
      template: 'place',
      to: `reader${n}@bench.test`,
      data: { name: `Reader ${n}`, event: 'Geneva' },
    })
    return fetch(`http://127.0.0.1:${web}/v1/messages`, { method: 'POST', headers, body })
  }
  return await work(ask, () => Number(/.*mesg=(\d+)/s.exec(counted.text)?.[1] ?? 0))
}

function started(stack: AsyncDisposableStack, child: ChildProcess): ChildProcess {
  stack.defer(async () => {
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill('SIGTERM')
    await gone
  })
  return child
}
