/** Messages to one through the API of a real `gll serve`: taken, gated, delivered once, told of. */
import { createHmac } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { readConfig } from '../../src/config.ts'
import { hookKey } from '../../src/publishing/index.ts'
import { askerOf } from './asker.ts'
import { openStage, type Stage, startServe, until } from './stage.ts'

interface Told {
  readonly id: string
  readonly event: string
}

/** A receiver of web hooks that keeps what was signed for it, and is down for the first `down` posts. */
async function openHook(secret: string, down: number) {
  const told: Told[] = []
  let seen = 0
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    const [, time, mac] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(request.headers['gll-signature'])) ?? []
    const key = Buffer.from(hookKey(readConfig({ SECRET_KEY: secret })), 'hex')
    const right = createHmac('sha256', key).update(`${time}.${body}`).digest('hex') === mac
    seen += 1
    if (seen > down && right) told.push(JSON.parse(body))
    response.writeHead(seen > down ? 204 : 503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    told,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const SECRET = 'k'.repeat(32)

/** A template with a link that everybody gets, and one made of the data. */
const TEMPLATE = (site: string): string =>
  `---\nsubject: Your place at {{event}}\nlanguage: en\ndefaults: { name: Colleague }\n---\n` +
  `Dear {{name}},\n\nyour place at {{event}} is kept: see the [guide](${site}guide) and [your place](${site}places/{{code}}).\n`

async function asker(stage: Stage) {
  const ask = await askerOf(stage, 'messages')
  return (path: string, body?: object, more?: Record<string, string>) =>
    ask(body === undefined ? 'GET' : 'POST', path, body, more)
}

test('a message is taken once, passes the gate with its data, arrives, and is told of', async () => {
  await using hook = await openHook(SECRET, 0)
  await using stage = await openStage({ env: { SECRET_KEY: SECRET, MESSAGE_WEBHOOK: hook.url } })
  const dir = join(stage.dir, 'messages')
  mkdirSync(dir)
  writeFileSync(join(dir, 'place.md'), TEMPLATE(stage.site.url('/')))
  stage.site.set('/guide', {})
  stage.site.set('/places/1a', {})
  stage.site.set('/places/1b', {})
  await using _serve = await startServe(stage, { env: { MESSAGES_DIR: dir } })
  const ask = await asker(stage)
  const order = { template: 'place', to: 'ann@reader.test', data: { name: 'Ann', event: 'Geneva', code: '1a' } }

  const taken = await ask('/messages', order, { 'idempotency-key': 'order-1' })
  expect(taken).toMatchObject({ status: 202, body: { id: '1-1' } })
  const again = await ask('/messages', order, { 'idempotency-key': 'order-1' })
  expect(again).toMatchObject({ status: 202, body: { id: '1-1' } })
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect((await ask('/messages', { ...order, to: 'bob@reader.test' }, { 'idempotency-key': 'order-1' })).status).toBe(
    409,
  )

  await until(async () => (await ask('/messages/1-1')).body.state === 'accepted', 'the message')
  expect((await ask('/messages/1-1')).body).toMatchObject({ id: '1-1', reply: expect.stringMatching(/^250/) })
  expect(stage.sink.messages).toHaveLength(1)
  const mail = await simpleParser(stage.sink.messages[0]?.raw ?? '')
  expect(mail.text).toContain('Dear Ann,')
  expect(mail.text).toContain(`${stage.site.url('/places/1a')}`)
  expect(mail.html).toContain('Your place at Geneva')
  expect(stage.sink.messages[0]?.raw.toString()).not.toMatch(/^List-Unsubscribe:/im)
  expect(stage.sink.messages[0]?.raw.toString()).toMatch(/^Auto-Submitted: auto-generated/im)
  await until(() => hook.told.length > 0, 'the web hook')
  expect(hook.told).toEqual([{ id: '1-1', event: 'accepted', at: expect.any(String), reply: expect.any(String) }])

  // What the data brings is judged each time, what everybody gets was judged a moment ago.
  const guides = () => stage.site.requests.filter(({ path }) => path === '/guide').length
  const before = guides()
  const dead = await ask('/messages', { ...order, data: { ...order.data, code: 'nowhere' } })
  expect(dead).toMatchObject({
    status: 422,
    body: { faults: [{ rule: 'dead-link', link: stage.site.url('/places/nowhere') }] },
  })
  expect(
    (await ask('/messages', { ...order, to: 'cem@reader.test', data: { ...order.data, code: '1b' } })).status,
  ).toBe(202)
  expect(guides()).toBe(before)

  expect((await ask('/messages', { ...order, data: { event: 'Geneva' } })).body.title).toMatch(
    /no value for \{\{code\}\}/,
  )
  expect((await ask('/messages', { ...order, data: { ...order.data, evnet: '' } })).body.title).toMatch(
    /no field evnet/,
  )
  expect((await ask('/messages', { ...order, to: 'no address' })).status).toBe(422)
  expect((await ask('/messages', { ...order, template: 'other' })).status).toBe(404)
  expect((await ask('/messages', { ...order, template: '../place' })).status).toBe(400)
  expect((await ask('/mailings')).status).toBe(403)

  await stage.gll.run('subscriber', 'erase', 'ann@reader.test')
  expect((await ask('/messages', order)).body.title).toMatch(/asked to be forgotten/)
  await stage.gll.run('suppress', 'dia@reader.test')
  const { body } = await ask('/messages', { ...order, to: 'dia@reader.test' })
  await until(async () => (await ask(`/messages/${body.id}`)).body.state === 'suppressed', 'the suppression')
  await until(() => hook.told.length === 3, 'the other events')
  expect(hook.told.map(({ event }) => event).sort()).toEqual(['accepted', 'accepted', 'suppressed'])
})

test('a template with a dead link sends nothing, and does once it is mended', async () => {
  await using stage = await openStage()
  const dir = join(stage.dir, 'messages')
  mkdirSync(dir)
  const write = (link: string) =>
    writeFileSync(
      join(dir, 'plain.fr.md'),
      `---\nsubject: Bonjour\nlanguage: fr\n---\nVoici le [guide](${stage.site.url(link)}).\n`,
    )
  write('/gone')
  await using _serve = await startServe(stage, { env: { MESSAGES_DIR: dir } })
  const ask = await asker(stage)
  const order = { template: 'plain', to: 'ann@reader.test', language: 'fr-CH' }
  expect(await ask('/messages', order)).toMatchObject({ status: 422, body: { faults: [{ rule: 'dead-link' }] } })
  write('/')
  expect((await ask('/messages', order)).status).toBe(202)
  await until(() => stage.sink.messages.length === 1, 'the message')
})

test('gll send --to sends a test copy of a letter to a list, and a message of one that names none', async () => {
  await using stage = await openStage()
  const link = stage.site.url('/')
  const letter = stage.file(
    'letter.md',
    `---\nsubject: News\nlist: members\n---\nDear {{name}}, see [the news](${link}).\n`,
  )
  await using _serve = await startServe(stage)
  expect((await stage.gll.run('send', letter, '--to', 'me@team.test')).out).toMatch(/^mailing 1/)
  await until(() => stage.sink.messages.length === 1, 'the test copy')
  const copy = stage.sink.messages[0]?.raw.toString() ?? ''
  expect(stage.sink.messages[0]?.to).toEqual(['me@team.test'])
  const token = /^List-Unsubscribe:.*\/u\/([a-z2-7]+)>/im.exec(copy.replace(/\r\n[ \t]+/g, ''))?.[1]
  expect(
    (
      await fetch(`${stage.web}/u/${token}`, {
        method: 'POST',
        body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
      })
    ).status,
  ).toBe(200)
  expect((await stage.gll.run('list', 'show')).out).not.toContain('members')

  const place = stage.file('place.md', `---\nsubject: Your place at {{event}}\n---\nSee [the news](${link}).\n`)
  expect((await stage.gll.run('send', place, '--to', 'ann@reader.test', '--data', 'event=Geneva')).out).toMatch(
    /^message 2-1/,
  )
  await until(() => stage.sink.messages.length === 2, 'the message')
  expect(stage.sink.messages[1]?.raw.toString()).toMatch(/^Subject: Your place at Geneva/m)
  // What is right for one person now is known to whoever wrote to them.
  for (const [mailing, kind] of [
    ['1', 'test'],
    ['2', 'message'],
  ] as const) {
    const refused = await stage.gll.run('correct', mailing, '--link', `${link}=${stage.site.url('/new')}`, '--yes', '1')
    expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining(`is a ${kind} to one: no corrigendum`) })
  }
  expect(await stage.gll.run('send', place, '--to', 'ann@reader.test')).toMatchObject({
    exit: 2,
    err: expect.stringContaining('{{event}}'),
  })
  const dead = stage.file('dead.md', `---\nsubject: News\n---\nSee [the news](${stage.site.url('/gone')}).\n`)
  expect(await stage.gll.run('send', dead, '--to', 'ann@reader.test')).toMatchObject({
    exit: 2,
    err: expect.stringContaining('404'),
  })
  expect(stage.sink.messages).toHaveLength(2)
})
