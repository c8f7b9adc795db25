/** What the API is given: messages to one, tokens, letters to judge, and the ledger's figures. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { makeApart } from '../edition/index.ts'
import type { ApiToken, MessageStatus } from '../ledger/index.ts'
import { lookerOf, messageStatus, openConfirmations, openMessages } from '../publishing/index.ts'
import type { ApiTools, Caller, MessageView } from '../web/index.ts'
import type { Behind } from './api/behind.ts'
import { checkTool } from './api/check.ts'
import { listTools } from './api/lists.ts'
import { mailingTools } from './api/mailings.ts'
import { subscriberTools } from './api/subscribers.ts'
import { lettersIn, templatesIn } from './api/templates.ts'

/** What is sent to one: opened when it is first asked for, for whoever sends nothing needs no thread that looks at links. */
export function openSenders(behind: Behind, stack: AsyncDisposableStack) {
  const { config } = behind
  const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
    let opening: Promise<T> | null = null
    return () => {
      opening ??= open()
      return opening
    }
  }
  const tools = once(async () => ({ ...behind, looker: stack.use(await lookerOf(config)), make: makeApart }))
  return {
    messages: once(async () => openMessages(await tools(), lettersIn(config.messagesDir))),
    confirmations: once(async () => openConfirmations(await tools())),
  }
}

type Senders = ReturnType<typeof openSenders>

export function apiTools(behind: Behind, senders: Senders): ApiTools {
  const { ledger, config } = behind
  const { messages, confirmations } = senders
  return {
    ...mailingTools(behind),
    ...listTools(behind, confirmations),
    ...subscriberTools(behind),
    caller: callers(behind),
    post: async (order) => await (await messages()).post(order),
    message: async (id) => {
      const status = await messageStatus(ledger, id)
      return status && viewOf(id, status)
    },
    templates: async () => await templatesIn(config.messagesDir, await messages()),
    check: checkTool(),
  }
}

const viewOf = (id: string, status: MessageStatus): MessageView => ({
  id,
  token: status.token,
  state: status.state,
  reply: status.reply,
  createdAt: status.createdAt,
  changedAt: status.at,
})

/** A token is known again for so long without asking the ledger: a revoked one works no longer than that. Milliseconds. */
const TOKENS_HOLD = 2_000

/** `gll_ID_SECRET`: the id finds the row, the secret is compared by its digest in constant time. */
function callers({ ledger, now }: Pick<Behind, 'ledger' | 'now'>): (token: string) => Promise<Caller | null> {
  let known: { at: number; tokens: Promise<ApiToken[]> } | null = null
  return async (token) => {
    if (known === null || now() - known.at > TOKENS_HOLD) known = { at: now(), tokens: ledger.apiTokens() }
    const tokens = await known.tokens.catch((error) => {
      known = null
      throw error
    })
    const [, id, secret = ''] = /^gll_([1-9]\d{0,9})_([a-z2-7]{40,60})$/.exec(token) ?? []
    const row = tokens.find((one) => one.id === Number(id ?? 0))
    const expected = Buffer.from(row?.hash ?? hashOf(''), 'hex')
    const same = timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), expected)
    return row && same && row.revokedAt === null ? { id: row.id, scopes: row.scopes } : null
  }
}

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
