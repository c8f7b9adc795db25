/**
 * The circuit breaker of a mailing: one too much of which comes back, from whomever, is held, once, and the team is told;
 * a person decides whether it goes on. A mailing that has left by then is told of alone. What one receiver does is seen
 * to sooner, by `receivers`.
 */
import type { Returns } from '../ledger/index.ts'
import { manyComplain, tooMuchReturns } from './tell/returns.ts'
import { grouped } from './tell/words.ts'
import type { Tools } from './tools.ts'

type ReturnTools = Pick<Tools, 'ledger' | 'now' | 'log'>

/** Before so many were answered for, a share says nothing. */
const ENOUGH = 500
const MOST_HARD = 0.02
const MOST_REFUSED = 0.1
/** Rule B8: receivers stop taking mail at this share, and a sender in good standing stays below the other. */
const MOST_COMPLAINTS = 0.003
const MANY_COMPLAINTS = 0.001

const shareOf = (count: number, settled: number): string =>
  `${grouped(count)} of ${grouped(settled)} (${((100 * count) / settled).toFixed(1)} %)`

/** Why a mailing should not go on; null: nothing speaks against it. */
export function tooMuch(returns: Returns): string | null {
  const { settled, rejected, hard, refused, complaints } = returns
  if (settled < ENOUGH) return null
  const said = (count: number): string => shareOf(count, settled)
  if (hard > settled * MOST_HARD) return `${said(hard)} came back because their address does not exist`
  if (complaints > settled * MOST_COMPLAINTS) return `${said(complaints)} complained of it`
  if (rejected + refused > settled * MOST_REFUSED) return `${said(rejected + refused)} were refused`
  return null
}

/** So many complain that the team should know, and the mailing goes on. One alone is no share. */
export function isMuch({ settled, complaints }: Returns): boolean {
  return settled >= ENOUGH && complaints > 1 && complaints > settled * MANY_COMPLAINTS
}

/**
 * Looks at what came back of one mailing, or of all that run. `hardIn`: how many of a mailing's were refused for their
 * address before they left, as far as a lane of this process has seen; the ledger counts them among all refusals.
 */
export async function seeToReturns(
  tools: ReturnTools,
  of: { mailing: number | null },
  hardIn: (mailing: number) => number = () => 0,
): Promise<void> {
  for (const returns of await tools.ledger.returns(of)) {
    const why = tooMuch({ ...returns, hard: returns.hard + hardIn(returns.id) })
    if (why === null) {
      if (returns.warned || !isMuch(returns)) continue
      const share = shareOf(returns.complaints, returns.settled)
      await tools.ledger.putNotice({ notice: manyComplain({ mailing: returns, share }), now: tools.now() })
      continue
    }
    const isHeld = ['running', 'scheduled', 'proving'].includes(returns.state)
    const notice = tooMuchReturns({ mailing: returns, isHeld, why, waiting: returns.waiting })
    if (await tools.ledger.stopForReturns({ mailing: returns.id, why, notice, now: tools.now() })) {
      tools.log('too-much-returns', { mailing: returns.id, held: isHeld })
    }
  }
}
