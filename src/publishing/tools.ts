/**
 * What the steps work with, built once by each process at its entry and passed whole. A step's type names the few it
 * uses. Nothing here is global, and time is one of the tools.
 */
import type { Config } from '../config.ts'
import { type House, type make, OWN_FIELDS } from '../edition/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Looker } from '../links/index.ts'
import type { Outcome, Signer, Tokens, Ways } from '../mail/index.ts'

export interface Tools {
  readonly config: Config
  readonly ledger: Ledger
  readonly looker: Looker
  readonly tokens: Tokens
  /** Renders an announcement; the worker's does it in a short-lived child, because MJML weighs 150 MB. */
  readonly make: typeof make
  /** Opens a connection to the first relay that does not rest. Rejects with mail's Unreached. */
  readonly openLane: Ways['openLane']
  /** Gives a lane back; whoever opens the next one may get it. */
  readonly park: Ways['park']
  readonly rest: Ways['rest']
  readonly permit: Permits
  readonly receivers: Receivers
  /** Signs what leaves; null: the relay does. */
  readonly sign: Signer | null
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** True once the program is to end: finish what is in hand and take no more. */
  readonly stopping: () => boolean
  readonly log: Log
}

/**
 * Whether the rates let one more message go: null, once its turn has come; else when to ask again, in milliseconds
 * since the epoch. What is null is not limited.
 */
export interface Permits {
  /** RATE and DAILY_QUOTA, by the name of the route. */
  readonly route: ((route: string) => Promise<number | null>) | null
  /** DOMAIN_RATES. A `patient` asker has nothing else to do, so a turn that is near is waited for. */
  readonly domain: ((domain: string, patient: boolean) => Promise<number | null>) | null
}

export const UNLIMITED: Permits = { route: null, domain: null }

/** What a process knows of receivers. It lives as long as its tools. */
export interface Receivers {
  /** When mail to this address may leave, in milliseconds since the epoch; null: now. */
  restsUntil(address: string): number | null
  /** What became of a copy to this address. `mailing`: the one to a list that it is of; null: a message to one. */
  hear(address: string, outcome: Outcome, mailing: number | null): void
  /** How many of a mailing's copies this process has seen refused because there is no such mailbox. */
  hardIn(mailing: number): number
  /** Who rests by now: another process, or a person, may have said so. */
  refresh(): Promise<void>
  /** Once the ledger has been told what was heard and is news. */
  told(): Promise<void>
}

/** A fact for the operator: a stable name, and facts without addresses or content. */
export type Log = (event: string, facts?: Readonly<Record<string, string | number | boolean | null>>) => void

export const houseOf = (config: Config): House => ({
  organisation: config.organisation,
  about: config.organisationAbout,
  postalAddress: config.postalAddress,
})

/** The addresses of our own pages for one copy. */
export function ownPages(
  tools: Pick<Tools, 'config' | 'tokens'>,
  copy: { list: number | null; subscriber: number | null; mailing: number; n: number; test: boolean },
): { unsubscribe: string; webcopy: string } {
  const { publicUrl } = tools.config
  const token = tools.tokens.unsubscribe({
    list: copy.list ?? 0,
    // Nobody's token tells the copies of one mailing apart by their number.
    subscriber: copy.subscriber ?? (copy.test ? copy.n : 0),
    mailing: copy.mailing,
    test: copy.test,
  })
  return {
    unsubscribe: `${publicUrl}/u/${token}`,
    webcopy: `${publicUrl}/c/${tools.tokens.webcopy({ mailing: copy.mailing, n: copy.n })}`,
  }
}

/** Whether an address is one of our own pages, by its signature: those are verified and never fetched. */
export function isOwnPage({ config, tokens }: Pick<Tools, 'config' | 'tokens'>, href: string): boolean {
  const [, page, token = ''] = /^\/(u|c|confirm)\/([^/]+)$/.exec(href.slice(config.publicUrl.length)) ?? []
  if (page === undefined || !href.startsWith(config.publicUrl)) return false
  const read = { u: tokens.readUnsubscribe, c: tokens.readWebcopy, confirm: tokens.readConfirmation }[page]
  return read?.(token) != null
}

/** A place of one of our own pages in a template. */
export const isOwn = (href: string): boolean => OWN_FIELDS.some((field) => href === `{{${field}}}`)

/** What a link looks like that varies from recipient to recipient. */
export const isPersonal = (href: string): boolean => href.includes('{{')
