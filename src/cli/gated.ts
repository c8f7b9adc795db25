/** A letter from its file to an edition past the gate: the same for a mailing, a test copy and a message. */
import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import { type Edition, type FieldSchema, type Fields, make } from '../edition/index.ts'
import type { Ledger } from '../ledger/index.ts'
import {
  type CheckedEdition,
  gate,
  houseOf,
  keepLooks,
  lookerOf,
  remembered,
  secretKey,
  tokensOf,
} from '../publishing/index.ts'
import { countLooks } from './check.ts'
import { announcementOf, bytesOf } from './letters.ts'
import { describe, reportOf } from './report.ts'
import { say } from './terminal.ts'

/** The letter of a file, made as this kind. */
export async function letterOf(config: Config, file: string, kind: 'announcement' | 'message'): Promise<Edition> {
  const announcement = announcementOf(file, await bytesOf(file))
  if (!announcement) {
    throw new Complaint(`${file} is not a letter that can be sent`, {
      remedy: 'a letter is a .md or .mjml file that begins with a front matter (---, subject: …, ---)',
      exit: 3,
    })
  }
  return await make(announcement, { kind, house: houseOf(config), now: new Date() })
}

/** The edition past the gate; null when it was refused, which is then told. */
export async function pastTheGate(
  { config, ledger }: { config: Config; ledger: Ledger },
  edition: Edition,
  how: { file: string; deadline: number; readers: readonly Fields[]; schema: FieldSchema },
): Promise<CheckedEdition | null> {
  await using looker = await lookerOf(config)
  const progress = countLooks()
  const tools = { config, looker, now: Date.now, tokens: tokensOf(config, secretKey(config)), ledger }
  const { deadline, readers, schema } = how
  const manner = { ...progress.manner, deadline, readers, schema, remembered: remembered(tools) }
  const checked = await gate(tools, edition, manner)
  progress.end()
  if (!('refused' in checked)) return checked
  // The author mends one link and tries again: the others were alive a moment ago.
  await keepLooks(ledger, checked.refused)
  say(describe(reportOf(how.file, checked.refused), process.stderr, true))
  say('nothing was sent')
  return null
}
