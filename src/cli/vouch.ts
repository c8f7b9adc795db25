import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { Complaint } from '../complaint.ts'
import { type Config, duration } from '../config.ts'
import { make } from '../edition/index.ts'
import type { Ledger, NewVouch, Vouch } from '../ledger/index.ts'
import type { Fault } from '../links/index.ts'
import {
  dayOf,
  houseOf,
  isVouchable,
  judgeEdition,
  lookerOf,
  placeKey,
  tokensOf,
  VOUCH_HOLDS,
} from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { withLedger } from './ledger.ts'
import { announcementOf, bytesOf } from './letters.ts'
import { harmless } from './report.ts'
import { counted, print, printJson, say } from './terminal.ts'

interface Options {
  readonly why?: string
  readonly by?: string
  readonly for?: string
  readonly rule?: string
  readonly line?: string
  readonly part?: string
  readonly revoke?: string
  readonly all?: boolean
  readonly json?: boolean
}

export async function run([what]: string[], options: Options): Promise<Exit> {
  return await withLedger(async (ledger, config) => {
    if (options.revoke !== undefined) return await revoke(ledger, options)
    if (what === undefined) return await list(ledger, options)
    const said = { who: words(options.by, '--by NAME'), why: words(options.why, '--why TEXT'), ...span(options) }
    // A file wins over an address: C:\letter.md looks like one.
    const isLink = !existsSync(what) && /^[a-z][a-z0-9+.-]+:/i.test(what)
    const vouches = isLink ? [await forLink(ledger, config, what)] : await forPlaces(config, what, options)
    for (const vouch of vouches) {
      const id = await ledger.vouch({ ...vouch, ...said })
      if (options.json) printJson({ id, ...vouch, ...said })
      else print(`vouch ${id}: ${harmless(vouch.words)}`)
    }
    say(`it holds until ${dayOf(said.until)}; gll vouch lists all, gll vouch --revoke NUMBER --by NAME takes one back`)
    return 0
  })
}

type Said = 'who' | 'why' | 'at' | 'until'

function words(text: string | undefined, option: string): string {
  const given = text?.trim() ?? ''
  if (given !== '') return given
  throw new Complaint(`a vouch needs ${option}`, {
    remedy: 'it is kept in the record, and shown wherever the vouch lets something pass',
    exit: 3,
  })
}

function span(options: Options): { at: number; until: number } {
  const at = Date.now()
  try {
    return { at, until: at + (options.for === undefined ? VOUCH_HOLDS : duration(options.for)) }
  } catch (error) {
    throw new Complaint(`--for: ${(error as Error).message}`, { remedy: 'such as --for 14d', exit: 3 })
  }
}

/** So old may the gate's look be that somebody vouches for. Milliseconds. */
const SEEN_LATELY = 3_600_000

/** A link is looked at first: nobody can vouch for a dead one, and nobody need vouch for one that is alive. */
async function forLink(ledger: Ledger, config: Config, url: string): Promise<Omit<NewVouch, Said>> {
  const vouch = { what: url, rule: 'unsure-link', letter: null, words: url }
  // What differs from reader to reader cannot be looked at by itself: the vouch is for whatever makes it unsure.
  if (url.includes('{{')) return { ...vouch, cause: null }
  // What the gate saw counts: it may have asked for a picture, or for a login, and this look could not know.
  const seen = (await ledger.knownLooks({ hrefs: [url], since: Date.now() - SEEN_LATELY })).at(-1)
  if (seen?.verdict === 'unsure') return { ...vouch, cause: seen.cause }
  await using looker = await lookerOf(config)
  const [look] = await looker.look([{ url }])
  if (look?.verdict === 'unsure') return { ...vouch, cause: look.cause }
  if (look?.verdict === 'alive') {
    throw new Complaint(`${url} is alive`, { remedy: 'there is nothing to vouch for: send the letter', exit: 1 })
  }
  throw new Complaint(`${url} is dead: ${look?.why ?? 'no answer'}`, {
    remedy: 'nobody can vouch for a dead link: correct it, or take it out',
    exit: 2,
  })
}

/** The suspected places of a letter that the options name: one, or one a part. */
async function forPlaces(config: Config, file: string, options: Options): Promise<Omit<NewVouch, Said>[]> {
  const announcement = announcementOf(file, await bytesOf(file))
  if (!announcement) {
    throw new Complaint(`${file} is no letter of ours`, {
      remedy: 'a vouch is for a link (its address) or for a place of a .md or .mjml letter that is to be sent',
      exit: 3,
    })
  }
  const edition = await make(announcement, { kind: 'announcement', house: houseOf(config), now: new Date() })
  const tools = { config, looker: null, now: Date.now, tokens: tokensOf(config, randomBytes(32)) }
  const { faults } = await judgeEdition(tools, edition)
  const chosen = faults.filter(
    ({ rule, line, part }) =>
      (options.rule === undefined || options.rule === rule) &&
      (options.line === undefined || options.line === String(line)) &&
      (options.part === undefined || options.part === part),
  )
  const certain = chosen.find((fault) => !isVouchable(fault))
  const suspected = chosen.filter(isVouchable)
  if (suspected.length === 0 && certain) {
    throw new Complaint(`${certain.excerpt}: ${certain.why}`, {
      remedy: `this is certain, and nobody can vouch for it: ${certain.remedy}`,
      exit: 2,
    })
  }
  if (suspected.length === 0) throw nothingThere(file, faults)
  if (suspected.length > 1 && options.line === undefined) throw tooMany(file, suspected)
  return suspected.map((fault) => ({
    what: placeKey(file, fault),
    rule: fault.rule,
    cause: null,
    letter: basename(file),
    words: fault.excerpt,
  }))
}

const placesOf = (faults: readonly Fault[]): string =>
  faults
    .map(({ rule, part, line, excerpt }) => `\n  --rule ${rule} --part ${part} --line ${line}: ${harmless(excerpt)}`)
    .join('')

function nothingThere(file: string, faults: readonly Fault[]): Complaint {
  const suspected = faults.filter(isVouchable)
  return new Complaint(`${file} has no such suspected place${placesOf(suspected)}`, {
    remedy: suspected.length > 0 ? 'name one of these' : 'gll check shows what there is',
    exit: 1,
  })
}

const tooMany = (file: string, suspected: readonly Fault[]): Complaint =>
  new Complaint(`${file} has ${suspected.length} suspected places; a vouch is for one${placesOf(suspected)}`, {
    remedy: 'name one of these',
    exit: 3,
  })

async function revoke(ledger: Ledger, options: Options): Promise<Exit> {
  const id = /^[1-9]\d{0,14}$/.test(options.revoke ?? '') ? Number(options.revoke) : 0
  const done = await ledger.revokeVouch({ id, who: words(options.by, '--by NAME'), now: Date.now() })
  if (done) {
    print(`vouch ${id} is revoked`)
    return 0
  }
  throw new Complaint(`there is no vouch ${options.revoke} that holds`, { remedy: 'gll vouch lists them', exit: 1 })
}

async function list(ledger: Ledger, options: Options): Promise<Exit> {
  const now = Date.now()
  const vouches = await ledger.vouches({ at: options.all ? null : now })
  for (const vouch of vouches) {
    if (options.json) printJson(vouch)
    else print(describe(vouch, now))
  }
  if (!options.json) say(`${counted(vouches.length, 'vouch', 'vouches')}${options.all ? '' : ' that hold'}`)
  return 0
}

function describe(vouch: Vouch, now: number): string {
  const end =
    vouch.revokedAt !== null
      ? `revoked by ${vouch.revokedBy} on ${dayOf(vouch.revokedAt)}`
      : `${vouch.until <= now ? 'held' : 'holds'} until ${dayOf(vouch.until)}`
  const where = vouch.letter === null ? '' : `${vouch.letter}, `
  return [
    `${vouch.id}  ${where}${vouch.rule}: ${harmless(vouch.words)}`,
    `    ${vouch.who} on ${dayOf(vouch.at)}: ${vouch.why} (${end})`,
  ].join('\n')
}
