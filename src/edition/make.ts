/**
 * Making an edition, as the door offers it. The makers are loaded when there is something to make: whoever only reads
 * or merges mail, a worker or `gll check` on an .eml, goes without YAML, Markdown and MJML.
 */
import type { How } from './draft.ts'
import type { Announcement, Edition, LinkChange } from './edition.ts'

/**
 * Throws one Complaint with file, line, fault and remedy of everything that is wrong with the source (exit 2).
 * `correction.changes` name addresses that the announcement has, or has by its last correction; they are made here, so
 * give the source that the holders' edition was made from. The corrigendum's own source has them written into it.
 */
export async function make(announcement: Announcement, how: How): Promise<Edition> {
  const { makeEdition } = await import('./edition-maker.ts')
  return await makeEdition(announcement, how)
}

/**
 * The announcement with its links changed, as a source: `make` it as an announcement to switch a mailing in flight.
 * Hrefs are as written, placeholders and all. Throws a Complaint where the source cannot be read.
 */
export async function corrected(source: Announcement, changes: readonly LinkChange[]): Promise<Announcement> {
  const { correctedSource } = await import('./correct.ts')
  return correctedSource(source, changes)
}

/** Bare MJML, from whatever tool, to HTML; its mustaches stay. Complains as `make` does. */
export async function renderMjml(source: string, name: string): Promise<string> {
  const { htmlOfMjml } = await import('./from-mjml.ts')
  return await htmlOfMjml(source, name)
}
