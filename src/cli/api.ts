/** What the API is given: messages to one, tokens, and the ledger's figures. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Announcement, makeApart } from '../edition/index.ts'
import type { ApiToken, Ledger, MessageStatus } from '../ledger/index.ts'
import type { Tokens } from '../mail/index.ts'
import { askToJoin, type Log, lookerOf, messageStatus, openConfirmations, openMessages } from '../publishing/index.ts'
import type { ApiTools, Caller, MailingView, MessageView } from '../web/index.ts'

interface Behind {
  readonly config: Config
  readonly ledger: Ledger
  readonly tokens: Tokens
  readonly now: () => number
  readonly log: Log
}

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

export function apiTools(behind: Behind, { messages, confirmations }: ReturnType<typeof openSenders>): ApiTools {
  const { ledger, now } = behind
  return {
    caller: callers(behind),
    post: async (order) => await (await messages()).post(order),
    message: async (id) => {
      const status = await messageStatus(ledger, id)
      return status && viewOf(id, status)
    },
    mailings: async (limit) =>
      await Promise.all((await ledger.mailings({ limit })).map((mailing) => mailingView(ledger, mailing))),
    mailing: async (id) => {
      const mailing = await ledger.mailing({ id })
      return mailing && mailing.state !== 'publishing' ? await mailingView(ledger, mailing) : null
    },
    links: async (mailing) =>
      (await ledger.linkLines({ mailing })).map(({ href, state, holders }) => ({ url: href, state, holders })),
    stop: async (how, mailing, why, caller) => {
      const was =
        how === 'hold' ? await ledger.hold({ mailing, why }) : await ledger.cancel({ mailing, why, now: now() })
      if (was === null) return null
      const done = STOPPABLE[how].includes(was)
      if (done) await ledger.audit({ at: now(), who: `token ${caller.id}`, what: how, mailing, detail: why })
      return done
    },
    lists: async () => (await ledger.lists()).map(({ name, people }) => ({ name, subscribers: people })),
    join: async (order) => await askToJoin(behind, await confirmations(), order),
  }
}

/** The states that `hold` and `cancel` act on. */
const STOPPABLE: Readonly<Record<'hold' | 'cancel', readonly string[]>> = {
  hold: ['running', 'scheduled', 'proving', 'held'],
  cancel: ['publishing', 'scheduled', 'proving', 'running', 'held'],
}

const viewOf = (id: string, status: MessageStatus): MessageView => ({
  id,
  token: status.token,
  state: status.state,
  reply: status.reply,
  createdAt: status.createdAt,
  changedAt: status.at,
})

async function mailingView(
  ledger: Ledger,
  mailing: Awaited<ReturnType<Ledger['mailings']>>[number],
): Promise<MailingView> {
  const { id, kind, subject, state, stateWhy, audience, startedAt, finishedAt } = mailing
  const counts = await ledger.counts({ mailing: id })
  return { mailing: id, kind, subject, state, why: stateWhy, audience, counts, startedAt, finishedAt }
}

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

/** The source of a template: NAME.LANGUAGE, or NAME; Markdown or MJML. */
export function lettersIn(dir: string): (name: string, language: string | null) => Announcement | null {
  return (name, language) => {
    const bases = language === null ? [name] : [`${name}.${language}`, `${name}.${language.split('-')[0]}`, name]
    for (const base of bases) {
      for (const format of ['md', 'mjml'] as const) {
        const text = read(join(dir, `${base}.${format}`))
        if (text !== null) return { name: `${base}.${format}`, format, text }
      }
    }
    return null
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null
    throw error
  }
}
