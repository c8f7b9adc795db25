/** What a run came to: the ledger's record and the receiving end, held against what the world knows to be true. */
import Sqlite from 'better-sqlite3'
import { type Ran, TEAM } from './run.ts'
import { DAY, HOUR, type SimLink, TRACES, type Trace, type World } from './world.ts'

export interface Line {
  readonly trace: Trace
  readonly links: number
  readonly dead: number
  readonly corrected: number
  readonly wrongly: number
}

export interface Tally {
  readonly lines: readonly Line[]
  readonly links: number
  readonly mailings: number
  /** Corrigenda by mail, and changes in them, for links that were not dead when they left. */
  readonly wrong: readonly string[]
  readonly corrigenda: number
  /** Links that died within the time for corrigenda by themselves and have a replacement. */
  readonly owed: number
  readonly corrected: number
  readonly missed: readonly string[]
  /** Of all links that died for good: how many were found dead. */
  readonly died: number
  readonly found: number
  /** Hours, each sorted. */
  readonly toDead: readonly number[]
  /** Until its first corrigendum left, or would have but for CORRIGENDUM_CAP. */
  readonly toCorrigendum: readonly number[]
  /** Until somebody was handed one. */
  readonly toReaders: readonly number[]
  /** Hours that DEAD_AFTER, the notice and one look of its day allow each of them. */
  readonly allowed: readonly number[]
  readonly webOnly: number
  readonly looksPerLink: number
  readonly toTeam: number
  /** What the team was told, how often, by kind of notice. */
  readonly told: Readonly<Record<string, number>>
  readonly perSubscriber: { readonly announcements: number; readonly corrigenda: number; readonly most: number }
  /** Somebody got the same thing twice. */
  readonly twice: number
}

interface Correction {
  readonly mailing: number
  readonly from: string
  readonly at: number
  readonly people: number
  readonly web: boolean
}

export function tally(world: World, ran: Ran): Tally {
  const db = new Sqlite(ran.path, { readonly: true })
  try {
    return tallyOf(world, ran, db)
  } finally {
    db.close()
  }
}

function tallyOf(world: World, ran: Ran, db: Sqlite.Database): Tally {
  const corrections = correctionsIn(db)
  const mailed = corrections.filter((one) => !one.web && one.people > 0)
  const of = (link: SimLink): Correction | undefined =>
    mailed.find((one) => one.from === link.url && one.mailing === ran.mailings[link.mailing])
  const isDeath = ({ from, at }: Correction): boolean =>
    at >= (world.links.get(from)?.diesAt ?? Number.POSITIVE_INFINITY)
  // A page that is over as announced is withdrawn beside a death, and is no reason of its own.
  const isOver = ({ from, at }: Correction): boolean =>
    at > Date.parse(`${world.links.get(from)?.until ?? ''}T23:59:59Z`)
  const wrong = mailed.filter((one) => {
    const beside = mailed.some((two) => two.mailing === one.mailing && two.at === one.at && isDeath(two))
    return !isDeath(one) && !(isOver(one) && beside)
  })
  const links = [...world.links.values()]
  const died = links.filter((link) => link.diesAt !== null)
  const deadAt = deadTimes(db)
  const leftAt = leftTimes(db)
  const timely = died.filter((link) => isTimely(world, ran, link))
  const owed = timely.filter((link) => link.instead !== null && inTime(ran, world, link, deadAt))
  const done = owed.filter((link) => of(link))
  return {
    lines: TRACES.map((trace) => {
      const all = links.filter((link) => link.trace === trace)
      return {
        trace,
        links: all.length,
        dead: all.filter((link) => deadAt.has(key(ran, link))).length,
        corrected: all.filter((link) => of(link)).length,
        wrongly: wrong.filter(({ from }) => world.links.get(from)?.trace === trace).length,
      }
    }),
    links: links.length,
    mailings: world.mailings.length,
    wrong: wrong.map(
      ({ mailing, from, at }) =>
        `${new Date(at).toISOString()} mailing ${mailing}: ${from} (${world.links.get(from)?.trace})`,
    ),
    corrigenda: new Set(mailed.map(({ mailing, at }) => `${mailing} ${at}`)).size,
    owed: owed.length,
    corrected: done.length,
    missed: owed.filter((link) => !of(link)).map((link) => story(world, ran, db, link)),
    died: died.length,
    found: died.filter((link) => deadAt.has(key(ran, link))).length,
    toDead: sorted(died.flatMap((link) => hours(deadAt.get(key(ran, link)), link))),
    toCorrigendum: sorted(done.flatMap((link) => hours(leftAt.get(key(ran, link)), link))),
    toReaders: sorted(done.flatMap((link) => hours(of(link)?.at, link))),
    allowed: sorted(done.map((link) => allowance(world, ran, link))),
    webOnly: corrections.filter((one) => one.web).length,
    looksPerLink: ran.looks / links.length,
    told: toldIn(db),
    toTeam: ran.sent.filter(({ to }) => to === TEAM).length,
    ...perPerson(ran),
  }
}

const sorted = (all: readonly number[]): number[] => [...all].sort((a, b) => a - b)
const key = (ran: Ran, link: SimLink): string => `${ran.mailings[link.mailing]} ${link.url}`
const hours = (at: number | undefined, { diesAt }: SimLink): number[] =>
  at === undefined || diesAt === null ? [] : [(at - diesAt) / HOUR]

function toldIn(db: Sqlite.Database): Record<string, number> {
  const rows = db.prepare('select kind, sum(times) as n from notice group by kind order by 2 desc').all()
  return Object.fromEntries((rows as { kind: string; n: number }[]).map(({ kind, n }) => [kind, n]))
}

/** What the ledger says about a link that was not corrected. */
function story(world: World, ran: Ran, db: Sqlite.Database, link: SimLink): string {
  const mailing = ran.mailings[link.mailing]
  const audits = db
    .prepare('select at, what, detail from audit where mailing_id = ? and detail like ? order by id limit 6')
    .all(mailing, `%${link.url}%`) as { at: number; what: string; detail: string }[]
  const told = audits.map(({ at, what }) => `${new Date(at).toISOString()} ${what}`).join(', ')
  const refused = db
    .prepare("select detail from audit where mailing_id = ? and what like '%refused%' order by id desc limit 3")
    .all(mailing) as { detail: string }[]
  // Which other links of the letter stood in the way.
  const others = [...world.links.values()].filter(
    (one) => one.url !== link.url && refused.some(({ detail }) => detail.includes(one.url)),
  )
  const because = others.length === 0 ? '' : `; beside it: ${others.map((one) => one.trace).join(', ')}`
  return `mailing ${mailing}: ${link.url} (${link.trace}), died ${new Date(link.diesAt ?? 0).toISOString()}: ${told}${because}`
}

function correctionsIn(db: Sqlite.Database): Correction[] {
  const rows = db
    .prepare(
      `select corrects_mailing as mailing, changes, coalesce(started_at, published_at) as at, audience, state_why as why
       from mailing where kind = 'corrigendum' and state in ('running', 'done') and published_at is not null order by id`,
    )
    .all() as { mailing: number; changes: string; at: number; audience: number; why: string | null }[]
  return rows.flatMap(({ mailing, changes, at, audience, why }) =>
    (JSON.parse(changes) as { from: string }[]).map(({ from }) => ({
      mailing,
      from,
      at,
      people: audience,
      web: why === 'for the web copy alone',
    })),
  )
}

function deadTimes(db: Sqlite.Database): Map<string, number> {
  const rows = db
    .prepare(`select w.mailing_id as mailing, l.href, min(a.at) as at
      from watch w join link l on l.id = w.link_id
      join audit a on a.mailing_id = w.mailing_id and a.what = 'link dead' and a.detail like l.href || ':%'
      group by 1, 2`)
    .all() as { mailing: number; href: string; at: number }[]
  return new Map(rows.map(({ mailing, href, at }) => [`${mailing} ${href}`, at]))
}

/** When the first corrigendum for a link passed its notice and its gate. The cap may have put off everybody in it. */
function leftTimes(db: Sqlite.Database): Map<string, number> {
  const rows = db
    .prepare(`select c.corrects_mailing as mailing, l.href, min(c.published_at) as at
      from answers a join mailing c on c.id = a.corrigendum_id join link l on l.id = a.link_id
      where c.published_at is not null and coalesce(c.state_why, '') <> 'for the web copy alone'
      group by 1, 2`)
    .all() as { mailing: number; href: string; at: number }[]
  return new Map(rows.map(({ mailing, href, at }) => [`${mailing} ${href}`, at]))
}

/** It died while the watch still looks, and long enough before the end to be found. */
const isTimely = (world: World, _: Ran, { diesAt }: SimLink): boolean => diesAt !== null && diesAt < world.end - 8 * DAY

/** Found dead within the time in which corrigenda go by themselves. */
function inTime(ran: Ran, world: World, link: SimLink, deadAt: ReadonlyMap<string, number>): boolean {
  const published = world.mailings[link.mailing]?.at ?? 0
  const found = deadAt.get(key(ran, link))
  const until = published + ran.config.corrigendumUntil
  return found === undefined ? (link.diesAt ?? 0) + DAY < until : found <= until
}

function allowance(world: World, ran: Ran, link: SimLink): number {
  const { deadAfter, deadAfterIndefinite, corrigendumNotice, watchSchedule } = ran.config
  const since = (link.diesAt ?? 0) - (world.mailings[link.mailing]?.at ?? 0)
  let before = 0
  for (const { every, until } of watchSchedule) {
    const end = until ?? every
    if (since < end) {
      const look = until === null ? every - before : every
      const patience =
        link.trace === 'dies: its host is gone' ? Math.max(deadAfter.over, deadAfterIndefinite.over) : deadAfter.over
      return (look + patience + corrigendumNotice) / HOUR
    }
    before = end
  }
  return 0
}

function perPerson({ sent }: Ran): Pick<Tally, 'perSubscriber' | 'twice'> {
  const people = Map.groupBy(
    sent.filter(({ to }) => to !== TEAM),
    ({ to }) => to,
  )
  const corrigenda = [...people.values()].map((mails) => mails.filter((mail) => mail.corrigendum).length)
  const announcements = [...people.values()].map((mails) => mails.filter((mail) => !mail.corrigendum).length)
  const mean = (all: readonly number[]): number => all.reduce((sum, n) => sum + n, 0) / Math.max(1, all.length)
  const toPeople = [...people.values()].flat()
  const twice = toPeople.length - new Set(toPeople.map(({ to, at, corrigendum }) => `${to} ${at} ${corrigendum}`)).size
  return {
    perSubscriber: {
      announcements: mean(announcements),
      corrigenda: mean(corrigenda),
      most: Math.max(0, ...corrigenda),
    },
    twice,
  }
}
