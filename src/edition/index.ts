/**
 * The edition room: from what an author writes to what a reader gets, and back.
 *
 * `make` renders an announcement (Markdown or MJML in a Handlebars frame) to an Edition; `compile` readies an edition
 * for merging; `read` turns any mail bytes into a Copy, which is what the gate judges. It knows nothing of the network,
 * of the ledger, or of who will receive anything. It alone imports mjml, handlebars, markdown-it, yaml and the parsers.
 */

export { makeApart } from './apart.ts'
export { compile, compileAddress, type FieldFault, fieldsOf } from './compile.ts'
export type { Anchor, AnchorStroke, Block, Copy, CopyHeaders, CopyLink, CopyPart, LinkLike, Stroke } from './copy.ts'
export { digest } from './digest.ts'
export type { How } from './draft.ts'
export type {
  Announcement,
  CompiledEdition,
  Correction,
  Edition,
  EditionContent,
  FieldSchema,
  Fields,
  FieldTerms,
  FieldType,
  House,
  Kind,
  LinkChange,
  LinkTerms,
  Place,
  Stretch,
} from './edition.ts'
export { OWN_FIELDS } from './edition.ts'
export { allWords, confirmationLetter } from './frame.ts'
export { readHtml } from './html.ts'
export { corrected, make, renderMjml } from './make.ts'
export { type Leaf, readMime } from './mime.ts'
export { copyOfHtml, read, readMail } from './read.ts'
export { sampleFields } from './sample.ts'
export { type Address, addresses, lineOf, readText } from './text.ts'
