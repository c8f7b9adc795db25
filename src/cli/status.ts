import type { Config } from '../config.ts'
import { type Counts, DELIVERY_STATES, type Ledger, type Mailing } from '../ledger/index.ts'
import type { Exit } from './exit.ts'
import { sayWhetherRunning, slippedOf, theMailing, withLedger } from './ledger.ts'
import { remedy } from './links.ts'
import { limitsOf, restOf } from './pace.ts'
import { doneOf, follow } from './progress.ts'
import { showProofs } from './proofs.ts'
import { counted, moment, number, paint, print, printJson, say, span, table } from './terminal.ts'

interface Options {
  readonly follow?: boolean
  readonly json?: boolean
}

const SHOWN = 20

export async function run([text]: string[], options: Options): Promise<Exit> {
  return await withLedger(async (ledger, config) => {
    if (text === undefined) return await all(ledger, options)
    const mailing = await theMailing(ledger, text)
    const now = options.follow ? await follow(ledger, mailing.id, config) : mailing
    if (options.json) {
      printJson(await statusOf(ledger, now))
      return 0
    }
    await sayWhetherRunning(ledger)
    await show(ledger, now)
    await showResting(ledger)
    await showRest(ledger, config, now)
    return 0
  })
}

/** The object of `gll status --json`. */
export async function statusOf(ledger: Ledger, mailing: Mailing) {
  return {
    mailing: mailing.id,
    kind: mailing.kind,
    state: mailing.state,
    why: mailing.stateWhy,
    slipped: mailing.slipped,
    corrects: mailing.corrects,
    audience: mailing.audience,
    counts: await ledger.counts({ mailing: mailing.id }),
    proofs: await ledger.proofs({ mailing: mailing.id }),
    resting: await ledger.restingReceivers({ now: Date.now() }),
    publishedAt: mailing.publishedAt,
    startedAt: mailing.startedAt,
    finishedAt: mailing.finishedAt,
  }
}

async function all(ledger: Ledger, options: Options): Promise<Exit> {
  const mailings = await ledger.mailings({ limit: SHOWN })
  if (options.json) {
    for (const mailing of mailings) printJson(await statusOf(ledger, mailing))
    return 0
  }
  await sayWhetherRunning(ledger)
  if (mailings.length === 0) {
    say('no mailing yet: gll send letter.md --list NAME')
    return 0
  }
  const rows = await Promise.all(
    mailings.map(async (mailing) => {
      const counts = await ledger.counts({ mailing: mailing.id })
      const dead = (await ledger.watched({ mailing: mailing.id })).filter((w) => w.state === 'dead').length
      return [
        `${mailing.id}`,
        mailing.kind,
        mailing.state,
        number(mailing.audience),
        number(counts.accepted),
        dead === 0 ? '' : counted(dead, 'dead link'),
        mailing.publishedAt === null ? '' : moment(mailing.publishedAt),
        mailing.subject,
      ]
    }),
  )
  print(table(['>mailing', 'kind', 'state', '>people', '>accepted', 'links', 'published', 'subject'], rows))
  for (const mailing of mailings) await deadLinks(ledger, mailing)
  for (const mailing of mailings) await awaited(ledger, mailing)
  await showResting(ledger)
  const asked = (await ledger.noticesOf({ mailing: null })).length
  if (asked > 0) print(`${counted(asked, 'question')} to the team ${asked === 1 ? 'is' : 'are'} open`)
  return 0
}

async function show(ledger: Ledger, mailing: Mailing): Promise<void> {
  const counts = await ledger.counts({ mailing: mailing.id })
  const of = mailing.corrects === null ? '' : ` of mailing ${mailing.corrects}`
  print(`${paint('bold', mailing.subject)}`)
  print(
    `mailing ${mailing.id}, ${mailing.kind}${of}, ${mailing.state}${mailing.stateWhy ? `: ${mailing.stateWhy}` : ''}`,
  )
  if (mailing.state === 'cancelled' && mailing.slipped) print(`cancelled${slippedOf(mailing)}`)
  print(times(mailing))
  const shown = DELIVERY_STATES.filter((state) => counts[state] > 0)
  print(
    table(['state', '>people'], [...shown.map((state) => [state, number(counts[state])]), ['', number(sum(counts))]]),
  )
  if (counts.uncertain > 0) {
    print(
      'uncertain: the message was handed over and no reply came. It may have arrived, so it is never sent again by itself.',
    )
  }
  await showProofs(ledger, mailing)
  await deadLinks(ledger, mailing)
  await awaited(ledger, mailing)
  for (const id of await ledger.corrigendaOf({ mailing: mailing.id })) await corrigendum(ledger, id)
}

function times(mailing: Mailing): string {
  if (mailing.state === 'scheduled') return `leaves ${moment(mailing.dueAt)}`
  const started = mailing.startedAt === null ? '' : `started ${moment(mailing.startedAt)}`
  const ended = mailing.finishedAt === null ? '' : `, ended ${moment(mailing.finishedAt)}`
  const took =
    mailing.startedAt !== null && mailing.finishedAt !== null
      ? ` (${span(mailing.finishedAt - mailing.startedAt)})`
      : ''
  return `${started}${ended}${took}`
}

/** How long a running mailing has still to go, at the pace it went so far. */
async function showRest(ledger: Ledger, config: Config, mailing: Mailing): Promise<void> {
  if (mailing.state !== 'running' || mailing.startedAt === null) return
  const now = Date.now()
  const done = doneOf(await ledger.counts({ mailing: mailing.id }))
  const seen = done / Math.max(1, (now - mailing.startedAt) / 1_000)
  const rest = restOf(await limitsOf(config, ledger, now), seen, mailing.audience - done, now)
  if (rest !== null) print(rest)
}

async function deadLinks(ledger: Ledger, mailing: Mailing): Promise<void> {
  for (const watched of await ledger.watched({ mailing: mailing.id })) {
    if (watched.state !== 'dead' && watched.state !== 'alert') continue
    const since = watched.since === null ? '' : ` since ${moment(watched.since)}`
    print(`${paint('red', watched.state)}: ${watched.href}${since} (${watched.cause}), in mailing ${mailing.id}`)
    if (watched.answer === 'corrigendum') print(`  corrected by mailing ${watched.corrigendum}`)
    if (watched.answer === 'vetoed')
      print(`  its corrigendum was stopped by a person. To correct it all the same, type:\n  ${remedy(watched)}`)
    if (watched.answer === 'web') print('  too late for mail by itself: the web copy is corrected')
    if (watched.answer === 'asked') print(`  no replacement is known. To correct it, type:\n  ${remedy(watched)}`)
    if (watched.answer === 'refused') await refusal(ledger, mailing)
  }
}

/** Corrigenda on their way, in the list of all mailings. */
async function awaited(ledger: Ledger, mailing: Mailing): Promise<void> {
  if (mailing.kind === 'corrigendum' && mailing.state === 'scheduled') await corrigendum(ledger, mailing.id)
  if (mailing.state !== 'held') return
  const { pending, deferred } = await ledger.counts({ mailing: mailing.id })
  print(
    `mailing ${mailing.id} is held: ${mailing.stateWhy ?? ''}; ${counted(pending + deferred, 'person waits', 'people wait')}${slippedOf(mailing)}`,
  )
  if (mailing.heldBy === 'line') {
    print(`  it goes on by itself once the link lives again; gll links ${mailing.id} numbers the links. Meanwhile:`)
    print(
      `  gll correct ${mailing.id} --link NUMBER=NEW-ADDRESS   (or =- to take the link out)   ·   gll cancel ${mailing.id}`,
    )
  } else print(`  to let it go on: gll resume ${mailing.id}   ·   to end it: gll cancel ${mailing.id}`)
}

/** Receivers that mail of all mailings waits for. */
async function showResting(ledger: Ledger): Promise<void> {
  for (const { receiver, why, since, until } of await ledger.restingReceivers({ now: Date.now() })) {
    const goesOn =
      until === null ? `to let it go on: gll resume --receiver ${receiver}` : `it goes on at ${moment(until)}`
    print(`${paint('red', 'rests')}: mail to ${receiver}, since ${moment(since)}: ${why}; ${goesOn}`)
  }
}

async function refusal(ledger: Ledger, mailing: Mailing): Promise<void> {
  const last = (await ledger.audits({ mailing: mailing.id })).findLast((entry) => entry.what === 'corrigendum refused')
  print(`  its corrigendum was refused by the gate: ${last?.detail ?? ''}`)
}

async function corrigendum(ledger: Ledger, id: number): Promise<void> {
  const mailing = await ledger.mailing({ id })
  if (!mailing) return
  const people = counted(mailing.audience, 'person', 'people')
  if (mailing.state === 'scheduled' && mailing.publishedAt === null) {
    print(`corrigendum ${id} to ${people} leaves at ${moment(mailing.dueAt)}; to stop it: gll veto ${id}`)
  } else print(`corrigendum ${id} to ${people}: ${mailing.state}`)
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, n) => total + n, 0)
