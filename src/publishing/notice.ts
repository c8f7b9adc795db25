/**
 * Telling the team: each notice is a letter of ours that takes the same route as any other, gate included, to NOTICE_TO;
 * and a post to NOTICE_WEBHOOK. What is asked is asked again until it is answered, daily at first. The ledger's clock tries
 * again; nothing here does.
 */
import type { Notice } from '../ledger/index.ts'
import { keepChecked } from './certificate.ts'
import { gate } from './check.ts'
import { houseOf, type Tools } from './tools.ts'
import { POST_AGAIN, postSigned } from './webhook.ts'

type NoticeTools = Pick<Tools, 'config' | 'ledger' | 'looker' | 'tokens' | 'make' | 'now' | 'log'>

const DAY = 86_400_000
/** So many reminders come daily; whoever has not answered by then gets one a week. */
const DAILY = 7
/** A notice that the gate refused in every form is tried again after so long. Milliseconds. */
const REFUSED_AGAIN = 3_600_000

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
  await ledger.mailNotice({
    id: notice.id,
    times: notice.times,
    edition,
    to: config.noticeTo,
    now,
    expiresAt: now + config.expireAfter,
    nextAt: next,
  })
  tools.log('team-told', { kind: notice.kind, mailing: notice.mailing })
}

/** The letter's edition, past the gate. One that the gate refuses is told in fewer words rather than not at all. */
async function editionOf(tools: NoticeTools, notice: Notice): Promise<number | null> {
  const where = notice.mailing === null ? 'gll status' : `gll status ${notice.mailing}`
  const letters = [
    letter(notice, notice.body),
    letter({ ...notice, subject: 'The watch has news' }, `Something is to be seen. Type \`${where}\`.`),
  ]
  for (const text of letters) {
    const source = { name: 'notice.md', format: 'md', text } as const
    const how = { kind: 'notice', house: houseOf(tools.config), now: new Date(notice.at) } as const
    const checked = await gate(tools, await tools.make(source, how))
    if ('refused' in checked) {
      const faults = checked.refused.faults.map((fault) => `${fault.rule}: ${fault.excerpt}`).join('; ')
      tools.log('notice-refused', { kind: notice.kind, faults })
      continue
    }
    return await keepChecked(tools, checked)
  }
  return null
}

function letter(notice: Notice, body: string): string {
  const subject = `${notice.times > 0 ? 'Reminder: ' : ''}${notice.subject}`
  return `---\nsubject: ${JSON.stringify(subject)}\nlanguage: en\n---\n${body}\n`
}

/** Whether what was asked still waits for an answer. */
async function isOpen(tools: Pick<Tools, 'ledger'>, notice: Notice): Promise<boolean> {
  // What is asked of no mailing is closed by whoever answers it.
  if (notice.mailing === null) return notice.closedAt === null
  if (notice.kind === 'held') return (await tools.ledger.mailing({ id: notice.mailing }))?.state === 'held'
  const watched = await tools.ledger.watched({ mailing: notice.mailing })
  const link = watched.find((w) => w.link === notice.link)
  return link?.state === 'dead' && (link.answer === 'asked' || link.answer === 'refused')
}

async function post(tools: NoticeTools, notice: Notice): Promise<void> {
  const { ledger, config } = tools
  const url = config.noticeWebhook
  if (url === null) return await ledger.hooked({ id: notice.id, at: null, tries: 0 })
  const { id, kind, mailing, subject, body: text, facts, at: told } = notice
  const body = { id, kind, mailing, at: new Date(told).toISOString(), subject, text, ...facts }
  const why = await postSigned(tools, url, body)
  if (why === null) return await ledger.hooked({ id: notice.id, at: null, tries: notice.hookTries + 1 })
  const wait = POST_AGAIN[notice.hookTries]
  tools.log(wait === undefined ? 'webhook-given-up' : 'webhook-failed', { kind: notice.kind, why })
  const at = wait === undefined ? null : tools.now() + wait
  await ledger.hooked({ id: notice.id, at, tries: notice.hookTries + 1 })
}
