/**
 * The outage drill: while two workers send, each thing that they stand on is taken away and given back in turn. Nobody
 * may be lost or written to twice, nothing may be handed while the ledger takes no commit, what was heard meanwhile
 * must not be forgotten, and it goes on by itself. The receiver's log is the judge.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { openDisk } from './disk.ts'
import { judgeDrill } from './judge.ts'
import type { View } from './ledger.ts'
import { numberOf } from './mailing.ts'
import { type Hooks, readLog } from './receiver.ts'
import { type Sky, type Storm, stormsOver } from './storms.ts'
import { openWorld, type Size, stuckness, untilDone, type World } from './world.ts'

export interface OutageOrder extends Size {
  readonly kind: 'sqlite' | 'postgres'
  /** How long each lasts, and how often all of them come. Milliseconds. */
  readonly lasting: number
  readonly rounds: number
}

/** The DATA_DIR of each, where they are hosts of their own. */
const WORKERS = ['one', 'two']
/** Room for a ledger, and little more. Megabytes. */
const DISK = { sqlite: 64, postgres: 256 }
/** What is in hand as an outage begins has come to its end. Milliseconds. */
const GRACE = 400
/** What an outage takes beside what it lasts, and the last one more. Milliseconds. */
const AROUND = 800
const AT_THE_END = 6_000

/** Checks every hand, as long as the ledger can be looked into. */
class Witness implements Hooks {
  readonly breaches: string[] = []
  #view: View | null = null
  /** While the ledger is away nobody can look: that no body comes then is checked by their number. */
  blind = false

  watch(view: View): void {
    this.#view = view
  }

  goAhead(): undefined {}

  firstOctet(to: string): undefined {
    if (this.blind || this.#view === null) return
    const row = this.#view.row(numberOf(to))
    if (row.state !== 'handed') this.breaches.push(`the body of ${to} came while its row was ${JSON.stringify(row)}`)
  }

  dot(): void {}
}

/** Gives what is wrong; nothing where every promise held. */
export async function outageDrill(order: OutageOrder, say: (line: string) => void): Promise<readonly string[]> {
  const storms = Array.from({ length: order.rounds }, () => stormsOver(order.kind)).flat()
  using disk = openDisk(DISK[order.kind])
  if (disk === null) say('no small disk can be mounted here: that it is full is not tried')
  const witness = new Witness()
  const more = { hooks: witness, delay: delayFor(order, storms.length), ...(disk ? { under: disk.dir } : {}) }
  await using world = await openWorld(order.kind, order, more)
  // Two hosts over one ledger and one Redis; SQLite is on one host alone.
  const senders = WORKERS.map((host) => world.start(order.kind === 'postgres' ? host : undefined))
  const sky: Sky = { world, senders, disk }
  const breaches: string[] = []
  try {
    for (const [at, storm] of storms.entries()) {
      if (disk === null && storm.name.includes('disk')) continue
      await arrived(world, ((at + 1) * order.people) / (storms.length + 2))
      breaches.push(...(await weathered(sky, storm, { witness, lasting: order.lasting, say })))
    }
    await untilDone(world)
  } finally {
    for (const sender of senders) await sender.drain()
  }
  const verdict = judgeDrill(readLog(world.file), world.view.states())
  const { received, accepted, uncertain } = verdict
  say(`received ${received} of ${order.people}; accepted ${accepted}; uncertain ${uncertain}`)
  // A stopped worker's messages are parked by who takes its chunks; its late replies settle what they can.
  const most = order.rounds * order.lanes
  if (uncertain > most) breaches.push(`${uncertain} are uncertain, and no worker died`)
  return [...verdict.breaches, ...witness.breaches.slice(0, 5), ...breaches]
}

/** From a dot to its 250, so that the mailing outlasts its outages, while most of which mail goes on. Milliseconds. */
function delayFor({ people, lanes, lasting }: OutageOrder, storms: number): number {
  const takes = storms * (lasting + AROUND) + AT_THE_END
  return Math.ceil((takes * WORKERS.length * lanes * 1.3) / people)
}

async function weathered(
  sky: Sky,
  storm: Storm,
  { witness, lasting, say }: { witness: Witness; lasting: number; say: (line: string) => void },
): Promise<string[]> {
  const { world } = sky
  const breaches: string[] = []
  if (await world.isDone()) return [`the mailing was done before: ${storm.name}`]
  witness.blind = storm.stops
  const missed = await storm.blow(sky, async () => {
    await wait(GRACE)
    const { begun } = world.receiver
    await wait(lasting)
    const meanwhile = world.receiver.begun - begun
    if (storm.stops && meanwhile > 0) breaches.push(`${meanwhile} were handed: ${storm.name}`)
  })
  if (missed !== null) breaches.push(`${missed}: ${storm.name}`)
  const { received } = world.receiver
  const over = performance.now()
  const stuck = stuckness(world.receiver)
  while (world.receiver.received === received && !(await world.isDone())) {
    if (stuck()) throw new Error(`it does not go on after: ${storm.name}`)
    await wait(20)
  }
  witness.blind = false
  say(`${storm.name}: at ${received}, went on after ${((performance.now() - over) / 1_000).toFixed(1)} s`)
  return breaches
}

async function arrived({ receiver, isDone }: World, wanted: number): Promise<void> {
  const stuck = stuckness(receiver)
  while (receiver.received < wanted && !(await isDone())) {
    if (stuck()) throw new Error('the senders are stuck')
    await wait(20)
  }
}
