/**
 * The proof in transit on the real thing: Debian's postfix as the relay, a content filter in it that damages what
 * passes, Debian's dovecot as the mailbox. What readers got is counted where postfix sends it on to.
 */
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DAMAGE, type Damage } from '../../scripts/demo/damage.ts'
import { freePort } from '../../scripts/servers/port.ts'
import { openLane, openMailbox, parseRoute } from '../../src/mail/index.ts'
import { prove, publish, start, type Tools } from '../../src/publishing/index.ts'
import { type Dovecot, haveDovecot, MAIL_UID, openDovecot } from '../support/dovecot.ts'
import { havePostfix, openPostfix } from '../support/postfix.ts'
import { openSink, type Sink } from '../support/smtp.ts'
import { checked, deliverDue, type House, LANES, letter, openHouse, received } from './house.ts'

const have = havePostfix() && haveDovecot()
const USERS = { ann: 'secret-of-ann', bob: 'p@ss/w?rd%', full: 'secret-of-full' }
const TEXT = 'Für Ärztinnen und Ärzte, naïve façade coöperation.'
const MINUTE = 60_000

interface MailHost extends AsyncDisposable {
  readonly url: string
  readonly imap: number
  readonly dir: string
  readonly dovecot: Dovecot
  /** What the filter does to mail for NAME@corp.test; null: it swallows it. */
  readonly damage: Record<string, Damage | null>
  /** Where mail for everybody else goes. */
  onward: Sink
}

/** One for the file: postfix takes a second to start. */
async function openMailHost(): Promise<MailHost> {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-mailhost-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const [smtp, back] = [await freePort(), await freePort()]
  const damage: Record<string, Damage | null> = {}
  const filter = stack.use(
    await openSink({
      onDot: async ({ from, to }, raw) => {
        for (const one of to) {
          const how = one in damage ? damage[one] : DAMAGE.none
          if (!how) continue
          const lane = await openLane(parseRoute(`smtp://127.0.0.1:${back}`, { ehloName: 'filter.test' }))
          await lane.submit({ from, to: one }, how(raw), async () => true)
          await lane.close()
        }
      },
    }),
  )
  const onward = stack.use(await openSink())
  const users = Object.keys(USERS)
  const imap = await freePort()
  stack.use(await openPostfix(dir, { smtp, filter: { port: filter.port, back }, users, onward: onward.port }))
  const dovecot = stack.use(await openDovecot(dir, { port: imap, users: USERS, quota: 400 }))
  const owned = stack.move()
  const url = `smtp://127.0.0.1:${smtp}`
  return { url, imap, dir, dovecot, damage, onward, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const mailbox = ({ imap }: MailHost, name: keyof typeof USERS, pass: string = USERS[name]): string =>
  `imap://${name}:${encodeURIComponent(pass)}@127.0.0.1:${imap}?address=${name}@corp.test`

interface Proving {
  readonly house: House
  readonly tools: Tools
  readonly mailing: number
}

async function proving(host: MailHost, seeds: readonly string[]): Promise<Proving & AsyncDisposable> {
  const house = await openHouse({ env: { SEED_MAILBOXES: seeds.join(' ') } })
  const tools = { ...house.tools, openLane: () => openLane(parseRoute(host.url, { ehloName: 'gll.test' })) }
  const edition = await checked(house, letter(house, '', TEXT))
  const order = { list: 'members', expect: 4, dueAt: house.clock.at, lanes: LANES }
  const { mailing } = await publish(tools, edition, order)
  await start(tools, mailing)
  await deliverDue(house, tools)
  return { house, tools, mailing, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

/** Looks into the mailboxes as mail travels in its own time, until nothing is waited for; ten seconds at most. */
async function judgedIn({ house, tools, mailing }: Proving): Promise<void> {
  for (let n = 0; n < 100; n += 1) {
    await prove(tools, mailing)
    const state = (await house.ledger.mailing({ id: mailing }))?.state
    const all = await house.ledger.proofs({ mailing })
    if (state !== 'proving' || all.every((proof) => proof.state !== 'waiting')) return
    await wait(100)
    house.clock.at += 500
  }
}

async function standing({ house, mailing }: Proving) {
  const all = await house.ledger.proofs({ mailing })
  const found = await house.ledger.mailing({ id: mailing })
  return { state: found?.state, why: found?.stateWhy, proofs: all, report: all[0]?.report.join('\n') ?? '' }
}

// In CI nothing is skipped: there the set-up itself must fail.
const suite = have || process.env.CI ? describe : describe.skip

suite('proof in transit over postfix and dovecot (needs both, which root installs)', () => {
  let host: MailHost
  beforeAll(async () => {
    host = await openMailHost()
  }, 120_000)
  afterAll(async () => await host[Symbol.asyncDispose]())

  test.each(['none', 'Message-ID rewritten', 'Safe Links', 'urldefense', 'banner added'] as const)(
    '%s: the copy is found, sound, and the readers get theirs',
    async (name) => {
      host.damage['ann@corp.test'] = DAMAGE[name]
      await using one = await proving(host, [mailbox(host, 'ann')])
      await judgedIn(one)
      expect(await standing(one)).toMatchObject({ state: 'scheduled', proofs: [{ state: 'sound' }] })
      const before = host.onward.messages.length
      await start(one.tools, one.mailing)
      await deliverDue(one.house, one.tools)
      for (let n = 0; n < 100 && host.onward.messages.length < before + 4; n += 1) await wait(100)
      expect(host.onward.messages.length - before).toBe(4)
    },
  )

  test.each([
    ['href stripped', 'damaged', /HTML part: the link “synthesis report” to \S+\/report is gone/],
    ['HTML part removed', 'damaged', /the HTML part is gone, and with it 5 links/],
    ['HTML to text', 'damaged', /the HTML part is gone[\s\S]*text part: the link \S+\/report is gone/],
    ['body truncated', 'damaged', /cut off after “/],
    ['charset broken', 'damaged', /its characters are broken/],
    ['unknown rewriter', 'unsure', /leads to click\.gateway\.example now/],
  ] as const)('%s: held, and the report names the part and the link', async (name, state, report) => {
    host.damage['ann@corp.test'] = DAMAGE[name]
    const before = host.onward.messages.length
    await using one = await proving(host, [mailbox(host, 'ann')])
    await judgedIn(one)
    const now = await standing(one)
    expect(now.report).toMatch(report)
    expect(now).toMatchObject({ state: 'held', proofs: [{ state }] })
    expect(now.why).toContain('ann@corp.test (127.0.0.1)')
    expect(host.onward.messages.length).toBe(before)
    expect(received(one.house)).toEqual([])
  })

  test('of two mailboxes, the one behind the damaging gateway is named', async () => {
    host.damage['ann@corp.test'] = DAMAGE.none
    host.damage['bob@corp.test'] = DAMAGE['href stripped']
    await using one = await proving(host, [mailbox(host, 'ann'), mailbox(host, 'bob')])
    await judgedIn(one)
    await judgedIn(one)
    const { state, proofs, why } = await standing(one)
    expect([state, proofs.find((p) => p.address.startsWith('bob'))?.state]).toEqual(['held', 'damaged'])
    expect(why).toContain('bob@corp.test')
  })

  test('a copy in the junk folder is found, and the report says where', async () => {
    host.damage['ann@corp.test'] = DAMAGE.none
    await using one = await proving(host, [mailbox(host, 'ann')])
    const maildir = join(host.dir, 'mail', 'ann', 'Maildir')
    const newest = join(maildir, 'new')
    const of = (): string | undefined =>
      readdirSync(newest).find((file) => readFileSync(join(newest, file), 'latin1').includes(`/u/${tokenOf(one)}`))
    for (let n = 0; n < 100 && !of(); n += 1) await wait(50)
    // Makes the folder, as any first login does.
    await openMailbox(mailbox(host, 'ann'), { inboxDir: '' }).seek({ token: 'none', messageId: '<none@x>', since: 0 })
    const file = of() ?? ''
    const junk = join(maildir, '.Junk', 'new')
    mkdirSync(junk, { recursive: true })
    renameSync(join(file === '' ? maildir : newest, file), join(junk, file))
    await judgedIn(one)
    const { proofs, report } = await standing(one)
    expect([proofs[0]?.state, report]).toEqual(['sound', expect.stringMatching(/put it into .*Junk/)])
  })

  test('a wrong password is said plainly while there is time, and then holds', async () => {
    host.damage['ann@corp.test'] = DAMAGE.none
    await using one = await proving(host, [mailbox(host, 'ann', 'wrong')])
    await prove(one.tools, one.mailing)
    expect(await standing(one)).toMatchObject({
      state: 'proving',
      report: expect.stringMatching(/refuses the user or/),
    })
    one.house.clock.at += 16 * MINUTE
    await prove(one.tools, one.mailing)
    const { state, why } = await standing(one)
    expect([state, why]).toEqual(['held', expect.stringMatching(/did not arrive: the mail server refuses/)])
    expect(why).not.toContain('wrong')
  })

  test('a full mailbox is named as the reason why nothing came', async () => {
    host.damage['full@corp.test'] = null
    const folder = join(host.dir, 'mail', 'full', 'Maildir')
    for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, 'new', '1.big'), `Subject: big\r\n\r\n${'x'.repeat(420_000)}\r\n`)
    for (const name of ['', 'new', 'cur', 'tmp', 'new/1.big']) chownSync(join(folder, name), MAIL_UID, MAIL_UID)
    await using one = await proving(host, [mailbox(host, 'full')])
    await prove(one.tools, one.mailing)
    one.house.clock.at += 16 * MINUTE
    await prove(one.tools, one.mailing)
    expect(await standing(one)).toMatchObject({
      state: 'held',
      report: expect.stringMatching(/the mailbox is full \(\d+ of 400 kB\)/),
    })
  })

  // Last: it ends the mail server.
  test('a mail server that is down is asked again while PROVE_WITHIN lasts', async () => {
    host.damage['ann@corp.test'] = DAMAGE.none
    await using one = await proving(host, [mailbox(host, 'ann')])
    await host.dovecot.stop()
    await prove(one.tools, one.mailing)
    expect(await standing(one)).toMatchObject({ state: 'proving', report: expect.stringMatching(/ECONNREFUSED/) })
    await using again = await openDovecot(host.dir, { port: host.imap, users: USERS, quota: 400 })
    expect(again.port).toBe(host.imap)
    one.house.clock.at += 2 * MINUTE
    await judgedIn(one)
    expect(await standing(one)).toMatchObject({ state: 'scheduled', proofs: [{ state: 'sound' }] })
  })
})

const tokenOf = ({ house, mailing }: Proving): string =>
  house.tools.tokens.unsubscribe({ list: 1, subscriber: 5, mailing, test: true })
