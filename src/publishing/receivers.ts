/**
 * A circuit breaker for each receiver. When one of them refuses too much of what comes, more of it only makes our name
 * worse there and burns the people who have their mailboxes with it. So mail of mailings to it rests until a person has
 * found out why, and what it merely slows down rests for a while by itself; all others go on. Which relay the mail left by
 * makes no difference: to try the next one after a refusal would be to get round it.
 *
 * Messages to one, confirmations and notices go on, for they are few and somebody waits for each; so do the copies to seed
 * mailboxes, which show whether the receiver takes us again.
 */
import type { Answers, BounceVerdict, Heard } from '../ledger/index.ts'
import { type Outcome, receiverOf } from '../mail/index.ts'
import { receiverRests } from './tell/returns.ts'
import { grouped } from './tell/words.ts'
import type { Receivers, Tools } from './tools.ts'

type ReceiverTools = Pick<Tools, 'ledger' | 'now' | 'log'>

/** Counted over the last so many answers (rule B6 of what receivers ask for). */
const LAST = 500
const MOST_HARD = 0.05
const MOST_REFUSED = 0.1
/** Of a receiver with few mailboxes: more than half of so many. */
const FEW = 20
/** What slows us down is left alone for so long. Milliseconds. */
const SLOWED = 15 * 60_000
/** A receiver says that our mail fails authentication: RFC 7372, and Microsoft's own. Once is enough. */
const UNAUTHENTICATED: ReadonlySet<string> = new Set(['5.7.26', '5.7.515'])
/** Told to the ledger in so large a lump where nothing is refused; a receiver with less has no share to speak of. */
const LUMP = 250
/** Beyond so many names what is not told yet is forgotten: each of them had fewer answers than a lump, and none refused. */
const MOST_NAMES = 20_000

export function openReceivers(tools: ReceiverTools): Receivers {
  let resting = new Map<string, number>()
  const heard = new Map<string, Said>()
  const hard = new Map<number, number>()
  /** Those of them that the ledger is to be told of. */
  const news = new Set<string>()
  let telling: Promise<void> | null = null

  const refresh = async (): Promise<void> => {
    const rows = await tools.ledger.restingReceivers({ now: tools.now() })
    resting = new Map(rows.map(({ receiver, until }) => [receiver, until ?? Number.POSITIVE_INFINITY]))
  }
  const tell = async (): Promise<void> => {
    while (news.size > 0) {
      const left = tools.now()
      const told = [...news].map((receiver) => ({ ...NOTHING, ...heard.get(receiver), receiver, left }))
      for (const { receiver } of told) heard.delete(receiver)
      news.clear()
      if (await hearFrom(tools, told)) await refresh()
    }
  }
  return {
    restsUntil: (address) => {
      if (resting.size === 0) return null
      const until = resting.get(receiverOf(address)) ?? 0
      return until > tools.now() ? until : null
    },
    hardIn: (mailing) => hard.get(mailing) ?? 0,
    hear: (address, outcome, mailing) => {
      const said = saidBy(outcome)
      if (said === null) return
      if (said.hard > 0 && mailing !== null) hard.set(mailing, (hard.get(mailing) ?? 0) + said.hard)
      if (heard.size > MOST_NAMES) heard.clear()
      const receiver = receiverOf(address)
      const all = sum(heard.get(receiver) ?? NOTHING, said)
      heard.set(receiver, all)
      if (said === ACCEPTED && all.answers < LUMP) return
      news.add(receiver)
      // A ledger that is away is not told: then no mail leaves either, and a surge says it again.
      telling ??= tell()
        .catch((error: Error) => tools.log('receivers-untold', { why: error.message }))
        .finally(() => {
          telling = null
        })
    },
    refresh,
    told: async () => void (await telling),
  }
}

interface Said extends Answers {
  /** The status that says that our mail fails authentication. */
  readonly unauthenticated: string | null
}

const NOTHING: Said = { answers: 0, hard: 0, refused: 0, slowed: 0, unauthenticated: null }
const ACCEPTED: Said = { ...NOTHING, answers: 1 }

const sum = (a: Said, b: Said): Said => ({
  answers: a.answers + b.answers,
  hard: a.hard + b.hard,
  refused: a.refused + b.refused,
  slowed: a.slowed + b.slowed,
  unauthenticated: a.unauthenticated ?? b.unauthenticated,
})

const unauthenticated = (status: string | null): string | null =>
  status !== null && UNAUTHENTICATED.has(status) ? status : null

/** Null: it says nothing of us or of the mailbox, such as a mailbox that is full. */
function saidBy(outcome: Outcome): Said | null {
  if (outcome.kind === 'accepted') return ACCEPTED
  if (outcome.kind !== 'rejected' && outcome.kind !== 'deferred') return null
  if (outcome.class === 'hard' || outcome.class === 'hard-by-text') return { ...ACCEPTED, hard: 1 }
  if (outcome.class === 'throttled') return { ...ACCEPTED, slowed: 1 }
  if (outcome.class !== 'policy') return null
  return { ...ACCEPTED, refused: 1, unauthenticated: unauthenticated(outcome.reply.enhanced) }
}

/** What a report says of a copy that was accepted at `left` and is counted among the answers since then. */
export async function hearReport(
  tools: ReceiverTools,
  report: { address: string; verdict: BounceVerdict; status: string | null; left: number },
): Promise<void> {
  const { verdict, status, left } = report
  const isHard = verdict === 'hard' || verdict === 'text'
  if (!isHard && verdict !== 'refused') return
  const said = { ...NOTHING, hard: isHard ? 1 : 0, refused: isHard ? 0 : 1, unauthenticated: unauthenticated(status) }
  await hearFrom(tools, [{ ...said, receiver: receiverOf(report.address), left }])
}

/** Counts, and lets those rest that refuse too much. True: there was one. */
async function hearFrom(tools: ReceiverTools, heard: readonly (Said & Heard)[]): Promise<boolean> {
  const now = tools.now()
  let rested = false
  for (const window of await tools.ledger.hearReceivers({ heard, now })) {
    const { receiver } = window
    const said = heard.find((one) => one.receiver === receiver)
    const surge = surgeIn(window, said?.unauthenticated ?? null)
    if (surge === null) continue
    const until = surge.passes ? now + SLOWED : null
    const notice = surge.passes ? null : receiverRests({ receiver, why: surge.why, now })
    const done = await tools.ledger.restReceiver({
      receiver,
      why: surge.why,
      left: said?.left ?? now,
      until,
      notice,
      now,
    })
    if (done) tools.log('receiver-rests', { receiver, why: surge.why, byItself: surge.passes })
    rested ||= done
  }
  return rested
}

/** Why mail to a receiver should rest, and whether that passes by itself; null: nothing speaks against it. */
export function surgeIn(
  { answers, hard, refused, slowed }: Answers,
  unauthenticated: string | null,
): { readonly why: string; readonly passes: boolean } | null {
  if (unauthenticated !== null) {
    return { why: `it says that our mail is not authenticated (${unauthenticated})`, passes: false }
  }
  const last = Math.max(LAST, answers)
  const isMost = (count: number): boolean => answers >= FEW && count > answers / 2
  const said = (count: number): string => `${grouped(count)} of the last ${grouped(Math.max(answers, count))}`
  if (hard > last * MOST_HARD) return { why: `${said(hard)} have no mailbox there`, passes: false }
  if (refused > last * MOST_REFUSED || isMost(refused)) return { why: `${said(refused)} were refused`, passes: false }
  if (slowed > last * MOST_REFUSED || isMost(slowed)) return { why: `${said(slowed)} were put off`, passes: true }
  return null
}
