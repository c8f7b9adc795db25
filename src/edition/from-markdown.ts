/** Markdown to both parts of a mail, in the frame of its kind. */
import { correctedLetter, type Draft, type Parts } from './draft.ts'
import { filledIn, fillFrame, longDate, mjmlToHtml } from './frame.ts'
import { type Letter, linksOf, wordsOf } from './letter.ts'
import { readMarkdown } from './markdown.ts'
import { addressWriter, MARK } from './mustache.ts'
import { writeHtml } from './write-html.ts'
import { filled, writeText } from './write-text.ts'

/** Stand in the frame while mjml renders it: the letter is put in afterwards, so mjml never touches it. */
const LETTER = 'letter-goes-here'
const SIGNOFF = 'signoff-goes-here'

export async function fromMarkdown(draft: Draft): Promise<Parts> {
  const { parted, cloak, direction, how, subject } = draft
  const source = readMarkdown(cloak.hide(parted.body, parted.bodyLine), cloak)
  const letter = correctedLetter(draft, source)
  const signoff = readMarkdown(cloak.hide(parted.front.signoff ?? '', parted.lines.get('signoff') ?? 1), cloak)
  const values = { ...frameValues(draft, letter), signoff: signoff.length > 0 ? SIGNOFF : '', letter: LETTER }

  const mjml = await fillFrame(how.kind, 'mjml', values)
  const html = (await mjmlToHtml(cloak.hide(mjml)))
    .replace(LETTER, () => writeHtml(letter, direction))
    .replace(SIGNOFF, () => writeHtml(signoff, direction))

  const address = addressWriter(cloak)
  const text = await fillFrame(how.kind, 'txt', {
    ...values,
    why: filled(values.why),
    about: filled(values.about),
    headline: filled(subject),
    letter: writeText(letter, address),
    signoff: writeText(signoff, address),
  })
  return { html, text: cloak.hide(text), addresses: linksOf(source).map(({ href }) => cloak.show(href)) }
}

function frameValues({ parted, cloak, words, direction, how, subject }: Draft, letter: Letter) {
  const { front, lines } = parted
  const { organisation } = how.house
  const day = front.date === null ? how.now : new Date(`${front.date}T00:00:00Z`)
  // A message is made anew whenever its template is judged: a day in it would make another edition of it each time.
  const dated = front.date !== null || (how.kind !== 'message' && how.kind !== 'confirmation')
  return {
    ...how.house,
    language: front.language,
    direction,
    start: direction === 'rtl' ? 'right' : 'left',
    subject,
    preheader: front.preheader === null ? opening(letter) : cloak.hide(front.preheader, lines.get('preheader') ?? 1),
    date: dated ? longDate(day, front.language) : '',
    words,
    why: filledIn(words.why, { organisation }),
    notice: filledIn(words.notice, { organisation }),
  }
}

const PREHEADER = 110

/** What a mailbox shows beside the subject: the first words that say something, where the author chose none. */
function opening(letter: Letter): string {
  for (const block of letter) {
    if (block.kind === 'standing') return opening(block.blocks)
    if (block.kind !== 'paragraph') continue
    const words = wordsOf(block.inside)
    if (words.length < 40) continue
    if (words.search(MARK) !== -1) break
    return words.length <= PREHEADER ? words : `${words.slice(0, PREHEADER).replace(/\s+\S*$/, '')}…`
  }
  return ''
}
