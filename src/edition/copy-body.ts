/** Collects a part's blocks while a reader walks through its source; shared by HTML and plain text. */

import type { Anchor, AnchorStroke, Block, CopyLink, CopyPart, LinkLike, Stroke } from './copy.ts'
import { bareAddresses, withoutUnseen } from './text.ts'

type Attributes = Readonly<Record<string, string>>
type Kind = Block['kind']

export interface BodyBuilder {
  /** The line on which the source now stands. */
  at(line: number): void
  words(text: string, how: { keepLines: boolean; pre: boolean }): void
  lineEnd(): void
  /** Ends the block; the next one is of this kind. */
  flush(next: Kind): void
  /** How much there has been so far: the same number before and after an element says that nothing is in it. */
  said(): number
  /** After the last block stands an element with nothing in it. */
  hollow(): void
  verbatim(on: boolean): void
  /** False where the `<a>` is only the target of an in-page link. */
  openAnchor(anchor: { what: 'a'; href: string | null; attributes: Attributes }): boolean
  closeAnchor(): void
  openLinkLike(by: LinkLike['by']): number
  closeLinkLike(n: number): void
  image(src: string | null, alt: string): void
  area(href: string | null, alt: string): void
  /** A link in hidden content: looked at, because another screen shows it, but no words of this one. */
  unseen(href: string): void
  target(name: string): void
  /** `<base href>`: what relative addresses are relative to. */
  base(href: string): void
  language(tag: string): void
  direction(dir: string, whole: boolean): void
  done(): CopyPart
}

interface OpenAnchor {
  anchor: { href: string | null; line: number; what: Anchor['what']; empty: boolean }
  words: string
  start: number
  picture: boolean
  /** A picture anywhere in it, also in an earlier block. */
  shows: boolean
}

const MAX_WORDS = 400

/** Whether white space ends the text that begins with a blank: the line breaks of the source alone mean nothing. */
function endsBlank(text: string, before: boolean): boolean {
  const words = text.trimEnd().length
  return words === 0 && before ? true : /^[^\S\r\n]/.test(text.slice(words))
}

/**
 * White space as a reader sees it, but two blanks beside each other stay two: between words they are what is left where
 * something was cut out, and the judge of missing links asks for them. Indentation is one.
 */
function collapsed(text: string, keepLines: boolean): string {
  const space = keepLines ? /[ \t\r\f]+/g : /[ \t\r\n\f]+/g
  if (!text.includes('  ')) return text.replace(space, ' ')
  return text.replace(space, (run) => (run.length > 1 && !/[^ ]/.test(run) ? '  ' : ' '))
}

export function buildBody(about: Pick<CopyPart, 'part' | 'rich' | 'alternative'>): BodyBuilder {
  const blocks: { -readonly [K in keyof Block]: Block[K] }[] = []
  const anchors: Anchor[] = []
  const links: { -readonly [K in keyof CopyLink]: CopyLink[K] }[] = []
  const targets = new Set<string>()
  let base: string | null = null
  let language: string | null = null
  let direction: 'ltr' | 'rtl' = 'ltr'
  let line = 1
  let kind: Kind = 'text'
  let isVerbatim = false
  let open: OpenAnchor | null = null
  const openLikes = new Map<number, { by: LinkLike['by']; start: number; anchors: number }>()
  let likes = 0
  let said = 0
  let block = fresh()

  function fresh() {
    return {
      // Joined once, at the end: asking a growing string for its last character copies it each time.
      chunks: [] as string[],
      length: 0,
      last: '',
      line: 0,
      breaks: [] as [number, number][],
      anchors: [] as AnchorStroke[],
      verbatim: [] as Stroke[],
      linkLike: [] as LinkLike[],
      pictures: [] as Stroke[],
      blanks: [] as number[],
      blank: false,
      wordsEnd: 0,
      lastLine: 0,
    }
  }

  const resolved = (href: string): string =>
    base === null || href.trim() === '' || /^\s*(?:[a-z][\w+.-]*:|#)/i.test(href)
      ? href
      : (URL.parse(href, base)?.href ?? href)

  function mark(): void {
    if (block.line === 0) {
      block.line = line
      block.lastLine = line
    } else if (line !== block.lastLine) {
      block.breaks.push([block.length, line])
      block.lastLine = line
    }
  }

  function append(text: string): void {
    if (text === '') return
    const start = block.length
    block.chunks.push(text)
    block.length += text.length
    block.last = text.at(-1) ?? ''
    said += text.length
    const words = text.trimEnd().length
    if (words > 0) block.wordsEnd = start + words
    if (isVerbatim) {
      const last = block.verbatim.at(-1)
      if (last && last.end === start)
        block.verbatim[block.verbatim.length - 1] = { start: last.start, end: start + text.length }
      else block.verbatim.push({ start, end: start + text.length })
    }
    if (open && open.words.length < MAX_WORDS) open.words += text
  }

  function closeAnchor(): void {
    if (!open) return
    const { anchor, start, picture, shows, words } = open
    if (block.length > start || picture) block.anchors.push({ start, end: block.length, anchor })
    anchor.empty = words.trim() === '' && !shows
    anchors.push(anchor)
    if (anchor.href !== null) {
      const href = anchor.href
      const said = words.trim().replace(/ {2,}/g, ' ')
      links.push({ part: about.part, n: 0, href, words: said, line: anchor.line, image: false })
    }
    open = null
  }

  function flush(next: Kind): void {
    for (const [n, like] of openLikes) closeLike(n, like)
    if (open && (block.length > open.start || open.picture)) {
      block.anchors.push({ start: open.start, end: block.length, anchor: open.anchor })
    }
    const text = block.chunks.join('').trimEnd()
    if (block.blank) block.blanks.push(block.wordsEnd)
    if (text !== '' || block.anchors.length > 0 || block.pictures.length > 0) {
      const { line: at, breaks, anchors: strokes, verbatim, linkLike, pictures, blanks } = block
      const within = <T extends Stroke>(strokes: readonly T[]): T[] =>
        strokes.map((s) =>
          s.end > text.length ? { ...s, start: Math.min(s.start, text.length), end: text.length } : s,
        )
      blocks.push({
        text,
        line: at || line,
        breaks,
        kind,
        anchors: within(strokes),
        bare: bareAddresses(text, strokes),
        verbatim: within(verbatim),
        linkLike: within(linkLike),
        pictures: within(pictures),
        blanks,
        hollow: false,
      })
    }
    block = fresh()
    kind = next
    if (open) open.start = 0
    if (open) open.picture = false
    for (const like of openLikes.values()) like.start = 0
  }

  function closeLike(n: number, like: { by: LinkLike['by']; start: number; anchors: number }): void {
    const end = block.length
    // A link inside, or around: then it is that link's dress.
    if (end > like.start && anchors.length === like.anchors && !open)
      block.linkLike.push({ start: like.start, end, by: like.by })
    if (anchors.length !== like.anchors) openLikes.delete(n)
  }

  return {
    at(now) {
      line = now
    },
    words(text, { keepLines, pre }) {
      const flat = pre ? text.replaceAll('\r', '') : collapsed(text, keepLines)
      const atStart = block.last === '' || block.last === '\n' || block.last === ' '
      const clean = withoutUnseen(atStart && !pre ? flat.replace(/^[ \n]+/, '') : flat)
      block.blank = block.length + clean.length > 0 && endsBlank(text, block.blank)
      if (clean === '') return
      mark()
      append(clean.normalize('NFC'))
    },
    lineEnd() {
      if (block.blank) block.blanks.push(block.wordsEnd)
      block.blank = false
      if (block.length > 0) append('\n')
    },
    flush,
    said: () => said,
    hollow() {
      const last = blocks.at(-1)
      if (last) last.hollow = true
    },
    verbatim(on) {
      isVerbatim = on
    },
    openAnchor({ href: written, attributes }) {
      // A link around a whole button, with another link in it: pressing beside the words presses the outer one.
      if (open && open.words.trim() === '' && attributes.href !== undefined) open.picture = open.shows = true
      closeAnchor()
      const href = written === null ? null : resolved(written)
      const named = attributes.name !== undefined || attributes.id !== undefined
      const dressed = ['target', 'rel', 'title', 'onclick'].some((key) => attributes[key] !== undefined)
      if (href === null && named && !dressed) return false
      mark()
      open = {
        anchor: { href, line, what: 'a', empty: true },
        words: '',
        start: block.length,
        picture: false,
        shows: false,
      }
      return true
    },
    closeAnchor,
    openLinkLike(by) {
      if (openLikes.size >= 4) return -1
      likes += 1
      openLikes.set(likes, { by, start: block.length, anchors: anchors.length })
      return likes
    },
    closeLinkLike(n) {
      const like = openLikes.get(n)
      if (like) closeLike(n, like)
      openLikes.delete(n)
    },
    image(src, alt) {
      mark()
      said += 1
      block.blank = false
      if (open) {
        open.picture = true
        open.shows = true
      }
      const words = alt.trim().replace(/\s+/g, ' ').normalize('NFC')
      if (words !== '' && block.last !== '' && block.last !== ' ' && block.last !== '\n') append(' ')
      const start = block.length
      append(words)
      block.pictures.push({ start, end: block.length })
      if (words !== '') append(' ')
      if (src !== null) links.push({ part: about.part, n: 0, href: src, words, line, image: true })
    },
    area(href, alt) {
      mark()
      const start = block.length
      append(alt.trim())
      const anchor: Anchor = { href, line, what: 'area', empty: false }
      anchors.push(anchor)
      block.anchors.push({ start, end: block.length, anchor })
      append(' ')
      if (href !== null) links.push({ part: about.part, n: 0, href, words: alt.trim(), line, image: false })
    },
    unseen(href) {
      links.push({ part: about.part, n: 0, href, words: '', line, image: false })
    },
    target: (name) => void targets.add(name),
    base(href) {
      base ??= /^https?:\/\/./i.test(href.trim()) ? href.trim() : null
    },
    language(tag) {
      language ??= tag
    },
    direction(dir, whole) {
      if (whole || blocks.length < 3) direction = /^rtl$/i.test(dir.trim()) ? 'rtl' : direction
    },
    done() {
      closeAnchor()
      flush('text')
      links.forEach((link, n) => {
        link.n = n
      })
      return { ...about, blocks, anchors, links, targets, language, direction }
    },
  }
}
