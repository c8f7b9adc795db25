import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type InboxOptions, openInbox, openLane, parseRoute, readInbox } from '../../src/mail/index.ts'

const mail = (subject: string, body = 'Dear Ann,\r\n') => Buffer.from(`Subject: ${subject}\r\nFrom: GLL\r\n\r\n${body}`)
const envelope = (to: string) => ({ from: 'b-1@bounce.example', to })
const yes = async () => true

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'gll-inbox-'))
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) }
}

/** An inbox in a folder of its own, and a lane into it. */
async function inboxAndLane(options: Partial<InboxOptions> & { dir: string }) {
  const inbox = await openInbox({ port: 0, ...options })
  const lane = await openLane(parseRoute(inbox.url, { ehloName: 'mail.example.org' }))
  const close = async () => {
    await lane.close()
    await inbox.close()
  }
  return { inbox, lane, close, [Symbol.asyncDispose]: close }
}

describe('the local inbox', () => {
  test('keeps what it took, newest first, with its bytes as they came', async () => {
    await using place = await folder()
    await using it = await inboxAndLane(place)
    const odd = mail('Odd', '.a dot\r\n..two\r\n.\r\n=C3=BC\r\n')
    expect(await it.lane.submit(envelope('ann@example.org'), mail('One'), yes)).toMatchObject({
      kind: 'accepted',
      reply: { code: 250, enhanced: '2.0.0' },
    })
    await it.lane.submit(envelope('bob@example.org'), odd, yes)
    const [second, first] = it.inbox.list()
    expect(first).toMatchObject({ to: 'ann@example.org', from: 'b-1@bounce.example', subject: 'One' })
    expect(second).toMatchObject({ to: 'bob@example.org', subject: 'Odd', size: odd.length })
    expect(Math.abs((second?.at ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(await it.inbox.get(second?.id ?? '')).toEqual(odd)
    expect(it.inbox.list(1)).toEqual([second])
  })

  test('offers what a lane likes to have', async () => {
    await using place = await folder()
    await using it = await inboxAndLane(place)
    expect([...it.lane.offers.extensions]).toEqual(
      expect.arrayContaining(['PIPELINING', 'SIZE', '8BITMIME', 'SMTPUTF8']),
    )
    const outcome = await it.lane.submit(envelope('用户@example.org'), mail('Hello'), yes)
    expect(outcome.kind).toBe('accepted')
    expect(it.inbox.list()[0]?.to).toBe('用户@example.org')
  })

  test('knows no mailbox at .invalid, and goes on', async () => {
    await using place = await folder()
    await using it = await inboxAndLane(place)
    for (const to of ['ann@example.invalid', 'ann@invalid', 'ann@EXAMPLE.INVALID']) {
      expect(await it.lane.submit(envelope(to), mail('No'), yes)).toMatchObject({
        kind: 'rejected',
        class: 'hard',
        reply: { code: 550, enhanced: '5.1.2' },
      })
    }
    expect(await it.lane.submit(envelope('ann@invalid.example'), mail('Yes'), yes)).toMatchObject({ kind: 'accepted' })
    expect(it.inbox.list()).toHaveLength(1)
  })

  test('refuses whom it is told to refuse', async () => {
    await using place = await folder()
    await using it = await inboxAndLane({ ...place, refuse: (address) => address.startsWith('gone') })
    expect((await it.lane.submit(envelope('gone@example.org'), mail('No'), yes)).kind).toBe('rejected')
    expect((await it.lane.submit(envelope('ann@example.invalid'), mail('Yes'), yes)).kind).toBe('accepted')
  })

  test('keeps nothing of a message whose dot never came', async () => {
    await using place = await folder()
    const it = await inboxAndLane(place)
    expect(await it.lane.submit(envelope('ann@example.org'), mail('No'), async () => false)).toEqual({
      kind: 'withheld',
    })
    await it.close()
    expect(it.inbox.list()).toEqual([])
    expect(await readdir(place.dir)).toEqual([])
  })

  test('survives a restart, numbers on, and sweeps up what a killed process left half written', async () => {
    await using place = await folder()
    const before = await inboxAndLane(place)
    for (const n of [1, 2, 3]) await before.lane.submit(envelope(`r${n}@example.org`), mail(`Number ${n}`), yes)
    await before.close()
    await writeFile(join(place.dir, '00000004-20260101T000000000Z.part'), 'half')
    await writeFile(join(place.dir, 'notes.eml'), 'not ours')
    await using it = await inboxAndLane(place)
    expect(it.inbox.list()).toEqual(before.inbox.list())
    await it.lane.submit(envelope('r4@example.org'), mail('Number 4'), yes)
    expect(it.inbox.list().map(({ subject }) => subject)).toEqual(['Number 4', 'Number 3', 'Number 2', 'Number 1'])
    expect(it.inbox.list()[0]?.id).toMatch(/^00000004-/)
    expect((await readdir(place.dir)).filter((name) => name.endsWith('.part'))).toEqual([])
    expect((await readInbox(place.dir)).list()).toEqual(it.inbox.list())
  })

  test('can be looked into by another process without being disturbed', async () => {
    await using place = await folder()
    await writeFile(join(place.dir, '00000001-20260101T000000000Z.part'), 'being written')
    expect((await readInbox(place.dir)).list()).toEqual([])
    expect(await readdir(place.dir)).toHaveLength(1)
  })

  test('writes files that a mail reader opens: the envelope stands in header lines', async () => {
    await using place = await folder()
    await using it = await inboxAndLane(place)
    await it.lane.submit(envelope('ann@example.org'), mail('One'), yes)
    const file = await readFile(join(place.dir, `${it.inbox.list()[0]?.id}.eml`), 'utf8')
    expect(file).toBe(`Return-Path: <b-1@bounce.example>\r\nX-Envelope-To: ann@example.org\r\n${mail('One')}`)
  })

  test.each([
    ['=?utf-8?Q?R=C3=A9union_=E2=80=93_demain?=', 'Réunion – demain'],
    ['=?UTF-8?B?0KDQvtGB0YHQuNGP?=', 'Россия'],
    ['=?utf-8?Q?one?=\r\n =?utf-8?Q?_two?=', 'one two'],
    ['plain\r\n and folded', 'plain and folded'],
    ['=?x-unknown?Q?a?= stays', '=?x-unknown?Q?a?= stays'],
    ['', ''],
  ])('shows the subject %j as %j', async (subject, shown) => {
    await using place = await folder()
    await using it = await inboxAndLane(place)
    await it.lane.submit(envelope('ann@example.org'), mail(subject), yes)
    expect(it.inbox.list()[0]?.subject).toBe(shown)
    expect((await readInbox(place.dir)).list()[0]?.subject).toBe(shown)
  })

  test.each(['../../etc/passwd', '', 'x', '00000001-20260101T000000000Z'])(
    'has nothing under the id %j',
    async (id) => {
      await using place = await folder()
      await using it = await inboxAndLane(place)
      expect(await it.inbox.get(id)).toBeNull()
    },
  )

  test('says so when its port is taken', async () => {
    await using place = await folder()
    await using it = await inboxAndLane(place)
    const port = Number(new URL(it.inbox.url).port)
    await expect(openInbox({ dir: place.dir, port })).rejects.toMatchObject({ code: 'COMPLAINT', exit: 3 })
  })

  test('keeps up with twenty lanes: a thousand messages, each kept once', async () => {
    await using place = await folder()
    await using inbox = await openInbox({ ...place, port: 0 })
    const route = parseRoute(inbox.url, { ehloName: 'mail.example.org' })
    let n = 0
    const one = async () => {
      await using lane = await openLane(route)
      while (n < 1_000) {
        n += 1
        const outcome = await lane.submit(envelope(`r${n}@example.org`), mail('Many', 'x\r\n'.repeat(7_000)), yes)
        expect(outcome.kind).toBe('accepted')
      }
    }
    await Promise.all(Array.from({ length: 20 }, one))
    expect(new Set(inbox.list().map(({ to }) => to)).size).toBe(1_000)
    expect(inbox.list()).toHaveLength(1_000)
  })
})
