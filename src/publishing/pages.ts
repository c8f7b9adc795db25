/** What stands behind the public pages: leaving a list, and the web copy. The pages themselves are in web. */
import { compile } from '../edition/index.ts'
import { ownPages, type Tools } from './tools.ts'

type PageTools = Pick<Tools, 'config' | 'ledger' | 'tokens' | 'now'>

/** Whose unsubscribe page this is, in which language; null for a token that is none of ours. Changes nothing. */
export async function leaving(tools: PageTools, token: string): Promise<{ language: string } | null> {
  const who = tools.tokens.readUnsubscribe(token)
  if (!who) return null
  const mailing = await tools.ledger.mailing({ id: who.mailing })
  return { language: mailing?.language ?? 'en' }
}

/** Takes whom the token names off the list; on disk when it resolves. Idempotent; a test copy's token acts on nobody. */
export async function leave(tools: PageTools, token: string, how: 'one-click' | 'page' | 'mail'): Promise<void> {
  const who = tools.tokens.readUnsubscribe(token)
  if (!who || who.test) return
  await tools.ledger.unsubscribe({
    listId: who.list,
    subscriber: who.subscriber,
    source: `${how}, mailing ${who.mailing}`,
    now: tools.now(),
  })
}

export interface WebCopy {
  readonly html: string
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** True: what is shown is the corrected edition, not the one that was handed. */
  readonly corrected: boolean
}

/** What this person was handed, or, once a corrigendum is out, the corrected edition. Null: not ours, or never handed. */
export async function webCopy(tools: PageTools, token: string): Promise<WebCopy | null> {
  const place = tools.tokens.readWebcopy(token)
  if (!place) return null
  const copy = await tools.ledger.deliveryCopy(place)
  if (!copy || copy.edition === null) return null
  const corrigendum = await tools.ledger.corrigendumOf({ mailing: place.mailing, edition: copy.edition })
  const edition = await tools.ledger.edition({ id: corrigendum?.edition ?? copy.edition })
  const mailing = await tools.ledger.mailing({ id: place.mailing })
  const own = ownPages(tools, {
    list: copy.list ?? mailing?.listId ?? null,
    subscriber: copy.subscriber,
    ...place,
    test: false,
  })
  const fields = { ...copy.fields, ...own }
  return {
    html: compile(edition)
      .html.map((stretch) => (typeof stretch === 'string' ? stretch : stretch(fields)))
      .join(''),
    language: edition.language,
    direction: edition.direction,
    corrected: corrigendum !== null,
  }
}
