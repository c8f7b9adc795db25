/**
 * The kill drill: a worker is killed with -9 again and again while it sends, and the receiver's log says afterwards
 * whether anybody was lost or written to twice. Then a person settles what is uncertain by that log, and everybody has
 * it once.
 *
 * Each kill is aimed at one stage of a message: handed and no body yet, within the body, between the dot and its 250,
 * or any moment. What it hit is told by what really arrived. A kernel sends what it was given even when the program
 * that gave it is dead, so a body only stays away or is cut when the line goes as well: the first two aims cut it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { gllIn } from '../demo/gll.ts'
import { dice } from './dice.ts'
import { judgeDrill, type Stage, stagesOf, type Verdict } from './judge.ts'
import { addressOf } from './mailing.ts'
import { readLog } from './receiver.ts'
import { clearUp, type Sender } from './sender.ts'
import { type Aim, Trigger } from './trigger.ts'
import { openWorld, type Size, stuckness, untilDone, type World } from './world.ts'

const STAGES: readonly Stage[] = ['before the body', 'within the body', 'between dot and 250']
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

export interface KillOrder extends Size {
  readonly kind: 'sqlite' | 'postgres'
  readonly kills: number
  readonly seed: number
}

/** Gives what is wrong; nothing where nobody was lost, nobody was written to twice, and every stage was hit. */
export async function killDrill(order: KillOrder, say: (line: string) => void): Promise<readonly string[]> {
  const { people, kills, seed, lanes } = order
  const random = dice(seed)
  let received = (): number => 0
  const trigger = new Trigger(() => received())
  await using world = await openWorld(order.kind, order, { hooks: trigger })
  received = () => world.receiver.received
  const { receiver, view, ledger, redis, file } = world
  const made: Kill[] = []
  const began = performance.now()
  let sender = world.start()
  try {
    while (made.length < kills || (missing(made).length > 0 && made.length < kills * AT_MOST)) {
      const kill = aimed(made, random)
      // Spread over what is to be sent, so that a kill finds the run in every state.
      trigger.arm(kill.aim, sender, Math.floor((people * Math.min(made.length + random(), kills)) / (kills + 1)))
      if (!(await killed(sender, trigger, world))) break
      await receiver.idle()
      made.push({ ...kill, received: receiver.received, hit: inHand(world, made) })
      if (kill.by === 'its parent') await clearUp(sender, redis.now, ledger)
      sender = world.start()
    }
    await untilDone(world)
    const verdict = judgeDrill(readLog(file), view.states())
    table(made, say)
    const in_ = `in hand at most ${Math.max(0, ...made.map((kill) => kill.hit.size))} of ${lanes} lanes`
    say(`received ${verdict.received} of ${people}; accepted ${verdict.accepted}; ${told(verdict)}`)
    say(`${made.length} kills in ${Math.round((performance.now() - began) / 1_000)} s; ${in_}`)
    const again = await settled(world)
    await untilDone(world)
    const after = judgeDrill(readLog(file), view.states(), again)
    say(`settled by hand: ${again.size} sent once more; received ${after.received}, accepted ${after.accepted}`)
    return [
      ...verdict.breaches,
      ...trigger.breaches.slice(0, 5),
      ...failings(made, verdict, order),
      ...addUp(after, people),
    ]
  } finally {
    await sender.drain()
  }
}

const told = ({ uncertain, uncertainReceived }: Verdict): string =>
  `uncertain ${uncertain}, of which ${uncertainReceived} arrived`

/** Stages that no kill has hit yet: an aim may miss, because the sender does not wait for the kill. */
function missing(made: readonly Kill[]): Stage[] {
  const hit = new Set(made.flatMap((kill) => [...kill.hit.values()]))
  return STAGES.filter((stage) => !hit.has(stage))
}

/** Each stage in turn, then those first that were not hit; who finds what was in hand is chance. */
function aimed(made: readonly Kill[], random: () => number): Pick<Kill, 'aim' | 'by'> {
  const wanted = made.length < AIMS.length ? undefined : missing(made)[0]
  const aim = wanted ?? AIMS[made.length % AIMS.length] ?? 'any moment'
  return { aim, by: random() < 0.75 ? 'its parent' : 'its lease' }
}

/** Waits until the trigger has killed it; false when the mailing was done before. */
async function killed(sender: Sender, trigger: Trigger, world: World): Promise<boolean> {
  const stuck = stuckness(world.receiver)
  while (sender.isAlive) {
    trigger.moment()
    if (stuck()) throw new Error('the sender is stuck')
    if (await world.isDone()) return false
    await wait(20)
  }
  await sender.ended
  return true
}

/** What this kill left in hand: rows that are handed now and were not left so by an earlier one. */
function inHand({ view, file }: World, made: readonly Kill[]): ReadonlyMap<string, Stage> {
  const earlier = new Set(made.flatMap((kill) => [...kill.hit.keys()]))
  const handed = view
    .handed()
    .map(addressOf)
    .filter((address) => !earlier.has(address))
  return stagesOf(readLog(file), handed)
}

/**
 * A person reads the relay's log and says what became of each: the list and the first of each word by `gll settle`, the
 * others by the verb behind it, for a command takes its time to start. Gives who is sent to once more.
 */
async function settled({ file, ledger, mailing, env }: World): Promise<ReadonlySet<string>> {
  const gll = async (...args: string[]): Promise<string> => {
    const { exit, out, err } = await gllIn(env).run('settle', String(mailing), ...args)
    if (exit !== 0) throw new Error(err)
    return out
  }
  const arrived = new Set(readLog(file).flatMap((entry) => (entry.event === 'dot' ? [entry.to] : [])))
  const open = (await gll('--json')).split('\n').filter(Boolean)
  const typed = new Set<string>()
  const again = new Set<string>()
  for (const line of open) {
    const { n, address } = JSON.parse(line) as { n: number; address: string }
    const to = arrived.has(address) ? 'accepted' : 'pending'
    if (to === 'pending') again.add(address)
    if (typed.has(to)) await ledger.settleByHand({ mailing, n, to, now: Date.now() })
    else await gll(String(n), to)
    typed.add(to)
  }
  return again
}

const addUp = ({ breaches, received, accepted, uncertain }: Verdict, people: number): string[] =>
  received === people && accepted === people && uncertain === 0
    ? breaches.map((breach) => `after settling: ${breach}`)
    : [`after settling ${received} were received, ${accepted} accepted and ${uncertain} uncertain, of ${people}`]

const count = (kill: Kill, stage: Stage): number => [...kill.hit.values()].filter((s) => s === stage).length

function table(made: readonly Kill[], say: (line: string) => void): void {
  say(` kill  aimed at             received  in hand  ${STAGES.join('  ')}  found by`)
  for (const [at, kill] of made.entries()) {
    const counts = STAGES.map((stage) => String(count(kill, stage)).padStart(stage.length)).join('  ')
    const about = `${String(at + 1).padStart(5)}  ${kill.aim.padEnd(19)}${String(kill.received).padStart(10)}`
    say(`${about}${String(kill.hit.size).padStart(9)}  ${counts}  ${kill.by}`)
  }
  const totals = STAGES.map((stage) => `${made.reduce((sum, kill) => sum + count(kill, stage), 0)} ${stage}`)
  say(`hit: ${totals.join(', ')}`)
}

function failings(made: readonly Kill[], { uncertain }: Verdict, { kills, lanes }: KillOrder): string[] {
  return [
    ...(made.length < kills ? [`only ${made.length} of ${kills} kills came before the end: take more recipients`] : []),
    ...missing(made).map((stage) => `no kill came ${stage}`),
    ...made.flatMap((kill, at) => (kill.hit.size > lanes ? [`kill ${at + 1} left ${kill.hit.size} in hand`] : [])),
    ...(uncertain === 0 && kills > 0 ? ['nothing became uncertain: the drill hit nothing'] : []),
    ...(uncertain === made.reduce((sum, kill) => sum + kill.hit.size, 0)
      ? []
      : ['what is uncertain is not what was in hand at the kills']),
  ]
}
