/**
 * The kill drill: a worker is killed with -9 again and again while it sends, and the receiver's log says afterwards
 * whether anybody was lost or written to twice.
 *
 *   npm run drill -- --kills 100 --recipients 20000 [--lanes 8] [--kb 150] [--seed N]
 *
 * Each kill is aimed at one stage of a message: handed and no body yet, within the body, between the dot and its 250,
 * or any moment. What it hit is told by what really arrived. A kernel sends what it was given even when the program
 * that gave it is dead, so a body is only ever cut when the line goes as well: the second aim cuts it.
 * Exit 0 only if nobody was lost, nobody was written to twice, and every stage was hit.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startRedis } from '../src/cli/redis.ts'
import { readConfig } from '../src/config.ts'
import { openLedger } from '../src/ledger/index.ts'
import { ledgerPath } from '../src/publishing/index.ts'
import { judgeDrill, type Stage, stagesOf, type Verdict } from './drill/judge.ts'
import { openView, type View } from './drill/ledger.ts'
import { addressOf, numberOf, publishDrill } from './drill/mailing.ts'
import { type Hooks, openReceiver, type Receiver, readLog } from './drill/receiver.ts'
import { clearUp, type Sender, startSender } from './drill/sender.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    recipients: { type: 'string', default: '20000' },
    lanes: { type: 'string', default: '8' },
    kb: { type: 'string', default: '150' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const kills = Number(values.kills)
const people = Number(values.recipients)
const lanes = Number(values.lanes)
const seed = Number(values.seed)

const STAGES: readonly Stage[] = ['before the body', 'within the body', 'between dot and 250']
type Aim = Stage | 'any moment'
const AIMS: readonly Aim[] = [...STAGES, 'any moment']
/** So many times the kills asked for, until every stage was hit. */
const AT_MOST = 3

interface Kill {
  readonly aim: Aim
  readonly received: number
  /** Who was in hand, and how far each was. */
  readonly hit: ReadonlyMap<string, Stage>
  readonly by: 'its parent' | 'its lease'
}

/** How long the receiver watches the ledger for a hand, after its 354. Milliseconds. */
const WATCH_HAND = 40
/** A sender that gets nothing done for so long is stuck. */
const STUCK_AFTER = 90_000

/** What the receiver does at each moment: checks every hand, and kills where the aim says. */
class Trigger implements Hooks {
  readonly breaches: string[] = []
  #view: View | null = null
  #armed: { aim: Aim; sender: Sender } | null = null
  #at = 0
  readonly #received: () => number

  constructor(received: () => number) {
    this.#received = received
  }

  watch(view: View): void {
    this.#view = view
  }

  /** Kills at the first moment of that kind once so many were received. */
  arm(aim: Aim, sender: Sender, at: number): void {
    this.#armed = { aim, sender }
    this.#at = at
  }

  goAhead(to: string): void {
    if (!this.#is('before the body')) return
    const end = performance.now() + WATCH_HAND
    while (performance.now() < end) {
      if (this.#view?.row(numberOf(to)).state !== 'handed') continue
      this.#fire()
      return
    }
  }

  firstOctet(to: string): 'cut' | undefined {
    const row = this.#view?.row(numberOf(to))
    if (row?.state !== 'handed' || row.epoch !== row.chunkEpoch) {
      this.breaches.push(`the body of ${to} came while its row was ${JSON.stringify(row)}`)
    }
    if (!this.#is('within the body')) return undefined
    this.#fire()
    return 'cut'
  }

  dot(): void {
    if (this.#is('between dot and 250')) this.#fire()
  }

  /** For the aim at any moment: kills if it is time. */
  moment(): void {
    if (this.#is('any moment')) this.#fire()
  }

  #is(aim: Aim): boolean {
    return this.#armed?.aim === aim && this.#received() >= this.#at
  }

  #fire(): void {
    this.#armed?.sender.kill()
    this.#armed = null
  }
}

async function main(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'gll-drill-'))
  using _ = { [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: join(dir, 'data'),
    LANES: String(lanes),
    FROM: 'The drill <drill@drill.test>',
    LOG_LEVEL: 'error',
  }
  const config = readConfig(env)
  mkdirSync(config.dataDir, { recursive: true })
  await using stack = new AsyncDisposableStack()
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  const redis = stack.use(await startRedis({ dir: join(dir, 'redis') }))
  const file = join(dir, 'receiver.jsonl')
  let receiver: Receiver | null = null
  const trigger = new Trigger(() => receiver?.received ?? 0)
  receiver = stack.use(await openReceiver(file, trigger))
  console.log(`${people} recipients, ${lanes} lanes, letters of about ${values.kb} KB, ${kills} kills, seed ${seed}`)
  const mailing = await publishDrill(config, ledger, { people, kb: Number(values.kb) })
  const view = stack.use(openView(ledgerPath(config), mailing))
  trigger.watch(view)
  const start = (): Sender => startSender({ redis, smtpUrl: `smtp://127.0.0.1:${receiver.port}`, env, dir })
  const done = async (): Promise<boolean> => (await ledger.mailing({ id: mailing }))?.state === 'done'
  const made: Kill[] = []
  const began = performance.now()
  let sender = start()
  try {
    while (made.length < kills || (missing(made).length > 0 && made.length < kills * AT_MOST)) {
      const kill = aimed(made)
      // Spread over what is to be sent, so that a kill finds the run in every state.
      trigger.arm(kill.aim, sender, Math.floor((people * Math.min(made.length + random(), kills)) / (kills + 1)))
      if (!(await killed(sender, trigger, receiver, done))) break
      await receiver.idle()
      made.push({ ...kill, received: receiver.received, hit: inHand(view, made, file) })
      if (kill.by === 'its parent') await clearUp(sender, redis, ledger)
      sender = start()
    }
    await ended(done, receiver)
  } finally {
    await sender.drain()
  }
  return report(made, judgeDrill(readLog(file), view.states()), trigger.breaches, performance.now() - began)
}

/** Stages that no kill has hit yet: an aim may miss, because the sender does not wait for the kill. */
function missing(made: readonly Kill[]): Stage[] {
  const hit = new Set(made.flatMap((kill) => [...kill.hit.values()]))
  return STAGES.filter((stage) => !hit.has(stage))
}

/** Each stage in turn, then those first that were not hit; who finds what was in hand is chance. */
function aimed(made: readonly Kill[]): Pick<Kill, 'aim' | 'by'> {
  const wanted = made.length < AIMS.length ? undefined : missing(made)[0]
  const aim = wanted ?? AIMS[made.length % AIMS.length] ?? 'any moment'
  return { aim, by: random() < 0.75 ? 'its parent' : 'its lease' }
}

/** Waits until the trigger has killed it; false when the mailing was done before. */
async function killed(sender: Sender, trigger: Trigger, receiver: Receiver, done: () => Promise<boolean>) {
  const stuck = stuckness(receiver)
  while (sender.isAlive) {
    trigger.moment()
    if (stuck()) throw new Error('the sender is stuck')
    if (await done()) return false
    await wait(20)
  }
  await sender.ended
  return true
}

async function ended(done: () => Promise<boolean>, receiver: Receiver): Promise<void> {
  const stuck = stuckness(receiver)
  while (!(await done())) {
    if (stuck()) throw new Error('the mailing does not end')
    await wait(100)
  }
}

function stuckness(receiver: Receiver): () => boolean {
  let [seen, since] = [receiver.received, performance.now()]
  return () => {
    if (receiver.received !== seen) [seen, since] = [receiver.received, performance.now()]
    return performance.now() - since > STUCK_AFTER
  }
}

/** What this kill left in hand: rows that are handed now and were not left so by an earlier one. */
function inHand(view: View, made: readonly Kill[], file: string): ReadonlyMap<string, Stage> {
  const earlier = new Set(made.flatMap((kill) => [...kill.hit.keys()]))
  const handed = view
    .handed()
    .map(addressOf)
    .filter((address) => !earlier.has(address))
  return stagesOf(readLog(file), handed)
}

function report(made: readonly Kill[], verdict: Verdict, seen: readonly string[], took: number): number {
  const count = (kill: Kill, stage: Stage): number => [...kill.hit.values()].filter((s) => s === stage).length
  console.log(`\n kill  aimed at             received  in hand  ${STAGES.join('  ')}  found by`)
  for (const [at, kill] of made.entries()) {
    const counts = STAGES.map((stage) => String(count(kill, stage)).padStart(stage.length)).join('  ')
    const about = `${String(at + 1).padStart(5)}  ${kill.aim.padEnd(19)}${String(kill.received).padStart(10)}`
    console.log(`${about}${String(kill.hit.size).padStart(9)}  ${counts}  ${kill.by}`)
  }
  const total = (stage: Stage): number => made.reduce((sum, kill) => sum + count(kill, stage), 0)
  const { received, accepted, uncertain, uncertainReceived } = verdict
  console.log(`
received ${received} of ${people}; accepted ${accepted}; uncertain ${uncertain}, of which ${uncertainReceived} arrived
${made.length} kills in ${Math.round(took / 1_000)} s; in hand at most ${Math.max(0, ...made.map((k) => k.hit.size))} of ${lanes} lanes`)
  const breaches = [
    ...verdict.breaches,
    ...seen.slice(0, 5),
    ...(made.length < kills ? [`only ${made.length} of ${kills} kills came before the end: take more recipients`] : []),
    ...STAGES.filter((stage) => total(stage) === 0).map((stage) => `no kill came ${stage}`),
    ...made.flatMap((kill, at) => (kill.hit.size > lanes ? [`kill ${at + 1} left ${kill.hit.size} in hand`] : [])),
    ...(uncertain === 0 && kills > 0 ? ['nothing became uncertain: the drill hit nothing'] : []),
    ...(uncertain === made.reduce((sum, kill) => sum + kill.hit.size, 0)
      ? []
      : ['what is uncertain is not what was in hand at the kills']),
  ]
  for (const breach of breaches) console.log(`✗ ${breach}`)
  console.log(breaches.length === 0 ? 'none lost, none twice' : `${breaches.length} breach(es), seed ${seed}`)
  return breaches.length === 0 ? 0 : 1
}

let state = seed
/** From 0 to 1, by the seed (mulberry32). */
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

process.exitCode = await main()
