/** An edition as its recipients will receive it: composed, and read back from the bytes. */
import { type Copy, compile, compileAddress, type Edition, type Fields, read } from '../edition/index.ts'
import { type Mould, mould } from '../mail/index.ts'
import { headOf } from './head.ts'
import { isOwn, isPersonal, ownPages, type Tools } from './tools.ts'

type SampleTools = Pick<Tools, 'config' | 'tokens' | 'now'>

export interface Sample {
  readonly copy: Copy
  /** Composed from a real reader's fields. */
  readonly real: boolean
  /** The address as written in the template, by the address as this copy has it. Without our own pages. */
  readonly written: ReadonlyMap<string, string>
}

/** An ordinary one first, then the worst cases, then real readers. */
export async function composeSamples(
  tools: SampleTools,
  edition: Edition,
  of: { madeUp: readonly Fields[]; real: readonly Fields[] },
): Promise<Sample[]> {
  const cast = castOf(tools, edition)
  const sample = async (fields: Fields, at: number, real: boolean): Promise<Sample> => ({
    copy: await read(stamp(tools, cast, fields, at), `${edition.source.name}.eml`),
    real,
    written: writtenIn(edition, fields),
  })
  const madeUp = await Promise.all(of.madeUp.map((fields, at) => sample(fields, at, false)))
  const real = await Promise.all(
    of.real.map(async (fields, at) => {
      try {
        return [await sample(fields, of.madeUp.length + at, true)]
      } catch (error) {
        // Publishing names every reader whom the letter does not fit, these among them.
        if ((error as { code?: string }).code?.startsWith('FIELD_')) return []
        throw error
      }
    }),
  )
  return [...madeUp, ...real.flat()]
}

/** The ordinary sample as bytes: what a preview shows. */
export const sampleMail = (tools: SampleTools, edition: Edition, fields: Fields): Uint8Array =>
  stamp(tools, castOf(tools, edition), fields, 0)

const castOf = (tools: SampleTools, edition: Edition): Mould =>
  mould(
    compile(edition),
    headOf(tools.config, edition, { id: 1, name: edition.list ?? 'sample', date: new Date(tools.now()) }),
  )

function stamp(tools: SampleTools, cast: Mould, fields: Fields, at: number): Uint8Array {
  const own = ownPages(tools, { list: 1, subscriber: 1, mailing: 1, n: at + 1, test: true })
  return cast.stamp({
    address: 'reader@example.org',
    name: fields.name ?? null,
    fields: { ...fields, ...own },
    messageId: tools.tokens.messageId({ mailing: 1, edition: 1, n: at + 1 }),
    unsubscribeUrl: own.unsubscribe,
    inReplyTo: null,
    references: [],
  })
}

/** By rendering each address for these fields: a condition may leave some out, so counting them would not do. */
function writtenIn(edition: Edition, fields: Fields): Map<string, string> {
  const templates = new Set(edition.places.map((place) => place.link).filter((href) => !isOwn(href)))
  const entries = [...templates].flatMap((href): [string, string][] => {
    if (!isPersonal(href)) return [[href, href]]
    try {
      return [[compileAddress(href, edition.defaults)(fields), href]]
    } catch {
      // A field that this address needs is not there, so neither is the address.
      return []
    }
  })
  return new Map(entries)
}
