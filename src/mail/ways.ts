/**
 * The ways out: the relays of SMTP_URL in the order of preference. One that is down or asked to be left alone gives way
 * to the next. Which way a message takes changes nothing about it: the ledger alone says whether it may leave, so what
 * one relay may have is never tried at another.
 */
import type { Route } from './route.ts'
import { type LaneOptions, Unreached } from './session.ts'
import { type Lane, openLane } from './submit.ts'

/** After a relay that did not open a session, and after one that ended it with 421 (RFC 5321 §4.2.2). Milliseconds. */
export const RELAY_DOWN = 15_000
export const SESSION_END = 5 * 60_000

/** So long a lane that nobody needs is kept open for whoever comes next. Milliseconds. */
const KEPT = 5_000

export interface Ways extends AsyncDisposable {
  /** A lane on the first route that does not rest: a parked one, or else a new one. Rejects with Unreached where none takes us. */
  readonly openLane: () => Promise<Lane>
  /** Leaves a lane to whoever needs one next: a connection a message would be much to ask of a relay. */
  readonly park: (lane: Lane) => Promise<void>
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
  const parked = new Map<Lane, NodeJS.Timeout>()
  const taken = (name: string): Lane | null => {
    for (const [lane, timer] of parked) {
      if (lane.route !== name) continue
      clearTimeout(timer)
      parked.delete(lane)
      // The relay may have ended it meanwhile.
      if (lane.idle) return lane
    }
    return null
  }
  const drop = async (lane: Lane): Promise<void> => {
    clearTimeout(parked.get(lane))
    parked.delete(lane)
    await lane.close()
  }
  return {
    rest,
    park: async (lane) => {
      if (!lane.idle) return await lane.close()
      parked.set(lane, setTimeout(() => void drop(lane), KEPT).unref())
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all([...parked.keys()].map(drop))),
    openLane: async () => {
      if (!first) throw new Error('no relay was given')
      let refused: Unreached | null = null
      for (const route of routes.filter(isFree)) {
        try {
          return taken(route.name) ?? (await openLane(route, options))
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
