/** What really happened to people, told by nobody's tables: whose body left, how often, and on whose word. */
import type { ModelClaim } from './model.ts'

/** How the mailing stood when a body left. */
interface Standing {
  readonly state: string
  readonly edition: number
  readonly consents: boolean
}

export class Wire {
  /** Bodies that left, and how often one more may: a receiver, or a person, said that it had not arrived. */
  readonly #bodies = new Map<number, number>()
  readonly #again = new Map<number, number>()
  /** Who has it, by a person's word. */
  readonly #vouched = new Set<number>()
  /** The newest claim of each chunk. */
  readonly #newest = new Map<number, number>()

  claimed({ chunk, epoch }: ModelClaim): void {
    this.#newest.set(chunk, epoch)
  }

  /** The promise itself, in terms of what left: gives how it was broken, or null. */
  bodyLeaves(n: number, claim: ModelClaim, at: Standing): string | null {
    const bodies = (this.#bodies.get(n) ?? 0) + 1
    this.#bodies.set(n, bodies)
    if (bodies > 1 + (this.#again.get(n) ?? 0)) return `${n} left twice`
    if (at.state !== 'running') return `${n} left while the mailing was ${at.state}`
    if (at.edition !== claim.edition) return `${n} left in an edition that is not current`
    if (!at.consents) return `${n} left to somebody who had gone`
    if (this.#newest.get(claim.chunk) !== claim.epoch) return `${n} left from a lane that had lost its chunk`
    return null
  }

  /** It was handed, and not a byte of it was read. */
  unsent(n: number): void {
    this.#bodies.set(n, (this.#bodies.get(n) ?? 1) - 1)
  }

  notArrived(n: number): void {
    this.#again.set(n, (this.#again.get(n) ?? 0) + 1)
  }

  arrived(n: number): void {
    this.#vouched.add(n)
  }

  /** Whether there is any ground to say that it was accepted. */
  mayHave(n: number): boolean {
    return (this.#bodies.get(n) ?? 0) > 0 || this.#vouched.has(n)
  }
}
