/** What the API works with; the steps behind it know the ledger, the API does not. */

import type { MessageAnswer, MessageOrder } from '../../publishing/index.ts'
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

export interface MailingView {
  readonly mailing: number
  readonly kind: string
  readonly subject: string
  readonly state: string
  readonly why: string | null
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
}

export interface ApiTools {
  /** Whose token this is; null for one that is none of ours or was revoked. */
  readonly caller: (token: string) => Promise<Caller | null>
  readonly post: (order: MessageOrder) => Promise<MessageAnswer>
  readonly message: (id: string) => Promise<MessageView | null>
  /** The newest first. */
  readonly mailings: (limit: number) => Promise<MailingView[]>
  readonly mailing: (id: number) => Promise<MailingView | null>
  readonly links: (mailing: number) => Promise<LinkView[]>
  /** Stops a mailing or ends it; null where there is none, false where its state does not allow it. */
  readonly stop: (how: 'hold' | 'cancel', mailing: number, why: string, caller: Caller) => Promise<boolean | null>
  readonly lists: () => Promise<ListView[]>
  readonly join: PeopleTools['join']
}
