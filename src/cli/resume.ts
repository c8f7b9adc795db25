import { Complaint } from '../complaint.ts'
import { theMailing, whoAmI, withLedger } from './ledger.ts'
import type { Exit } from './main.ts'
import { release } from './proofs.ts'
import { say } from './terminal.ts'

interface Options {
  readonly unproved?: boolean
  readonly why?: string
  readonly by?: string
}

export async function run([number]: string[], options: Options): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const mailing = await theMailing(ledger, number)
    if (options.unproved) return await release(ledger, mailing, options)
    const dead = (await ledger.watched({ mailing: mailing.id })).filter((w) => w.state === 'dead')
    if (dead.length > 0) {
      throw new Complaint(`mailing ${mailing.id} carries ${dead.map((w) => w.href).join(', ')}, which is dead`, {
        remedy: `cancel it (gll cancel ${mailing.id}) and send a corrected letter to those who wait`,
        exit: 2,
      })
    }
    const was = await ledger.resume({ mailing: mailing.id })
    if (was !== 'held') {
      say(`mailing ${mailing.id} is ${was}; only a held one can be resumed`)
      return 1
    }
    await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'resumed', mailing: mailing.id, detail: '' })
    say(`mailing ${mailing.id} goes on`)
    return 0
  })
}
