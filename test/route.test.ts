/**
 * The whole way of a mailing, on real parts: `gll serve` with its Redis and its worker, commands as an operator types
 * them, a site whose pages die, and a receiving server that misbehaves. What counts is what the receiver has.
 */
import { damaged } from '../scripts/demo/letters.ts'
import { askRedis } from '../src/cli/redis.ts'
import {
  mailsOf,
  openStage,
  peek,
  peopleCsv,
  redisAt,
  redisOf,
  rowsByState,
  type Serve,
  type Stage,
  startServe,
  stateOf,
  statusOf,
  until,
  workerOf,
} from './cli/stage.ts'
import { openBrake } from './support/brake.ts'

const LANES = 4
let stage: Stage
let serve: Serve

/** The receiver's slow answer to each message, so that there is time to interfere. Milliseconds. */
const SLOW = 40
const brake = openBrake()

beforeAll(async () => {
  let tries = 0
  stage = await openStage({
    sink: {
      only: {
        'reader1@members.test': { rcpt: { reply: '550 5.1.1 no such user' } },
        'reader2@later.test': { rcpt: () => (tries++ === 0 ? { reply: '451 4.3.0 busy' } : undefined) },
      },
      dot: ({ to }) => (to.endsWith('@crowd.test') ? { delay: SLOW } : undefined),
      onDot: brake.reply,
    },
  })
  for (const path of ['/report', '/new-report', '/stories', '/old-stories', '/toolkit', '/b', '/b2'])
    stage.site.set(path, {})
})

afterAll(async () => {
  await serve?.[Symbol.asyncDispose]()
  await stage?.[Symbol.asyncDispose]()
})

const letter = (list: string, body: string, terms = ''): string =>
  `---\nsubject: News for ${list}\nlist: ${list}\nlanguage: en\ndefaults: { name: Colleague }\n${terms}---\nDear {{name}},\n\n${body}\n`

const link = (path: string): string => `[the page](${stage.site.url(path)})`
const instead = (from: string, to: string): string =>
  `links:\n  ${stage.site.url(from)}: { instead: [${stage.site.url(to)}] }\n`

async function importList(list: string, people: number): Promise<void> {
  const file = stage.file(`${list}.csv`, peopleCsv(`${list}.test`, people))
  expectExit(await stage.gll.run('list', 'import', list, file), 0)
}

/** Sends to everybody on the list; gives the mailing. */
async function send(list: string, people: number, text: string): Promise<number> {
  const sent = await stage.gll.run('send', stage.file(`${list}.md`, text), '--yes', String(people))
  expectExit(sent, 0)
  return Number(/mailing (\d+)/.exec(sent.out)?.[1])
}

const to = (list: string, subject = 'News'): string[] =>
  stage.sink.messages
    .filter(({ raw }) => raw.toString('latin1', 0, 4_096).includes(`\r\nSubject: ${subject}`))
    .flatMap((message) => message.to)
    .filter((address) => address.endsWith(`@${list}.test`))

const readers = (list: string, from: number, last: number): string[] =>
  Array.from({ length: last - from + 1 }, (_, at) => `reader${from + at}@${list}.test`)

/** Shows what the command said, should it end otherwise. */
function expectExit(ran: { exit: number; err: string }, exit: number): void {
  expect(ran.exit === exit ? `exit ${exit}` : `exit ${ran.exit}: ${ran.err}`).toBe(`exit ${exit}`)
}

/** The receiver has exactly these, each once. */
function expectExactly(got: readonly string[], wanted: readonly string[]): void {
  expect(got.toSorted()).toEqual(wanted.toSorted())
}

/** The counts of `gll status` are the audience, and the rows themselves. */
async function expectCounts(mailing: number, counts: Record<string, number>): Promise<void> {
  const told = await statusOf(stage, mailing)
  const nonZero = Object.fromEntries(Object.entries(told.counts).filter(([, n]) => n > 0))
  expect(nonZero).toEqual(rowsByState(stage, mailing))
  expect(nonZero).toMatchObject(counts)
  expect(Object.values(told.counts).reduce((sum, n) => sum + n, 0)).toBe(told.audience)
}

let later = 0

test('a letter that lost its links, and one with a dead page, are refused: the receiver never hears of them', async () => {
  await importList('members', 40)
  const lost = await stage.gll.run('send', stage.file('lost.md', damaged()), '--yes', '40')
  expectExit(lost, 2)
  expect(lost.err).toContain('nothing was sent')
  const dead = await stage.gll.run('send', stage.file('dead.md', letter('members', link('/nowhere'))), '--yes', '40')
  expectExit(dead, 2)
  expect(dead.err).toContain(stage.site.url('/nowhere'))
  expect(stage.sink.sessions()).toBe(0)
})

test('what is sent while nothing runs waits, and every command says so; it leaves when serve starts', async () => {
  await importList('later', 5)
  const sent = await stage.gll.run('send', stage.file('l.md', letter('later', link('/report'))), '--yes', '5', '--wait')
  expectExit(sent, 0)
  expect(sent.err).toContain('nothing is running: mail waits, links are unwatched')
  later = Number(/mailing (\d+)/.exec(sent.out)?.[1])
  const status = await stage.gll.run('status', String(later))
  expect(status.err).toContain('nothing is running')
  expect(stage.sink.sessions()).toBe(0)
  serve = await startServe(stage)
  await until(() => to('later').length === 4, 'the four')
  expectExactly(
    to('later'),
    readers('later', 1, 5).filter((address) => !address.startsWith('reader2')),
  )
  await until(() => rowsByState(stage, later).accepted === 4)
  await expectCounts(later, { accepted: 4, deferred: 1 })
})

test('a page dies: exactly who holds it gets a corrigendum, in answer to their own copy, with every link alive', async () => {
  const text = letter('members', `${link('/old-stories')} and ${link('/toolkit')}`, instead('/old-stories', '/stories'))
  const mailing = await send('members', 40, text)
  await until(() => stateOf(stage, mailing) === 'done')
  expectExactly(to('members'), readers('members', 2, 40))
  await expectCounts(mailing, { accepted: 39, rejected: 1 })

  const announced = await mailsOf(stage.sink.messages.filter((m) => m.to[0]?.endsWith('@members.test')))
  const leaving = announced.find((mail) => mail.to === 'reader5@members.test')
  const answer = await fetch(leaving?.unsubscribe ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })
  expect(answer.status).toBe(200)
  const webCopy = announced.at(-1)?.html.find((href) => href.startsWith(`${stage.web}/c/`)) ?? ''
  const before = await (await fetch(webCopy)).text()
  expect(before).toContain(stage.site.url('/old-stories'))

  stage.site.set('/old-stories', { status: 404 })
  await until(() => to('members', 'Corrigendum').length >= 38, 'the corrigendum')
  const corrigendum = (await stage.gll.run('status', String(mailing))).out.match(/corrected by mailing (\d+)/)?.[1]
  await until(() => stateOf(stage, Number(corrigendum)) === 'done')
  const holders = readers('members', 2, 40).filter((address) => address !== 'reader5@members.test')
  expectExactly(to('members', 'Corrigendum'), holders)
  await expectCounts(Number(corrigendum), { accepted: 38 })

  const first = new Map(announced.map((mail) => [mail.to, mail.messageId]))
  const arrived = await mailsOf(stage.sink.messages)
  const corrigenda = arrived.filter((mail) => mail.subject.startsWith('Corrigendum:'))
  for (const mail of corrigenda) {
    expect(mail.inReplyTo).toBe(first.get(mail.to))
    expect(mail.html).toEqual(mail.text)
    expect(mail.html).toContain(stage.site.url('/stories'))
    expect(mail.html).not.toContain(stage.site.url('/old-stories'))
  }
  const all = [...new Set(corrigenda.flatMap((mail) => mail.html))]
  const shared = all.filter((href) => !href.startsWith(stage.web))
  const own = all.filter((href) => href.startsWith(stage.web)).slice(0, 10)
  for (const href of [...shared, ...own]) expect([href, (await fetch(href)).status]).toEqual([href, 200])

  const after = await (await fetch(webCopy)).text()
  expect(after).toContain(stage.site.url('/stories'))
  expect(after).not.toContain(`href="${stage.site.url('/old-stories')}"`)
  const who = await stage.gll.run('who', 'reader7@members.test', '--json')
  const lines = who.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { mailing: number })
  expect(lines.map((line) => line.mailing).toSorted()).toEqual([mailing, Number(corrigendum)])
})

test('a page that is back before its corrigendum leaves cancels it: nobody is bothered', async () => {
  await importList('second', 3)
  const mailing = await send('second', 3, letter('second', link('/b'), instead('/b', '/b2')))
  await until(() => to('second').length === 3)
  stage.site.set('/b', { status: 410 })
  // Asked of the ledger itself: the notice is short, and a command takes its time to start.
  const scheduled = () =>
    peek<{ id: number }>(stage, "select id from mailing where corrects_mailing = ? and state = 'scheduled'", mailing)
  await until(() => scheduled().length === 1, 'the notice')
  const [corrigendum] = scheduled()
  stage.site.set('/b', {})
  await until(() => stateOf(stage, corrigendum?.id ?? 0) === 'cancelled', 'the end of the corrigendum')
  await until(async () => (await stage.gll.run('links', String(mailing))).out.includes('0 dead'))
  expect(to('second', 'Corrigendum')).toEqual([])
})

test('hold, resume and cancel act at the next message', async () => {
  await importList('crowd', 400)
  const mailing = await send('crowd', 400, letter('crowd', link('/report')))
  await until(() => to('crowd').length > 20)
  // However long a command takes to start, the mailing does not end meanwhile.
  brake.on()
  expectExit(await stage.gll.run('hold', String(mailing), '--why', 'a wrong date'), 0)
  const held = to('crowd').length
  brake.off()
  await until(() => (rowsByState(stage, mailing).handed ?? 0) === 0)
  expect((await statusOf(stage, mailing)).why).toBe('a wrong date')
  const seen = to('crowd').length
  expect(seen).toBeLessThanOrEqual(held + LANES)
  expectExit(await stage.gll.run('resume', String(mailing)), 0)
  await until(() => to('crowd').length > seen)
  brake.on()
  expectExit(await stage.gll.run('cancel', String(mailing), '--why', 'enough'), 0)
  const had = to('crowd').length
  brake.off()
  await until(() => (rowsByState(stage, mailing).handed ?? 0) === 0)
  await statusOf(stage, mailing)
  const got = to('crowd')
  expect(got.length).toBeLessThanOrEqual(had + LANES)
  expect(new Set(got).size).toBe(got.length)
  await expectCounts(mailing, { accepted: got.length, cancelled: 400 - got.length })
})

test('Redis flushed and killed, and the worker killed, while it sends: it goes on, and nobody has it twice', async () => {
  const before = to('crowd').length
  const crowd = () => to('crowd').slice(before)
  const mailing = await send('crowd', 400, letter('crowd', link('/toolkit')))
  await until(() => crowd().length > 40)
  await askRedis(redisAt(stage), 'FLUSHALL')
  await until(() => crowd().length > 100)
  process.kill(redisOf(serve), 'SIGKILL')
  await until(() => crowd().length > 200)
  const worker = workerOf(stage)
  process.kill(worker, 'SIGKILL')
  await until(() => stateOf(stage, mailing) === 'done', 'the end of the mailing')
  expect(serve.said()).toContain('Redis ended; starting it again')
  expect(serve.said()).toContain('the worker ended (SIGKILL); starting it again')
  expect(workerOf(stage)).not.toBe(worker)
  const got = crowd()
  expect(new Set(got).size).toBe(got.length)
  const { accepted = 0, uncertain = 0, ...others } = rowsByState(stage, mailing)
  expect(others).toEqual({})
  expect(accepted + uncertain).toBe(400)
  expect(uncertain).toBeLessThanOrEqual(LANES)
  expect(got.length).toBeGreaterThanOrEqual(accepted)
  expect(got.length).toBeLessThanOrEqual(400)
  await expectCounts(mailing, { accepted })
})

test('who was deferred has it now, once, and the mailing is done', async () => {
  await until(() => stateOf(stage, later) === 'done', 'the second try', 100_000)
  expectExactly(to('later'), readers('later', 1, 5))
  await expectCounts(later, { accepted: 5 })
})

test('Ctrl-C ends it in order, and then every command says that nothing runs', async () => {
  serve.child.kill('SIGINT')
  expect(await serve.exited).toBe(0)
  const status = await stage.gll.run('status')
  expectExit(status, 0)
  expect(status.err).toContain('nothing is running')
})
