/**
 * Seed mailboxes: where a copy of ours is looked for after it has gone the whole way. Over IMAP (RFC 9051), or in the
 * local inbox, which stands in for one on a machine of its own. Nothing is changed there: no flag, no message.
 */
import type { ImapFlow, ImapFlowOptions } from 'imapflow'
import { Complaint } from '../complaint.ts'
import { parseAddress } from './address.ts'
import { imapAccount, overConnection } from './imap.ts'
import { readInbox } from './inbox.ts'

/** What a copy is known by: a relay may write its own Message-ID, and leaves List-Unsubscribe alone. */
export interface Wanted {
  /** Stands in the address of List-Unsubscribe, and in no other message. */
  readonly token: string
  readonly messageId: string
  /** Not before, milliseconds since the epoch. */
  readonly since: number
}

export type Sought =
  /** `folder`: INBOX, or where the mail server thinks it belongs. */
  | { readonly kind: 'found'; readonly raw: Buffer; readonly folder: string }
  /** `why`: what may explain it, as a full mailbox does; null: nothing does. */
  | { readonly kind: 'absent'; readonly why: string | null }
  /** The mailbox could not be looked into; another time perhaps. */
  | { readonly kind: 'closed'; readonly why: string }

export interface Mailbox {
  /** Where its copies are sent. */
  readonly address: string
  /** For people; without the password. */
  readonly name: string
  /** Looks once. Never rejects. */
  seek(wanted: Wanted): Promise<Sought>
}

/** The address of the local inbox as a seed mailbox, unless `inbox:ADDRESS` says another. */
const INBOX_ADDRESS = 'seed@inbox.test'
const NEWEST = 300
const LARGEST = 5_000_000
const DAY = 86_400_000

/**
 * Reads one of SEED_MAILBOXES: `imaps://user:password@host?address=ann@example.org`, `imap://` with STARTTLS (in clear
 * on loopback alone), or `inbox`. Without `address` the user is one. Throws a Complaint (exit 3) without the password.
 */
export function openMailbox(text: string, { inboxDir }: { readonly inboxDir: string }): Mailbox {
  const inbox = /^inbox(?::(.+))?$/.exec(text)
  if (inbox) return localInbox(fitAddress(inbox[1] ?? INBOX_ADDRESS, 'inbox'), inboxDir)
  const account = imapAccount(text, { key: 'SEED_MAILBOXES', remedy: REMEDY })
  return overImap(
    { address: fitAddress(account.address, account.url.host), name: `${account.address} (${account.host})` },
    account.options,
  )
}

const REMEDY = 'write imaps://user:password@host?address=ann@example.org, apart by spaces; or inbox, for the local one'

function fitAddress(text: string, host: string): string {
  const parsed = parseAddress(text)
  if ('fault' in parsed) throw misread(host, `does not say which address its mail is sent to (${parsed.fault})`)
  return parsed.address
}

const misread = (host: string, fault: string): Complaint =>
  new Complaint(`SEED_MAILBOXES: ${host} ${fault}`, { remedy: REMEDY, exit: 3 })

function overImap(who: Pick<Mailbox, 'address' | 'name'>, options: ImapFlowOptions): Mailbox {
  return {
    ...who,
    async seek(wanted) {
      const seen = await overConnection(options, async (client) => {
        const found = await seekIn(client, wanted)
        return found ?? { kind: 'absent' as const, why: await fullness(client) }
      })
      return 'closed' in seen ? { kind: 'closed', why: seen.closed } : seen.done
    },
  }
}

/** The inbox first, then where the server puts what it takes for junk. */
async function seekIn(client: ImapFlow, wanted: Wanted): Promise<Sought | null> {
  const junk = (await client.list()).filter((folder) => folder.specialUse === '\\Junk').map((folder) => folder.path)
  for (const folder of ['INBOX', ...junk]) {
    const lock = await client.getMailboxLock(folder, { readOnly: true })
    try {
      const raw = await newest(client, wanted)
      if (raw) return { kind: 'found', raw, folder }
    } finally {
      lock.release()
    }
  }
  return null
}

async function newest(client: ImapFlow, wanted: Wanted): Promise<Buffer | null> {
  // SINCE knows days alone, in the server's own time (RFC 9051 §6.4.4).
  const uids = await client.search({ since: new Date(wanted.since - DAY) }, { uid: true })
  const range = (uids || []).slice(-NEWEST)
  if (range.length === 0) return null
  const query = { uid: true, headers: ['list-unsubscribe', 'message-id'] }
  for (const { uid, headers } of await client.fetchAll(range, query, { uid: true })) {
    if (!headers || !isWanted(headers.toString('latin1'), wanted)) continue
    const one = await client.fetchOne(`${uid}`, { source: { start: 0, maxLength: LARGEST } }, { uid: true })
    if (one !== false && one?.source) return one.source
  }
  return null
}

const isWanted = (header: string, { token, messageId }: Wanted): boolean => {
  const unfolded = header.replace(/\r?\n[ \t]+/g, '')
  return unfolded.includes(token) || unfolded.includes(messageId)
}

async function fullness(client: ImapFlow): Promise<string | null> {
  const quota = await client.getQuota('INBOX').catch(() => false as const)
  const storage = quota ? quota.storage : undefined
  if (!storage?.limit || storage.usage === undefined) return null
  const [used, limit] = [storage.usage, storage.limit].map((bytes) => Math.round(bytes / 1_024))
  return storage.usage >= storage.limit * 0.98 ? `the mailbox is full (${used} of ${limit} kB)` : null
}

function localInbox(address: string, dir: string): Mailbox {
  return {
    address,
    name: `${address} (the local inbox)`,
    async seek(wanted) {
      const inbox = await readInbox(dir)
      for (const { id } of inbox.list().filter(({ to, at }) => to === address && at >= wanted.since - DAY)) {
        const raw = await inbox.get(id)
        if (raw && isWanted(headerOf(raw), wanted)) return { kind: 'found', raw, folder: 'INBOX' }
      }
      return { kind: 'absent', why: null }
    },
  }
}

function headerOf(raw: Buffer): string {
  const end = raw.indexOf('\r\n\r\n')
  return raw.toString('latin1', 0, end < 0 ? raw.length : end)
}
