/** A real IMAP server of the test's own: Debian's dovecot on a loopback port, its mailboxes Maildirs in a temporary folder. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { haveServers } from '../../scripts/servers/packages.ts'

export interface Dovecot extends AsyncDisposable {
  readonly port: number
  /** Ends the server; mailboxes stay. */
  stop(): Promise<void>
}

/** Whom the files of mailboxes belong to. */
export const MAIL_UID = 65_534

export const haveDovecot = (): boolean =>
  process.getuid?.() === 0 && haveServers(['/usr/sbin/dovecot', '/usr/lib/dovecot/imap'], ['dovecot-imapd'])

/** `users`: password by name; `quota`: of all, in kilobytes. Their mail is in dir/mail/NAME/Maildir. */
export async function openDovecot(
  dir: string,
  { port, users, quota }: { port: number; users: Readonly<Record<string, string>>; quota: number },
): Promise<Dovecot> {
  mkdirSync(join(dir, 'dovecot'), { recursive: true })
  chmodSync(dir, 0o755)
  const passwords = Object.entries(users).map(([name, pass]) => `${name}:{PLAIN}${pass}`)
  writeFileSync(join(dir, 'dovecot', 'passwd'), `${passwords.join('\n')}\n`, { mode: 0o644 })
  const file = join(dir, 'dovecot', 'dovecot.conf')
  writeFileSync(file, settings(dir, port, quota))
  const server = spawn('/usr/sbin/dovecot', ['-F', '-c', file], { stdio: 'ignore' })
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  await answering(port, () => server.exitCode !== null)
  const stop = async (): Promise<void> => {
    if (server.exitCode === null) execFileSync('/usr/bin/doveadm', ['-c', file, 'stop'], { stdio: 'ignore' })
    await gone
  }
  return { port, stop, [Symbol.asyncDispose]: stop }
}

const settings = (dir: string, port: number, quota: number): string => `
base_dir = ${dir}/dovecot/run
state_dir = ${dir}/dovecot/state
log_path = ${dir}/dovecot/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:${dir}/mail/%n/Maildir
mail_plugins = quota
plugin {
  quota = count:mailbox
  quota_rule = *:storage=${quota}K
  quota_vsizes = yes
}
protocol imap {
  mail_plugins = quota imap_quota
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
# Wrong passwords are part of the tests: the next login is not to wait for them.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
passdb {
  driver = passwd-file
  args = username_format=%n ${dir}/dovecot/passwd
}
userdb {
  driver = static
  args = uid=${MAIL_UID} gid=${MAIL_UID} home=${dir}/mail/%n
}
`

export async function answering(port: number, ended: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (ended()) throw new Error(`the server on port ${port} ended as it began`)
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (answers) return
    await wait(50)
  }
  throw new Error(`nothing answers on port ${port}`)
}
