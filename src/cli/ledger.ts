/** What most commands share: the ledger alone. Nothing else need run, and where nothing runs they say so. */
import { userInfo } from 'node:os'
import { Complaint } from '../complaint.ts'
import { type Config, readConfig } from '../config.ts'
import { type Ledger, type Mailing, openLedger } from '../ledger/index.ts'
import { ledgerPath } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { moment, say } from './terminal.ts'

/** Opens the ledger for the length of `work`. */
export async function withLedger(work: (ledger: Ledger, config: Config) => Promise<Exit>): Promise<Exit> {
  const config = readConfig()
  await using ledger = await openLedger(ledgerPath(config))
  return await work(ledger, config)
}

/** A worker that has not been heard of for so long does not run. Milliseconds. */
const QUIET = 10_000

export const isQuiet = (beat: { readonly at: number } | null, now: number): boolean => !beat || now - beat.at >= QUIET

/** Says on standard error when nothing runs, or what stands in the worker's way. */
export async function sayWhetherRunning(ledger: Ledger, now = Date.now()): Promise<boolean> {
  const beat = await ledger.heartbeat({ name: 'worker' })
  if (beat && !isQuiet(beat, now)) {
    if (beat.note !== '') say(`the worker waits: ${beat.note}`)
    return true
  }
  const since = beat && beat.at > 0 ? ` since ${moment(beat.at)}` : ''
  say(`nothing is running: mail waits, links are unwatched${since}. Start it with: gll serve`)
  return false
}

export function mailingNumber(text: string | undefined): number {
  if (text && /^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new Complaint(`"${text ?? ''}" is not the number of a mailing`, { remedy: 'gll status lists them', exit: 3 })
}

/** The mailing of that number; throws a Complaint where there is none. */
export async function theMailing(ledger: Ledger, text: string | undefined): Promise<Mailing> {
  const id = mailingNumber(text)
  const mailing = await ledger.mailing({ id })
  if (!mailing || mailing.state === 'publishing') throw noMailing(id)
  return mailing
}

export const noMailing = (id: number): Complaint =>
  new Complaint(`there is no mailing ${id}`, { remedy: 'gll status lists them' })

/** What was in hand as a mailing was stopped, to be said behind that it was. */
export const slippedOf = ({ slipped }: Pick<Mailing, 'slipped'>): string =>
  slipped ? `; ${slipped} ${slipped === 1 ? 'was' : 'were'} in hand at that moment and may still arrive` : ''

/** Who does this, for the record. */
export function whoAmI(): string {
  try {
    return userInfo().username
  } catch {
    // A user without an entry in the password file, as in some containers.
    return 'the command line'
  }
}
