/**
 * How much a failing look weighs after publication, as data: one row a cause. At the gate the verdict counts; on the
 * watch this does, because there nobody sits by, and a corrigendum cannot be taken back.
 */
import type { Cause } from './look.ts'

/**
 * `definite`: the site itself says the thing is gone. `indefinite`: something fails that is often mended in hours.
 * `turned-away`: we were not let in or cannot judge; told once, and a person decides. `nothing`: the look proves nothing.
 */
export type Gravity = 'fine' | 'definite' | 'indefinite' | 'turned-away' | 'nothing'

const GRAVITY: Readonly<Record<Cause, Gravity>> = {
  ok: 'fine',
  'not-found': 'definite',
  gone: 'definite',
  'no-host': 'definite',
  'no-mx': 'definite',
  'home-page': 'definite',
  'soft-404': 'definite',
  parked: 'definite',
  refused: 'indefinite',
  reset: 'indefinite',
  unreachable: 'indefinite',
  tls: 'indefinite',
  'server-error': 'indefinite',
  'time-out': 'indefinite',
  dns: 'indefinite',
  'cut-short': 'indefinite',
  empty: 'indefinite',
  'not-image': 'indefinite',
  // A name that was public and now has a private address: gone for readers, or our own network answers for it here
  // (a VPN, a hotel's portal). The longer threshold outlasts those.
  private: 'indefinite',
  // What passed the gate was well formed, so this is a redirect that leads to no address: a slip in a configuration.
  malformed: 'indefinite',
  // Mostly a slip as well, and in part sites that send on until they see their cookie.
  'redirect-loop': 'indefinite',
  // The page may have moved to another login, or become public: readers are hardly worse off.
  'login-missed': 'turned-away',
  // 400, 405, 406 and their like after a good look: the site changed its mind about programs, not about the page.
  'client-error': 'turned-away',
  'turned-away': 'turned-away',
  'tls-chain': 'turned-away',
  fragment: 'turned-away',
  deadline: 'nothing',
}

export const gravity = (cause: Cause): Gravity => GRAVITY[cause]
