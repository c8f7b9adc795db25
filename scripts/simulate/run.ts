/**
 * Months in minutes: the true timetable, the true steps and a true ledger, over a web that is made up and a clock that
 * jumps from one thing that is due to the next. Only the network is not real: looks answer from the world's traces, and
 * a lane takes each message as soon as the ledger says that its body may go.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type DecisionJob, runDecision } from '../../queues/decisions.ts'
import { type ChunkJob, runChunk } from '../../queues/deliveries.ts'
import { type LookJob, runLook } from '../../queues/looks.ts'
import { type ProofJob, runProof } from '../../queues/proofs.ts'
import { type Queues, tick } from '../../queues/tick.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { make } from '../../src/edition/index.ts'
import { openLedger } from '../../src/ledger/index.ts'
import { type Lane, parseAddress } from '../../src/mail/index.ts'
import {
  gate,
  houseOf,
  ledgerPath,
  openReceivers,
  publish,
  secretKey,
  type Tools,
  tokensOf,
  UNLIMITED,
} from '../../src/publishing/index.ts'
import { lookAt, MINUTE, type SimLink, type World } from './world.ts'

export interface Sent {
  readonly to: string
  readonly at: number
  readonly corrigendum: boolean
}

export interface Ran {
  readonly config: Config
  /** Everything that left, as the receiving end has it. */
  readonly sent: readonly Sent[]
  /** Looks of the watch, the gate's left out. */
  readonly looks: number
  /** Mailing numbers of the ledger, by the world's. */
  readonly mailings: readonly number[]
  /** Where the ledger is, until `disposed`. */
  readonly path: string
  /** The step with its error, where one failed. */
  readonly failed: readonly string[]
  readonly rounds: number
}

export const TEAM = 'team@gll.test'
/** Nothing here need outlive a power cut, and each commit waits for the disk. */
const IN_MEMORY = '/dev/shm'
const LANES = 1
const REFERENCE = 'https://reference.web.test/'

/** Runs a world to its end. `people` on each of `lists` lists. */
export async function run(
  world: World,
  of: { begin: number; people: number; lists: number; onDay?: (day: number) => void },
): Promise<Ran & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'gll-simulate-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const config = readConfig({
    DATA_DIR: dir,
    FROM: 'The GLL Team <gll@gll.test>',
    NOTICE_TO: TEAM,
    LOOK_REFERENCE: REFERENCE,
  })
  const clock = { at: of.begin }
  const sent: Sent[] = []
  const failed: string[] = []
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  const tools: Tools = {
    config,
    ledger,
    tokens: tokensOf(config, secretKey(config)),
    make: makerFor(),
    looker: {
      look: async (requests) => requests.map(({ url }) => lookAt(world, url, clock.at)),
      [Symbol.asyncDispose]: async () => {},
    },
    openLane: async () => laneInto(sent, clock),
    park: async () => {},
    rest: () => false,
    permit: UNLIMITED,
    receivers: openReceivers({ ledger, now: () => clock.at, log: () => {} }),
    sign: null,
    now: () => clock.at,
    stopping: () => false,
    log: () => {},
  }
  await importPeople(tools, of)
  using db = closing(new Sqlite(ledgerPath(config), { readonly: true }))
  const due = nextDue(db.it)
  const jobs: (() => Promise<void>)[] = []
  const queues = queuesInto(tools, jobs)
  const waiting = world.mailings.map((mailing, at) => ({ ...mailing, number: at })).sort((a, b) => a.at - b.at)
  const mailings: number[] = []
  let day = 0
  let rounds = 0
  while (clock.at < world.end) {
    const before = clock.at
    const next = waiting[0]
    if (next && next.at <= clock.at) {
      waiting.shift()
      mailings[next.number] = await publishOne(tools, next.number, next.list, next.links)
    }
    // What a step has written may make the next one due at once.
    for (let again = true; again; ) {
      await tick(tools, queues, LANES)
      again = jobs.length > 0
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        await job().catch((error: Error) =>
          failed.push(`${new Date(clock.at).toISOString()} ${error.stack ?? error.message}`),
        )
      }
      rounds += 1
      again &&= due(clock.at, config) <= clock.at && rounds % 8 !== 0
    }
    const moment = Math.min(due(clock.at, config), waiting[0]?.at ?? world.end)
    // What is due and stays so waits for something else: it is asked for again and again.
    clock.at = Math.max(moment, before + (moment <= before ? MINUTE : 1))
    if (clock.at >= world.asleep[0] && clock.at < world.asleep[1]) clock.at = world.asleep[1]
    const today = Math.floor((clock.at - of.begin) / (24 * 60 * MINUTE))
    if (today !== day) of.onDay?.(today)
    day = today
  }
  const looks = Number((db.it.prepare('select count(*) n from look where slot is not null').get() as { n: number }).n)
  const owned = stack.move()
  return {
    config,
    sent,
    looks,
    mailings,
    path: ledgerPath(config),
    failed,
    rounds,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const closing = (it: Sqlite.Database) => ({ it, [Symbol.dispose]: () => it.close() })

/** Notices are all the same letter here: hundreds are sent, what is counted is their number, and MJML takes its time. */
function makerFor(): Tools['make'] {
  let notice: ReturnType<Tools['make']> | null = null
  return (source, how) => {
    if (how.kind !== 'notice') return make(source, how)
    notice ??= make(source, how)
    return notice
  }
}

/** When the ledger has something to do next. */
function nextDue(db: Sqlite.Database): (now: number, config: Config) => number {
  const least = db.prepare(`select min(at) as at from (
    select min(due_at) as at from watch where due_at is not null
    union all select min(due_at) from mailing where state = 'scheduled'
    union all select min(c.due_at) from chunk c join mailing m on m.id = c.mailing_id where c.due_at is not null and m.state = 'running'
    union all select min(line_at) from mailing where state = 'held' and held_by = 'line'
    union all select min(due_at) from notice where due_at is not null
    union all select min(max(dead_at + ?, ?, coalesce(correct_at, 0))) from watch where state = 'dead' and answer is null)`)
  return (now, { quietWindow }) =>
    (least.get(quietWindow, now + MINUTE) as { at: number | null }).at ?? Number.POSITIVE_INFINITY
}

/** Queues that keep their jobs for the end of the round, each once. */
function queuesInto(tools: Tools, jobs: (() => Promise<void>)[]): Queues {
  const chunk = runChunk(tools, { owner: 'simulation' })
  const look = runLook(tools)
  const decision = runDecision(tools, { lanes: LANES, soon: () => {} })
  const proof = runProof(tools)
  const queue = <T>(work: (job: never) => Promise<unknown>) => {
    const put = (data: T): void => {
      jobs.push(async () => void (await work({ data } as never)))
    }
    return {
      add: async (_: string, data: T) => put(data),
      addBulk: async (all: readonly { data: T }[]) => {
        for (const { data } of all) put(data)
      },
    }
  }
  return {
    deliveries: queue<ChunkJob>(chunk),
    looks: queue<LookJob>(look),
    decisions: queue<DecisionJob>(decision),
    proofs: queue<ProofJob>(proof),
  } as unknown as Queues
}

function laneInto(sent: Sent[], clock: { at: number }): Lane {
  return {
    route: 'simulated',
    usable: true,
    idle: true,
    carried: 0,
    offers: { extensions: new Set(), size: null },
    announce: () => {},
    submit: async ({ to }, message, hand) => {
      if (!(await hand())) return { kind: 'withheld' }
      sent.push({
        to,
        at: clock.at,
        corrigendum: message.toString('latin1', 0, 2_000).includes('Subject: Corrigendum'),
      })
      return { kind: 'accepted', reply: { code: 250, enhanced: '2.0.0', text: 'ok' } }
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  } as Lane
}

async function importPeople(tools: Tools, { people, lists }: { people: number; lists: number }): Promise<void> {
  for (let list = 0; list < lists; list += 1) {
    const all = Array.from({ length: people }, (_, at) => {
      const address = parseAddress(`reader${at}@list${list}.test`)
      if ('fault' in address) throw new Error(address.fault)
      const { key } = address
      return {
        address: address.address,
        key,
        hash: tools.tokens.addressHash(key),
        name: `Reader ${at}`,
        language: 'en',
      }
    })
    await tools.ledger.importPeople({ list: `list${list}`, people: all, source: 'simulation', now: tools.now() })
  }
}

async function publishOne(tools: Tools, number: number, list: number, links: readonly SimLink[]): Promise<number> {
  const source = { name: 'letter.md', format: 'md', text: letterOf(number, list, links) } as const
  const edition = await make(source, { kind: 'announcement', house: houseOf(tools.config), now: new Date(tools.now()) })
  // The gate is the true one; a link that is in trouble as its letter is sent would be refused, so it is taken as it was.
  const looker = {
    look: async (requests: readonly { url: string }[]) =>
      requests.map(({ url }) => ({
        ...lookAt({ links: new Map(), shut: [] } as unknown as World, url, tools.now()),
      })),
    [Symbol.asyncDispose]: async () => {},
  }
  const checked = await gate({ ...tools, looker }, edition)
  if ('refused' in checked)
    throw new Error(`the simulation's letter is refused: ${JSON.stringify(checked.refused.faults)}`)
  const survey = await tools.ledger.survey({ list: `list${list}` })
  const order = { list: `list${list}`, expect: survey?.people ?? 0, dueAt: tools.now(), lanes: LANES }
  return (await publish(tools, checked, order)).mailing
}

function letterOf(number: number, list: number, links: readonly SimLink[]): string {
  const terms = links.flatMap(({ url, trace, instead, until, login }) => {
    const said = [
      instead === null || trace.startsWith('moved') ? '' : `instead: [${instead}]`,
      until === null ? '' : `until: ${until}`,
      login === null ? '' : `login: ${login}`,
    ].filter(Boolean)
    return said.length === 0 ? [] : [`  ${url}: { ${said.join(', ')} }`]
  })
  return [
    '---',
    `subject: Letter ${number}`,
    `list: list${list}`,
    'language: en',
    'defaults: { name: Colleague }',
    ...(terms.length === 0 ? [] : ['links:', ...terms]),
    '---',
    'Dear {{name}},',
    '',
    ...links.map(({ url }, at) => `You can read the [paper number ${at + 1}](${url}).\n`),
  ].join('\n')
}
