/**
 * What one lane writes into the ledger about its chunk: a hand before each body, and what was heard of the messages
 * before it, which travels with the next hand. Replies are kept while the ledger is away: what a receiver has said is not
 * known anywhere else.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Claim, DueDelivery, Hand, HandAnswer, Settle } from '../ledger/index.ts'
import type { Tools } from './tools.ts'

/** `late`: the commit failed, or came when half of the lease was over. It may have been made all the same. */
export type Said = HandAnswer | 'late'

const TRIES_AT_THE_END = 5

/** It lives from the claim of a chunk to its release. */
export class Book {
  readonly #tools: Pick<Tools, 'ledger' | 'now' | 'stopping' | 'log'>
  readonly #claim: Claim
  readonly #leaseMs: number
  /** Settled with the next commit. */
  #heard: Settle[] = []

  constructor(tools: Pick<Tools, 'ledger' | 'now' | 'stopping' | 'log'>, claim: Claim, leaseMs: number) {
    this.#tools = tools
    this.#claim = claim
    this.#leaseMs = leaseMs
  }

  hear(row: DueDelivery, to: Settle['to'], news: Partial<Pick<Settle, 'reply' | 'retryAt' | 'suppress'>>): void {
    this.#heard.push({ ...this.#key(row), to, reply: null, retryAt: null, suppress: null, ...news })
  }

  /** Asked after the 354. The body may go only on `handed`: the commit said so, while the lease is certainly ours. */
  async hand(row: DueDelivery): Promise<Said> {
    const asked = performance.now()
    const hand = { ...this.#key(row), edition: this.#claim.mailing.edition }
    const answer = await this.#write(hand).catch((error: Error) => {
      this.#tools.log('ledger-away', { why: error.message, tries: 0 })
      return null
    })
    const inTime = performance.now() - asked <= this.#leaseMs / 2
    return answer !== null && (answer !== 'handed' || inTime) ? answer : 'late'
  }

  /** The last replies, then the chunk, in this order: a chunk given back has nothing unsettled. */
  async giveBack(notBefore: number): Promise<void> {
    const { ledger, now } = this.#tools
    const { chunk, epoch } = this.#claim
    await this.#untilWritten(async () => {
      if (this.#heard.length > 0) await this.#write(null)
      await ledger.release({ chunk, epoch, notBefore, now: now() })
    })
  }

  /** Stops the mailing: somebody must look. */
  async hold(why: string): Promise<void> {
    await this.#untilWritten(async () => {
      await this.#tools.ledger.hold({ mailing: this.#claim.mailing.id, why })
    })
  }

  #key({ n }: DueDelivery): Pick<Settle, 'mailing' | 'n' | 'chunk' | 'epoch'> {
    const { mailing, chunk, epoch } = this.#claim
    return { mailing: mailing.id, n, chunk, epoch }
  }

  /** One commit: what was heard, and perhaps a hand. What a failed commit did not take is kept for the next. */
  async #write(hand: Hand | null): Promise<HandAnswer | null> {
    const settles = this.#heard
    this.#heard = []
    try {
      const { ledger, now } = this.#tools
      return (await ledger.write({ settles, hand, now: now(), leaseMs: this.#leaseMs })).hand
    } catch (error) {
      this.#heard = [...settles, ...this.#heard]
      throw error
    }
  }

  /** Tries until it is done; once the program is to end, only for a while: then the lease finds what is left. */
  async #untilWritten(write: () => Promise<void>): Promise<void> {
    for (let tries = 1, ending = 0; ; tries += 1) {
      try {
        return await write()
      } catch (error) {
        this.#tools.log('ledger-away', { why: (error as Error).message, tries })
        if (this.#tools.stopping()) ending += 1
        if (ending > TRIES_AT_THE_END) throw error
        await wait(Math.min(tries * 200, 2_000))
      }
    }
  }
}
