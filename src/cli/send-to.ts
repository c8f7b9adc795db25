/** `gll send FILE --to ADDRESS`: a test copy of a letter to a list, or, of a letter that names none, a message to one. */
import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import { type Fields, makeApart, sampleFields } from '../edition/index.ts'
import { openLedger } from '../ledger/index.ts'
import {
  fitToSend,
  ledgerPath,
  lookerOf,
  openMessages,
  postTest,
  secretKey,
  signingKeys,
  tokensOf,
} from '../publishing/index.ts'
import { deadlineOf } from './check.ts'
import type { Exit } from './exit.ts'
import { letterOf, pastTheGate } from './gated.ts'
import { sayWhetherRunning, whoAmI } from './ledger.ts'
import { announcementOf, bytesOf } from './letters.ts'
import { logged } from './pages.ts'
import { describe } from './report.ts'
import { print, say } from './terminal.ts'

interface Options {
  readonly to: string
  readonly data?: readonly string[]
  readonly list?: readonly string[]
  readonly deadline?: string
}

export async function sendToOne(config: Config, file: string, options: Options): Promise<Exit> {
  const data = dataOf(options.data ?? [])
  const letter = await letterOf(config, file, 'announcement')
  signingKeys(config)
  await fitToSend(config)
  const isTest = (options.list ?? letter.to?.lists ?? []).length > 0
  await using ledger = await openLedger(ledgerPath(config))
  const tools = { config, ledger, now: Date.now, tokens: tokensOf(config, secretKey(config)) }
  if (!isTest) return await message(tools, file, { to: options.to, data })
  const deadline = deadlineOf(options.deadline)
  const checked = await pastTheGate(tools, letter, { file, deadline, readers: [], schema: {} })
  if (checked === null) return 2
  const [madeUp = {}] = sampleFields(letter)
  const posted = await postTest(tools, checked, { address: options.to, fields: { ...madeUp, ...data } })
  if ('fault' in posted) throw unfit(posted.fault)
  await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'test copy', mailing: posted.mailing, detail: file })
  print(`mailing ${posted.mailing}`)
  say('a test copy: its unsubscribe link acts on nobody')
  await sayWhetherRunning(ledger)
  return 0
}

type Tools = Omit<Parameters<typeof openMessages>[0], 'looker' | 'make' | 'log'>

async function message(tools: Tools, file: string, { to, data }: { to: string; data: Fields }): Promise<Exit> {
  const source = announcementOf(file, await bytesOf(file))
  await using looker = await lookerOf(tools.config)
  const messages = openMessages({ ...tools, looker, make: makeApart, log: logged }, () => source)
  const answer = await messages.post({ template: file, to, data, language: null, token: null, key: null })
  if (answer.kind === 'refused') {
    say(describe({ file, verdict: 'refused', faults: answer.faults, warnings: [], links: [] }, process.stderr, true))
    say('nothing was sent')
    return 2
  }
  if (answer.kind === 'unfit') throw unfit(answer.why)
  if (answer.kind !== 'taken') throw unfit('this person asked to be forgotten')
  print(`message ${answer.id}`)
  await sayWhetherRunning(tools.ledger)
  return 0
}

const unfit = (fault: string): Complaint =>
  new Complaint(fault, { remedy: 'give what the letter needs: --data NAME=VALUE', exit: 2 })

function dataOf(pairs: readonly string[]): Fields {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
      throw new Complaint(`"${pair}" is not a field with its value`, { remedy: 'write --data NAME=VALUE', exit: 3 })
    }),
  )
}
