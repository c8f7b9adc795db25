import { Complaint } from '../complaint.ts'
import { readConfig } from '../config.ts'
import type { LinkChange } from '../edition/index.ts'
import { correctByHand, openTools } from '../publishing/index.ts'
import { theMailing, whoAmI } from './ledger.ts'
import type { Exit } from './main.ts'
import { confirmed } from './send.ts'
import { counted, print, say } from './terminal.ts'

interface Options {
  readonly link?: string[]
  readonly why?: string
  readonly yes?: string
}

export async function run([text]: string[], options: Options): Promise<Exit> {
  const changes = (options.link ?? []).map(changeOf)
  if (changes.length === 0 && !options.why) {
    throw new Complaint('a corrigendum corrects something', {
      remedy: "give --link OLD=NEW, or --why 'what was wrong'",
      exit: 3,
    })
  }
  await using tools = await openTools(readConfig(), {
    smtpUrl: null,
    permit: async () => {},
    stopping: () => false,
    log: () => {},
  })
  const mailing = await theMailing(tools.ledger, text)
  const held = await tools.ledger.held({ mailing: mailing.id })
  const holders = held.reduce((sum, of) => sum + of.holders, 0)
  say(`${counted(holders, 'person', 'people')} hold mailing ${mailing.id}; those who left since are passed over`)
  for (const { from, to } of changes) say(`  ${from} → ${to ?? 'withdrawn'}`)
  if (!(await confirmed(holders, options.yes))) return 1
  const made = await correctByHand(tools, mailing.id, { changes, why: options.why ?? null, who: whoAmI() })
  if (made.length === 0) {
    const refused = (await tools.ledger.audits({ mailing: mailing.id })).findLast(
      (e) => e.what === 'corrigendum refused',
    )
    say(refused ? `the gate refused the corrigendum: ${refused.detail}` : 'nobody holds a copy with that link')
    return 2
  }
  for (const corrigendum of made) print(`mailing ${corrigendum}`)
  return 0
}

/** `OLD=NEW`. An address may hold `=` itself, so NEW begins where a scheme or `-` does. */
function changeOf(text: string): LinkChange {
  const match = /^(.+?)=(-|(?:https?:\/\/|mailto:).+)$/.exec(text)
  if (match?.[1] && match[2]) return { from: match[1], to: match[2] === '-' ? null : match[2] }
  throw new Complaint(`"${text}" is not OLD=NEW`, {
    remedy: 'write the address as it stands in the letter, =, and the new one with its scheme, or - to withdraw it',
    exit: 3,
  })
}
