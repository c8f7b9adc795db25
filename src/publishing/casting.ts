/** The moulds that lanes stamp copies from: made from the stored edition, once a mailing; and a row's copy of one. */
import { Complaint } from '../complaint.ts'
import { compile, digest } from '../edition/index.ts'
import type { DueDelivery, FrozenRow, Mailing } from '../ledger/index.ts'
import { type Envelope, type Mould, mould, parseAddress, type Recipient, type Reply } from '../mail/index.ts'
import { headOf, isForList } from './head.ts'
import { ownPages, type Tools } from './tools.ts'

type CastTools = Pick<Tools, 'config' | 'ledger' | 'now'>

/** The moulds of the editions in use, by ledger: a mould is made once and stamps every recipient's copy. */
const kept = new WeakMap<Tools['ledger'], Map<string, Promise<Mould>>>()
const MOULDS_KEPT = 8

export async function mouldFor(tools: CastTools, mailing: Mailing): Promise<Mould> {
  const moulds = kept.get(tools.ledger) ?? new Map<string, Promise<Mould>>()
  kept.set(tools.ledger, moulds)
  const key = `${mailing.id} ${mailing.edition} ${mailing.startedAt}`
  const known = moulds.get(key)
  if (known) return await known
  const made = cast(tools, mailing)
  moulds.set(key, made)
  made.catch(() => moulds.delete(key))
  for (const old of moulds.keys()) {
    if (moulds.size <= MOULDS_KEPT) break
    moulds.delete(old)
  }
  return await made
}

async function cast(tools: CastTools, mailing: Mailing): Promise<Mould> {
  const edition = await tools.ledger.edition({ id: mailing.edition })
  if (digest(edition) !== edition.digest) {
    throw new Complaint(`edition ${edition.id} is not what its digest says`, {
      remedy: 'the ledger was changed by hand: check the letter and send it again',
    })
  }
  // Frozen with the mailing, so that a message composed again is the same to the byte.
  const date = new Date(mailing.startedAt ?? mailing.publishedAt ?? tools.now())
  return mould(compile(edition), headOf(tools.config, edition, { id: mailing.id, name: mailing.list ?? 'mail', date }))
}

/** What one row's copy is stamped with: the same again each time. `address` has passed `parseAddress`. */
export function recipientOf(tools: Pick<Tools, 'config' | 'tokens'>, mailing: Mailing, row: FrozenRow): Recipient {
  const own = ownPages(tools, {
    list: row.list ?? mailing.listId,
    subscriber: row.subscriber,
    mailing: mailing.id,
    n: row.n,
    test: row.role !== 'reader',
  })
  return {
    address: row.address,
    name: row.fields.name ?? null,
    fields: { ...row.fields, ...own },
    messageId: tools.tokens.messageId({ mailing: mailing.id, edition: mailing.edition, n: row.n }),
    unsubscribeUrl: isForList(mailing.kind) ? own.unsubscribe : null,
    inReplyTo: row.inReplyTo,
    references: row.references,
  }
}

/** A message, and the buffer it was to be composed in; or why there is none. */
export type Composed =
  | {
      readonly row: DueDelivery
      readonly envelope: Envelope
      readonly message: Buffer
      readonly room: Buffer | undefined
    }
  | { readonly row: DueDelivery; readonly reply: Reply }

/** `room`: a buffer of an earlier message that nobody reads any more. */
export function composed(
  tools: Pick<Tools, 'config' | 'tokens'>,
  mailing: Mailing,
  { stamped, row, room }: { stamped: Mould; row: DueDelivery; room: Buffer | undefined },
): Composed {
  const address = parseAddress(row.address)
  // The list was checked at import; a row that got past it is a fault of this row alone.
  if ('fault' in address) {
    return { row, reply: { code: 553, enhanced: '5.1.3', text: `not sent: ${address.fault}` } }
  }
  const recipient = recipientOf(tools, mailing, { ...row, address: address.address })
  // A report on this copy comes back to an address that names it.
  const from = tools.tokens.verp?.seal({ mailing: mailing.id, n: row.n }) ?? tools.config.from.address
  try {
    return { row, envelope: { from, to: address.address }, message: stamped.stamp(recipient, room), room }
  } catch (error) {
    // Data of this one recipient that the letter cannot take is no reason to keep it from the others: the mould itself
    // was made before.
    return { row, reply: { code: 0, enhanced: null, text: `not sent: ${(error as Error).message}` } }
  }
}

/** Somewhat larger than the last message: names differ in length. */
export const roomAfter = (last: Buffer, room: Buffer | undefined): Buffer =>
  room && room.length >= last.length ? room : Buffer.allocUnsafe(Math.ceil(last.length * 1.1))
