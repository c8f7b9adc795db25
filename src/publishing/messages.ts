/**
 * Messages to one: a template and one person's data, past the same gate, into the same ledger, along the same lanes.
 *
 * What everybody gets alike is judged once and again when that word is old; what the data brings is judged each time.
 * Messages that come in within a moment share a commit.
 */
import { createHash } from 'node:crypto'
import type { Announcement, Fields } from '../edition/index.ts'
import { BULK, type Ledger, type MessageStatus, type NewMessage, type Posted } from '../ledger/index.ts'
import type { Fault } from '../links/index.ts'
import { type Address, parseAddress } from '../mail/index.ts'
import { fieldsFor, fitter } from './audience.ts'
import { keepChecked } from './certificate.ts'
import { type CheckedEdition, judgeEdition } from './check.ts'
import { remembered } from './memory.ts'
import { type Template, templatesOf } from './templates.ts'
import { isOwn, isPersonal, type Tools } from './tools.ts'

type MessageTools = Pick<Tools, 'config' | 'tokens' | 'looker' | 'make' | 'now' | 'log'> & { readonly ledger: Ledger }

export interface MessageOrder {
  /** The template's name, as `letters` knows it. */
  readonly template: string
  readonly to: string
  readonly data: Fields
  /** BCP 47; null: the template that has no language in its name. */
  readonly language: string | null
  /** The API token that asks; null: ourselves. */
  readonly token: number | null
  /** The caller's name for this request: the same again is the same message. */
  readonly key: string | null
}

/** The state of `status` is that of a delivery. */
export type MessageAnswer =
  | { readonly kind: 'taken'; readonly id: string; readonly repeated: boolean }
  | { readonly kind: 'unknown-template' }
  /** The gate: nothing leaves with such links. */
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] }
  /** The address or the data does not fit; `why` says what. */
  | { readonly kind: 'unfit'; readonly why: string }
  | { readonly kind: 'conflict' }
  /** This person asked to be forgotten. */
  | { readonly kind: 'erased' }

export interface Messages {
  /** Takes a message and answers once it is in the ledger, or says why not. */
  post(order: MessageOrder): Promise<MessageAnswer>
  /** What a template takes, and what the gate says of it now; null where there is none. */
  facts(template: string, language: string | null): Promise<TemplateFacts | null>
}

export interface TemplateFacts {
  /** Those that the data fill; `needed`: the template has nothing in their stead. */
  readonly fields: readonly { readonly name: string; readonly needed: boolean }[]
  readonly verdict: 'sound' | 'refused'
  /** Why it cannot be read at all. */
  readonly why: string | null
  readonly faults: readonly Fault[]
}

/** A test copy of a letter that the gate passed: the same bytes by the same way, whose tokens act on nobody. */
export async function postTest(
  tools: Pick<MessageTools, 'config' | 'ledger' | 'tokens' | 'now'>,
  edition: CheckedEdition,
  to: { address: string; fields: Fields },
): Promise<{ mailing: number } | { fault: string }> {
  const address = parseAddress(to.address)
  if ('fault' in address) return { fault: `the address ${address.fault}` }
  const one = oneOf(tools, { edition, misfits: fitter(edition) }, address, to.fields)
  if ('why' in one) return { fault: one.why }
  const message = { ...one.message, language: null, token: null, key: null, request: '', hook: false }
  const order = { kind: 'test', edition: await keepChecked(tools, edition), messages: [message] } as const
  const [posted] = await tools.ledger.postMessages({ ...order, ...timesOf(tools) })
  return posted?.kind === 'taken' ? { mailing: posted.mailing } : { fault: 'this person asked to be forgotten' }
}

/** What became of a message; null: none has this id. */
export async function messageStatus(ledger: Pick<Ledger, 'message'>, id: string): Promise<MessageStatus | null> {
  const [, mailing, n] = /^([1-9]\d{0,14})-([1-9]\d{0,8})$/.exec(id) ?? []
  return mailing && n ? await ledger.message({ mailing: Number(mailing), n: Number(n) }) : null
}

/** So long the first of a commit waits for others. Milliseconds. */
const GATHER = 15

type Letters = (name: string, language: string | null) => Promise<Announcement | null> | Announcement | null

/** `letters` gives the source of a template, or null where there is none of that name. */
export function openMessages(
  tools: MessageTools,
  letters: Letters,
  kind: 'message' | 'confirmation' = 'message',
): Messages {
  const templates = templatesOf(tools, kind)
  const commit = gatherer(tools, kind)
  return {
    async post(order) {
      const source = await letters(order.template, order.language)
      if (!source) return { kind: 'unknown-template' }
      const address = parseAddress(order.to)
      if ('fault' in address) return { kind: 'unfit', why: `the address ${address.fault}` }
      const template = await templates(source)
      if ('fault' in template) return { kind: 'unfit', why: template.fault }
      if ('refused' in template) return { kind: 'refused', faults: template.refused }
      const why = strangers(template.edition, order.data)
      if (why) return { kind: 'unfit', why }
      const one = oneOf(tools, template, address, order.data)
      if ('why' in one) return { kind: 'unfit', why: one.why }
      const faults = await faultsOfData(tools, template.edition, one.merged)
      if (faults.length > 0) return { kind: 'refused', faults }
      const posted = await commit(template.id, {
        ...one.message,
        language: order.language,
        token: order.token,
        key: order.key,
        request: digestOf(order),
        hook: tools.config.messageWebhook !== null,
      })
      if (posted.kind !== 'taken') return posted
      return { kind: 'taken', id: `${posted.mailing}-${posted.n}`, repeated: posted.repeated }
    },
    async facts(name, language) {
      const source = await letters(name, language)
      if (!source) return null
      const template = await templates(source)
      const refused = { fields: [], verdict: 'refused', why: null, faults: [] } as const
      if ('fault' in template) return { ...refused, why: template.fault }
      if ('refused' in template) return { ...refused, faults: template.refused }
      const { fields, defaults } = template.edition
      const given = fields.filter((field) => field !== 'address')
      const needed = (field: string): boolean => defaults[field] === undefined
      const own = given.map((field) => ({ name: field, needed: needed(field) }))
      return { fields: own, verdict: 'sound', why: null, faults: [] }
    },
  }
}

/** Whose message it is and what is merged into it; or why these data do not fit. */
function oneOf(
  { tokens }: Pick<MessageTools, 'tokens'>,
  { edition, misfits }: Pick<Template, 'edition' | 'misfits'>,
  { address, key }: Address,
  data: Fields,
) {
  const merged = fieldsFor(edition, {}, { ...data, address })
  const misfit = misfits(merged)
  if (misfit.length > 0) return { why: `these data ${misfit.join('; ')}` }
  // The name goes into To, whether the letter uses it or not.
  const fields = data.name ? { ...merged, name: data.name } : merged
  return { merged, message: { address, addressKey: key, hash: tokens.addressHash(key), fields } }
}

/** A message is due now, and not for ever. */
function timesOf({ config, now }: Pick<MessageTools, 'config' | 'now'>): { now: number; expiresAt: number } {
  const at = now()
  return { now: at, expiresAt: at + config.expireAfter }
}

const digestOf = ({ template, to, data, language }: MessageOrder): string =>
  createHash('sha256')
    .update(JSON.stringify([template, to, language, Object.entries(data).toSorted()]))
    .digest('hex')

/** A field that the template does not have is a typing error, and its value would silently go nowhere. */
function strangers(edition: CheckedEdition, data: Fields): string | null {
  const unknown = Object.keys(data).filter((name) => name !== 'name' && !edition.fields.includes(name))
  if (unknown.length === 0) return null
  return `the template has no field ${unknown.join(', ')}; its fields are: ${edition.fields.join(', ') || 'none'}`
}

/** What this person's data brings into the letter: links made of it, and addresses that stand in it. */
async function faultsOfData(tools: MessageTools, edition: CheckedEdition, fields: Fields): Promise<readonly Fault[]> {
  const personal = edition.places.some(({ link }) => isPersonal(link) && !isOwn(link))
  const { address: _, ...given } = fields
  if (!personal && !Object.values(given).some((value) => /:\/\/|www\.|mailto:|@|[[\]<>]/i.test(value))) return []
  const manner = { readers: [fields], remembered: remembered(tools) }
  return (await judgeEdition(tools, edition, manner)).faults
}

interface Waiting {
  readonly message: NewMessage
  readonly resolve: (posted: Posted) => void
  readonly reject: (error: unknown) => void
}

/** One commit for all of an edition that come in within GATHER. */
function gatherer(tools: MessageTools, kind: 'message' | 'confirmation') {
  const waiting = new Map<number, Waiting[]>()
  const flush = async (edition: number): Promise<void> => {
    const all = waiting.get(edition) ?? []
    waiting.delete(edition)
    const { now: first, later } = onceEach(all)
    if (later.length > 0) join(edition, later)
    try {
      const messages = first.map(({ message }) => message)
      const posted = await tools.ledger.postMessages({ kind, edition, messages, ...timesOf(tools) })
      for (const [at, { resolve, reject }] of first.entries()) {
        const one = posted[at]
        one ? resolve(one) : reject(new Error('the ledger gave no answer'))
      }
    } catch (error) {
      for (const { reject } of first) reject(error)
    }
  }
  const join = (edition: number, more: readonly Waiting[]): void => {
    const all = waiting.get(edition)
    if (all) return void all.push(...more)
    waiting.set(edition, [...more])
    setTimeout(() => void flush(edition), GATHER)
  }
  return (edition: number, message: NewMessage): Promise<Posted> =>
    new Promise((resolve, reject) => join(edition, [{ message, resolve, reject }]))
}

/** A mailing has each person once, and a key is one request: what comes twice within the moment waits for the next. */
function onceEach(all: readonly Waiting[]): { now: Waiting[]; later: Waiting[] } {
  const seen = new Set<string>()
  const now: Waiting[] = []
  const later: Waiting[] = []
  for (const one of all) {
    const { addressKey, token, key } = one.message
    const names = [`person ${addressKey}`, ...(key === null ? [] : [`key ${token} ${key}`])]
    if (now.length === BULK || names.some((name) => seen.has(name))) later.push(one)
    else {
      for (const name of names) seen.add(name)
      now.push(one)
    }
  }
  return { now, later }
}
