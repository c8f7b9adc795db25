/** Proof in transit for people: what became of the copies in the seed mailboxes, and a person's word against it. */
import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import type { Ledger, Mailing, Proof } from '../ledger/index.ts'
import { seedMailboxes } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { counted, paint, print, say } from './terminal.ts'

const COLOURS = { sound: 'green', damaged: 'red', unsure: 'red', absent: 'red' } as const

/** Said before a mailing is confirmed. Throws a Complaint for a mailbox that cannot be read. */
export function tellProof(config: Config): void {
  const seeds = seedMailboxes(config)
  const names = seeds.map(({ name }) => name).join(', ')
  say(
    seeds.length === 0
      ? 'not proved in transit: no seed mailbox is set'
      : `proved in transit: first to ${names}; the rest leaves when their copies arrived sound`,
  )
}

/** The copies of the last round, and of the last seed, with what is wrong with each. */
export async function showProofs(ledger: Ledger, mailing: Mailing): Promise<void> {
  const all = await ledger.proofs({ mailing: mailing.id })
  const round = Math.max(0, ...all.map((proof) => proof.round))
  const shown = all.filter((proof) => proof.round === round)
  if (shown.length === 0) {
    if (mailing.kind === 'announcement' || mailing.kind === 'corrigendum') print('not proved in transit')
    return
  }
  for (const proof of shown) show(proof)
  if (mailing.state !== 'held' || !shown.some(isBad)) return
  print('Once the relay is mended, prove it again:')
  print(`  gll resume ${mailing.id}`)
  print('To let it go all the same, by name and with a reason that is kept:')
  print(`  gll resume ${mailing.id} --unproved --why TEXT --by NAME`)
}

const isBad = ({ state }: Proof): boolean => state === 'damaged' || state === 'unsure' || state === 'absent'

function show({ state, mailbox, late, report }: Proof): void {
  const colour = state in COLOURS ? COLOURS[state as keyof typeof COLOURS] : null
  print(`${late ? 'last copy' : 'proof'} in ${mailbox}: ${colour ? paint(colour, state) : state}`)
  for (const line of report) print(`  ${line}`)
}

/** Lets a mailing go that is held because its copies were not sound. */
export async function release(
  ledger: Ledger,
  mailing: Mailing,
  { why, by }: { why?: string; by?: string },
): Promise<Exit> {
  if (!why?.trim() || !by?.trim()) {
    throw new Complaint('a mailing that was not proved goes by a named person and with a reason', {
      remedy: `gll resume ${mailing.id} --unproved --why "the gateway is ours and known" --by "Ann Lee"`,
      exit: 3,
    })
  }
  const dead = (await ledger.watched({ mailing: mailing.id })).filter((w) => w.carried && w.state === 'dead')
  if (dead.length > 0) {
    throw new Complaint(`mailing ${mailing.id} carries ${dead.map((w) => w.href).join(', ')}, which is dead`, {
      remedy: `replace it: gll correct ${mailing.id} --link OLD=NEW`,
      exit: 2,
    })
  }
  const released = await ledger.releaseProof({ mailing: mailing.id, who: by, why, now: Date.now() })
  if (!released) {
    say(`mailing ${mailing.id} is ${mailing.state}, and not for want of proof; nothing was changed`)
    return 1
  }
  say(`mailing ${mailing.id} goes on, by word of ${by}: ${counted(released, 'copy', 'copies')} had not been sound`)
  return 0
}
