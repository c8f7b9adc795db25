/** What whoever runs it is told: the time a mailing takes, how it goes on after everything was killed, metrics, logs. */
import { withoutAddresses } from '../../queues/log.ts'
import { gather } from '../../scripts/demo/gll.ts'
import {
  openStage,
  peopleCsv,
  rowsByState,
  type Serve,
  type Stage,
  startServe,
  stateOf,
  until,
  workerOf,
} from './stage.ts'

const PEOPLE = 200
let stage: Stage
let serve: Serve
let said = ''

beforeAll(async () => {
  stage = await openStage({
    env: { LOG_LEVEL: 'debug', RATE: '100', DAILY_QUOTA: '10000', UNDO_WINDOW: '2s' },
    sink: {
      only: {
        'reader1@members.test': { rcpt: { reply: '550 5.1.1 <reader1@members.test>: no such user' } },
        'reader2@members.test': { rcpt: { reply: '451 4.7.1 greylisted, reader2@members.test' } },
      },
      mail: ({ nth }) => (nth === 10 ? { reply: '421 4.7.0 enough from gll@gll.test for one session' } : undefined),
    },
  })
  serve = await startServe(stage)
})
afterAll(async () => {
  await serve?.[Symbol.asyncDispose]()
  await stage?.[Symbol.asyncDispose]()
})

/** A promise that is broken shows itself long before the stage's own patience. */
const soon = (so: () => boolean | Promise<boolean>, what: string): Promise<void> => until(so, what, 40_000)

async function send(): Promise<{ mailing: number; err: string }> {
  await stage.gll.run('list', 'import', 'members', stage.file('members.csv', peopleCsv('members.test', PEOPLE)))
  const text = '---\nsubject: News\nlist: members\nlanguage: en\n---\nDear {{name}},\n\nGood news.\n'
  const sent = await stage.gll.run('send', stage.file('letter.md', text), '--yes', String(PEOPLE))
  expect(`exit ${sent.exit} ${sent.exit === 0 ? '' : sent.err}`).toBe('exit 0 ')
  return { mailing: Number(/mailing (\d+)/.exec(sent.out)?.[1]), err: sent.err }
}

/** `gll status N --follow`, as somebody leaves it running. */
function follow(mailing: number) {
  const child = stage.gll.start(['status', String(mailing), '--follow'])
  const streams = [gather(child.stdout), gather(child.stderr)]
  const text = (): string => streams.map((stream) => stream.text).join('')
  return { text, exited: new Promise<number | null>((resolve) => child.once('close', resolve)) }
}

const received = (): string[] => stage.sink.messages.flatMap(({ to }) => to)

test('gll send says what the limits make of it, and until when it can be undone; --follow outlives all that is killed', async () => {
  const { mailing, err } = await send()
  expect(err).toMatch(
    /at most 100 a second, 10,000 in 24 hours \(10,000 are left\): the last leaves about .*, after 2 s/,
  )
  expect(err).toMatch(/nothing leaves before .* \(UNDO_WINDOW\); to stop it whole until then: gll cancel \d+/)
  expect(err).toContain('not proved in transit: no seed mailbox is set')
  const following = follow(mailing)
  await soon(() => received().length > 40, 'the first')
  process.kill(workerOf(stage), 'SIGKILL')
  await soon(() => received().length > 120, 'the second worker’s')
  serve.child.kill('SIGKILL')
  await serve.exited
  said += serve.said()
  serve = await startServe(stage)
  const open = (): number => (rowsByState(stage, mailing).pending ?? 0) + (rowsByState(stage, mailing).handed ?? 0)
  await soon(() => open() === 0, 'the rest')
  // Whoever is greylisted comes in his own time: the test does not wait for that.
  await stage.gll.run('cancel', String(mailing))
  expect(await following.exited).toBe(0)
  expect(following.text()).toMatch(/ of 200 people, .* a second, \d+ s left/)
  expect(following.text()).toMatch(/mailing \d+, announcement, cancelled/)
  const { accepted = 0, uncertain = 0, rejected, cancelled } = rowsByState(stage, mailing)
  expect([accepted + uncertain, rejected, cancelled]).toEqual([PEOPLE - 2, 1, 1])
  expect(new Set(received()).size).toBe(received().length)
  expect(stateOf(stage, mailing)).toBe('cancelled')
})

test('/metrics on the team’s listener has states, depth, lanes, replies and commits, as Prometheus reads them, and nobody’s address', async () => {
  const team = `http://${stage.env.TEAM_LISTEN}/metrics`
  let text = ''
  const value = (name: string): number =>
    Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1])
  await soon(async () => {
    text = await (await fetch(team)).text()
    return value('gll_commit_seconds_count') > 0
  }, 'what the worker counted')
  const states = rowsByState(stage, 1)
  for (const [state, n] of Object.entries(states))
    expect([state, value(`gll_deliveries{state="${state}"}`)]).toEqual([state, n])
  expect(value('gll_mailings{state="cancelled"}')).toBe(1)
  // This worker is the third: it has what the first two left.
  const outcomes = [...text.matchAll(/^gll_replies_total\{outcome="(\w+)",class="([\w-]*)"\} (\d+)$/gm)]
  const accepted = Number(outcomes.find(([, outcome]) => outcome === 'accepted')?.[3])
  expect(accepted).toBeGreaterThan(0)
  expect(accepted).toBeLessThan(states.accepted ?? 0)
  expect(value('gll_lanes')).toBe(0)
  expect(value('gll_due{what="chunks"}')).toBe(0)
  expect(value('gll_oldest_due_seconds{what="mailings"}')).toBe(0)
  expect(value('gll_worker_heard_seconds')).toBeLessThan(30)
  expect(value('gll_worker_waits')).toBe(0)
  expect(text).toMatch(/^gll_jobs\{queue="deliveries",state="(waiting|active)"\} \d+$/m)
  expect(text).toMatch(/^gll_commit_seconds_bucket\{le="0\.05"\} [1-9]/m)
  for (const line of text.split('\n')) expect(line).toMatch(/^(#.*|[a-z_]+(\{[^}]*\})? -?[\d.e+-]+|)$/)
  expect(text).not.toContain('@')
})

test('the logs are JSON, one fact a line, and hold no address, though relays quote them', async () => {
  said += serve.said()
  const lines = said.split('\n').filter((line) => line.startsWith('{'))
  const events = lines.map((line) => JSON.parse(line) as { msg: string; why?: string })
  expect(new Set(events.map(({ msg }) => msg))).toContain('worker-started')
  expect(events.filter(({ msg, why }) => msg === 'relay-unreached' && why?.includes('421')).length).toBeGreaterThan(0)
  expect(said).not.toContain('@')
})

test.each([
  ['550 5.1.1 <ann@example.org>: no such user', '550 5.1.1 <(address)>: no such user'],
  ['to=ann.lee+x@example.org, from="ann lee"@example.org;', '(address), from="ann (address);'],
  ['connect ECONNREFUSED 127.0.0.1:25', 'connect ECONNREFUSED 127.0.0.1:25'],
  ['b-2tq7@bounces.example.org and жанна@пример.рф', '(address) and (address)'],
])('of “%s” the log has “%s”', (fact, logged) => {
  expect(withoutAddresses(fact)).toBe(logged)
})
