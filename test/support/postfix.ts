/**
 * A real relay of the test's own: Debian's postfix on loopback ports, everything of it in a temporary folder. What comes
 * in may pass a content filter (an SMTP proxy after the queue, as FILTER_README describes) before it goes on: local
 * mailboxes as Maildirs, everybody else to one host.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { haveServers } from '../../scripts/servers/packages.ts'
import { answering, MAIL_UID } from './dovecot.ts'

export interface Postfix extends AsyncDisposable {
  readonly url: string
}

export const havePostfix = (): boolean =>
  process.getuid?.() === 0 && haveServers(['/usr/sbin/postfix', '/usr/lib/postfix/sbin/master'], ['postfix'])

export interface PostfixOptions {
  /** Where it takes mail. */
  readonly smtp: number
  /** The filter's own port, and where the filter gives mail back; unset: nothing is filtered. */
  readonly filter?: { readonly port: number; readonly back: number }
  /** A policy service that is asked at each RCPT (SMTPD_POLICY_README); then users that are not there are taken, and bounce. */
  readonly policy?: number
  /** NAME@corp.test is dir/mail/NAME/Maildir. */
  readonly users: readonly string[]
  /** Where all other mail goes. */
  readonly onward: number
}

export async function openPostfix(dir: string, options: PostfixOptions): Promise<Postfix> {
  const etc = join(dir, 'postfix', 'etc')
  for (const name of ['etc', 'queue', 'data']) mkdirSync(join(dir, 'postfix', name), { recursive: true })
  chmodSync(dir, 0o755)
  chownSync(join(dir, 'postfix', 'data'), idOf('postfix'), idOf('postfix'))
  for (const user of options.users) {
    mkdirSync(join(dir, 'mail', user), { recursive: true })
    chownSync(join(dir, 'mail', user), MAIL_UID, MAIL_UID)
  }
  writeFileSync(join(etc, 'main.cf'), mainCf(dir, options))
  writeFileSync(join(etc, 'master.cf'), masterCf(options))
  const started = spawnSync('/usr/sbin/postfix', ['-c', etc, 'start'], { encoding: 'utf8' })
  if (started.status !== 0) throw new Error(`postfix does not start: ${started.stderr}`)
  await answering(options.smtp, () => false)
  return {
    url: `smtp://127.0.0.1:${options.smtp}`,
    [Symbol.asyncDispose]: async () => {
      spawnSync('/usr/sbin/postfix', ['-c', etc, 'stop'], { stdio: 'ignore' })
    },
  }
}

const idOf = (user: string): number => Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }))

const mainCf = (dir: string, { users, onward, policy }: PostfixOptions): string => `
compatibility_level = 3.6
queue_directory = ${dir}/postfix/queue
data_directory = ${dir}/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = ${dir}/postfix/log
maillog_file_prefixes = ${dir}
myhostname = relay.corp.test
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_dns_support_level = disabled
smtpd_relay_restrictions = permit_mynetworks, reject
${policy === undefined ? '' : `smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:${policy}, permit_mynetworks, reject\nsmtpd_reject_unlisted_recipient = no`}
virtual_mailbox_domains = corp.test
virtual_mailbox_base = ${dir}/mail
virtual_mailbox_maps = inline:{ ${users.map((user) => `{ ${user}@corp.test = ${user}/Maildir/ }`).join(', ')} }
virtual_uid_maps = static:${MAIL_UID}
virtual_gid_maps = static:${MAIL_UID}
default_transport = smtp:[127.0.0.1]:${onward}
relay_transport = smtp:[127.0.0.1]:${onward}
`

const filtered = ({ port, back }: { readonly port: number; readonly back: number }): string =>
  `
  -o content_filter=smtp:[127.0.0.1]:${port}
127.0.0.1:${back} inet n - n - 10 smtpd
  -o content_filter=
  -o receive_override_options=no_unknown_recipient_checks
`
    .trimEnd()
    .slice(1)

const masterCf = ({ smtp, filter }: PostfixOptions): string => `
127.0.0.1:${smtp} inet n - n - - smtpd
${filter ? filtered(filter) : ''}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
