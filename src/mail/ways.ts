/**
 * The ways out: the relays of SMTP_URL in the order of preference. One that is down or asked to be left alone gives way
 * to the next. Which way a message takes changes nothing about it: the ledger alone says whether it may leave, so what
 * one relay may have is never tried at another.
 */
import type { Route } from './route.ts'
import { type Lane, type LaneOptions, openLane, Unreached } from './submit.ts'

/** After a relay that did not open a session, and after one that ended it with 421 (RFC 5321 §4.2.2). Milliseconds. */
export const RELAY_DOWN = 15_000
export const SESSION_END = 5 * 60_000

export interface Ways {
  /** Opens a lane on the first route that does not rest. Rejects with Unreached where none takes us. */
  readonly openLane: () => Promise<Lane>
  /** Leaves a route alone for so long (milliseconds). True where another may be tried meanwhile. */
  readonly rest: (route: string, ms: number) => boolean
}

/** All routes rest: nothing was tried. */
export class Resting extends Unreached {
  /** When the first of them may be tried again, in milliseconds since the epoch. */
  readonly until: number

  constructor(route: Route, until: number) {
    super(route, 'it asked to be left alone for a while', { class: null, reply: null, cause: undefined })
    this.until = until
  }
}

export interface WaysOptions extends LaneOptions {
  /** Told of each route that is left alone from now on, for the operator: otherwise nobody knows that the next one serves. */
  readonly onRest?: (route: string, ms: number) => void
}

/** `now` is in milliseconds. What rests is known to this process alone: another finds out by itself. */
export function openWays(routes: readonly Route[], now: () => number, options: WaysOptions = {}): Ways {
  const first = routes[0]
  const restsUntil = new Map<string, number>()
  const isFree = ({ name }: Route): boolean => (restsUntil.get(name) ?? 0) <= now()
  const rest: Ways['rest'] = (route, ms) => {
    options.onRest?.(route, ms)
    restsUntil.set(route, Math.max(restsUntil.get(route) ?? 0, now() + ms))
    return routes.some(isFree)
  }
  return {
    rest,
    openLane: async () => {
      if (!first) throw new Error('no relay was given')
      let refused: Unreached | null = null
      for (const route of routes.filter(isFree)) {
        try {
          return await openLane(route, options)
        } catch (error) {
          // A relay that does not take our login is a fault of ours: a person must look, whatever the next one says.
          if (!(error instanceof Unreached) || error.class === 'auth') throw error
          rest(route.name, error.class === 'session-end' ? SESSION_END : RELAY_DOWN)
          refused ??= error
        }
      }
      throw refused ?? new Resting(first, Math.min(...routes.map(({ name }) => restsUntil.get(name) ?? 0)))
    },
  }
}
