/** One check of a link at one moment, and the words for its result. */
export type Verdict = 'alive' | 'dead' | 'unsure'

/**
 * Why a look came out as it did. Judging depends on it: see GRAVITY.
 * The names are stored in the ledger: add, never rename.
 */
export type Cause =
  | 'ok'
  | 'not-found' // 404
  | 'gone' // 410
  | 'no-host' // NXDOMAIN
  | 'no-mx' // mailto: whose domain takes no mail
  | 'home-page' // a deep link that lands on the home page
  | 'soft-404' // 200 whose page says not found
  | 'parked' // the domain is for sale
  | 'redirect-loop'
  | 'private' // an address that subscribers cannot reach
  | 'malformed' // not an address anyone could open
  | 'login-missed' // `login:` link that did not land on its login host
  | 'refused'
  | 'reset'
  | 'unreachable' // no route from here to its network
  | 'tls' // a certificate that a reader's browser would reject
  | 'server-error' // 5xx
  | 'time-out'
  | 'dns' // the name server did not answer
  | 'cut-short'
  | 'empty' // 2xx without a body where a page was expected
  | 'client-error' // other 4xx
  | 'turned-away' // 401, 403, 429, 451, 999, a login wall
  | 'tls-chain' // an intermediate certificate is missing: some browsers mend it
  | 'fragment' // the page is there, the #place is not (script may make it)
  | 'not-image' // an image link that is something else
  | 'deadline' // the run's own time was up

export interface Look {
  /** The address as looked at, placeholders filled. */
  readonly url: string
  /** Milliseconds since the epoch when the look ended. */
  readonly at: number
  readonly verdict: Verdict
  readonly cause: Cause
  readonly status: number | null
  readonly finalUrl: string | null
  /** Where permanent redirects (301, 308) alone lead, if the first hop was one; the watch saves it as a replacement. */
  readonly movedTo: string | null
  /** One line for a person: "404 Not Found", "www.example.org: no such host". */
  readonly why: string
  /** Things worth saying that are no fault (http where https works). */
  readonly warnings: readonly string[]
}

export interface LookRequest {
  readonly url: string
  readonly image?: boolean
  /** The link must land on this login host. */
  readonly login?: string | null
}
