/** Kills the sender at an aimed moment of a message, and checks every hand by the way. */
import type { Stage } from './judge.ts'
import type { View } from './ledger.ts'
import { numberOf } from './mailing.ts'
import type { Hooks } from './receiver.ts'
import type { Sender } from './sender.ts'

export type Aim = Stage | 'any moment'

/** How long the receiver watches the ledger for a hand after its 354, and reads nothing; and how often. Milliseconds. */
const WATCH_HAND = 5_000
const LOOK_EVERY = 0.2

/** What the receiver does at each moment: checks every hand, and kills where the aim says. */
export class Trigger implements Hooks {
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

  goAhead(to: string): 'cut' | undefined {
    if (!this.#is('before the body')) return undefined
    const pause = new Int32Array(new SharedArrayBuffer(4))
    for (const end = performance.now() + WATCH_HAND; performance.now() < end; Atomics.wait(pause, 0, 0, LOOK_EVERY)) {
      if (this.#view?.row(numberOf(to)).state !== 'handed') continue
      this.#fire()
      return 'cut'
    }
    return undefined
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
