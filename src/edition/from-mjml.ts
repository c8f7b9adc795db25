/** An announcement in MJML, which brings its own frame. Its plain text part is written from the HTML it renders to. */

import { readFile } from 'node:fs/promises'
import Handlebars from 'handlebars'
import { type Draft, type Parts, standingOf } from './draft.ts'
import { mjmlToHtml, TEMPLATES } from './frame.ts'
import { complainOf, type Grievance } from './grievances.ts'
import { type Letter, linksOf } from './letter.ts'
import { letterOfHtml } from './letter-of-html.ts'
import { changeAddresses, scan, type Tag } from './markup.ts'
import { addressWriter, type Cloak, cloak, MARK } from './mustache.ts'
import { writeHtml } from './write-html.ts'
import { writeText } from './write-text.ts'

export async function fromMjml(draft: Draft): Promise<Parts> {
  const { announcement, parted, cloak, changes, words, how } = draft
  const source = cloak.hide(parted.body, parted.bodyLine)
  complainOf(announcement.name, sourceFaults(source, parted.bodyLine))
  const origin = { name: announcement.name, bodyLine: parted.bodyLine, cloak }
  const before = await rendered(origin, withLanguage(source, draft))
  const first = letterOfHtml(before)
  const whole = how.correction
    ? await rendered(origin, withSection(withLanguage(source, draft), await standingSection(draft, first)))
    : before
  const change = (href: string): string | null | undefined => {
    const to = changes.get(cloak.show(href))
    return typeof to === 'string' ? cloak.hide(to) : to
  }
  const html = changeAddresses(whole, change, words.withdrawn)
  const text = writeText(letterOfHtml(html), addressWriter(cloak))
  return { html, text: `${text}\n`, addresses: linksOf(first).map(({ href }) => cloak.show(href)) }
}

/** See `renderMjml`. */
export async function htmlOfMjml(source: string, name: string): Promise<string> {
  const hidden = cloak()
  const body = hidden.hide(source)
  complainOf(name, sourceFaults(body, 1))
  return hidden.show(await rendered({ name, bodyLine: 1, cloak: hidden }, body))
}

/** What mjml lets pass in silence: unclosed tags, includes, images without a description. */
function sourceFaults(source: string, bodyLine: number): Grievance[] {
  const found: Grievance[] = []
  const { tags, attributes } = scan(source)
  const complain = (at: number, fault: string, remedy: string): void => {
    found.push({ line: bodyLine + source.slice(0, at).split('\n').length - 1, fault, remedy })
  }
  const described = new Set(attributes.filter(({ name }) => name === 'alt').map(({ tagStart }) => tagStart))
  const open: Tag[] = []
  const unclosed = ({ name, start }: Tag): void => complain(start, `<${name}> is never closed`, `add </${name}>`)
  for (const tag of tags) {
    const { name, kind, start } = tag
    if (!/^mj(?:ml$|-)/.test(name)) continue
    if (name === 'mj-include') complain(start, '<mj-include> is not read', 'put the included MJML in its place')
    const bare = name === 'mj-image' && kind !== 'close' && !described.has(start)
    if (bare && !/\salt=(?:""|'')/.test(source.slice(start, tag.end))) {
      complain(start, 'an image without a description', 'add alt="…", or alt="" to a mere ornament')
    }
    if (kind === 'open') open.push(tag)
    if (kind !== 'close') continue
    const at = open.findLastIndex((one) => one.name === name)
    if (at === -1) complain(start, `</${name}> closes nothing`, 'remove it')
    else for (const left of open.splice(at).slice(1)) unclosed(left)
  }
  for (const left of open) unclosed(left)
  return found
}

interface Origin {
  readonly name: string
  readonly bodyLine: number
  readonly cloak: Cloak
}

/** MJML with strict rules; complains in lines of the announcement's file, also of mustaches that mjml dropped. */
async function rendered({ name, bodyLine, cloak }: Origin, source: string): Promise<string> {
  const html = await mjmlToHtml(source).catch((error: Error & { errors?: { line?: number; message: string }[] }) => {
    if ((error as { code?: unknown }).code === 'COMPLAINT') throw error
    const faults = error.errors ?? [{ message: error.message.trim() }]
    const remedy = 'see the tag in the MJML documentation; its rules are applied strictly'
    complainOf(
      name,
      faults.map(({ line, message }) => ({
        line: bodyLine + (line ?? 1) - 1,
        fault: message.replace(MARK, (mark) => cloak.of(mark).source).trim(),
        remedy,
      })),
    )
    throw error
  })
  // What is checked must be what leaves: some of MJML makes up a name each time it is rendered.
  if ((await mjmlToHtml(source)) !== html) complainOf(name, unsteadyIn(source, bodyLine))
  const dropped = [...source.matchAll(MARK)].map(([mark]) => mark).filter((mark) => !html.includes(mark))
  complainOf(
    name,
    dropped.map((mark) => ({
      line: cloak.of(mark).line,
      fault: `MJML drops ${cloak.of(mark).source} here, because it stands between its tags`,
      remedy: 'put it into an <mj-raw>, or inside the text',
    })),
  )
  return html
}

/** The tags whose HTML differs between two renders; all of it, where none is known for that. */
function unsteadyIn(source: string, bodyLine: number): Grievance[] {
  const tags = scan(source).tags.filter(({ name, kind }) => kind !== 'close' && /^mj-(?:carousel|navbar)$/.test(name))
  const at = tags.map(({ name, start }) => ({
    name: `<${name}>`,
    line: bodyLine + source.slice(0, start).split('\n').length - 1,
  }))
  return (at.length > 0 ? at : [{ name: 'the letter', line: bodyLine }]).map(({ name, line }) => ({
    line,
    fault: `${name} renders differently each time, so what was checked would not be what leaves`,
    remedy: 'write it with other tags',
  }))
}

/** The language of the front matter, where the author did not repeat it on <mjml>. */
function withLanguage(source: string, { parted, direction }: Draft): string {
  const { tags, attributes } = scan(source)
  const root = tags.find((tag) => tag.name === 'mjml')
  if (!root) return source
  const has = (name: string) => attributes.some((one) => one.tagStart === root.start && one.name === name)
  const added = `${has('lang') ? '' : ` lang="${parted.front.language}"`}${has('dir') ? '' : ` dir="${direction}"`}`
  const at = root.start + '<mjml'.length
  return source.slice(0, at) + added + source.slice(at)
}

function withSection(source: string, section: string): string {
  const body = scan(source).tags.find((tag) => tag.name === 'mj-body' && tag.kind === 'open')
  if (!body) return source
  // On one line, so that mjml's complaints keep the author's line numbers.
  return source.slice(0, body.end) + section.replace(/\n\s*/g, ' ') + source.slice(body.end)
}

async function standingSection(draft: Draft, first: Letter): Promise<string> {
  const { direction } = draft
  const frame = await readFile(new URL('corrigendum/standing.mjml', TEMPLATES), 'utf8')
  const standing = writeHtml([standingOf(draft, first)], direction)
  return Handlebars.compile(frame, { strict: true })({
    direction,
    start: direction === 'rtl' ? 'right' : 'left',
    standing,
  })
}
