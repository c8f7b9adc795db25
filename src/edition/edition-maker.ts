/**
 * From an announcement to an edition: front matter, then Markdown in the kind's frame, or MJML that brings its own.
 * Both parts are written from one letter, so both carry the same links; mustaches pass untouched (mustache.ts).
 */
import { createRequire } from 'node:module'
import { Complaint } from '../complaint.ts'
import { fieldsOf } from './compile.ts'
import { correctedSource, termsAfter } from './correct.ts'
import { digest } from './digest.ts'
import { type Draft, draftOf, type How, type Parts } from './draft.ts'
import type { Announcement, Edition, EditionContent, House } from './edition.ts'
import { fromMarkdown } from './from-markdown.ts'
import { fromMjml } from './from-mjml.ts'
import { partAnnouncement } from './front.ts'
import { complainOf, type Grievance } from './grievances.ts'
import { placeMustaches } from './markup.ts'
import { lint } from './mustache.ts'
import { placesOf } from './places.ts'

/** See `make`. */
export async function makeEdition(announcement: Announcement, how: How): Promise<Edition> {
  if ((how.kind === 'corrigendum') !== (how.correction !== undefined)) {
    throw new Error('a corrigendum, and nothing else, is made with a correction')
  }
  checkHouse(how.house)
  const parted = partAnnouncement(announcement)
  complainOf(announcement.name, [...parted.grievances, ...lint(parted.body, parted.bodyLine)])
  const draft = await draftOf(announcement, parted, how)
  const parts = await (announcement.format === 'md' ? fromMarkdown(draft) : fromMjml(draft))
  const placed = placeMustaches(parts.html, draft.cloak)
  complainOf(announcement.name, [...placed.grievances, ...addressFaults(draft, parts.addresses)])
  return editionOf(draft, parts, placed.html)
}

function editionOf(draft: Draft, parts: Parts, html: string): Edition {
  const { announcement, parted, cloak, direction, subject, changes, how } = draft
  const { front } = parted
  const content: EditionContent = {
    kind: how.kind,
    language: front.language,
    direction,
    subject: cloak.show(subject),
    html,
    text: cloak.show(parts.text),
    defaults: front.defaults,
    links: termsAfter(front.links, changes),
    renderer: renderer(),
  }
  return {
    ...content,
    digest: digest(content),
    fields: fieldsOf(content),
    places: placesOf(parts.html, parts.text, cloak),
    list: front.lists.length === 0 ? null : front.lists.join(', '),
    to: { lists: front.lists, except: front.except, where: front.segment },
    series: front.series,
    source: how.correction ? correctedSource(announcement, how.correction.changes) : announcement,
  }
}

/** Terms and changes that belong to no link: a typing error that would be found out when the link dies, too late. */
function addressFaults({ parted, how }: Draft, addresses: readonly string[]): Grievance[] {
  const { front, lines } = parted
  const there = new Set(addresses)
  const now = new Set([...addresses, ...Object.values(front.corrected)])
  const terms = Object.keys(front.links)
    .filter((link) => !there.has(link))
    .map((link) => ({
      line: lines.get(`links.${link}`) ?? lines.get('links') ?? null,
      fault: `links: nothing in the announcement links to ${link}`,
      remedy: 'write the address as it stands in the text, character by character',
    }))
  const changes = (how.correction?.changes ?? [])
    .filter(({ from, to }) => !now.has(from) || from === to)
    .map(({ from, to }) => ({
      line: null,
      fault: from === to ? `the change of ${from} changes nothing` : `nothing in the announcement links to ${from}`,
      remedy: 'name the link as the holders have it; gll links shows them',
    }))
  return [...terms, ...changes]
}

function checkHouse(house: House): void {
  const wrong = Object.entries(house).find(([, value]) => /\{\{|[\uE000\uE001]/.test(value))
  if (!wrong) return
  throw new Complaint(`the configuration's ${wrong[0]} holds a mustache`, { remedy: 'write it without {{', exit: 3 })
}

let rendererName = ''

function renderer(): string {
  const require = createRequire(import.meta.url)
  const version = (name: string) => `${name} ${(require(`${name}/package.json`) as { version: string }).version}`
  rendererName ||= ['mjml', 'handlebars', 'markdown-it'].map(version).join(', ')
  return rendererName
}
