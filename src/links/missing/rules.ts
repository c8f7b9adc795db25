/** Every rule of the judge of missing links, as README's table shows them. Names are stable: add, never rename. */
export interface Rule {
  readonly what: string
  readonly why: string
  readonly example: string
  readonly remedy: string
  readonly certainty: 'certain' | 'suspected'
  /** A named person may say that this place is right as it is. */
  readonly vouchable: boolean
}

const certain = (what: string, why: string, example: string, remedy: string): Rule => ({
  what,
  why,
  example,
  remedy,
  certainty: 'certain',
  vouchable: false,
})

const suspected = (...words: [string, string, string, string]): Rule => ({
  ...certain(...words),
  certainty: 'suspected',
  vouchable: true,
})

export const RULES = {
  'link-without-target': certain(
    'a link without an address',
    'it looks like a link and goes nowhere: its address is missing or empty',
    '<a href="">the report</a>',
    'give the link its address, or take the link away',
  ),
  'link-to-nowhere': certain(
    'a link to `#`, to a script, or to nothing',
    'pressing it does nothing in a mail',
    '<a href="#">Register</a>',
    'give the link its address, or take the link away',
  ),
  'link-relative': certain(
    'a relative address',
    'a mail has no place that an address could be relative to: it needs its scheme and host',
    '<a href="/report.pdf">the report</a>',
    'write the whole address, with https:// in front',
  ),
  'link-placeholder': certain(
    'an address that was meant to be replaced',
    'the address is a placeholder, not a place',
    '<a href="https://example.com">our site</a>',
    'put the real address in',
  ),
  'link-unrendered': certain(
    'a merge tag left in an address',
    'the merge tag was never filled in, so the link leads nowhere',
    '<a href="{{report_url}}">the report</a>',
    'fill the tag in, or write the address itself',
  ),
  'text-unrendered': certain(
    'a merge tag left in the words',
    'the merge tag was never filled in: readers see it as it stands',
    'Unsubscribe: *|UNSUB|*',
    'fill the tag in, or write the words themselves',
  ),
  'button-without-target': certain(
    'a button that goes nowhere',
    'it is made as a button and no link is on it',
    '<button>Register</button>',
    'make the button a link with its address',
  ),
  'orphan-bracket': certain(
    'a bracket that lost the address inside it',
    'a bracket is left where an address was taken out',
    'stories from several wards [ on listening',
    'put the address back, or take the bracket away',
  ),
  'link-text-differs': certain(
    'words that show one address on a link to another',
    'the reader sees one address and is taken to another',
    '<a href="https://b.test/">https://a.test/</a>',
    'make the words and the address agree',
  ),
  'link-in-one-part': certain(
    'a link that only one of the two parts has',
    'readers of the other part do not get this link',
    'the HTML links to the report, the text does not',
    'put the link into the other part too',
  ),
  'unsubscribe-missing': certain(
    'no working way to unsubscribe',
    'every mail to a list needs it: in the header (RFC 8058) and to be seen in both parts',
    'a text part without the unsubscribe address',
    'put {{unsubscribe}} into both parts; the header is made with it',
  ),
  'in-page-target-missing': suspected(
    'a link to a place in the mail that is not there',
    'nothing in this mail has that name',
    '<a href="#agenda">Agenda</a>',
    'give the place that id, or link to a page',
  ),
  'pointer-without-link': suspected(
    'words that point at a link, and no link',
    'the words promise a link here and none is on or near them',
    'Click here to register.',
    'put the link on the words, or the address after them',
  ),
  'label-without-address': suspected(
    'a label with nothing after it',
    'an address should follow, and nothing does',
    'To learn more, visit:',
    'put the address after it',
  ),
  'verb-without-address': suspected(
    'a phrase that wants an address and gets none',
    'the phrase needs an address to be complete',
    'See the programme at .',
    'put the address where the phrase wants it',
  ),
  'action-without-link': suspected(
    'a call to action without a link',
    'these words stand alone where a link usually is, and none is on them',
    'Unsubscribe',
    'put the link on the words',
  ),
  'entry-without-address': suspected(
    'an entry without the address that the others have',
    'the entries around it each have an address, and this one has none',
    'five headlines, four with an address under them',
    'put the address back',
  ),
  'words-styled-as-link': suspected(
    'words dressed as a link',
    'they look like a link or a button and are none',
    '<span style="color:blue;text-decoration:underline">the report</span>',
    'make them a link, or give them other clothes',
  ),
  'link-lost-from-part': suspected(
    'words that one part links and the other does not',
    'the two parts have most of their links in common, and here one has lost its own',
    'the text says "the map" where the HTML links it',
    'put the link into this part too',
  ),
  'text-part-without-links': suspected(
    'a text part without the links of the HTML part',
    'readers of the text part get no link at all',
    'a text part that only repeats the words',
    'write the addresses into the text part',
  ),
  'text-part-stub': suspected(
    'a text part that only says it has nothing to say',
    'readers of the text part get neither the letter nor a link to it',
    'Your mail program cannot show HTML.',
    'write the letter into the text part, or at least the address of its web copy',
  ),
  'html-part-without-links': suspected(
    'an HTML part without the links of the text part',
    'readers of the HTML part get no link at all',
    'an HTML part whose links were stripped by a gateway',
    'put the links back into the HTML part',
  ),
} as const satisfies Record<string, Rule>

export type RuleName = keyof typeof RULES
