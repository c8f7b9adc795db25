/** What the pages are given: steps of publishing, the ledger's figures, and the local inbox. */
import type { Config } from '../config.ts'
import { readMime } from '../edition/index.ts'
import type { Ledger } from '../ledger/index.ts'
import { type Inbox, isProvider, type Tokens } from '../mail/index.ts'
import {
  asked,
  askToJoin,
  choose,
  confirmed,
  dataFor,
  isOpenList,
  type Log,
  leave,
  leaving,
  type Messages,
  preferences,
  takeHook,
  webCopy,
} from '../publishing/index.ts'
import type {
  ApiTools,
  Letter,
  MailingLine,
  MetricsTools,
  PeopleTools,
  TeamTools,
  WebTools,
  WorkerMetrics,
} from '../web/index.ts'
import { isQuiet } from './ledger.ts'
import { say } from './terminal.ts'

interface PageTools {
  readonly config: Config
  readonly ledger: Ledger
  readonly tokens: Tokens
  readonly now: () => number
}

const onFault = (error: unknown, where: string): void => say(`a page failed (${where}): ${(error as Error).message}`)

export const logged: Log = (event, facts) => say([event, ...Object.values(facts ?? {})].join(' · '))

export function webTools(tools: PageTools, with_: { api: ApiTools; people: PeopleTools }): WebTools {
  return {
    ...with_,
    organisation: tools.config.organisation,
    readUnsubscribe: (token) => leaving(tools, token),
    unsubscribe: (token, how) => leave(tools, token, how),
    webCopy: (token) => webCopy(tools, token),
    hook:
      tools.config.bounceHooks.length === 0
        ? null
        : async (provider, post) =>
            isProvider(provider) ? await takeHook({ ...tools, log: logged }, provider, post) : 'closed',
    onFault,
  }
}

const MAILINGS_SHOWN = 50
export function teamTools(tools: PageTools, inbox: Inbox | null, worker: () => WorkerMetrics | null): TeamTools {
  return {
    organisation: tools.config.organisation,
    mailings: async () =>
      await Promise.all((await tools.ledger.mailings({ limit: MAILINGS_SHOWN })).map((m) => line(tools, m))),
    concern: async () => {
      const beat = await tools.ledger.heartbeat({ name: 'worker' })
      if (!beat || isQuiet(beat, tools.now())) return 'The worker does not run: mail waits and links are unwatched.'
      if (beat.note !== '') return `The worker waits: ${beat.note}`
      const resting = await tools.ledger.restingReceivers({ now: tools.now() })
      return resting.length === 0
        ? null
        : resting.map(({ receiver, why }) => `Mail to ${receiver} rests: ${why}.`).join(' ')
    },
    inbox: inbox && {
      list: async () =>
        inbox.list().map(({ id, at, to, subject, size }) => ({ id, receivedAt: at, to, subject, bytes: size })),
      get: (id) => inbox.get(id),
    },
    read: readLetter,
    metrics: metricsTools(tools, worker),
    onFault,
  }
}

function metricsTools({ ledger, now }: PageTools, worker: () => WorkerMetrics | null): MetricsTools {
  return {
    now,
    facts: () => ledger.facts({ now: now() }),
    heartbeat: async () => {
      const beat = await ledger.heartbeat({ name: 'worker' })
      return beat && { at: beat.at, waits: beat.note !== '' }
    },
    worker,
  }
}

type Mailing = Awaited<ReturnType<Ledger['mailings']>>[number]

async function line({ ledger }: PageTools, mailing: Mailing): Promise<MailingLine> {
  const links = await ledger.linkLines({ mailing: mailing.id })
  return {
    id: mailing.id,
    kind: mailing.kind,
    subject: mailing.subject,
    state: mailing.state,
    stateWhy: mailing.stateWhy,
    audience: mailing.audience,
    counts: await ledger.counts({ mailing: mailing.id }),
    dead: links.filter((l) => l.state === 'dead').map((l) => ({ link: l.href, holders: l.holders })),
  }
}

async function readLetter(mail: Uint8Array): Promise<Letter> {
  const { headers, leaves } = await readMime(mail, 'mail')
  const part = (kind: 'html' | 'text'): string | null => leaves.find((leaf) => leaf.kind === kind)?.text ?? null
  return {
    subject: headers.subject ?? '',
    from: headers.from ?? '',
    to: '',
    date: '',
    html: part('html'),
    text: part('text'),
  }
}

export function peopleTools(tools: PageTools & { log: Log }, confirmations: () => Promise<Messages>): PeopleTools {
  return {
    organisation: tools.config.organisation,
    isOpen: (list) => isOpenList(tools, list),
    join: async (order) => await askToJoin(tools, await confirmations(), order),
    asked: (token) => asked(tools, token),
    confirm: (token) => confirmed(tools, token),
    preferences: (token) => preferences(tools, token),
    choose: async (token, choice, shown) => await choose(tools, await confirmations(), token, choice, shown),
    data: (token) => dataFor(tools, token),
  }
}
