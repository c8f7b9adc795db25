/**
 * What a provider posts: its signature proves who speaks, and by that alone it may speak of any address. Which copy it
 * is about is told by the VERP address it quotes, by our Message-ID, or, where it gives neither, by the latest copy to
 * that address.
 */
import { type HookEvent, type HookPost, hear, type Provider, parseAddress } from '../mail/index.ts'
import { type BounceNews, type BounceTools, follow, provedBy } from './bounce.ts'

/**
 * taken: all of it is on disk, or was known · later: a copy is just being handed over, so post it again · refused: not
 * signed by whom we know · unread: signed, and not to be read · closed: BOUNCE_HOOKS does not name this provider.
 */
export type HookAnswer = 'taken' | 'later' | 'refused' | 'unread' | 'closed'

/** Milliseconds that Amazon may take to show a certificate or to hear our yes. */
const ASK_WITHIN = 10_000
const MOST_PEM = 20_000

/** `ask` fetches an address of Amazon's. Rejects when the ledger or Amazon cannot be asked: the provider posts again. */
export async function takeHook(
  tools: BounceTools,
  provider: Provider,
  post: HookPost,
  ask: (url: string) => Promise<string> = asked,
): Promise<HookAnswer> {
  const secrets = tools.config.bounceHooks.filter((hook) => hook.provider === provider)
  if (secrets.length === 0) return 'closed'
  const with_ = { now: tools.now(), certificate: (url: string) => certificate(url, ask) }
  // A key that changes stands there twice for a while.
  const all = []
  for (const { secret } of secrets) all.push(await hear(provider, secret, post, with_))
  const heard = all.find((one) => one.kind !== 'refused') ?? all[0]
  if (!heard || heard.kind === 'refused') {
    tellRefused(tools, provider, heard?.why ?? '')
    return 'refused'
  }
  if (heard.kind === 'unread') return 'unread'
  if (heard.kind === 'confirm') {
    await ask(heard.url)
    tools.log('hook-confirmed', { provider })
    return 'taken'
  }
  if (heard.once !== undefined && isAgain(heard.once)) {
    tellRefused(tools, provider, 'it is a repetition')
    return 'refused'
  }
  let isEarly = false
  for (const event of heard.events) {
    const news = await follow(tools, event.report, await copyOf(tools, event), `${provider} hook`)
    if (news.effect === 'early') isEarly = true
  }
  if (heard.once !== undefined && !isEarly) remember(heard.once)
  return isEarly ? 'later' : 'taken'
}

const TELL_EVERY = 60_000
const toldAt = new Map<string, number>()

/** Anybody may post: the log hears of each fault once a minute. */
function tellRefused(tools: BounceTools, provider: Provider, why: string): void {
  const [topic, now] = [`${provider} ${why}`, tools.now()]
  if (now - (toldAt.get(topic) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY) return
  toldAt.set(topic, now)
  tools.log('hook-refused', { provider, why })
}

const LIFE = 90 * 86_400_000

async function copyOf(tools: BounceTools, { report, senders }: HookEvent): Promise<BounceNews['copy']> {
  const proved = provedBy(tools, senders)
  if (proved !== null) return proved
  const address = parseAddress(report.recipients[0]?.address ?? '')
  if ('fault' in address) return null
  const copies = await tools.ledger.copiesTo({ key: address.key, since: tools.now() - LIFE })
  const { messageId } = report
  // Another Message-ID than ours: another mail of the same account, of which we know nothing.
  const found = messageId === null ? copies[0] : copies.find((copy) => tools.tokens.isMessageId(messageId, copy))
  return found ? { mailing: found.mailing, n: found.n } : null
}

/**
 * Which posts were taken, where a signature covers none of the events: kept by the process and bounded, since what they
 * say is never older than a day, and what the ledger knows it does not take twice.
 */
const taken = new Set<string>()
const MOST_TAKEN = 50_000
const isAgain = (once: string): boolean => taken.has(once)

function remember(once: string): void {
  taken.add(once)
  const [oldest] = taken
  if (taken.size > MOST_TAKEN && oldest !== undefined) taken.delete(oldest)
}

const certificates = new Map<string, string>()
const MOST_CERTIFICATES = 20

async function certificate(url: string, ask: (url: string) => Promise<string>): Promise<string> {
  const known = certificates.get(url)
  if (known !== undefined) return known
  const pem = await ask(url)
  if (certificates.size >= MOST_CERTIFICATES) certificates.clear()
  certificates.set(url, pem)
  return pem
}

async function asked(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ASK_WITHIN) })
  if (!answer.ok) throw new Error(`Amazon answers with ${answer.status}`)
  return (await answer.text()).slice(0, MOST_PEM)
}
