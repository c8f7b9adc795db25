import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInbox, openLane, openMailbox, parseRoute } from '../../src/mail/index.ts'

const inboxDir = '/nowhere'
const nothing = { token: 'abcdefgh', messageId: '<none@a.test>', since: 0 }

test.each([
  ['imaps://ann%40corp.test:pass@mail.corp.test', 'ann@corp.test', 'ann@corp.test (mail.corp.test)'],
  ['imaps://ann:p%40ss@mail.corp.test:1993?address=ann@corp.test', 'ann@corp.test', 'ann@corp.test (mail.corp.test)'],
  ['imap://ann:pass@127.0.0.1:1143?address=ann@corp.test', 'ann@corp.test', 'ann@corp.test (127.0.0.1)'],
  ['inbox', 'seed@inbox.test', 'seed@inbox.test (the local inbox)'],
  ['inbox:seed@gll.test', 'seed@gll.test', 'seed@gll.test (the local inbox)'],
])('%s is a mailbox', (text, address, name) => {
  expect(openMailbox(text, { inboxDir })).toMatchObject({ address, name })
})

test.each([
  ['imaps://mail.corp.test', /no user or no password/],
  ['imaps://ann:secret-word@mail.corp.test', /does not say which address/],
  ['imaps://ann:secret-word@mail.corp.test?address=a@x,b@y', /does not say which address/],
  ['imaps://ann:secret-word%ZZ@mail.corp.test?address=a@x.test', /not percent-encoded/],
  ['smtp://ann:secret-word@mail.corp.test', /not the address of a mailbox/],
])('%s is none, and the complaint does not show the password', (text, fault) => {
  let complaint: { message?: string; exit?: number; remedy?: string } = {}
  try {
    openMailbox(text, { inboxDir })
  } catch (error) {
    complaint = error as typeof complaint
  }
  expect(complaint.message).toMatch(fault)
  expect(complaint.exit).toBe(3)
  expect(`${complaint.message}${complaint.remedy}`).not.toContain('secret-word')
})

test('a mail server that is not there is told, and nothing is thrown', async () => {
  const mailbox = openMailbox('imap://ann:secret-word@127.0.0.1:1?address=ann@corp.test', { inboxDir })
  const sought = await mailbox.seek(nothing)
  expect(sought).toMatchObject({ kind: 'closed', why: expect.stringContaining('ECONNREFUSED') })
  expect(JSON.stringify(sought)).not.toContain('secret-word')
})

test('in the local inbox a copy is found by its token, also where it is folded, or by its Message-ID; no other is', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gll-mailbox-'))
  await using inbox = await openInbox({ dir, port: 0 })
  const lane = await openLane(parseRoute(inbox.url, { ehloName: 'a.test' }))
  const mail = (id: string, unsubscribe: string): Buffer =>
    Buffer.from(`Message-ID: <${id}@a.test>\r\nList-Unsubscribe: <${unsubscribe}>\r\nSubject: x\r\n\r\nwords\r\n`)
  const to = 'seed@inbox.test'
  for (const bytes of [mail('one', 'https://a.test/u/one\r\n token'), mail('two', 'https://a.test/u/two-token')]) {
    await lane.submit({ from: 'a@a.test', to }, bytes, async () => true)
  }
  await lane.submit(
    { from: 'a@a.test', to: 'reader@a.test' },
    mail('three', 'https://a.test/u/three'),
    async () => true,
  )
  await lane.close()
  const mailbox = openMailbox('inbox', { inboxDir: dir })
  expect(await mailbox.seek({ ...nothing, token: 'onetoken' })).toMatchObject({ kind: 'found', folder: 'INBOX' })
  expect(await mailbox.seek({ ...nothing, messageId: '<two@a.test>' })).toMatchObject({ kind: 'found' })
  expect(await mailbox.seek({ ...nothing, token: 'three' })).toEqual({ kind: 'absent', why: null })
  expect(await mailbox.seek({ ...nothing, token: 'two-token', since: Date.now() + 3 * 86_400_000 })).toMatchObject({
    kind: 'absent',
  })
  rmSync(dir, { recursive: true, force: true })
})
