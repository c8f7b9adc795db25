/**
 * The last scene: a relay that takes the links out of what passes, as in 2019. The first copy goes to a seed mailbox,
 * here the local inbox; it is read back there, and the list is not served. Once the relay is mended, it is.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openInbox } from '../../src/mail/index.ts'
import { DAMAGE } from './damage.ts'
import { type Gll, gather, gllIn } from './gll.ts'
import { readInbox } from './inbox.ts'
import { shortLetter } from './letters.ts'
import { openRelay } from './relay.ts'

export interface Scene {
  readonly dir: string
  readonly env: NodeJS.ProcessEnv
  readonly site: string
  readonly ports: { readonly web: number; readonly team: number }
  readonly expect: (kept: boolean, promise: string) => void
  readonly until: (within: number, so: () => Promise<boolean>) => Promise<boolean>
  readonly show: (text: string) => void
}

const READERS = ['ann@members.test', 'bob@members.test', 'eve@members.test']
const SEED = 'seed@inbox.test'

/** What it came to, for the closing table. */
export async function provedInTransit(scene: Scene): Promise<string> {
  const { expect, until, show } = scene
  const data = join(scene.dir, 'transit')
  mkdirSync(data, { recursive: true })
  await using inbox = await openInbox({ dir: join(data, 'inbox'), port: 0 })
  await using relay = await openRelay(inbox.url)
  relay.damage = DAMAGE['href stripped']
  const gll = gllIn({
    ...scene.env,
    DATA_DIR: data,
    WEB_LISTEN: `127.0.0.1:${scene.ports.web}`,
    TEAM_LISTEN: `127.0.0.1:${scene.ports.team}`,
    PUBLIC_URL: `http://127.0.0.1:${scene.ports.web}`,
    SMTP_URL: relay.url,
    SEED_MAILBOXES: 'inbox',
  })
  await using _serve = await serving(gll, scene)
  const people = join(data, 'people.csv')
  writeFileSync(people, `address,name,language\n${READERS.map((to) => `${to},,en`).join('\n')}\n`)
  await gll.run('list', 'import', 'members', people)
  const letter = join(data, 'letter.md')
  writeFileSync(letter, shortLetter(scene.site))
  const sent = await gll.run('send', letter, '--yes', `${READERS.length}`, '--wait')
  const mailing = /mailing (\d+)/.exec(sent.out)?.[1] ?? ''
  show(sent.err)
  const status = await gll.run('status', mailing)
  show(status.out)
  const first = (await readInbox(join(data, 'inbox'))).map((mail) => mail.to)
  expect(sent.exit === 1 && status.out.includes('held'), 'the mailing is held')
  expect(first.length === 1 && first[0] === SEED, 'one copy left, to the seed mailbox, and none to the list')
  expect(
    /HTML part: the link “stories[^”]*” to \S+\/stories is gone/.test(status.out),
    'gll status names the part, the link and the mailbox',
  )
  relay.damage = DAMAGE.none
  const resumed = await gll.run('resume', mailing)
  show(resumed.err)
  const served = await until(20_000, async () => {
    const arrived = (await readInbox(join(data, 'inbox'))).map((mail) => mail.to)
    return READERS.every((to) => arrived.filter((one) => one === to).length === 1)
  })
  expect(served, 'the relay is mended: proved again, the letter goes to everybody once')
  return served ? 'caught before the list was served' : 'not caught'
}

async function serving(gll: Gll, { expect, until }: Scene): Promise<AsyncDisposable> {
  const child = gll.start(['serve'])
  const said = gather(child.stderr)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const up = await until(20_000, async () => said.text.includes('serving;') || child.exitCode !== null)
  expect(up && child.exitCode === null, 'it serves, with SEED_MAILBOXES=inbox and that relay as SMTP_URL')
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
