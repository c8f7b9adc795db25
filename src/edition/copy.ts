/**
 * A copy: any mail as bytes, read back into what a person would see of it. The gate judges copies and nothing else,
 * so what the gate passed is what leaves.
 */

/** One link found in a part, in reading order. */
export interface CopyLink {
  readonly part: 'html' | 'text'
  /** Counts the links of its part from 0. */
  readonly n: number
  /** The address as written, character references decoded. */
  readonly href: string
  /** What the reader sees for it; the alternative text of an image. */
  readonly words: string
  /** Line of the decoded part, from 1. */
  readonly line: number
  readonly image: boolean
}

/** Where a reader can press. `href` null: an `<a>` without that attribute, which looks like a link and is none. */
export interface Anchor {
  readonly href: string | null
  readonly line: number
  readonly what: 'a' | 'area' | 'button' | 'address'
  /** Nobody sees it: neither words nor picture. */
  readonly empty: boolean
}

/** A stretch of a block's text, from `start` up to `end` (UTF-16 units); both are equal where a picture has no words. */
export interface Stroke {
  readonly start: number
  readonly end: number
}

/** The piece of an anchor that stands in this block. One anchor may span several blocks. */
export interface AnchorStroke extends Stroke {
  readonly anchor: Anchor
}

/** Words that look as if one could press them, outside any link. */
export interface LinkLike extends Stroke {
  /** How it looks like one: `button` by what it is, `styled` by its colour and underline, or by its class; `box`: a coloured, rounded box, which is a button only if its words call. */
  readonly by: 'button' | 'styled' | 'box'
}

/** What a reader takes in as one piece: a paragraph, an item, a cell. White space collapsed, to two blanks where there were more than one; `\n` is a line's end. */
export interface Block {
  readonly text: string
  /** Line of the decoded part on which it starts, from 1. */
  readonly line: number
  /** Offsets at which a later line of the source starts, in order: [offset, line]. */
  readonly breaks: readonly (readonly [number, number])[]
  readonly kind: 'text' | 'heading' | 'item' | 'cell' | 'quote' | 'code'
  readonly anchors: readonly AnchorStroke[]
  /** Addresses that stand as mere words: a reader can use them, and pressing them does nothing everywhere. */
  readonly bare: readonly Stroke[]
  /** Code and other verbatim stretches: nothing in them is promised. */
  readonly verbatim: readonly Stroke[]
  readonly linkLike: readonly LinkLike[]
  /** Pictures: the stretch of their alternative text. */
  readonly pictures: readonly Stroke[]
  /** Ends of lines with a blank after their last word, as where something at the end of a line was taken out. */
  readonly blanks: readonly number[]
  /** Right after it stands a paragraph, an item, or the next cell of its row, with nothing in it at all. */
  readonly hollow: boolean
}

/** One body as its reader sees it: the HTML, or the plain text. */
export interface CopyPart {
  readonly part: 'html' | 'text'
  /** Links have words of their own (HTML, Markdown), or are bare addresses (plain text). */
  readonly rich: boolean
  readonly blocks: readonly Block[]
  /** Every anchor, also those that stand in no block, in reading order. */
  readonly anchors: readonly Anchor[]
  readonly links: readonly CopyLink[]
  /** What a `#name` may point at: ids and names. */
  readonly targets: ReadonlySet<string>
  /** As the part itself says it (`<html lang>`, Content-Language); null where it says nothing. */
  readonly language: string | null
  readonly direction: 'ltr' | 'rtl'
  /** Parts that are alternatives to each other carry the same number (RFC 2046 §5.1.4); null: stands alone. */
  readonly alternative: number | null
}

/** Of the header, what the gate judges. Encoded words decoded (RFC 2047). */
export interface CopyHeaders {
  readonly subject: string | null
  readonly from: string | null
  /** Addresses between `<` and `>` of List-Unsubscribe (RFC 2369 §3.2). */
  readonly listUnsubscribe: readonly string[]
  /** List-Unsubscribe-Post as it stands (RFC 8058 §3.1). */
  readonly listUnsubscribePost: string | null
  readonly language: string | null
}

export interface Copy {
  /** File name, for messages about it. */
  readonly name: string
  readonly format: 'eml' | 'html' | 'text' | 'markdown'
  /** Null where there is only a body. */
  readonly headers: CopyHeaders | null
  readonly parts: readonly CopyPart[]
  /** Links of all parts, in reading order. */
  readonly links: readonly CopyLink[]
}
