/** The web copy: what this person was handed, or, once a corrigendum is out, the corrected edition with a notice. */
import { compile, type Fields } from '../edition/index.ts'
import { ownPages, type Tools } from './tools.ts'

export interface WebCopy {
  readonly html: string
  readonly subject: string
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** True: what is shown is the corrected edition, not the one that was handed. */
  readonly corrected: boolean
}

/** Null for a token that is none of ours, or a copy that was never handed. */
export async function webCopy(
  tools: Pick<Tools, 'config' | 'ledger' | 'tokens'>,
  token: string,
): Promise<WebCopy | null> {
  const place = tools.tokens.readWebcopy(token)
  if (!place) return null
  const copy = await tools.ledger.deliveryCopy(place)
  if (!copy || copy.edition === null) return null
  const corrigendum = await tools.ledger.corrigendumOf({ mailing: place.mailing, edition: copy.edition })
  const edition = await tools.ledger.edition({ id: corrigendum?.edition ?? copy.edition })
  const mailing = await tools.ledger.mailing({ id: place.mailing })
  const own = ownPages(tools, { list: mailing?.listId ?? null, subscriber: copy.subscriber, ...place, test: false })
  const fields: Fields = { ...edition.defaults, ...copy.fields, ...own }
  const compiled = compile(edition)
  return {
    html: compiled.html.map((stretch) => (typeof stretch === 'string' ? stretch : stretch(fields))).join(''),
    subject: compiled.subject(fields),
    language: edition.language,
    direction: edition.direction,
    corrected: corrigendum !== null,
  }
}
