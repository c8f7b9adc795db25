/** Telling MESSAGE_WEBHOOK what became of messages to one: accepted, rejected, bounced, and the other ends there are. */
import type { Tools } from './tools.ts'
import { POST_AGAIN, postSigned } from './webhook.ts'

/** Posts made at once, and in one round. */
const AT_ONCE = 10
const IN_A_ROUND = 100

/**
 * Posts what is due; gives how many there were. An event is told at least once: `id` and `event` together tell a
 * repetition. Nothing about the person is in it.
 */
export async function tellEvents(tools: Pick<Tools, 'config' | 'ledger' | 'now' | 'log'>): Promise<number> {
  const { ledger, config, now } = tools
  const due = await ledger.dueEvents({ now: now(), limit: IN_A_ROUND })
  const tell = async (event: (typeof due)[number]): Promise<void> => {
    const { mailing, n, state, at, reply, hookTries } = event
    const facts = { id: `${mailing}-${n}`, event: state, at: new Date(at).toISOString(), reply }
    const url = config.messageWebhook
    const why = url === null ? null : await postSigned(tools, url, facts)
    const wait = why === null ? undefined : POST_AGAIN[hookTries]
    if (why !== null) tools.log(wait === undefined ? 'webhook-given-up' : 'webhook-failed', { kind: 'message', why })
    await ledger.eventTold({ mailing, n, at: wait === undefined ? null : now() + wait, tries: hookTries + 1 })
  }
  for (let at = 0; at < due.length; at += AT_ONCE) await Promise.all(due.slice(at, at + AT_ONCE).map(tell))
  return due.length
}
