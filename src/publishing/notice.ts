/**
 * Telling the team: each notice is a letter of ours that takes the same route as any other, gate included, to NOTICE_TO;
 * and a post to NOTICE_WEBHOOK. What is asked is asked again until it is answered, daily at first. The ledger's clock tries
 * again; nothing here does.
 */
import { createHmac, hkdfSync } from 'node:crypto'
import type { Config } from '../config.ts'
import type { Edition } from '../edition/index.ts'
import type { Notice } from '../ledger/index.ts'
import { gate } from './check.ts'
import { secretKey } from './open.ts'
import { looksOf } from './publish.ts'
import { houseOf, type Tools } from './tools.ts'

type NoticeTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'tokens' | 'make' | 'now' | 'log'>

const DAY = 86_400_000
/** So many reminders come daily; whoever has not answered by then gets one a week. */
const DAILY = 7
/** A notice that the gate refused in every form is tried again after so long. Milliseconds. */
const REFUSED_AGAIN = 3_600_000
/** When a post that failed is made again; after the last of them it is given up. Milliseconds. */
const POST_AGAIN = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 6 * 3_600_000, 12 * 3_600_000, DAY]
/** A chat tool answers at once or is down. Milliseconds. */
const POST_WITHIN = 5_000

/** Mails and posts what is due. */
export async function tellTeam(tools: NoticeTools): Promise<void> {
  const now = tools.now()
  for (const notice of await tools.ledger.dueNotices({ now })) await mail(tools, notice)
  for (const notice of await tools.ledger.dueHooks({ now })) await post(tools, notice)
}

async function mail(tools: NoticeTools, notice: Notice): Promise<void> {
  const { ledger, config } = tools
  const now = tools.now()
  const open = !notice.remind || (await isOpen(tools, notice))
  if (!open && notice.times > 0) return await ledger.noticeDone({ id: notice.id, dueAt: null, closed: true, now })
  // Nobody to write to: what is asked stays open, and `gll status` says it.
  const next = notice.remind ? now + (notice.times < DAILY ? DAY : 7 * DAY) : null
  if (config.noticeTo.length === 0) {
    return await ledger.noticeDone({ id: notice.id, dueAt: next, closed: !open, now })
  }
  const edition = await editionOf(tools, notice)
  // One that cannot be mailed holds no other up: it stands on `gll status`, and is tried again.
  if (edition === null)
    return await ledger.noticeDone({ id: notice.id, dueAt: now + REFUSED_AGAIN, closed: false, now })
  const id = await ledger.saveEdition({ edition, now })
  await ledger.mailNotice({
    id: notice.id,
    times: notice.times,
    edition: id,
    to: config.noticeTo,
    now,
    expiresAt: now + config.expireAfter,
    nextAt: next,
  })
  tools.log('team-told', { kind: notice.kind, mailing: notice.mailing })
}

/** The letter past the gate, and certified. One that the gate refuses is told in fewer words rather than not at all. */
async function editionOf(tools: NoticeTools, notice: Notice): Promise<Edition | null> {
  const where = notice.mailing === null ? 'gll status' : `gll status ${notice.mailing}`
  const letters = [
    letter(notice, notice.body),
    letter({ ...notice, subject: 'The watch has news' }, `Something is to be seen. Type \`${where}\`.`),
  ]
  for (const text of letters) {
    const source = { name: 'notice.md', format: 'md', text } as const
    const how = { kind: 'notice', house: houseOf(tools.config), now: new Date(notice.at) } as const
    const edition = await tools.make(source, how)
    const checked = await gate(tools, edition)
    if ('refused' in checked) {
      const faults = checked.refused.faults.map((fault) => `${fault.rule}: ${fault.excerpt}`).join('; ')
      tools.log('notice-refused', { kind: notice.kind, faults })
      continue
    }
    await tools.ledger.certify({ digest: edition.digest, at: checked.checkedAt, looks: looksOf(checked) })
    return edition
  }
  return null
}

function letter(notice: Notice, body: string): string {
  const subject = `${notice.times > 0 ? 'Reminder: ' : ''}${notice.subject}`
  return `---\nsubject: ${JSON.stringify(subject)}\nlanguage: en\n---\n${body}\n`
}

/** Whether what was asked still waits for an answer. */
async function isOpen(tools: Pick<Tools, 'ledger'>, notice: Notice): Promise<boolean> {
  if (notice.mailing === null) return false
  if (notice.kind === 'held') return (await tools.ledger.mailing({ id: notice.mailing }))?.state === 'held'
  const watched = await tools.ledger.watched({ mailing: notice.mailing })
  const link = watched.find((w) => w.link === notice.link)
  return link?.state === 'dead' && (link.answer === 'asked' || link.answer === 'refused')
}

/**
 * The key that signs the posts, in hexadecimal: HKDF-SHA-256 (RFC 5869) of SECRET_KEY with salt `gll-mailer` and info
 * `notice-webhook`. The receiver makes HMAC-SHA-256 of `TIME.BODY` with it, and compares it to `v1` of the header
 * `GLL-Signature: t=TIME,v1=HEX`; TIME is in seconds and lets it turn down what is old.
 */
export const hookKey = (config: Config): string =>
  Buffer.from(hkdfSync('sha256', secretKey(config), 'gll-mailer', 'notice-webhook', 32)).toString('hex')

async function post(tools: NoticeTools, notice: Notice): Promise<void> {
  const { ledger, config } = tools
  const url = config.noticeWebhook
  if (url === null) return await ledger.hooked({ id: notice.id, at: null, tries: 0 })
  const why = await posted(tools, url, notice)
  if (why === null) return await ledger.hooked({ id: notice.id, at: null, tries: notice.hookTries + 1 })
  const wait = POST_AGAIN[notice.hookTries]
  tools.log(wait === undefined ? 'webhook-given-up' : 'webhook-failed', { kind: notice.kind, why })
  const at = wait === undefined ? null : tools.now() + wait
  await ledger.hooked({ id: notice.id, at, tries: notice.hookTries + 1 })
}

/** Null: the receiver has taken it. `id` is the same each time, so that it can tell a repetition. */
async function posted(tools: NoticeTools, url: string, notice: Notice): Promise<string | null> {
  const { id, kind, mailing, subject, body: text, facts, at } = notice
  const body = JSON.stringify({ id, kind, mailing, at: new Date(at).toISOString(), subject, text, ...facts })
  const time = Math.floor(tools.now() / 1_000)
  const mac = createHmac('sha256', Buffer.from(hookKey(tools.config), 'hex'))
    .update(`${time}.${body}`)
    .digest('hex')
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'gll-signature': `t=${time},v1=${mac}` },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(POST_WITHIN),
    })
    await answer.body?.cancel()
    return answer.ok ? null : `HTTP ${answer.status}`
  } catch (error) {
    return (error as Error).message
  }
}
