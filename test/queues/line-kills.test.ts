/**
 * A link dies while a mailing runs, and the worker is killed with -9 at each moment of what follows. The receiving end
 * and the ledger say afterwards who got what. Thresholds are seconds here, and the clock is the real one.
 */
import { fork } from 'node:child_process'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { type House, header, insteadOfReport, letter, openHouse, publishDue } from '../publishing/house.ts'
import { openRedis, type TestRedis } from '../support/redis.ts'
import type { Act } from '../support/smtp.ts'
import { startWorker, until } from './running.ts'

const PEOPLE = 160
/** So many have the letter before its page dies. */
const LETTERS = 20
const LANES = 4
const QUICK = {
  LANES: `${LANES}`,
  LOOK_ALLOW: '127.0.0.0/8',
  HOLD_AFTER: '2/300ms',
  LOOK_IN_FLIGHT: '500ms',
  ALERT_AFTER: '2/300ms',
  DEAD_AFTER: '3/1s',
  WATCH_SCHEDULE: '500ms/1h',
  QUIET_WINDOW: '500ms',
  CORRIGENDUM_NOTICE: '2s',
}

/**
 * A question that has an answer from that moment on, for good, so that nobody who comes late waits for ever; `?` is the
 * mailing. Draining alone comes to an end: the receiver keeps it.
 */
const MOMENTS = {
  'the death is found': `select 1 from watch where mailing_id = ? and state in ('failing', 'dead')`,
  'it is held': `select 1 from mailing where id = ? and (state = 'held' or changes is not null)`,
  'it drains': `select 1 from mailing m where id = ? and state = 'held'
    and (select sum(handed) from chunk where mailing_id = m.id) between 1 and ${LANES - 1}`,
  'the corrected edition is made': `select 1 from mailing m where id = ? and
    (select count(*) from edition e where e.kind = 'announcement') > 1`,
  'its edition is switched': `select 1 from mailing where id = ? and changes is not null`,
  'it goes on': `select 1 from mailing m where id = ? and changes is not null and exists
    (select 1 from delivery d where d.mailing_id = m.id and d.edition_id = m.edition_id)`,
  'the corrigendum is made': `select 1 from mailing where corrects_mailing = ?`,
  'the corrigendum is published': `select 1 from mailing where corrects_mailing = ? and published_at is not null`,
  'the corrigendum is half sent': `select 1 from chunk c join mailing m on m.id = c.mailing_id
    where m.corrects_mailing = ? group by m.id having sum(c.accepted) >= 10`,
} as const
type Moment = keyof typeof MOMENTS

/** Runs a worker until that moment and kills it there; then does what its parent does when a worker died. */
async function killedAt(house: House, redis: TestRedis, mailing: number, moment: Moment): Promise<void> {
  const worker = startWorker(house, redis, { ...QUICK, LOOK_REFERENCE: house.site.url('/') })
  const pid = worker.child.pid ?? 0
  const killer = fork(
    fileURLToPath(new URL('./killer.ts', import.meta.url)),
    [house.path, `${pid}`, MOMENTS[moment].replace('?', `${mailing}`)],
    { execArgv: [] },
  )
  try {
    expect([moment, await worker.exited]).toEqual([moment, null])
  } finally {
    killer.kill('SIGKILL')
  }
  await redis.flush()
  await house.ledger.disown({ owner: `${hostname()} ${pid}` })
}

/**
 * The page dies as the 20th letter comes. From then on the receiver answers nobody until the mailing is held, which it
 * therefore is before it ends. `keeps`: it does not answer that letter even then, so the mailing drains until it lets go.
 */
function holdReplies(house: House, mailing: number, { keeps }: { keeps: boolean }): Disposable {
  const kept = Promise.withResolvers<void>()
  let held: Promise<void> | null = null
  let letters = 0
  const dot = async (): Promise<Act> => {
    letters += 1
    const isLast = letters === LETTERS
    if (isLast) {
      house.site.set('/report', { status: 404 })
      held = until(() => ask(house, MOMENTS['it is held'], mailing).length > 0)
    }
    await held
    if (isLast && keeps) await kept.promise
    return { delay: 40 }
  }
  house.sink.behave({ dot })
  return { [Symbol.dispose]: kept.resolve }
}

interface Row {
  readonly address: string
  readonly state: string
  readonly edition: number | null
}

const rowsOf = (house: House, where: string): Row[] =>
  ask(
    house,
    `select d.address, d.state, d.edition_id as edition from delivery d join mailing m on m.id = d.mailing_id where ${where}`,
  ) as Row[]

function ask(house: House, sql: string, ...values: readonly number[]): unknown[] {
  const db = new Sqlite(house.path, { readonly: true })
  try {
    return db.prepare(sql).all(...values)
  } finally {
    db.close()
  }
}

/** What each person was sent, as the receiver has it: in words, sorted. */
function receivedBy(house: House): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const { to, raw } of house.sink.messages) {
    const text = raw.toString('latin1').replaceAll('=\r\n', '')
    const what = header(raw, 'Subject').startsWith('Corrigendum')
      ? 'corrigendum'
      : text.includes(house.site.url('/report'))
        ? 'broken'
        : 'corrected'
    for (const one of to) all.set(one, [...(all.get(one) ?? []), what].toSorted())
  }
  return all
}

/** Gives what is wrong: nobody may have both, twice, or neither without the ledger saying that it does not know. */
function wrongs(house: House, mailing: number): string[] {
  const got = receivedBy(house)
  const letters = rowsOf(house, `m.id = ${mailing}`)
  const corrigenda = new Map(rowsOf(house, `m.corrects_mailing = ${mailing}`).map((row) => [row.address, row]))
  const first = Math.min(...letters.map((row) => row.edition ?? Number.POSITIVE_INFINITY))
  return letters.flatMap(({ address, state, edition }) => {
    const has = got.get(address) ?? []
    const count = (what: string): number => has.filter((one) => one === what).length
    const owed = edition === first
    const second = corrigenda.get(address)
    const sent = count(owed ? 'broken' : 'corrected')
    const right =
      ['accepted', 'uncertain'].includes(state) &&
      count(owed ? 'corrected' : 'broken') === 0 &&
      (sent === 1 || (sent === 0 && state === 'uncertain')) &&
      (second !== undefined) === owed &&
      (count('corrigendum') === (owed ? 1 : 0) || (count('corrigendum') === 0 && second?.state === 'uncertain'))
    return right ? [] : [`${address}: ${state} ${owed ? 'broken' : 'corrected'}, ${second?.state}; got ${has}`]
  })
}

test.each<[string, readonly Moment[]]>([
  [
    'each moment in turn',
    [
      'the death is found',
      'it is held',
      'the corrected edition is made',
      'its edition is switched',
      'it goes on',
      'the corrigendum is made',
      'the corrigendum is published',
      'the corrigendum is half sent',
    ],
  ],
  ['the moment while it drains', ['it drains']],
])(
  'killed at %s: nothing is lost, nobody gets both, nobody neither',
  async (_, moments) => {
    await using house = await openHouse({ people: PEOPLE })
    await using redis = await openRedis()
    const mailing = await publishDue(house, letter(house, insteadOfReport(house, '/new-report')))
    {
      using _replies = holdReplies(house, mailing, { keeps: moments.includes('it drains') })
      for (const moment of moments) await killedAt(house, redis, mailing, moment)
    }
    await using _last = startWorker(house, redis, { ...QUICK, LOOK_REFERENCE: house.site.url('/') })
    const open = `m.id = ${mailing} or m.corrects_mailing = ${mailing}`
    await until(() => {
      const rows = rowsOf(house, open)
      return rows.length > PEOPLE && rows.every(({ state }) => state === 'accepted' || state === 'uncertain')
    })
    expect(wrongs(house, mailing)).toEqual([])
    const has = [...receivedBy(house).values()].map(String)
    expect(has).toEqual(expect.arrayContaining(['broken,corrigendum', 'corrected']))
    const uncertain = rowsOf(house, open).filter(({ state }) => state === 'uncertain').length
    expect(uncertain).toBeLessThanOrEqual(moments.length * LANES)
  },
  120_000,
)
