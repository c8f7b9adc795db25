/** Editions, their links and places, and the gate's word on them. */
import type { Edition } from '../../edition/index.ts'
import type { Look } from '../../links/index.ts'
import type { StoredEdition } from '../words.ts'
import type { Room } from './room.ts'

/** Stores an edition once (by digest) with its links and places; gives its id. */
export async function saveEdition({ db }: Room, args: { edition: Edition; now: number }): Promise<number> {
  const { digest, source, list, kind, language, subject } = args.edition
  const known = await db.selectFrom('edition').select('id').where('digest', '=', digest).executeTakeFirst()
  if (known) return known.id
  const { id } = await db
    .insertInto('edition')
    .values({
      digest,
      kind,
      language,
      subject,
      list,
      content: JSON.stringify(contentOf(args.edition)),
      source: JSON.stringify(source),
      created_at: args.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const place of args.edition.places) {
    await db
      .insertInto('place')
      .values({
        edition_id: id,
        part: place.part,
        n: place.n,
        link_id: await linkId(db, place.link),
        words: place.words,
      })
      .execute()
  }
  return id
}

/** What has no column of its own. An edition past the gate carries more than an edition; none of that is stored here. */
type Content = Omit<StoredEdition, 'id' | 'digest' | 'list' | 'source'>

const contentOf = (edition: Edition): Content => ({
  kind: edition.kind,
  language: edition.language,
  direction: edition.direction,
  subject: edition.subject,
  html: edition.html,
  text: edition.text,
  defaults: edition.defaults,
  links: edition.links,
  renderer: edition.renderer,
  fields: edition.fields,
  places: edition.places,
})

/** The id of a link, by its address as written. */
export async function linkId(db: Room['db'], href: string): Promise<number> {
  const known = await db.selectFrom('link').select('id').where('href', '=', href).executeTakeFirst()
  if (known) return known.id
  const origin = /^https?:/i.test(href) ? (URL.parse(href)?.origin ?? null) : null
  const made = await db.insertInto('link').values({ href, origin }).returning('id').executeTakeFirstOrThrow()
  return made.id
}

export async function edition({ db }: Room, args: { id: number }): Promise<StoredEdition> {
  const row = await db.selectFrom('edition').selectAll().where('id', '=', args.id).executeTakeFirstOrThrow()
  return {
    ...(JSON.parse(row.content) as Content),
    id: row.id,
    digest: row.digest,
    list: row.list,
    source: JSON.parse(row.source) as StoredEdition['source'],
  }
}

/** The gate's word that an edition is sound, with the looks it rests on. Only publishing's gate calls this. */
export async function certify(
  { db }: Room,
  args: { digest: string; at: number; looks: readonly { href: string; look: Look }[] },
): Promise<void> {
  await db
    .insertInto('certificate')
    .values({ digest: args.digest, at: args.at })
    .onConflict((c) => c.column('digest').doUpdateSet({ at: args.at }))
    .execute()
  for (const { href, look } of args.looks) await keepLook(db, href, look)
}

/** Keeps a look of the gate. One that is there already, because it was remembered and not made again, stays one. */
export async function keepLook(db: Room['db'], href: string, look: Look): Promise<void> {
  const link = await linkId(db, href)
  const there = await db
    .selectFrom('look')
    .select('id')
    .where('link_id', '=', link)
    .where('at', '=', look.at)
    .executeTakeFirst()
  if (there) return
  await db
    .insertInto('look')
    .values({ link_id: link, at: look.at, slot: null, verdict: look.verdict, detail: JSON.stringify(look) })
    .execute()
}
