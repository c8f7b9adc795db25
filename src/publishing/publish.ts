/**
 * Publishing: a checked edition and a list become a mailing. The audience is frozen and counted, and what differs from
 * reader to reader is checked for every one of them, before anything is visible: the last commit is one row's.
 */
import { Complaint } from '../complaint.ts'
import type { LinkTerms } from '../edition/index.ts'
import type { WatchStart } from '../ledger/index.ts'
import { nextLook } from '../links/index.ts'
import { fieldsFor, type Resolved, readersOf, resolve, surveyAudience, type To } from './audience.ts'
import { keepChecked, looksOf } from './certificate.ts'
import type { CheckedEdition } from './check.ts'
import type { Tools } from './tools.ts'

/** A mailing that is being published for longer than this was left by a crash. Milliseconds. */
const ABANDONED_AFTER = 3_600_000

/** A letter to its audience. */
export interface Order {
  readonly list: To
  /** How many people someone has said yes to. */
  readonly expect: number
  readonly dueAt: number
  readonly lanes: number
  /** What several mailings of one letter have in common: its languages, say. */
  readonly series?: string | null
}

export interface Published {
  readonly mailing: number
  readonly audience: number
}

type PublishTools = Pick<Tools, 'ledger' | 'config' | 'now'>

/**
 * Makes the mailing. A list that changed since somebody said yes is not written to behind their back. What a crash left
 * unpublished was visible to nobody, and is thrown away here.
 */
export async function publish(tools: PublishTools, edition: CheckedEdition, order: Order): Promise<Published> {
  const [published] = await publishSeries(tools, [{ edition, order }])
  if (!published) throw new Error('nothing was published')
  return published
}

/** Several, or none: nobody sees the first before the last is frozen and counted. */
export async function publishSeries(
  tools: PublishTools,
  letters: readonly { readonly edition: CheckedEdition; readonly order: Order }[],
): Promise<Published[]> {
  const frozen: Published[] = []
  try {
    for (const { edition, order } of letters) frozen.push(await frozenFor(tools, edition, order))
  } catch (error) {
    for (const { mailing } of frozen) await tools.ledger.discard({ mailing })
    throw error
  }
  for (const [at, { edition, order }] of letters.entries()) {
    const one = frozen[at]
    if (one) await reveal(tools, edition, { ...order, ...one })
  }
  return frozen
}

/** Everybody's row, not visible yet. */
async function frozenFor(tools: PublishTools, edition: CheckedEdition, order: Order): Promise<Published> {
  const { ledger, config } = tools
  const survey = await surveyAudience(tools, edition, order.list)
  const resolved = await resolve(ledger, order.list)
  const { selection } = resolved
  const now = tools.now()
  while (await ledger.discardAbandoned({ before: now - ABANDONED_AFTER })) await breath()
  const id = await keepChecked(tools, edition)
  const mailing = await ledger.openMailing({
    kind: edition.kind,
    edition: id,
    listId: survey.listId,
    selection: selection.lists.length > 1 || selection.except.length > 0 || selection.where !== null ? selection : null,
    series: order.series ?? edition.series ?? null,
    dueAt: order.dueAt,
    expiresAt: Math.max(order.dueAt, now) + config.expireAfter,
    now,
    corrects: null,
    audience: 0,
  })
  const audience = await freezeReaders(tools, edition, mailing, resolved)
  if (audience === order.expect) return { mailing, audience }
  await ledger.discard({ mailing })
  throw new Complaint(`the list has ${audience} people now, not ${order.expect}`, {
    remedy: `send again and confirm ${audience}`,
    exit: 2,
  })
}

/** The commit that makes it visible. */
async function reveal(
  tools: PublishTools,
  edition: CheckedEdition,
  { mailing, audience, lanes, dueAt }: Published & Order,
): Promise<void> {
  const { ledger, config } = tools
  await ledger.publish({
    mailing,
    audience,
    chunkSize: chunkSize(audience, lanes),
    now: tools.now(),
    dueAt: Math.max(dueAt, tools.now() + config.undoWindow),
    watch: watchFor(config, edition, tools.now()),
  })
  for (const { link, excerpt, why } of edition.vouched) {
    const detail = `${link ?? excerpt}: ${why}`
    await ledger.audit({ at: tools.now(), who: 'the gate', what: PASSED_BY_A_VOUCH, mailing, detail })
  }
}

/** The audit trail's words for what the gate let pass because somebody answers for it. */
export const PASSED_BY_A_VOUCH = 'passed by a vouch'

/** A chunk is one job on one connection: small enough that all lanes have work, large enough to be worth a connection. */
export const chunkSize = (audience: number, lanes: number): number =>
  Math.max(1, Math.min(500, Math.ceil(audience / (4 * lanes))))

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

async function freezeReaders(
  tools: Pick<Tools, 'ledger' | 'now'>,
  edition: CheckedEdition,
  mailing: number,
  { chosen, schema }: Resolved,
): Promise<number> {
  let n = 0
  for await (const page of readersOf(tools.ledger, chosen)) {
    const rows = page.map((reader) => {
      n += 1
      return {
        n,
        role: 'reader' as const,
        subscriber: reader.subscriber,
        list: chosen.lists.length > 1 ? reader.list : null,
        address: reader.address,
        fields: fieldsFor(edition, schema, reader.fields),
        inReplyTo: null,
        references: [],
      }
    })
    await tools.ledger.freeze({ mailing, rows, now: tools.now() })
    await breath()
  }
  return n
}

/** Bulk work pauses between two commits, or it would keep the hands of a running mailing waiting. */
export const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))
