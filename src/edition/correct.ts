/**
 * Corrections: what a corrigendum says before the letter it corrects, and the letter with its links changed.
 *
 * Changes are written into the source (front matter `corrected`), never into the author's sentences, and applied when
 * the edition is made, at the address and nowhere else. So a corrigendum can itself be corrected, and an edition that
 * is switched in flight is an ordinary announcement made from a corrected source.
 */
import { Complaint } from '../complaint.ts'
import type { Announcement, Correction, LinkChange, LinkTerms } from './edition.ts'
import { allWords, filledIn, longDate, type Words } from './frame.ts'
import { partAnnouncement, withCorrected } from './front.ts'
import { complainOf } from './grievances.ts'
import { type Block, type Letter, mapRuns, type Run, wordsOf } from './letter.ts'
import { readMarkdown } from './markdown.ts'
import type { Cloak } from './mustache.ts'

export type Changes = ReadonlyMap<string, string | null>

/** See `corrected`. */
export function correctedSource(source: Announcement, changes: readonly LinkChange[]): Announcement {
  complainOf(source.name, partAnnouncement(source).grievances)
  return withCorrected(source, Object.fromEntries(changes.map(({ from, to }) => [from, to])))
}

/** A letter with its addresses changed. A withdrawn link's words stay, unlinked; `of` an image, its description. */
export function changed(letter: Letter, changes: Changes, words: Words, shown: (href: string) => string): Block[] {
  return mapRuns(letter, (run) => {
    if (run.kind !== 'link' && run.kind !== 'image') return [run]
    const to = changes.get(shown(run.kind === 'link' ? run.href : run.src))
    if (to === undefined) return [run]
    if (run.kind === 'image') return to === null ? [{ kind: 'text', text: run.alt }] : [{ ...run, src: to }]
    if (to !== null) return [{ ...run, href: to, inside: renamed(run.inside, run.href, to) }]
    return [...renamed(run.inside, run.href, plainAddress(run.href)), { kind: 'text', text: ` ${words.withdrawn}` }]
  })
}

/** Words that showed the old address must not go on showing it. */
function renamed(inside: readonly Run[], from: string, to: string): readonly Run[] {
  const plain = (address: string) => address.replace(/^mailto:|^https?:\/\//i, '').replace(/\/$/, '')
  return plain(wordsOf(inside)) === plain(from) ? [{ kind: 'text', text: to.replace(/^mailto:/i, '') }] : inside
}

/** What the author said of a link dies with it; what replaces it keeps the replacements that are left. */
export function termsAfter(terms: Readonly<Record<string, LinkTerms>>, changes: Changes): Record<string, LinkTerms> {
  const kept: Record<string, LinkTerms> = {}
  for (const [link, said] of Object.entries(terms)) {
    const to = changes.get(link)
    if (to === undefined) kept[link] = said
    if (typeof to !== 'string') continue
    const instead = said.instead.filter((one) => one !== to)
    if (instead.length > 0) kept[to] = { instead, login: null, until: null }
  }
  return kept
}

/** `Corrigendum: <subject>` in its language; never twice, in whichever language it was first said. */
export async function correctedSubject(subject: string, words: Words): Promise<string> {
  const said = [...(await allWords()).values()].map(({ corrigendum }) => corrigendum.toLowerCase())
  const head = /^([^:：]{1,30}?)[\s\u00a0]*[:：]/.exec(subject)?.[1]?.toLowerCase()
  return head !== undefined && said.includes(head) ? subject : `${words.corrigendum}${words.colon}${subject}`
}

interface Standing {
  readonly correction: Correction
  readonly words: Words
  readonly language: string
  readonly cloak: Cloak
  /** Words of the links in the letter as first sent, by href. */
  readonly wordsOfLink: ReadonlyMap<string, readonly string[]>
}

/** The paragraphs that say which email is corrected, why, and what has changed. */
export function standing({ correction, words, language, cloak, wordsOfLink }: Standing): Block {
  const { changes, why, earlier } = correction
  if (why?.includes('{{')) {
    throw new Complaint('the reason given for the corrigendum holds {{', { remedy: 'write it without braces' })
  }
  const subject = cloak.hide(earlier.subject)
  const date = longDate(earlier.sentAt, language)
  const blocks: Block[] = [{ kind: 'paragraph', inside: [text(filledIn(words.corrects, { subject, date }))] }]
  const space = language.startsWith('zh') ? '' : ' '
  if (why === null) blocks.push(paragraph(text(`${words.broken}${space}${words.follows}`)))
  else {
    const follows = changes.length > 0 ? words.follows : words.followsWhole
    blocks.push(...readMarkdown(why, cloak), paragraph(text(follows)))
  }
  if (changes.length > 0) {
    blocks.push(paragraph({ kind: 'strong', inside: [text(words.corrected)] }))
    const items = changes.map((change) => [item(change, words, wordsOfLink.get(change.from) ?? [], cloak)])
    blocks.push({ kind: 'list', start: null, items })
  }
  return { kind: 'standing', blocks }
}

const text = (words: string): Run => ({ kind: 'text', text: words })
const paragraph = (...inside: Run[]): Block => ({ kind: 'paragraph', inside })

function item({ from, to }: LinkChange, words: Words, linkWords: readonly string[], { hide }: Cloak): Block {
  const named = [...new Set(linkWords)].filter((one) => one !== '' && !/^\S*(?:[:/@]|www\.)\S*$/.test(one))
  const old = text(`${words.was}${words.colon}${hide(plainAddress(from))}`)
  if (to === null) {
    // Beside the words, so that nobody takes them for a link that was lost.
    const withdrawn = ` ${words.withdrawn}`
    if (named.length === 0) return paragraph(old, text(withdrawn))
    const title: Run = { kind: 'strong', inside: [text(named.join(' · '))] }
    return paragraph(title, text(withdrawn), { kind: 'break' }, old)
  }
  // The words are the link: set apart from it, such as “click here” would point at nothing, and the gate would say so.
  // An address that varies is not shown: a reader would see one spelling and be sent to another.
  const bare = to.includes('{{') ? words.now : to.replace(/^mailto:/i, '')
  const link: Run = { kind: 'link', href: hide(to), inside: [text(named.length > 0 ? named.join(' · ') : bare)] }
  return paragraph(old, { kind: 'break' }, text(`${words.now}${words.colon}`), link)
}

/** An address that no mail reader makes a link of, nor our own gate: without scheme, `www.` and `@`. */
const plainAddress = (href: string): string =>
  href
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/|\b(?:mailto|tel|sms):/gi, '')
    .replace(/\bwww\d?\./gi, '')
    .replaceAll('@', ' (at) ')
    .replace(/\/$/, '')
