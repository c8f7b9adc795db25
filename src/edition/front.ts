/**
 * Front matter: what an author says about an announcement, in YAML between two lines of `---`.
 * Read strictly: an unknown key is a typing error that would otherwise lose a replacement link in silence.
 */
import { isMap } from 'yaml'
import type { Announcement, LinkTerms } from './edition.ts'
import type { Grievance } from './grievances.ts'
import { lint, RESERVED } from './mustache.ts'
import { type Check, parseMap, type StrictMap } from './strict-map.ts'

export interface Front {
  readonly subject: string
  /** To whom: one list or several, without those on others, and of them whom the segment means. */
  readonly lists: readonly string[]
  readonly except: readonly string[]
  readonly segment: string | null
  /** BCP 47, canonical; `en` where the author says nothing. */
  readonly language: string
  readonly defaults: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, LinkTerms>>
  readonly preheader: string | null
  /** YYYY-MM-DD; null: the day the edition is made. */
  readonly date: string | null
  readonly signoff: string | null
  /** Editions of one announcement in several languages share it. */
  readonly series: string | null
  /** Changes that earlier corrections made, applied before anything else; written by `corrected`, not by authors. */
  readonly corrected: Readonly<Record<string, string | null>>
}

export interface Parted {
  readonly front: Front
  readonly body: string
  /** Line of the file on which the body begins, from 1. */
  readonly bodyLine: number
  /** Line of each front matter key and of each key of `links`. */
  readonly lines: ReadonlyMap<string, number>
  readonly grievances: readonly Grievance[]
}

const KEYS = [
  ...[
    'subject',
    'list',
    'except',
    'segment',
    'language',
    'defaults',
    'links',
    'preheader',
    'date',
    'signoff',
    'series',
    'corrected',
  ],
]
const TERMS = ['instead', 'login', 'until']

/** Splits an announcement. Never throws for what the author wrote: the faults are in `grievances`. */
export function partAnnouncement(announcement: Announcement): Parted {
  const text = announcement.text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const grievances: Grievance[] = []
  const reserved = RESERVED.exec(text)
  if (reserved) {
    grievances.push({
      line: text.slice(0, reserved.index).split('\n').length,
      fault: 'a private-use character (U+E000 or U+E001), which no reader could see',
      remedy: 'remove it',
    })
  }
  const fence = /^---[ \t]*\n([\s\S]*?\n)??---[ \t]*(?:\n|$)/.exec(text)
  if (!fence) {
    grievances.push({
      line: 1,
      fault: text.startsWith('---') ? 'the front matter never ends' : 'no front matter, so there is no subject',
      remedy: 'begin the file with a line ---, then "subject: …", then a line ---',
    })
    return { front: frontOf(parseMap('', [])), body: text, bodyLine: 1, lines: new Map(), grievances }
  }
  const reader = parseMap(fence[1] ?? '', grievances)
  const front = frontOf(reader)
  return {
    front,
    body: text.slice(fence[0].length),
    bodyLine: fence[0].split('\n').length,
    lines: reader.lines,
    grievances,
  }
}

/** Writes changes into the source, so that whatever is made from it has them; earlier ones are kept. */
export function withCorrected(announcement: Announcement, changes: Readonly<Record<string, string | null>>) {
  const { front, grievances } = partAnnouncement(announcement)
  if (grievances.length > 0) return announcement
  const all: Record<string, string | null> = {}
  for (const [from, to] of Object.entries(front.corrected))
    all[from] = to !== null && to in changes ? (changes[to] ?? null) : to
  Object.assign(all, changes)
  const line = `corrected: ${JSON.stringify(all)}\n`
  const text = announcement.text.replace(
    /^(\uFEFF?---[^\n]*\n)(corrected: \{.*\}\n)?/,
    (_all, fence: string) => fence + line,
  )
  return { ...announcement, text }
}

function frontOf(reader: StrictMap): Front {
  for (const key of reader.keys()) {
    if (!KEYS.includes(key))
      reader.complain(key, `unknown key "${key}"`, `the keys are ${KEYS.slice(0, -1).join(', ')}`)
  }
  const subject = reader.text('subject', template)
  if (subject === null && !reader.has('subject')) {
    reader.complain(null, 'the subject is missing', 'add a line "subject: …" to the front matter')
  }
  return {
    subject: subject ?? '',
    lists: reader.textOrTexts('list', listName),
    except: reader.textOrTexts('except', listName),
    segment: reader.text('segment'),
    language: reader.text('language', language) ?? 'en',
    defaults: reader.texts('defaults'),
    links: linksOf(reader),
    preheader: reader.text('preheader', template),
    date: reader.text('date', day),
    signoff: reader.text('signoff', template),
    series: reader.text('series'),
    corrected: correctedOf(reader),
  }
}

const template: Check = (value) => {
  const [first] = lint(value)
  return first ? { fault: first.fault, remedy: first.remedy } : { value: value.trim() }
}

const listName: Check = (value) => ({ value })

const day: Check = (value) =>
  /^\d{4}-\d\d-\d\d$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value)
    ? { value }
    : { fault: `"${value}" is not a day`, remedy: 'write it as 2026-12-03' }

const language: Check = (value) => {
  try {
    return { value: Intl.getCanonicalLocales(value)[0] ?? 'en' }
  } catch {
    return { fault: `"${value}" is not a language`, remedy: 'write a code such as en, fr or ar (BCP 47)' }
  }
}

const hostName: Check = (value) =>
  /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(value)
    ? { value: value.toLowerCase() }
    : { fault: `"${value}" is not a host name`, remedy: 'write the login host alone, such as login.who.int' }

const address: Check = (value) => {
  if (!/^(https?:\/\/|mailto:)[^\s<>"]+$/i.test(value) && !value.startsWith('{{')) {
    return { fault: `"${value}" is not an address`, remedy: 'write it whole, with https://' }
  }
  return template(value)
}

function linksOf(reader: StrictMap): Record<string, LinkTerms> {
  const links: Record<string, LinkTerms> = {}
  for (const [link, terms] of reader.maps('links')) {
    for (const key of terms.keys()) {
      if (!TERMS.includes(key)) {
        terms.complain(key, `unknown key "${key}" under ${link}`, `a link takes ${TERMS.join(', ')}`)
      }
    }
    links[link] = {
      instead: terms.textOrTexts('instead', address),
      login: terms.text('login', hostName),
      until: terms.text('until', day),
    }
  }
  return links
}

function correctedOf(reader: StrictMap): Record<string, string | null> {
  const found = reader.get('corrected')
  if (found === undefined) return {}
  const value = isMap(found) ? (found.toJSON() as Record<string, unknown>) : null
  if (value && Object.values(value).every((to) => to === null || typeof to === 'string')) {
    return value as Record<string, string | null>
  }
  reader.complain('corrected', 'corrected must map old addresses to new ones or null', 'leave this key to gll correct')
  return {}
}
