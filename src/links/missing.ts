/**
 * The judge of links that a mail promises and does not give. Pure, and linear in the mail's length.
 *
 * What is certain comes from addresses and brackets and needs no language; what is suspected comes from the phrase
 * tables in missing/phrases. In a mail that we made (`ours`) both parts must carry every link, an address that is shown
 * must be the one that is linked, and there must be a way to unsubscribe; of mail from elsewhere that is not asked.
 */
import type { Anchor, Block, Copy, CopyPart } from '../edition/index.ts'
import type { Fault } from './fault.ts'
import { orphanBrackets } from './missing/brackets.ts'
import { tablesFor } from './missing/language.ts'
import { barePart, noWayOut, oneSided } from './missing/parts.ts'
import { type Found, found, foundWhole } from './missing/place.ts'
import { brokenPromises } from './missing/promises.ts'
import { RULES } from './missing/rules.ts'
import { shownElsewhere } from './missing/shown.ts'
import { lostFromParts } from './missing/sisters.ts'
import { hasTag, tagsIn, targetFault } from './missing/targets.ts'
import { withdrawnIn } from './missing/withdrawn.ts'

export { RULES, type Rule, type RuleName } from './missing/rules.ts'

export interface Missing {
  readonly faults: Fault[]
  /** Worth saying, never a refusal. */
  readonly warnings: Fault[]
}

/**
 * Judges a copy. `ours`: an edition that we made. `own` tells an address of our own unsubscribe page, which only the
 * caller can verify (by signature); without it any https address counts as one.
 */
export function missing(copy: Copy, how: { ours: boolean; own?: (href: string) => boolean }): Missing {
  const own = how.own ?? ((href) => /^https?:/i.test(href))
  const bare = how.ours ? [] : barePart(copy)
  const lost = how.ours ? [] : lostFromParts(copy)
  const faults: Found[] = [...subjectTags(copy)]
  const warnings: Found[] = []
  for (const part of copy.parts) {
    const certain = [...anchorFaults(part), ...pictureFaults(part), ...bracketFaults(part), ...tagFaults(part)]
    // A part without any link is one fault, not one for every promise in it.
    const isBare = bare.some((fault) => fault.part === part.part) && part.alternative !== null
    const declared = part.language ?? copy.headers?.language ?? null
    const suspected = isBare ? [] : [...dressed(part), ...brokenPromises(part, tablesFor(part, declared))]
    suspected.push(...lost.filter((fault) => fault.part === part.part && part.alternative !== null))
    faults.push(...merged(certain, suspected, part.blocks))
    const differing = shownElsewhere(part)
    if (how.ours) faults.push(...differing)
    else warnings.push(...differing)
  }
  faults.push(...bare)
  if (how.ours) faults.push(...oneSided(copy, own), ...noWayOut(copy, own))
  return { faults: faults.map(plain), warnings: warnings.map(plain) }
}

function plain({ block: _block, start: _start, end: _end, ...fault }: Found): Fault {
  return fault
}

function subjectTags(copy: Copy): Found[] {
  const subject = copy.headers?.subject ?? ''
  return tagsIn(subject).length > 0 ? [foundWhole('text-unrendered', 'header', { excerpt: subject })] : []
}

/** Anchors whose address is certainly none. One that nobody sees does no harm, unless it has a merge tag. */
function anchorFaults(part: CopyPart): Found[] {
  const faults: Found[] = []
  const seen = new Set<Anchor>()
  part.blocks.forEach((block, index) => {
    for (const { anchor, start, end } of block.anchors) {
      if (seen.has(anchor)) continue
      seen.add(anchor)
      if (anchor.empty || (block.kind === 'quote' && !part.rich)) continue
      const fault = targetFault(anchor.href, part)
      if (!fault) continue
      if (!part.rich && fault.rule === 'link-placeholder' && anchor.href?.startsWith('mailto:')) continue
      const words = start === end ? withMark(block, start) : null
      const place = words ? { block: words.block, index, start, end: words.end } : { block, index, start, end }
      faults.push(
        found(fault.rule, part.part, place, {
          link: anchor.href,
          line: anchor.line,
          ...(fault.why ? { why: fault.why } : {}),
        }),
      )
    }
  })
  return faults
}

/** A picture whose address still has a merge tag: readers see a broken frame. */
function pictureFaults(part: CopyPart): Found[] {
  return part.links.flatMap(({ image, href, words, line }) => {
    if (!image || !hasTag(href)) return []
    return foundWhole('link-unrendered', part.part, { excerpt: words || '[picture]', link: href, line })
  })
}

/** A linked picture without words is shown as [picture] in the excerpt. */
function withMark(block: Block, at: number): { block: Block; end: number } {
  const mark = '[picture]'
  return {
    block: { ...block, text: `${block.text.slice(0, at)}${mark}${block.text.slice(at)}` },
    end: at + mark.length,
  }
}

function bracketFaults(part: CopyPart): Found[] {
  return orphanBrackets(part.blocks).flatMap(({ block: index, start, end }) => {
    const block = part.blocks[index]
    return block ? found('orphan-bracket', part.part, { block, index, start, end }) : []
  })
}

function tagFaults(part: CopyPart): Found[] {
  return part.blocks.flatMap((block, index) => {
    if (block.kind === 'quote' || block.kind === 'code') return []
    return tagsIn(block.text).flatMap(([start, end]) => {
      if (block.verbatim.some((stroke) => start >= stroke.start && end <= stroke.end)) return []
      return found('text-unrendered', part.part, { block, index, start, end })
    })
  })
}

/** Buttons without a link, and words in a link's clothes. */
function dressed(part: CopyPart): Found[] {
  return part.blocks.flatMap((block, index) =>
    block.linkLike.flatMap(({ start, end, by }) => {
      // A coloured box may hold a price or a date; only words that call make it a button (actions.ts).
      if (by === 'box' || withdrawnIn(block.text).some((said) => said.end > start && said.start <= end + 2)) return []
      const words = block.text.slice(start, end).trim()
      if (words.length > 60 || !/\p{L}/u.test(words) || words.includes('://')) return []
      return found(by === 'button' ? 'button-without-target' : 'words-styled-as-link', part.part, {
        block,
        index,
        start,
        end,
      })
    }),
  )
}

/** One place, one fault: what is certain hides what is suspected beside it, and the earlier suspicion the later. */
function merged(certain: readonly Found[], suspected: readonly Found[], blocks: readonly Block[]): Found[] {
  const kept = new Map<number, Found[]>()
  const ordered = [...suspected].sort((a, b) => RANK.indexOf(a.rule) - RANK.indexOf(b.rule))
  for (const one of [...certain, ...ordered]) {
    const here = kept.get(one.block) ?? []
    kept.set(one.block, here)
    const text = blocks[one.block]?.text ?? ''
    if (here.length < MOST && !here.some((other) => touch(other, one, text))) here.push(one)
  }
  return [...kept.values()].flat().sort((a, b) => a.block - b.block || a.start - b.start)
}

/** Faults told of one block: more tell nobody more, and each is compared with each. */
const MOST = 40
const RANK = Object.keys(RULES)
const BESIDE = 12
const NEAR = 60

function touch(a: Found, b: Found, text: string): boolean {
  if (a.start < b.end && b.start < a.end) return true
  if (a.certainty === 'certain' && b.certainty === 'certain') return false
  const between = text.slice(Math.min(a.end, b.end), Math.max(a.start, b.start))
  if (between.length <= BESIDE) return true
  return a.certainty !== b.certainty && between.length <= NEAR && !/[.!?。！？]\s/.test(between)
}
