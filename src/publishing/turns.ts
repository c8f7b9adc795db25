/** Whose turn it is: what one lane asks the rates on its way through the rows of a chunk. */
import type { Tools } from './tools.ts'

/** `unknown`: while Redis is away nobody can say, and no relay is to blame. */
type Turn = 'now' | 'unknown' | { readonly notBefore: number }

/** Like Permits: what is null is not limited. */
export interface Turns {
  readonly ofRoute: ((route: string) => Promise<Turn>) | null
  /** `later`: over its rate, and the rows of others go first. */
  readonly ofDomain: ((domain: string) => Promise<Turn | 'later'>) | null
}

/**
 * For one pass through a chunk. A domain that is over its rate is not asked about again in it. A `patient` pass has
 * nobody else to go on with, so it learns when a domain's turn comes.
 */
export function turnsOf({ permit, log }: Pick<Tools, 'permit' | 'log'>, patient: boolean): Turns {
  const { route, domain } = permit
  const over = new Set<string>()
  const answered = async (asked: Promise<number | null>): Promise<Turn> => {
    try {
      const notBefore = await asked
      return notBefore === null ? 'now' : { notBefore }
    } catch (error) {
      log('no-permit', { why: (error as Error).message })
      return 'unknown'
    }
  }
  return {
    ofRoute: route && ((name) => answered(route(name))),
    ofDomain:
      domain &&
      (async (name) => {
        if (over.has(name)) return 'later'
        const turn = await answered(domain(name, patient))
        if (turn !== 'now') over.add(name)
        return typeof turn === 'object' && !patient ? 'later' : turn
      }),
  }
}
