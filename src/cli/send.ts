import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import { readConfig } from '../config.ts'
import type { Edition, Fields } from '../edition/index.ts'
import { type Ledger, openLedger, type Selection } from '../ledger/index.ts'
import {
  type Audience,
  type CheckedEdition,
  fieldsFor,
  fitToSend,
  ledgerPath,
  publishSeries,
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

export async function run(files: string[], options: Options): Promise<Exit> {
  const config = readConfig()
  const when = options.at === undefined ? null : readWhen(options.at, Date.now())
  const [file = ''] = files
  if (options.to !== undefined) return await sendToOne(config, file, { ...options, to: options.to })
  const letters = await lettersOf(config, files, options)
  signingKeys(config)
  await fitToSend(config)
  await using ledger = await openLedger(ledgerPath(config))
  const tools = { config, ledger, now: Date.now }
  const checked: Checked[] = []
  for (const letter of letters) {
    const past = await pastItsGate(tools, letter, deadlineOf(options.deadline))
    if (past !== null) checked.push({ ...letter, edition: past })
  }
  if (checked.length < letters.length) return 2
  const audiences: number[] = []
  for (const { edition, to } of checked) {
    const audience = await surveyAudience(tools, edition, to)
    tellAudience(audience, to)
    audiences.push(audience.people)
  }
  const people = audiences.reduce((sum, one) => sum + one, 0)
  tellProof(config)
  await tellPace(tools, people, when)
  if (!(await confirmed(people, options.yes))) return 1
  const series = checked.length > 1 ? (checked[0]?.edition.series ?? `series of ${new Date().toISOString()}`) : null
  const order = { dueAt: when?.at ?? Date.now(), lanes: config.lanes, series }
  const published = await publishSeries(
    tools,
    checked.map(({ edition, to }, at) => ({ edition, order: { ...order, list: to, expect: audiences[at] ?? 0 } })),
  )
  for (const [at, { mailing, audience }] of published.entries()) {
    const { file = '', to } = checked[at] ?? {}
    const detail = `${file} to ${to ? inWords(to) : ''}`
    await ledger.audit({ at: Date.now(), who: whoAmI(), what: 'published', mailing, detail })
    print(`mailing ${mailing}`)
    say(`published to ${counted(audience, 'person', 'people')}; follow it with: gll status ${mailing} --follow`)
    await tellUndo(tools, mailing)
  }
  const running = await sayWhetherRunning(ledger)
  if (!options.wait || !running || when) return 0
  const ends = await Promise.all(published.map(({ mailing }) => ended(tools, mailing)))
  return ends.every((exit) => exit === 0) ? 0 : 1
}

interface ForList {
  readonly file: string
  readonly edition: Edition
  readonly to: Selection
}

interface Checked extends ForList {
  readonly edition: CheckedEdition
}

/** The letters, each with whom it goes to: of several, everybody gets the one in their language, or else the first. */
async function lettersOf(config: Config, files: readonly string[], options: Options): Promise<ForList[]> {
  const letters: ForList[] = []
  for (const file of files) {
    const edition = await letterOf(config, file, 'announcement')
    letters.push({ file, edition, to: selectionOf(edition, options, file) })
  }
  if (letters.length === 1) return letters
  const languages = letters.map(({ edition }) => edition.language.toLowerCase())
  const twice = letters.find((_, at) => languages.indexOf(languages[at] ?? '') !== at)
  if (twice) {
    throw new Complaint(`two of the letters are in the same language (${twice.edition.language})`, {
      remedy: 'send one letter a language, or each by itself',
      exit: 3,
    })
  }
  return letters.map((letter, at) => {
    const own = at === 0 ? `language not in (${languages.slice(1).join(', ')})` : `language = ${languages[at]}`
    const { where } = letter.to
    return { ...letter, to: { ...letter.to, where: where === null ? own : `(${where}) and ${own}` } }
  })
}

async function pastItsGate(
  tools: { config: Config; ledger: Ledger },
  { file, edition, to }: ForList,
  deadline: number,
): Promise<CheckedEdition | null> {
  const resolved = await resolve(tools.ledger, to)
  const readers = await some(tools.ledger, edition, resolved)
  return await pastTheGate(tools, edition, { file, deadline, readers, schema: resolved.schema })
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

function tellAudience(audience: Audience, to: Selection): void {
  const out = [
    audience.unsubscribed > 0 ? `${number(audience.unsubscribed)} unsubscribed` : '',
    audience.paused > 0 ? `${number(audience.paused)} paused` : '',
    audience.suppressed > 0 ? `${number(audience.suppressed)} suppressed` : '',
  ].filter(Boolean)
  const excluded = out.length > 0 ? `; left out: ${out.join(', ')}` : ''
  say(`to ${inWords(to)}: ${counted(audience.people, 'person', 'people')}${excluded}`)
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
