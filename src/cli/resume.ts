import { readConfig } from '../config.ts'
import type { Ledger } from '../ledger/index.ts'
import { receiverOf } from '../mail/index.ts'
import { openTools, resume, UNLIMITED } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { theMailing, whoAmI, withLedger } from './ledger.ts'
import { release } from './proofs.ts'
import { say } from './terminal.ts'

interface Options {
  readonly unproved?: boolean
  readonly restored?: boolean
  readonly receiver?: string
  readonly why?: string
  readonly by?: string
}

export async function run([number]: string[], options: Options): Promise<Exit> {
  return await withLedger(async (ledger) => {
    if (options.restored) return await trust(ledger)
    if (options.receiver !== undefined) return await letGoOn(ledger, options.receiver)
    const mailing = await theMailing(ledger, number)
    if (options.unproved) return await release(ledger, mailing, options)
    await using tools = await openTools(readConfig(), {
      smtpUrls: [],
      permit: UNLIMITED,
      stopping: () => false,
      log: () => {},
    })
    await resume(tools, mailing.id, whoAmI())
    say(`mailing ${mailing.id} goes on`)
    return 0
  })
}

/** The ledger that a worker found older than what was sent from it may act by itself again. */
async function trust(ledger: Ledger): Promise<Exit> {
  if (!(await ledger.trustRestored({ now: Date.now() }))) {
    say('the ledger was not found older than what was sent from it; nothing was changed')
    return 1
  }
  await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'restored ledger trusted', mailing: null, detail: '' })
  const held = (await ledger.mailings({ limit: 1_000 })).filter((mailing) => mailing.state === 'held')
  say('corrigenda are made by themselves again')
  for (const { id, subject } of held) say(`mailing ${id} (${subject}) is held; to let it go on: gll resume ${id}`)
  return 0
}

/** Mail to a receiver that had refused too much of it leaves again. */
async function letGoOn(ledger: Ledger, asked: string): Promise<Exit> {
  const receiver = receiverOf(asked)
  if (!(await ledger.resumeReceiver({ receiver, now: Date.now() }))) {
    say(`mail to ${receiver} does not rest; nothing was changed`)
    return 1
  }
  await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'receiver resumed', mailing: null, detail: receiver })
  say(`mail to ${receiver} goes on`)
  return 0
}
