/**
 * Publishing: a checked edition and a list become a mailing. The audience is frozen and counted, and what differs from
 * reader to reader is checked for every one of them, before anything is visible: the last commit is one row's.
 */
import { Complaint } from '../complaint.ts'
import { compileAddress, type Fields, type LinkTerms } from '../edition/index.ts'
import type { Ledger, Reader, Survey, WatchStart } from '../ledger/index.ts'
import { nextLook } from '../links/index.ts'
import type { CheckedEdition } from './check.ts'
import { isOwn, isPersonal, type Tools } from './tools.ts'

export interface Audience extends Survey {
  readonly list: string
}

const FIELDS_NAMED = 5
/** A mailing that is being published for longer than this was left by a crash. Milliseconds. */
const ABANDONED_AFTER = 3_600_000

/** Who would get it. Throws a Complaint for a list that is unknown or empty, and for readers whom the letter does not fit. */
export async function surveyAudience(
  tools: Pick<Tools, 'ledger' | 'now'>,
  edition: CheckedEdition,
  list: string,
): Promise<Audience> {
  // Whose quarantine is over may be written to again.
  await tools.ledger.endQuarantines({ now: tools.now() })
  const survey = await tools.ledger.survey({ list })
  if (!survey) {
    const known = (await tools.ledger.lists()).map((l) => l.name)
    throw new Complaint(`there is no list "${list}"`, {
      remedy: known.length > 0 ? `the lists are: ${known.join(', ')}` : 'make one: gll list import NAME FILE.csv',
    })
  }
  if (survey.people === 0) {
    throw new Complaint(`list "${list}" has nobody who may be written to`, {
      remedy: `of its people ${survey.unsubscribed} unsubscribed and ${survey.suppressed} are suppressed; import others with gll list import ${list} FILE.csv`,
    })
  }
  const unfit = new Unfit(edition)
  for await (const page of pages(tools.ledger, survey.listId)) for (const reader of page) unfit.try(reader)
  unfit.complain()
  return { ...survey, list }
}

/**
 * Makes the mailing. `expect` is the number of people someone has said yes to: a list that changed meanwhile is not
 * written to behind their back. What a crash left unpublished was visible to nobody, and is thrown away here.
 */
export async function publish(
  tools: Pick<Tools, 'ledger' | 'config' | 'now'>,
  edition: CheckedEdition,
  order: { list: string; expect: number; dueAt: number; lanes: number },
): Promise<{ mailing: number; audience: number }> {
  const { ledger, config } = tools
  const survey = await surveyAudience(tools, edition, order.list)
  const now = tools.now()
  while (await ledger.discardAbandoned({ before: now - ABANDONED_AFTER })) await breath()
  const id = await ledger.saveEdition({ edition, now })
  await ledger.certify({ digest: edition.digest, at: edition.checkedAt, looks: looksOf(edition) })
  const mailing = await ledger.openMailing({
    kind: edition.kind,
    edition: id,
    listId: survey.listId,
    series: null,
    dueAt: order.dueAt,
    expiresAt: Math.max(order.dueAt, now) + config.expireAfter,
    now,
    corrects: null,
    audience: 0,
  })
  const audience = await freezeList(tools, edition, mailing, survey.listId)
  if (audience !== order.expect) {
    await ledger.discard({ mailing })
    throw new Complaint(`the list has ${audience} people now, not ${order.expect}`, {
      remedy: `send again and confirm ${audience}`,
      exit: 2,
    })
  }
  await ledger.publish({
    mailing,
    audience,
    chunkSize: chunkSize(audience, order.lanes),
    now: tools.now(),
    dueAt: Math.max(order.dueAt, tools.now() + config.undoWindow),
    watch: watchFor(config, edition, tools.now()),
  })
  return { mailing, audience }
}

/** A chunk is one job on one connection: small enough that all lanes have work, large enough to be worth a connection. */
export const chunkSize = (audience: number, lanes: number): number =>
  Math.max(1, Math.min(500, Math.ceil(audience / (4 * lanes))))

/** The looks the gate made, under the address as written: the baseline of the watch. */
export const looksOf = (edition: CheckedEdition) =>
  [...edition.looks].filter(([href]) => !isPersonal(href)).map(([href, look]) => ({ href, look }))

/** Links that can be watched: those everybody holds in the same form. */
export function watchFor(config: Tools['config'], edition: CheckedEdition, now: number): WatchStart[] {
  return looksOf(edition).map(({ href, look }) => {
    const terms: LinkTerms | null = edition.links[href] ?? null
    return {
      href,
      terms,
      baseline: look,
      dueAt: nextLook({
        publishedAt: now,
        now,
        schedule: config.watchSchedule,
        looks: [],
        baseline: look,
        patience: config,
        until: untilOf(terms),
      }),
    }
  })
}

/** `until` is a day: the watch goes on to its end. */
export const untilOf = (terms: LinkTerms | null): number | null =>
  terms?.until ? Date.parse(`${terms.until}T23:59:59Z`) : null

async function freezeList(
  tools: Pick<Tools, 'ledger' | 'now'>,
  edition: CheckedEdition,
  mailing: number,
  listId: number,
): Promise<number> {
  let n = 0
  for await (const page of pages(tools.ledger, listId)) {
    const rows = page.map((reader) => {
      n += 1
      return {
        n,
        role: 'reader' as const,
        subscriber: reader.subscriber,
        address: reader.address,
        fields: inUse(edition, reader.fields),
        inReplyTo: null,
        references: [],
      }
    })
    await tools.ledger.freeze({ mailing, rows, now: tools.now() })
    await breath()
  }
  return n
}

async function* pages(ledger: Ledger, listId: number): AsyncIterable<readonly Reader[]> {
  for (let after: number | null = 0; after !== null; ) {
    const page: { readers: Reader[]; after: number | null } = await ledger.readers({ listId, after })
    if (page.readers.length > 0) yield page.readers
    after = page.after
  }
}

/** Bulk work pauses between two commits, or it would keep the hands of a running mailing waiting. */
export const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

/** Only the merge fields that the edition uses are copied into the record. */
function inUse(edition: { fields: readonly string[] }, fields: Fields): Fields {
  return Object.fromEntries(
    edition.fields.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
  )
}

/** Gathers the readers whom the letter does not fit, by what they lack. */
class Unfit {
  readonly #edition: CheckedEdition
  readonly #links: readonly { readonly href: string; readonly render: (fields: Fields) => string }[]
  readonly #found = new Map<string, { count: number; examples: string[] }>()

  constructor(edition: CheckedEdition) {
    this.#edition = edition
    const personal = new Set(
      edition.places.map((place) => place.link).filter((href) => isPersonal(href) && !isOwn(href)),
    )
    const { defaults } = edition
    this.#links = [...personal].map((href) => ({ href, render: compileAddress(href, defaults) }))
  }

  try(reader: Reader): void {
    const fields = { ...this.#edition.defaults, ...reader.fields }
    const lacking = this.#edition.fields.filter((name) => !fields[name])
    for (const name of lacking) this.#add(`have no value for {{${name}}}`, reader)
    if (lacking.length > 0) return
    for (const { href, render } of this.#links) {
      const parsed = addressFrom(render, fields)
      const sound =
        parsed && (parsed.protocol === 'mailto:' || (/^https?:$/.test(parsed.protocol) && parsed.hostname !== ''))
      if (!sound) this.#add(`would get a link that is no address from ${href}`, reader)
    }
  }

  #add(what: string, reader: Reader): void {
    const known = this.#found.get(what) ?? { count: 0, examples: [] }
    known.count += 1
    if (known.examples.length < FIELDS_NAMED) known.examples.push(reader.address)
    this.#found.set(what, known)
  }

  complain(): void {
    if (this.#found.size === 0) return
    const lines = [...this.#found].map(
      ([what, { count, examples }]) =>
        `${count} ${count === 1 ? 'person' : 'people'} ${what}: ${examples.join(', ')}${count > examples.length ? ', …' : ''}`,
    )
    throw new Complaint(`the letter does not fit everybody on the list\n  ${lines.join('\n  ')}`, {
      remedy:
        'give the field a default in the front matter (defaults: { name: Colleague }), or add what these people lack',
      exit: 2,
    })
  }
}

function addressFrom(render: (fields: Fields) => string, fields: Fields): URL | null {
  try {
    return URL.parse(render(fields))
  } catch {
    // The template itself refuses what is no address.
    return null
  }
}
