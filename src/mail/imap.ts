/** Accounts at IMAP servers (RFC 9051) as the configuration names them, and a connection that always ends. */
import type { ImapFlow, ImapFlowOptions } from 'imapflow'
import { Complaint } from '../complaint.ts'
import { isLoopback } from './route.ts'

export interface ImapAccount {
  readonly url: URL
  readonly host: string
  /** `?address=`, or the user. */
  readonly address: string
  readonly options: ImapFlowOptions
}

/** Milliseconds that a mail server may take for each step. */
const PATIENCE = 20_000

/**
 * Reads `imaps://user:password@host`, percent-encoded; `imap://` with STARTTLS, in clear on loopback alone. Throws a
 * Complaint (exit 3) about `key`, without the password.
 */
export function imapAccount(text: string, of: { readonly key: string; readonly remedy: string }): ImapAccount {
  const misread = (host: string, fault: string): Complaint =>
    new Complaint(`${of.key}: ${host} ${fault}`, { remedy: of.remedy, exit: 3 })
  const decoded = (url: URL, part: 'username' | 'password'): string => {
    try {
      return decodeURIComponent(url[part])
    } catch {
      throw misread(url.host, `has a ${part} that is not percent-encoded`)
    }
  }
  const url = URL.parse(text)
  if (!url || !/^imaps?:$/.test(url.protocol) || !url.hostname)
    throw misread('a value', 'is not the address of a mailbox')
  const user = decoded(url, 'username')
  const pass = decoded(url, 'password')
  if (!user || !pass) throw misread(url.host, 'has no user or no password')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const inClear = url.protocol === 'imap:' && isLoopback(host) && url.searchParams.get('tls') !== 'required'
  return {
    url,
    host,
    address: url.searchParams.get('address') ?? user,
    options: {
      host,
      port: url.port ? Number(url.port) : url.protocol === 'imaps:' ? 993 : 143,
      secure: url.protocol === 'imaps:',
      // The password never crosses a network in clear.
      ...(url.protocol === 'imaps:' ? {} : { doSTARTTLS: !inClear }),
      auth: { user, pass },
      logger: false,
      disableAutoIdle: true,
      connectionTimeout: PATIENCE,
      greetingTimeout: PATIENCE,
      socketTimeout: PATIENCE,
    },
  }
}

/** Connects, lets `use` work, and closes. `closed` says why it could not be asked; what `use` throws counts as that. */
export async function overConnection<T>(
  options: ImapFlowOptions,
  use: (client: ImapFlow) => Promise<T>,
): Promise<{ readonly done: T } | { readonly closed: string }> {
  // Loaded only where there is a mailbox to look into.
  const { ImapFlow } = await import('imapflow')
  const client = new ImapFlow(options)
  // A connection that breaks rejects what waits for it; unheard, the event would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    return { done: await use(client) }
  } catch (error) {
    return { closed: explained(error) }
  } finally {
    client.close()
  }
}

function explained(error: unknown): string {
  const { authenticationFailed, code, message, responseText } = error as Error & {
    authenticationFailed?: boolean
    code?: string
    responseText?: string
  }
  if (authenticationFailed)
    return `the mail server refuses the user or the password${responseText ? `: ${responseText}` : ''}`
  return `the mail server cannot be asked: ${code ?? ''} ${responseText ?? message}`.replace(/\s+/g, ' ').trim()
}
