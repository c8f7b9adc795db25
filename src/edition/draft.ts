/** An announcement on its way to an edition: what Markdown and MJML have in common. Texts of a draft hold marks. */
import { type Changes, changed, correctedSubject, standing } from './correct.ts'
import type { Announcement, Correction, House } from './edition.ts'
import { directionOf, type FrameKind, type Words, wordsFor } from './frame.ts'
import type { Parted } from './front.ts'
import { afterSalutation, type Block, type Letter, linksOf, mapRuns, wordsOf } from './letter.ts'
import { addressWriter, type Cloak, cloak } from './mustache.ts'

export interface How {
  readonly kind: FrameKind
  readonly house: House
  /** What a corrigendum says and changes; required for that kind, refused for others. */
  readonly correction?: Correction
  /** The day the mail shows where its author gives none. */
  readonly now: Date
}

export interface Draft {
  readonly announcement: Announcement
  readonly parted: Parted
  readonly cloak: Cloak
  readonly words: Words
  readonly direction: 'ltr' | 'rtl'
  readonly subject: string
  /** From each address as the author wrote it to what holds now, all corrections together. */
  readonly changes: Changes
  readonly how: How
}

/** Both parts, with marks; and the addresses of the letter before any correction, as written. */
export interface Parts {
  readonly html: string
  readonly text: string
  readonly addresses: readonly string[]
}

export async function draftOf(announcement: Announcement, parted: Parted, how: How): Promise<Draft> {
  const { front, lines } = parted
  const words = await wordsFor(front.language)
  const title = how.correction ? await correctedSubject(front.subject, words) : front.subject
  const hidden = cloak()
  const news = new Map((how.correction?.changes ?? []).map(({ from, to }) => [from, to]))
  // A correction of a correction goes straight from what the author wrote to what holds now.
  const earlier = Object.entries(front.corrected).map(
    ([from, to]) => [from, to !== null && news.has(to) ? (news.get(to) ?? null) : to] as const,
  )
  return {
    announcement,
    parted,
    cloak: hidden,
    words,
    direction: directionOf(front.language),
    subject: hidden.hide(title, lines.get('subject') ?? 1),
    changes: new Map([...earlier, ...news]),
    how,
  }
}

/** The letter with all changes made, the standing paragraphs behind its salutation where there is a correction. */
export function correctedLetter(draft: Draft, letter: Letter): Block[] {
  const { show, hide } = draft.cloak
  const changes = new Map([...draft.changes].map(([from, to]) => [from, to === null ? null : hide(to)]))
  const blocks = mapRuns(changed(letter, changes, draft.words, show), (run) => {
    // Words that are the link's own address vary as the address does: encoded.
    if (run.kind !== 'link' || !/\uE000/.test(run.href) || wordsOf(run.inside) !== run.href) return [run]
    return [{ ...run, inside: [{ kind: 'text', text: addressWriter(draft.cloak)(run.href) }] }]
  })
  return draft.how.correction ? blocks.toSpliced(afterSalutation(blocks), 0, standingOf(draft, letter)) : blocks
}

/** The standing paragraphs; `letter` is the one first sent, where the words of each link are. */
export function standingOf({ how, words, parted, cloak }: Draft, letter: Letter): Block {
  if (!how.correction) throw new Error('no correction to speak of')
  const wordsOfLink = new Map<string, string[]>()
  for (const link of linksOf(letter)) {
    const href = cloak.show(link.href)
    const held = parted.front.corrected[href] ?? href
    wordsOfLink.set(held, [...(wordsOfLink.get(held) ?? []), link.words])
  }
  return standing({ correction: how.correction, words, language: parted.front.language, cloak, wordsOfLink })
}
