/**
 * A real relay and real mailboxes: Debian's postfix, which greylists by a policy service of the test's, delivers into
 * Maildirs, and sends a report on a user it does not know back to our envelope sender.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../scripts/servers/port.ts'
import { openLane, parseRoute } from '../../src/mail/index.ts'
import { takeBounce } from '../../src/publishing/index.ts'
import { havePostfix, openPostfix } from '../support/postfix.ts'
import { openSink } from '../support/smtp.ts'
import { addPeople, counts, deliverDue, header, openHouse, person, running } from './house.ts'

const MINUTE = 60_000
const suite = havePostfix() || process.env.CI ? describe : describe.skip

/** Turns away the first try of each sender and recipient together, as greylisting does, and knows how often each came. */
async function openGreylist(): Promise<AsyncDisposable & { port: number; tries: Map<string, number> }> {
  const tries = new Map<string, number>()
  const server = createServer((socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      text += bytes
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const asked = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => line.split('=', 2)),
        ) as Record<string, string>
        text = text.slice(end + 2)
        const triplet = `${asked.sender} ${asked.recipient}`
        const times = (tries.get(triplet) ?? 0) + 1
        tries.set(triplet, times)
        socket.write(`action=${times === 1 ? 'DEFER 4.7.1 Greylisted, come back in five minutes' : 'DUNNO'}\n\n`)
      }
    })
  })
  const port = await portOf(server)
  return {
    port,
    tries,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function until(so: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !so(); await wait(50))
    if (Date.now() > end) throw new Error(`${what} did not come`)
}

suite('over postfix into mailboxes (needs postfix, which root installs)', () => {
  test('greylisted people are deferred and have it at the retry; a report that comes back says who was not there', async () => {
    await using stack = new AsyncDisposableStack()
    const dir = mkdtempSync(join(tmpdir(), 'gll-relay-'))
    stack.defer(() => rmSync(dir, { recursive: true, force: true }))
    const greylist = stack.use(await openGreylist())
    const returns = stack.use(await openSink())
    const users = ['ann', 'bob']
    const options = { smtp: await freePort(), policy: greylist.port, users, onward: returns.port }
    const postfix = stack.use(await openPostfix(dir, options))
    const house = stack.use(await openHouse({ people: 0, env: { BOUNCE_DOMAIN: 'bounces.gll.test' } }))
    const people = [...users, 'gone'].map((name) => person(house.tools, `${name}@corp.test`, { name }))
    await addPeople(house.tools, people)
    const tools = { ...house.tools, openLane: () => openLane(parseRoute(postfix.url, { ehloName: 'gll.test' })) }

    const mailing = await running(house)
    await deliverDue(house, tools)
    expect(await counts(house, mailing)).toEqual({ deferred: 3 })
    expect([...greylist.tries.values()]).toEqual([1, 1, 1])
    house.clock.at += 4 * MINUTE
    expect(await deliverDue(house, tools)).toBe(0)
    house.clock.at += 3 * MINUTE
    await deliverDue(house, tools)
    expect(await counts(house, mailing)).toEqual({ accepted: 3 })
    // The same sender for the same recipient, or a greylist begins anew.
    expect([...greylist.tries.values()]).toEqual([2, 2, 2])

    const inbox = (user: string): string[] => {
      try {
        return readdirSync(join(dir, 'mail', user, 'Maildir', 'new'))
      } catch {
        return []
      }
    }
    await until(
      () => users.every((user) => inbox(user).length === 1) && returns.messages.length === 1,
      'mail and report',
    )
    for (const user of users) {
      const raw = readFileSync(join(dir, 'mail', user, 'Maildir', 'new', inbox(user)[0] ?? ''))
      // A Maildir has the line ends of its system.
      const onTheWire = Buffer.from(raw.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
      expect(header(onTheWire, 'To')).toContain(`${user}@corp.test`)
      expect(header(onTheWire, 'Return-Path')).toMatch(/^<b-[a-z2-7-]+@bounces\.gll\.test>$/)
    }
    const [report] = returns.messages
    const news = await takeBounce(tools, report?.raw ?? Buffer.alloc(0), { recipient: report?.to[0], who: 'test' })
    expect(news.report).toMatchObject({ kind: 'bounce', recipients: [{ status: expect.stringMatching(/^5\.1\.1$/) }] })
    expect(await counts(house, mailing)).toEqual({ accepted: 2, bounced: 1 })
    expect((await house.ledger.subscriber({ key: 'gone@corp.test' }))?.suppressed).not.toBeNull()
    expect((await house.ledger.survey({ list: 'members' }))?.people).toBe(2)
    for (const user of users) expect(inbox(user)).toHaveLength(1)
  })
})
