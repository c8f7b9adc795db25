/** What the API works with; the steps behind it know the ledger, the API does not. */
import type { FieldSchema, FieldTerms } from '../../edition/index.ts'
import type { Fault } from '../../links/index.ts'
import type { MessageAnswer, MessageOrder, TemplateFacts } from '../../publishing/index.ts'
import type { PeopleTools } from '../people.ts'

export interface Caller {
  /** The token's id. */
  readonly id: number
  readonly scopes: readonly string[]
}

/** One message's fate, as its asker sees it. */
export interface MessageView {
  readonly id: string
  /** The token that asked. */
  readonly token: number | null
  readonly state: string
  readonly reply: string | null
  readonly createdAt: number
  readonly changedAt: number
}

export interface TemplateView extends TemplateFacts {
  readonly name: string
  readonly language: string | null
}

export interface MailingView {
  readonly mailing: number
  readonly kind: string
  readonly subject: string
  readonly state: string
  readonly why: string | null
  readonly corrects: number | null
  readonly audience: number
  readonly counts: Readonly<Record<string, number>>
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

export interface LinkView {
  readonly url: string
  readonly state: string
  readonly holders: number
}

export interface ListView {
  readonly name: string
  readonly subscribers: number
  readonly fields: FieldSchema
}

/** One list, counted as a mailing would. */
export interface ListCard {
  readonly name: string
  readonly people: number
  readonly unsubscribed: number
  readonly paused: number
  readonly suppressed: number
  readonly fields: FieldSchema
}

/** A person as a program gives them; what is wrong with one is said of that one alone. */
export interface GivenPerson {
  readonly address: string
  readonly name?: string | undefined
  readonly language?: string | undefined
  readonly timeZone?: string | undefined
  readonly tags: readonly string[]
  readonly fields: Readonly<Record<string, string | number | boolean>>
}

/** All of these add up to the people given. */
export interface ImportAnswer {
  readonly added: number
  readonly changed: number
  readonly same: number
  readonly unsubscribed: number
  readonly suppressed: number
  readonly erased: number
  readonly twice: number
  readonly rejected: readonly { readonly at: number; readonly why: string }[]
}

interface Subscription {
  readonly state: 'subscribed' | 'paused' | 'unsubscribed'
  readonly since: number
  /** When a pause ends. */
  readonly until: number | null
  readonly tags: readonly string[]
  readonly fields: Readonly<Record<string, string | number | boolean>>
}

interface PersonView {
  readonly address: string
  readonly name: string | null
  readonly language: string | null
  readonly timeZone: string | null
}

/** One person on a list, with what they did about it, the oldest first. */
export interface MemberView extends PersonView, Subscription {
  readonly suppressed: string | null
  readonly consent: readonly { readonly act: string; readonly at: number; readonly source: string }[]
}

export interface SubscriberView extends PersonView {
  readonly lists: readonly (Subscription & { readonly name: string })[]
  readonly suppressed: { readonly reason: string; readonly at: number } | null
}

/** What a person was handed, or is to be. */
export interface MailView {
  readonly mailing: number
  readonly kind: string
  readonly subject: string
  readonly n: number
  readonly state: string
  readonly at: number
  readonly reply: string | null
  readonly corrects: number | null
}

/** The line of `gll check --json`. */
export interface CheckReport {
  readonly file: string
  readonly verdict: 'sound' | 'refused'
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  readonly links: readonly object[]
}

/** What cannot be done as asked, in a person's words. */
export interface Wrong {
  readonly fault: string
}

interface MailingTools {
  /** Whether the worker runs, what stands in its way, and its last sign of life. */
  readonly status: () => Promise<{
    running: boolean
    waits: string | null
    since: number | null
    resting: readonly { receiver: string; why: string; since: number; until: number | null }[]
  }>
  /** The newest first. */
  readonly mailings: (limit: number) => Promise<MailingView[]>
  readonly mailing: (id: number) => Promise<MailingView | null>
  readonly links: (mailing: number) => Promise<LinkView[]>
  /** Up to 1,000 after delivery `after`. */
  readonly holders: (
    mailing: number,
    link: string,
    after: number,
  ) => Promise<{ n: number; address: string; state: string }[]>
  readonly uncertain: (
    mailing: number,
    after: number,
  ) => Promise<{ n: number; address: string; at: number; why: string | null }[]>
  readonly report: (mailing: number, format: 'md' | 'html') => Promise<string>
  /** Stops a mailing or ends it; null where there is none, false where its state does not allow it. */
  readonly stop: (how: 'hold' | 'cancel', mailing: number, why: string, caller: Caller) => Promise<boolean | null>
  /** False where it is no corrigendum that still waits. */
  readonly veto: (mailing: number, caller: Caller) => Promise<boolean>
}

/** An address that is none is nobody's. */
interface SubscriberTools {
  readonly subscriber: (address: string) => Promise<SubscriberView | null>
  readonly mailsTo: (address: string) => Promise<MailView[] | null>
  /** `fresh`: it was not suppressed before. */
  readonly suppress: (address: string, why: string, caller: Caller) => Promise<{ fresh: boolean } | Wrong>
  readonly erase: (address: string, caller: Caller) => Promise<boolean>
}

interface ListTools {
  readonly lists: () => Promise<ListView[]>
  readonly list: (name: string) => Promise<ListCard | null>
  /** Null takes a field back. */
  readonly declareFields: (
    list: string,
    fields: Readonly<Record<string, FieldTerms | null>>,
  ) => Promise<{ conflicts: readonly string[]; fields: FieldSchema } | Wrong>
  /** Up to 1,000 after subscriber `after`; null where there is no such list. */
  readonly members: (
    list: string,
    of: { after: number | null; where: string | null },
  ) => Promise<{ members: MemberView[]; after: number | null } | Wrong | null>
  readonly importPeople: (
    order: { list: string; people: readonly GivenPerson[]; dryRun: boolean },
    caller: Caller,
  ) => Promise<ImportAnswer | Wrong>
  readonly join: PeopleTools['join']
  /** False where they are not on it. */
  readonly unsubscribe: (list: string, address: string, caller: Caller) => Promise<boolean>
}

export interface ApiTools extends MailingTools, SubscriberTools, ListTools {
  /** Whose token this is; null for one that is none of ours or was revoked. */
  readonly caller: (token: string) => Promise<Caller | null>
  readonly post: (order: MessageOrder) => Promise<MessageAnswer>
  readonly message: (id: string) => Promise<MessageView | null>
  /** By name and language. */
  readonly templates: () => Promise<TemplateView[]>
  /** Judges a letter; null where too many are being judged already. */
  readonly check: (letter: { file: string; bytes: Uint8Array; content: boolean }) => Promise<CheckReport | null>
}
