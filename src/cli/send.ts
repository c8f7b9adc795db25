import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import { readConfig } from '../config.ts'
import type { Edition, Fields } from '../edition/index.ts'
import { type Ledger, openLedger, type Selection } from '../ledger/index.ts'
import {
  type Audience,
  fieldsFor,
  fitToSend,
  ledgerPath,
  publish,
  quietUntil,
  type Resolved,
  resolve,
  signingKeys,
  surveyAudience,
} from '../publishing/index.ts'
import { deadlineOf } from './check.ts'
import { confirmed } from './confirmed.ts'
import type { Exit } from './exit.ts'
import { letterOf, pastTheGate } from './gated.ts'
import { sayWhetherRunning, whoAmI } from './ledger.ts'
import { limitsOf, paceOf } from './pace.ts'
import { follow } from './progress.ts'
import { tellProof } from './proofs.ts'
import { sendToOne } from './send-to.ts'
import { counted, moment, number, print, say } from './terminal.ts'
import { readWhen, type When } from './when.ts'

interface Options {
  readonly list?: readonly string[]
  readonly except?: readonly string[]
  readonly where?: string
  readonly yes?: string
  readonly at?: string
  readonly wait?: boolean
  readonly deadline?: string
  readonly to?: string
  readonly data?: readonly string[]
}

export async function run([file = '']: string[], options: Options): Promise<Exit> {
  const config = readConfig()
  const when = options.at === undefined ? null : readWhen(options.at, Date.now())
  if (options.to !== undefined) return await sendToOne(config, file, { ...options, to: options.to })
  const edition = await letterOf(config, file, 'announcement')
  const to = selectionOf(edition, options, file)
  signingKeys(config)
  await fitToSend(config)
  await using ledger = await openLedger(ledgerPath(config))
  const resolved = await resolve(ledger, to)
  const deadline = deadlineOf(options.deadline)
  const readers = await some(ledger, edition, resolved)
  const checked = await pastTheGate({ config, ledger }, edition, { file, deadline, readers, schema: resolved.schema })
  if (checked === null) return 2
  const tools = { config, ledger, now: Date.now }
  const audience = await surveyAudience(tools, checked, to)
  tellAudience(config, audience, to)
  await tellPace({ config, ledger }, audience.people, when)
  if (!(await confirmed(audience.people, options.yes))) return 1
  const order = { list: to, expect: audience.people, dueAt: when?.at ?? Date.now(), lanes: config.lanes }
  const { mailing } = await publish(tools, checked, order)
  await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'published', mailing, detail: `${file} to ${inWords(to)}` })
  print(`mailing ${mailing}`)
  say(`published to ${counted(audience.people, 'person', 'people')}; follow it with: gll status ${mailing} --follow`)
  await tellUndo({ config, ledger }, mailing)
  const running = await sayWhetherRunning(ledger)
  return options.wait && running && !when ? await ended({ config, ledger }, mailing) : 0
}

/** What is typed stands above what the letter says. */
function selectionOf(edition: Edition, options: Options, file: string): Selection {
  const lists = options.list ?? edition.to?.lists ?? []
  if (lists.length === 0) {
    throw new Complaint(`${file} names no list`, {
      remedy: 'give one: --list NAME, or list: NAME in its front matter',
      exit: 3,
    })
  }
  const { except = [], where = null } = edition.to ?? {}
  return { lists, except: options.except ?? except, where: options.where ?? where }
}

const inWords = ({ lists, except, where }: Selection): string =>
  `${lists.join(', ')}${except.length > 0 ? ` except ${except.join(', ')}` : ''}${where ? ` where ${where}` : ''}`

const FIRST_READERS = 3
const RANDOM_READERS = 5

/** What a handful of real readers will get is judged too: the first of the list, and some at random. */
async function some(ledger: Ledger, edition: Edition, { chosen, schema }: Resolved): Promise<Fields[]> {
  const picks = Array.from({ length: RANDOM_READERS }, () => Math.random())
  const readers = await ledger.someReaders({ ...chosen, first: FIRST_READERS, picks })
  return readers.map((reader) => fieldsFor(edition, schema, reader.fields))
}

function tellAudience(config: Config, audience: Audience, to: Selection): void {
  const out = [
    audience.unsubscribed > 0 ? `${number(audience.unsubscribed)} unsubscribed` : '',
    audience.paused > 0 ? `${number(audience.paused)} paused` : '',
    audience.suppressed > 0 ? `${number(audience.suppressed)} suppressed` : '',
  ].filter(Boolean)
  const excluded = out.length > 0 ? `; left out: ${out.join(', ')}` : ''
  say(`to ${inWords(to)}: ${counted(audience.people, 'person', 'people')}${excluded}`)
  tellProof(config)
}

/** When it leaves, and how long it takes. */
async function tellPace(
  { config, ledger }: { config: Config; ledger: Ledger },
  people: number,
  when: When | null,
): Promise<void> {
  if (when) say(`leaves on ${when.said}; its links are looked at once more before`)
  const now = Date.now()
  const from = Math.max(when?.at ?? now, now + config.undoWindow)
  const quiet = quietUntil(config.quietHours, from)
  if (quiet !== null) say(`that is in quiet hours (QUIET_HOURS): the first message leaves at ${moment(quiet)}`)
  say(paceOf(config, await limitsOf(config, ledger, from), people, from))
}

/** Nothing leaves before the undo window is over, and until then nobody need be told of anything. */
async function tellUndo({ config, ledger }: { config: Config; ledger: Ledger }, id: number): Promise<void> {
  const mailing = await ledger.mailing({ id })
  if (config.undoWindow === 0 || !mailing) return
  say(`nothing leaves before ${moment(mailing.dueAt)} (UNDO_WINDOW); to stop it whole until then: gll cancel ${id}`)
}

async function ended({ config, ledger }: { config: Config; ledger: Ledger }, id: number): Promise<Exit> {
  const mailing = await follow(ledger, id, config)
  const counts = await ledger.counts({ mailing: id })
  const told = Object.entries(counts).flatMap(([state, n]) => (n > 0 ? [`${number(n)} ${state}`] : []))
  say(`mailing ${id} is ${mailing.state}${mailing.stateWhy ? `: ${mailing.stateWhy}` : ''}: ${told.join(', ')}`)
  return mailing.state === 'done' ? 0 : 1
}
