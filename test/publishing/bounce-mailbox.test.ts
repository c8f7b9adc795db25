/** The mailbox that reports come to, at a real dovecot: what is in it is taken once, and nothing is lost. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../scripts/servers/port.ts'
import { openReports } from '../../src/mail/index.ts'
import { areReportsDue, takeBounce, takeReports } from '../../src/publishing/index.ts'
import { haveDovecot, MAIL_UID, openDovecot } from '../support/dovecot.ts'
import { counts, deliverDue, type House, openHouse, reader, running } from './house.ts'

const suite = haveDovecot() ? describe : describe.skip

/** A mailing that everybody has, and a mailbox; `put` leaves a message in it, `folder` counts what a folder holds. */
async function opened() {
  await using stack = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'gll-reports-'))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const port = await freePort()
  const dovecot = stack.use(await openDovecot(dir, { port, users: { reports: 'secret word' }, quota: 100_000 }))
  const url = `imap://reports:secret%20word@127.0.0.1:${port}`
  const env = { BOUNCE_DOMAIN: 'bounces.gll.test', BOUNCE_MAILBOX: url }
  const house = stack.use(await openHouse({ env }))
  const mailing = await running(house)
  await deliverDue(house)
  const maildir = join(dir, 'mail', 'reports', 'Maildir')
  for (const path of ['', 'new', 'cur', 'tmp']) {
    mkdirSync(join(maildir, path), { recursive: true })
    chownSync(join(maildir, path), MAIL_UID, MAIL_UID)
  }
  chownSync(join(dir, 'mail', 'reports'), MAIL_UID, MAIL_UID)
  let number = 0
  const owned = stack.move()
  return {
    house,
    mailing,
    url,
    dovecot,
    put(raw: string): void {
      number += 1
      const path = join(maildir, 'new', `${number}.a.test`)
      writeFileSync(path, raw)
      chownSync(path, MAIL_UID, MAIL_UID)
    },
    /** A file stands where the folder would be. */
    block: (name: string): void => writeFileSync(join(maildir, `.${name}`), ''),
    folder(name: string): number {
      const at = name === 'INBOX' ? maildir : join(maildir, `.${name}`)
      try {
        return ['new', 'cur'].flatMap((sub) => readdirSync(join(at, sub))).length
      } catch {
        return 0
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const senderOf = (house: House, n: number): string =>
  house.sink.messages.findLast((message) => message.to[0] === reader(n))?.from ?? ''

const failed = (house: House, n: number): string => `Return-Path: <>
From: MAILER-DAEMON@mx.test
To: ${senderOf(house, n)}
Subject: Undelivered Mail Returned to Sender

<${reader(n)}>: host mx.test[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO command)
`

suite('the mailbox that reports come to', () => {
  test('reports are taken and moved, other mail is put aside for people, and each counts once', async () => {
    await using at = await opened()
    const { house } = at
    at.put(failed(house, 1))
    at.put(`From: ann@a.test\nTo: ${senderOf(house, 2)}\nSubject: a question\n\nWhen is the next one?\n`)
    at.put(
      `From: ann@a.test\nTo: ${senderOf(house, 2)}\nSubject: Automatic reply\nAuto-Submitted: auto-replied\n\nAway.\n`,
    )
    at.put(`${failed(house, 3)}${'x'.repeat(6_000_000)}`)
    expect(await areReportsDue(house.tools)).toBe(true)
    expect(await takeReports(house.tools)).toBe(3)
    expect(await areReportsDue(house.tools)).toBe(false)
    expect([at.folder('INBOX'), at.folder('Reports'), at.folder('Other')]).toEqual([0, 3, 1])
    expect(await counts(house, at.mailing)).toEqual({ accepted: 2, bounced: 2 })
    house.clock.at += 60_000
    expect(await areReportsDue(house.tools)).toBe(true)
    expect(await takeReports(house.tools)).toBe(0)
  })

  test('whoever is killed between the commit and the move takes the message again, and nothing counts twice', async () => {
    await using at = await opened()
    const { house } = at
    at.put(failed(house, 1))
    at.put(failed(house, 2))
    const cut = await openReports(at.url).poll(async (raw) => {
      await takeBounce(house.tools, raw, { who: 'test' })
      throw new Error('killed')
    })
    expect(cut).toEqual({ taken: 0, why: expect.stringContaining('killed') })
    expect([at.folder('INBOX'), await counts(house, at.mailing)]).toEqual([2, { accepted: 3, bounced: 1 }])
    // Two hosts at once: where both take a message, both may put a copy away; it counts once.
    await Promise.all([takeReports(house.tools), takeReports(house.tools)])
    expect(at.folder('INBOX')).toBe(0)
    expect(at.folder('Reports')).toBeGreaterThanOrEqual(2)
    expect(await counts(house, at.mailing)).toEqual({ accepted: 2, bounced: 2 })
  })

  test('where nothing can be moved a message is marked instead, and neither counts again nor stands in the way', async () => {
    await using at = await opened()
    const { house } = at
    at.block('Reports')
    at.put(failed(house, 1))
    at.put(failed(house, 2))
    expect(await takeReports(house.tools)).toBe(2)
    expect(await takeReports(house.tools)).toBe(0)
    expect([at.folder('INBOX'), await counts(house, at.mailing)]).toEqual([2, { accepted: 2, bounced: 2 }])
  })

  test('a mailbox that cannot be asked is told without its password, and asked again', async () => {
    await using at = await opened()
    at.put(failed(at.house, 1))
    await at.dovecot.stop()
    expect(await takeReports(at.house.tools)).toBe(0)
    const told = at.house.logged.filter(({ event }) => event === 'bounce-mailbox-closed')
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told)).not.toContain('secret')
    expect(at.folder('INBOX')).toBe(1)
  })
})
