/**
 * What happened to a mailing, from the ledger alone: when it was sent, when each link was last seen alive and first
 * dead, what the team was told, which corrigenda went, and whom they reached. Made to be filed: the same ledger gives
 * the same report.
 */
import type { Counts, Mailing, WatchState } from '../ledger/index.ts'
import { failingRun } from '../links/index.ts'
import { PASSED_BY_A_VOUCH } from './publish.ts'
import { plainly } from './tell/words.ts'
import type { Tools } from './tools.ts'

export interface ReportLink {
  readonly link: number
  /** Without scheme: a report names dead addresses, and must not link to them. */
  readonly address: string
  readonly state: WatchState
  readonly cause: string | null
  readonly why: string | null
  readonly answer: string | null
  readonly holders: number
  /** Since when it is watched: its publication, or that of the edition that brought it. */
  readonly since: number
  /** Every look since then that proved something, in order. */
  readonly looks: readonly { readonly at: number; readonly failed: boolean }[]
  readonly lastAlive: number | null
  readonly firstFailing: number | null
  readonly deadAt: number | null
}

export interface ReportCorrigendum {
  readonly mailing: Mailing
  readonly counts: Counts
  readonly changes: readonly { readonly from: string; readonly to: string | null }[]
}

export interface Report {
  readonly organisation: string
  readonly mailing: Mailing
  readonly counts: Counts
  readonly links: readonly ReportLink[]
  readonly corrigenda: readonly ReportCorrigendum[]
  /** Of those who were handed a link that died: the categories add up to `holders`. */
  readonly people: {
    readonly holders: number
    readonly writtenTo: number
    readonly waiting: number
    readonly unsubscribed: number
    readonly suppressed: number
    readonly erased: number
    /** Of `writtenTo`, by this mailing's own corrigenda: what became of them. */
    readonly accepted: number
    readonly onTheWay: number
    readonly refused: number
  }
  readonly told: readonly {
    readonly at: number
    readonly kind: string
    readonly subject: string
    readonly times: number
  }[]
  /** Times between which the mailing was held by the watch. */
  readonly holds: readonly { readonly from: number; readonly to: number | null }[]
  /** What the gate let pass because a named person answers for it. */
  readonly vouched: readonly { readonly at: number; readonly what: string }[]
  readonly events: readonly { readonly at: number; readonly what: string }[]
}

/** Null: there is no such mailing. */
export async function reportOn(tools: Pick<Tools, 'ledger' | 'config'>, id: number): Promise<Report | null> {
  const { ledger, config } = tools
  const mailing = await ledger.mailing({ id })
  if (!mailing) return null
  const links = await linksOf(tools, id)
  const dead = links.filter((one) => one.deadAt !== null)
  const corrigenda = await corrigendaOf(tools, id)
  const audits = await ledger.audits({ mailing: id })
  const notices = await ledger.noticesOf({ mailing: id })
  const told = notices.map(({ at, kind, subject, times }) => ({ at, kind, subject, times }))
  const holds = audits
    .filter((entry) => entry.who === 'the watch' && entry.what === 'held')
    .map(({ at }) => ({
      from: at,
      to: audits.find((one) => one.at > at && (one.what === 'went on' || one.what === 'resumed'))?.at ?? null,
    }))
  const report = {
    organisation: config.organisation,
    mailing,
    counts: await ledger.counts({ mailing: id }),
    links,
    corrigenda,
    people: await peopleOf(tools, { id, dead, corrigenda }),
    told,
    holds,
    vouched: audits.filter(({ what }) => what === PASSED_BY_A_VOUCH).map(({ at, detail }) => ({ at, what: detail })),
  }
  return { ...report, events: eventsOf(report) }
}

async function linksOf({ ledger }: Pick<Tools, 'ledger'>, mailing: number): Promise<ReportLink[]> {
  const lines = await ledger.linkLines({ mailing })
  const links = await Promise.all(
    lines.map(async (line): Promise<ReportLink> => {
      const seen = await ledger.looksSince({ link: line.link, since: line.publishedAt })
      const looks = seen
        .filter((look) => look.cause !== 'deadline')
        .map((look) => ({ at: look.at, failed: failingRun([look], line.baseline).failing.length > 0 }))
      const alive = looks.findLast((look) => !look.failed)
      return {
        link: line.link,
        address: plainly(line.href),
        state: line.state,
        cause: line.cause,
        why: line.state === 'alive' ? null : line.why,
        answer: line.answer,
        holders: line.holders,
        since: line.publishedAt,
        looks,
        lastAlive: alive?.at ?? line.publishedAt,
        firstFailing: line.since,
        deadAt: line.deadAt,
      }
    }),
  )
  const rank = { dead: 0, alert: 1, failing: 2, alive: 3 } as const
  return links.toSorted((a, b) => rank[a.state] - rank[b.state] || a.link - b.link)
}

async function corrigendaOf({ ledger }: Pick<Tools, 'ledger'>, mailing: number): Promise<ReportCorrigendum[]> {
  const found: ReportCorrigendum[] = []
  for (const id of await ledger.corrigendaOf({ mailing })) {
    const one = await ledger.mailing({ id })
    if (!one) continue
    const changes = one.changes.map(({ from, to }) => ({ from: plainly(from), to: to === null ? null : plainly(to) }))
    found.push({ mailing: one, counts: await ledger.counts({ mailing: id }), changes })
  }
  return found
}

async function peopleOf(
  { ledger }: Pick<Tools, 'ledger'>,
  of: { id: number; dead: readonly ReportLink[]; corrigenda: readonly ReportCorrigendum[] },
): Promise<Report['people']> {
  const links = of.dead.map((one) => one.link)
  const held = links.length === 0 ? [] : await ledger.holderCounts({ mailing: of.id, links, domain: null })
  const sum = (key: 'holders' | 'corrected' | 'people' | 'unsubscribed' | 'suppressed' | 'erased'): number =>
    held.reduce((total, one) => total + one[key], 0)
  const counted = (...states: (keyof Counts)[]): number =>
    of.corrigenda.reduce((total, { counts }) => total + states.reduce((n, state) => n + counts[state], 0), 0)
  return {
    holders: sum('holders'),
    writtenTo: sum('corrected'),
    waiting: sum('people'),
    unsubscribed: sum('unsubscribed'),
    suppressed: sum('suppressed'),
    erased: sum('erased'),
    accepted: counted('accepted', 'uncertain'),
    onTheWay: counted('pending', 'handed', 'deferred'),
    refused: counted('rejected', 'bounced', 'expired'),
  }
}

function eventsOf(of: Omit<Report, 'events'>): Report['events'] {
  const { mailing } = of
  const events: { at: number | null; what: string }[] = [
    { at: mailing.publishedAt, what: `mailing ${mailing.id} published to ${mailing.audience} people` },
    ...of.vouched.map(({ at, what }) => ({ at, what: `passed by a vouch: ${what}` })),
    { at: mailing.startedAt, what: 'the first copy left' },
    { at: mailing.finishedAt, what: mailing.state === 'cancelled' ? 'cancelled' : 'the last copy had left' },
    ...of.holds.flatMap(({ from, to }) => [
      { at: from, what: 'held: a link it handed out fails' },
      { at: to, what: 'went on' },
    ]),
    ...of.links.flatMap((link) => [
      ...(link.firstFailing === null ? [] : [{ at: link.lastAlive, what: `${link.address} last seen alive` }]),
      { at: link.firstFailing, what: `${link.address} first seen failing${link.why === null ? '' : ` (${link.why})`}` },
      { at: link.deadAt, what: `${link.address} counts as dead` },
    ]),
    ...of.told.map(({ at, subject }) => ({ at, what: `the team was told: ${subject}` })),
    ...of.corrigenda.flatMap(({ mailing: one }) => [
      { at: one.startedAt, what: `corrigendum ${one.id} left for ${one.audience} people` },
      { at: one.finishedAt, what: `corrigendum ${one.id} ${one.state}${one.stateWhy ? ` (${one.stateWhy})` : ''}` },
    ]),
  ]
  return events.flatMap(({ at, what }) => (at === null ? [] : [{ at, what }])).toSorted((a, b) => a.at - b.at)
}
