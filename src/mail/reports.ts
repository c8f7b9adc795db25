/**
 * The mailbox that reports come to, over IMAP (RFC 9051, MOVE by RFC 6851). A message stays in the inbox until what it
 * says is on disk, and is moved then: whoever is killed in between takes it again, which changes nothing. Nothing is
 * ever deleted. What is no report is put aside unread, for people.
 */
import type { ImapFlow } from 'imapflow'
import { imapAccount, overConnection } from './imap.ts'

/** What became of a message: taken, no report of ours, not yet to be taken; stop: nor is any other. */
export type Taken = 'taken' | 'aside' | 'later' | 'stop'

export interface ReportsMailbox {
  /** For people; without the password. */
  readonly name: string
  /**
   * Takes what has come, the oldest first, some thousands at most. Never rejects: `why` says why it stopped short,
   * whether the server or `take` failed; null: all was seen.
   */
  poll(take: (raw: Buffer) => Promise<Taken>): Promise<{ readonly taken: number; readonly why: string | null }>
}

const FOLDERS = { taken: 'Reports', aside: 'Other' } as const
/** Where a server lets nothing be moved, this keyword says that a message was taken. */
const KEYWORD = 'GLLTaken'
const AT_ONCE = 5_000
/** What a report says stands in its first part. Octets. */
const LARGEST = 5_000_000

/** Throws a Complaint (exit 3) where the address is none. */
export function openReports(text: string): ReportsMailbox {
  const { host, address, options } = imapAccount(text, {
    key: 'BOUNCE_MAILBOX',
    remedy: 'write imaps://user:password@host',
  })
  return {
    name: `${address} (${host})`,
    async poll(take) {
      let taken = 0
      const polled = await overConnection(options, async (client) => {
        const lock = await client.getMailboxLock('INBOX')
        try {
          const uids = (await client.search({ unKeyword: KEYWORD }, { uid: true })) || []
          for (const uid of uids.slice(0, AT_ONCE)) {
            const became = await takeOne(client, uid, take)
            if (became === 'stop') break
            if (became === 'taken') taken += 1
          }
        } finally {
          lock.release()
        }
      })
      return { taken, why: 'closed' in polled ? polled.closed : null }
    },
  }
}

async function takeOne(client: ImapFlow, uid: number, take: (raw: Buffer) => Promise<Taken>): Promise<Taken> {
  const one = await client.fetchOne(`${uid}`, { source: { start: 0, maxLength: LARGEST } }, { uid: true })
  // Another worker was quicker.
  if (one === false || !one?.source) return 'later'
  const became = await take(one.source)
  if (became === 'taken' || became === 'aside') await putAway(client, uid, FOLDERS[became])
  return became
}

async function putAway(client: ImapFlow, uid: number, folder: string): Promise<void> {
  const move = () => client.messageMove(`${uid}`, folder, { uid: true }).catch(() => false as const)
  if (await move()) return
  await client.mailboxCreate(folder).catch(() => {})
  if (!(await move())) await client.messageFlagsAdd(`${uid}`, [KEYWORD], { uid: true })
}
