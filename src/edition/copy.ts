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
