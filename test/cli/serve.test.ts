/** `gll serve` where something is missing, taken, away, or ends. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../../scripts/servers/port.ts'
import { openBrake } from '../support/brake.ts'
import { openSink } from '../support/smtp.ts'
import {
  openStage,
  peek,
  peopleCsv,
  redisOf,
  rowsByState,
  type Stage,
  startServe,
  stateOf,
  until,
  workerOf,
} from './stage.ts'

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Publishes a letter to so many people; gives the mailing. */
async function send(stage: Stage, people: number, body = 'Good news.'): Promise<number> {
  await stage.gll.run('list', 'import', 'members', stage.file('members.csv', peopleCsv('members.test', people)))
  const text = `---\nsubject: News\nlist: members\nlanguage: en\n---\nDear {{name}},\n\n${body}\n`
  const sent = await stage.gll.run('send', stage.file('letter.md', text), '--yes', String(people))
  expect(`exit ${sent.exit} ${sent.exit === 0 ? '' : sent.err}`).toBe('exit 0 ')
  return Number(/mailing (\d+)/.exec(sent.out)?.[1])
}

const received = ({ sink }: Pick<Stage, 'sink'>): string[] => sink.messages.flatMap(({ to }) => to)
const handed = (stage: Stage, mailing: number): number => rowsByState(stage, mailing).handed ?? 0

test('without a Redis to run it says what to install, and ends with 3', async () => {
  await using stage = await openStage()
  const bin = join(stage.dir, 'bin')
  mkdirSync(bin)
  for (const tool of ['sh', 'cat']) symlinkSync(`/bin/${tool}`, join(bin, tool))
  await using serve = await startServe(stage, { env: { PATH: bin } })
  expect(await serve.exited).toBe(3)
  expect(serve.said()).toMatch(/neither redis-server nor valkey-server is installed\n {2}→ install one .*REDIS_URL/)
  await using second = await startServe(stage)
  expect(second.said()).toContain('serving;')
})

test.each(['WEB_LISTEN', 'TEAM_LISTEN'] as const)(
  '%s taken by another: named, with what to set, exit 3',
  async (key) => {
    await using stage = await openStage()
    await using other = await listenOn(stage.env[key])
    await using serve = await startServe(stage)
    expect(await serve.exited).toBe(3)
    const [, port] = other.at.split(':')
    expect(serve.said()).toMatch(new RegExp(`${port}.*\\n {2}→ .*set ${key} to another address`))
  },
)

async function listenOn(at: string): Promise<AsyncDisposable & { at: string }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(Number(at.split(':')[1]), '127.0.0.1', resolve))
  return { at, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}

test('a second serve names the first and leaves it alone', async () => {
  await using stage = await openStage()
  await using first = await startServe(stage)
  await using second = await startServe(stage)
  expect(await second.exited).toBe(3)
  expect(second.said()).toContain(
    `gll serve runs already on ${stage.env.DATA_DIR} (process ${first.child.pid}, ${stage.web}`,
  )
  expect(second.said()).toMatch(/→ use that one, or end it, or set another DATA_DIR/)
  expect(first.child.exitCode).toBeNull()
  // One that was killed leaves nothing behind that would keep the next one out.
  const [redis, worker] = [redisOf(first), await theWorker(stage)]
  first.child.kill('SIGKILL')
  await until(() => !isRunning(redis) && !isRunning(worker), 'the end of the children')
  await using third = await startServe(stage)
  expect(third.said()).toContain('serving;')
})

async function theWorker(stage: Stage): Promise<number> {
  await until(() => workerOf(stage) > 0, 'the worker')
  return workerOf(stage)
}

test('a relay that refuses connections is no attempt: all wait, and are sent when it is back', async () => {
  const port = await freePort()
  await using stage = await openStage({ env: { SMTP_URL: `smtp://127.0.0.1:${port}`, LOG_LEVEL: 'info' } })
  await using serve = await startServe(stage)
  const mailing = await send(stage, 6)
  await until(() => serve.said().includes('relay-unreached'), 'the news')
  expect(rowsByState(stage, mailing)).toEqual({ pending: 6 })
  expect(peek(stage, 'select sum(tries) tries from delivery')).toEqual([{ tries: 0 }])
  await using sink = await openSink({}, port)
  await until(() => stateOf(stage, mailing) === 'done', 'the end of the mailing')
  expect(sink.messages.flatMap(({ to }) => to).toSorted()).toEqual(
    [1, 2, 3, 4, 5, 6].map((n) => `reader${n}@members.test`),
  )
  expect(rowsByState(stage, mailing)).toEqual({ accepted: 6 })
})

test('Ctrl-C once finishes what is in hand and ends with 0; the rest is sent by the next serve', async () => {
  await using stage = await openStage({ sink: { dot: { delay: 300 } } })
  await using serve = await startServe(stage, { group: true })
  const mailing = await send(stage, 40)
  await until(() => received(stage).length >= 4)
  const worker = workerOf(stage)
  process.kill(-(serve.child.pid ?? 0), 'SIGINT')
  expect(await serve.exited).toBe(0)
  expect(serve.said()).toContain('ending: what is in hand is finished')
  expect(isRunning(worker)).toBe(false)
  const { accepted = 0, ...rest } = rowsByState(stage, mailing)
  expect(accepted).toBe(received(stage).length)
  expect(rest).toEqual({ pending: 40 - accepted })
  expect(accepted).toBeLessThan(40)
  stage.sink.behave({})
  await using next = await startServe(stage)
  await until(() => stateOf(stage, mailing) === 'done', next.said())
  expect(new Set(received(stage)).size).toBe(40)
  expect(received(stage)).toHaveLength(40)
})

test('Ctrl-C twice leaves at once; what was in hand is never sent again', async () => {
  await using stage = await openStage({ sink: { dot: 'hang' }, env: { LANES: '2' } })
  await using serve = await startServe(stage, { group: true })
  const mailing = await send(stage, 4)
  await until(() => received(stage).length === 2)
  const [worker, redis] = [workerOf(stage), redisOf(serve)]
  process.kill(-(serve.child.pid ?? 0), 'SIGINT')
  await until(() => serve.said().includes('ending: '))
  process.kill(-(serve.child.pid ?? 0), 'SIGINT')
  // In order it would end with 0, and after the longest that a drain may last: the receiver never answers.
  expect(await serve.exited).toBe(1)
  await until(() => !isRunning(worker) && !isRunning(redis), 'the end of the children', 20_000)
  expect(handed(stage, mailing)).toBe(2)
})

test('a mailing whose link died cannot be resumed, and says which', async () => {
  const brake = openBrake({ delay: 20 })
  await using stage = await openStage({ sink: { onDot: brake.reply } })
  stage.site.set('/report', {})
  await using serve = await startServe(stage)
  const mailing = await send(stage, 400, `The [report](${stage.site.url('/report')}).`)
  await until(() => received(stage).length > 0)
  // Nobody is answered until it is held: it cannot end before.
  brake.on()
  stage.site.set('/report', { status: 404 })
  await until(() => stateOf(stage, mailing) === 'held', serve.said())
  brake.off()
  await until(() => handed(stage, mailing) === 0)
  const resumed = await stage.gll.run('resume', String(mailing))
  expect(resumed.exit).toBe(2)
  expect(resumed.err).toContain(`mailing ${mailing} carries ${stage.site.url('/report')}, which is dead`)
  expect(resumed.err).toMatch(new RegExp(`→ .*gll cancel ${mailing}`))
  expect(received(stage).length).toBeLessThan(400)
  expect(stateOf(stage, mailing)).toBe('held')
})
