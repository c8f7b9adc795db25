/** The steps on real parts in one process: a ledger, a site, a receiving server. Time is `clock.at`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jest } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { type Config, readConfig } from '../../src/config.ts'
import { make } from '../../src/edition/index.ts'
import { BULK, type Counts, type DeliveryState, openLedger, type Person } from '../../src/ledger/index.ts'
import { type Looker, openLooker } from '../../src/links/index.ts'
import { openLane, parseAddress, parseRoute } from '../../src/mail/index.ts'
import {
  deliver,
  gate,
  houseOf,
  ledgerPath,
  openReceivers,
  publish,
  secretKey,
  type Tools,
  tokensOf,
  UNLIMITED,
  watch,
} from '../../src/publishing/index.ts'
import { openSite } from '../support/http.ts'
import { type Behaviour, openSink } from '../support/smtp.ts'

// Real processes on a busy machine take their time; a promise that is broken shows itself sooner.
jest.setTimeout(180_000)

export const LANES = 2
const RELAY_DOWN = 1_000
const SESSION_END = 300_000

export type House = Awaited<ReturnType<typeof openHouse>>

/** `people` are reader1@members.test and so on; `env` is what an operator would set. */
export async function openHouse(
  of: { people?: number; sink?: Behaviour; env?: Record<string, string>; stopping?: () => boolean } = {},
) {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-house-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const site = stack.use(await openSite({ '/': {}, '/report': {}, '/new-report': {}, '/stories': {}, '/toolkit': {} }))
  const sink = stack.use(await openSink(of.sink))
  const config = readConfig({
    DATA_DIR: dir,
    FROM: 'The GLL Team <gll@gll.test>',
    PUBLIC_URL: 'http://127.0.0.1:9',
    LOOK_ALLOW: '127.0.0.0/8',
    LOOK_REFERENCE: site.url('/'),
    ...of.env,
  })
  const clock = { at: Date.now() }
  const logged: { event: string; facts: Readonly<Record<string, unknown>> }[] = []
  const ledger = stack.use(await openLedger(ledgerPath(config)))
  const looker = await sharedLooker(config)
  const log: Tools['log'] = (event, facts) => void logged.push({ event, facts: facts ?? {} })
  const tools: Tools = {
    config,
    ledger,
    tokens: tokensOf(config, secretKey(config)),
    make,
    openLane: () => openLane(parseRoute(sink.url, { ehloName: 'gll.test' })),
    park: (lane) => lane.close(),
    rest: () => false,
    permit: UNLIMITED,
    receivers: openReceivers({ ledger, now: () => clock.at, log }),
    sign: null,
    stopping: of.stopping ?? (() => false),
    log,
    now: () => clock.at,
    // A look happens when the clock says, so that days of watching pass in a moment.
    looker: {
      look: async (requests, how) => (await looker.look(requests, how)).map((look) => ({ ...look, at: clock.at })),
      [Symbol.asyncDispose]: async () => {},
    },
  }
  const people = Array.from({ length: of.people ?? 4 }, (_, at) => at + 1)
  await addPeople(
    tools,
    people.map((n) => person(tools, reader(n), { name: `Reader ${n}` })),
  )
  const owned = stack.move()
  return {
    tools,
    config,
    site,
    sink,
    clock,
    logged,
    ledger,
    path: ledgerPath(config),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/**
 * One thread of looks for all tests of a file: a third of a second to start. It asks the site of the house as fast as it
 * answers, and again as soon as it failed: how long others are left alone is tested where they are looked at.
 */
let shared: Promise<Looker> | undefined
const sharedLooker = ({ lookAllow: allow, lookPerHost: perHost, resolver }: Config): Promise<Looker> => {
  shared ??= openLooker({ allow, perHost, resolver, pause: 0, backoff: 10 })
  return shared
}
afterAll(async () => await (await shared)?.[Symbol.asyncDispose]())

export const reader = (n: number): string => `reader${n}@members.test`

/** Somebody as an import gives them: by an address that parseAddress takes, called R unless told otherwise. */
export function person({ tokens }: Pick<Tools, 'tokens'>, text: string, of: Partial<Person> = {}): Person {
  const parsed = parseAddress(text)
  if ('fault' in parsed) throw new Error(parsed.fault)
  const { address, key } = parsed
  return { address, key, hash: tokens.addressHash(key), name: 'R', language: 'en', ...of }
}

/** Puts people on the list `members`. */
export async function addPeople({ ledger, now }: Pick<Tools, 'ledger' | 'now'>, people: readonly Person[]) {
  // One page at least: without people there is a list all the same.
  for (let at = 0; at === 0 || at < people.length; at += BULK) {
    await ledger.importPeople({ list: 'members', people: people.slice(at, at + BULK), source: 'test', now: now() })
  }
}

/** A letter with links to the site's pages; `terms` is what its front matter says about them. */
export const letter = ({ site }: Pick<House, 'site'>, terms = '', text = ''): string => `---
subject: Two new reports
list: members
language: en
defaults: { name: Colleague }
${terms}---
Dear {{name}},

You can now read the [synthesis report](${site.url('/report')}), the [stories](${site.url('/stories')})
and the [toolkit](${site.url('/toolkit')}).

${text}
`

/** \`links:\` with a replacement for the report. */
export const insteadOfReport = ({ site }: Pick<House, 'site'>, ...instead: string[]): string =>
  `links:\n  ${site.url('/report')}: { instead: [${instead.map((path) => site.url(path)).join(', ')}] }\n`

/** Makes a letter and takes it past the gate. */
export async function checked(house: House, text: string) {
  const { tools, config, clock } = house
  const source = { name: 'letter.md', format: 'md', text } as const
  const edition = await tools.make(source, {
    kind: 'announcement',
    house: houseOf(config),
    now: new Date(clock.at),
  })
  const past = await gate(tools, edition)
  if ('refused' in past) throw new Error(JSON.stringify(past.refused.faults))
  return past
}

/** Publishes a letter to everybody; gives the mailing, which is due. */
export async function publishDue(house: House, text = letter(house)): Promise<number> {
  const { tools, clock } = house
  const edition = await checked(house, text)
  const survey = await tools.ledger.survey({ list: 'members' })
  const order = { list: 'members', expect: survey?.people ?? 0, dueAt: clock.at, lanes: LANES }
  return (await publish(tools, edition, order)).mailing
}

/** The same, begun. */
export async function running(house: House, text = letter(house)): Promise<number> {
  const mailing = await publishDue(house, text)
  await house.ledger.begin({ mailing, now: house.clock.at })
  return mailing
}

/** Delivers every chunk that is due now, once each. */
export async function deliverDue(house: House, tools: Tools = house.tools): Promise<number> {
  const chunks = await house.ledger.dueChunks({ now: house.clock.at, limit: 100 })
  for (const { chunk } of chunks) {
    await deliver(tools, chunk, { owner: 'test', relayDown: RELAY_DOWN, sessionEnd: SESSION_END })
  }
  return chunks.length
}

/** What is due at the watch, until `ms` later: the clock goes from one due look to the next. */
export async function watchFor(house: House, ms: number): Promise<void> {
  const end = house.clock.at + ms
  for (;;) {
    const due = await house.ledger.dueWatches({ now: end, limit: 1_000 })
    const next = Math.min(...due.map((w) => w.dueAt ?? end))
    if (due.length === 0) break
    house.clock.at = Math.max(house.clock.at, next)
    const links = new Set(due.filter((w) => (w.dueAt ?? end) <= house.clock.at).map((w) => w.link))
    for (const link of links) await watch(house.tools, link)
  }
  house.clock.at = end
}

/** The counts that are not 0, which must be those of the rows themselves. */
export async function counts(house: House, mailing: number): Promise<Partial<Counts>> {
  const told = await house.ledger.counts({ mailing })
  const nonZero = Object.fromEntries(Object.entries(told).filter(([, n]) => n !== 0))
  expect(nonZero).toEqual(rowsByState(house.path, mailing))
  return nonZero
}

export function rowsByState(path: string, mailing: number): Record<string, number> {
  using db = closing(new Sqlite(path, { readonly: true }))
  const rows = db.it.prepare('select state, count(*) n from delivery where mailing_id = ? group by state').all(mailing)
  return Object.fromEntries((rows as { state: DeliveryState; n: number }[]).map((row) => [row.state, row.n]))
}

const closing = (it: Sqlite.Database) => ({ it, [Symbol.dispose]: () => it.close() })

/** To whom the receiver has mail, in order; with `subject`, only mail that has it. */
export const received = ({ sink }: Pick<House, 'sink'>, subject = ''): string[] =>
  sink.messages.filter((m) => header(m.raw, 'Subject').includes(subject)).flatMap((m) => m.to)

export function header(raw: Buffer, name: string): string {
  const [head] = raw.toString().split('\r\n\r\n', 1)
  const unfolded = (head ?? '').replace(/\r\n[ \t]+/g, ' ')
  return new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1] ?? ''
}
