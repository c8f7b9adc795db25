/**
 * The words of this room. An *announcement* is the source file an author writes; an *edition* is what it renders to:
 * immutable, with a digest, still holding the places that vary from recipient to recipient as Handlebars.
 */

/** What an edition is for. Consent, unsubscribe, watch and corrigendum depend on it (see src/README.md). */
export type Kind = 'announcement' | 'corrigendum' | 'test' | 'message' | 'confirmation' | 'notice'

/** What the author says of one link in the front matter. */
export interface LinkTerms {
  /** Where to send readers if the link dies: the first that is itself alive is taken. Templates, like the href. */
  readonly instead: readonly string[]
  /** The link must land on this login host. */
  readonly login: string | null
  /** The link is meant to die after this day (YYYY-MM-DD); the watch ends then. */
  readonly until: string | null
}

/** One link where it stands: `n` counts the places of a part from 0; `link` is the href as written, placeholders and all. */
export interface Place {
  readonly n: number
  readonly part: 'html' | 'text'
  readonly link: string
  /** What the reader sees for it: the link text, or the alternative text of an image. */
  readonly words: string
  /** The link is the address of a picture that is shown there. */
  readonly image?: true
}

/** The source as the author wrote it, kept because a corrigendum is made from it. */
export interface Announcement {
  /** File name, for messages about it; never read again. */
  readonly name: string
  readonly format: 'md' | 'mjml'
  readonly text: string
}

/** Everything the digest covers. Plain JSON: the ledger stores it as it is. */
export interface EditionContent {
  readonly kind: Kind
  /** BCP 47. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** Handlebars templates, strict. `html` is escaped, `subject` and `text` are not. */
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly defaults: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, LinkTerms>>
  /** Name and version of what rendered it: another renderer makes another edition. */
  readonly renderer: string
}

export interface Edition extends EditionContent {
  /** SHA-256, hexadecimal, over EditionContent in canonical form. */
  readonly digest: string
  /** Merge fields in use, without our own (OWN_FIELDS), sorted. */
  readonly fields: readonly string[]
  readonly places: readonly Place[]
  /** From the front matter, several with commas; not covered by the digest: it says to whom, not what. */
  readonly list: string | null
  /** The same in full: lists, lists whose people do not get it, and the segment as it was written. */
  readonly to?: { readonly lists: readonly string[]; readonly except: readonly string[]; readonly where: string | null }
  /** From the front matter: editions of one announcement in several languages share it. */
  readonly series?: string | null
  readonly source: Announcement
}

/** Fields that the sender fills, never the subscriber's data: addresses of our own pages, one per recipient. */
export const OWN_FIELDS = ['unsubscribe', 'webcopy'] as const

/** The merge fields that a list has beside address and name, with what a reader without a value gets. */
export type FieldSchema = Readonly<Record<string, FieldTerms>>
export type FieldType = 'text' | 'number' | 'date' | 'boolean'
export interface FieldTerms {
  readonly type: FieldType
  readonly default: string | null
}

/** What is merged into one recipient's copy: subscriber data over the defaults, and OWN_FIELDS. */
export type Fields = Readonly<Record<string, string>>

/** A run of a part: text that is the same for everybody, or a function of the recipient's fields. */
export type Stretch = string | ((fields: Fields) => string)

/** An edition ready to be merged: each part cut at its top level into fixed and varying stretches. */
export interface CompiledEdition {
  readonly subject: (fields: Fields) => string
  readonly html: readonly Stretch[]
  readonly text: readonly Stretch[]
}

/** One change that a corrigendum makes: `to` null withdraws the link (its words stay, unlinked). */
export interface LinkChange {
  readonly from: string
  readonly to: string | null
}

/** What a corrigendum says and does. The announcement's own source follows whole, with the changes made. */
export interface Correction {
  readonly changes: readonly LinkChange[]
  /** Why it is issued, in the team's words; null: the standing sentence about links that no longer worked. */
  readonly why: string | null
  readonly earlier: { readonly subject: string; readonly sentAt: Date; readonly kind: Kind }
}

/** What every frame shows of the sender; from the configuration. */
export interface House {
  readonly organisation: string
  readonly about: string
  readonly postalAddress: string
}
