import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { read } from '../../src/edition/index.ts'
import { missing } from '../../src/links/index.ts'
import { hookKey, tellTeam } from '../../src/publishing/index.ts'
import { DAY, gone, HOUR, MINUTE, sent } from './broken.ts'
import { type House, header, insteadOfReport, letter, openHouse } from './house.ts'
import { pass, throughDeaths, turn } from './turn.ts'

const TEAM = { NOTICE_TO: 'team@gll.test, boss@gll.test' }

const told = ({ sink }: House, to = 'team@gll.test') => sink.messages.filter((message) => message.to.includes(to))
const subjects = (house: House): string[] => told(house).map(({ raw }) => header(raw, 'Subject'))

test('a link that fails is told at ALERT_AFTER, once, with how many hold it and what will happen when', async () => {
  await using house = await openHouse({ env: TEAM })
  await sent(house, letter(house))
  await pass(house, HOUR)
  expect(told(house)).toEqual([])
  house.site.set('/report', gone)
  await pass(house, 3 * HOUR)
  const alerts = told(house).filter(({ raw }) => header(raw, 'Subject').endsWith('fails'))
  expect(alerts).toHaveLength(1)
  const text = alerts[0]?.raw.toString() ?? ''
  expect(text).toContain('4 people hold it')
  expect(text).toMatch(/counts as dead if it still fails at \d+ \w+ \d{4}/)
  expect(text).toMatch(/gll links 1/)
})

test('before a corrigendum leaves, everybody in the team is told to how many, when, and how to stop it', async () => {
  await using house = await openHouse({ env: TEAM })
  await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  house.site.set('/report', gone)
  await pass(house, 2 * HOUR + 30 * MINUTE)
  const [notice] = told(house).filter(({ raw }) =>
    header(raw, 'Subject').startsWith('A corrigendum to 4 people leaves at'),
  )
  expect(notice?.raw.toString()).toMatch(/gll veto \d+/)
  expect(told(house, 'boss@gll.test').length).toBe(told(house).length)
  // It takes the same route as any mail of ours: both parts, read back, with nothing missing and no dead link in it.
  for (const { raw } of told(house)) {
    const copy = await read(raw, 'notice.eml')
    expect(copy.parts.map(({ part }) => part).toSorted()).toEqual(['html', 'text'])
    expect(copy.links).toEqual([])
    expect(missing(copy, { ours: false }).faults).toEqual([])
    expect(header(raw, 'List-Unsubscribe')).toBe('')
  }
})

test('what is asked is asked again every day, until it is answered', async () => {
  await using house = await openHouse({ env: TEAM })
  const mailing = await sent(house, letter(house))
  house.site.set('/report', gone)
  await pass(house, 3 * HOUR)
  const asks = () => subjects(house).filter((subject) => subject.includes('what should take its place'))
  expect(asks()).toHaveLength(1)
  await pass(house, 2 * DAY)
  expect(asks()).toHaveLength(3)
  expect(
    asks()
      .slice(1)
      .every((subject) => subject.startsWith('Reminder: ')),
  ).toBe(true)
  const link = (await house.ledger.watched({ mailing })).find((w) => w.state === 'dead')?.link ?? 0
  expect(
    told(house)
      .map(({ raw }) => raw.toString())
      .join(''),
  ).toContain(`gll correct ${mailing} --link ${link}`)
  await house.ledger.answerDead({ mailing, links: [link], answer: 'vetoed', corrigendum: null })
  await pass(house, 3 * DAY)
  expect(asks()).toHaveLength(3)
})

test('without NOTICE_TO nobody is mailed, and what is asked stands in the ledger', async () => {
  await using house = await openHouse()
  await sent(house, letter(house))
  house.site.set('/report', gone)
  await pass(house, 2 * DAY)
  expect(house.sink.messages).toHaveLength(4)
  expect((await house.ledger.noticesOf({ mailing: null })).map((notice) => notice.kind)).toEqual(['asked'])
})

test('a page that turns our looks away is told once, and is never dead', async () => {
  await using house = await openHouse({ env: TEAM })
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  await pass(house, HOUR)
  house.site.set('/report', { status: 403 })
  await pass(house, 8 * DAY)
  expect(subjects(house)).toHaveLength(1)
  expect(told(house)[0]?.raw.toString()).toContain('turns our looks away')
  expect((await house.ledger.watched({ mailing })).map((w) => w.state).toSorted()).toEqual(['alert', 'alive', 'alive'])
  expect(await house.ledger.corrigendaOf({ mailing })).toEqual([])
})

test('a host that fails as a whole is told once; its links die by themselves only where its home page lives', async () => {
  await using house = await openHouse({ env: TEAM })
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  await pass(house, HOUR)
  for (const path of ['/', '/report', '/stories', '/toolkit']) house.site.set(path, gone)
  await pass(house, 26 * HOUR)
  expect((await house.ledger.watched({ mailing })).every((w) => w.state === 'alert')).toBe(true)
  expect(subjects(house).filter((subject) => subject.includes('fails as a whole'))).toHaveLength(1)
  expect(await house.ledger.corrigendaOf({ mailing })).toEqual([])
  // The site is back, but for one page: that one is judged alone.
  for (const path of ['/', '/stories', '/toolkit']) house.site.set(path, {})
  await pass(house, 2 * DAY)
  expect((await house.ledger.watched({ mailing })).map((w) => w.state).toSorted()).toEqual(['alive', 'alive', 'dead'])
  expect(await house.ledger.corrigendaOf({ mailing })).toHaveLength(1)
})

test('a letter with a subject and addresses full of signs is told all the same', async () => {
  await using house = await openHouse({ env: TEAM })
  const page = '/odd_page*%60%281%29?a=b&c=_d_'
  house.site.set(page, {})
  house.site.set('/odd_page*%60%281%29', {})
  const text = letter(house, '', `See the [odd page](${house.site.url(page)}).`).replace(
    'Two new reports',
    '"Two *new* _reports_: `all` [of] them <now>"',
  )
  await sent(house, text)
  for (const path of [page, '/odd_page*%60%281%29', '/report']) house.site.set(path, gone)
  await pass(house, 3 * HOUR)
  expect(told(house).length).toBeGreaterThan(1)
  expect(house.logged.map(({ event }) => event)).not.toContain('notice-refused')
})

test('a worker that dies at any word of telling tells once', async () => {
  await using house = await openHouse({ env: TEAM })
  const notice = {
    topic: 'a',
    kind: 'alert',
    mailing: null,
    link: null,
    subject: 'Something',
    body: 'Look.',
    facts: {},
    remind: false,
  }
  await house.ledger.putNotice({ notice, now: house.clock.at })
  await house.ledger.putNotice({ notice, now: house.clock.at })
  expect(await throughDeaths(house.tools, tellTeam)).toBeGreaterThan(4)
  await turn(house)
  expect(subjects(house)).toEqual(['Something'])
})

/** A chat tool that keeps what it is posted, and answers as it is told. */
async function openHook(answers: number[]) {
  const posts: { body: string; signature: string }[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    posts.push({ body: Buffer.concat(parts).toString(), signature: String(request.headers['gll-signature']) })
    response.writeHead(answers.shift() ?? 204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    posts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('the web hook gets the same as signed JSON, and again by the clock of the ledger while it fails', async () => {
  await using hook = await openHook([500, 503, 204])
  await using house = await openHouse({ env: { NOTICE_WEBHOOK: hook.url } })
  const notice = {
    topic: 'a',
    kind: 'asked',
    mailing: null,
    link: null,
    subject: 'A link',
    body: 'Look.',
    facts: { holders: 4 },
    remind: false,
  }
  await house.ledger.putNotice({ notice, now: house.clock.at })
  await turn(house)
  expect(hook.posts).toHaveLength(1)
  await turn(house)
  expect(hook.posts).toHaveLength(1)
  house.clock.at += MINUTE
  await turn(house)
  house.clock.at += 5 * MINUTE
  await turn(house)
  house.clock.at += DAY
  await turn(house)
  expect(hook.posts).toHaveLength(3)
  const { body, signature } = hook.posts[2] ?? { body: '', signature: '' }
  expect(JSON.parse(body)).toMatchObject({ id: 1, kind: 'asked', subject: 'A link', text: 'Look.', holders: 4 })
  const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  const key = Buffer.from(hookKey(house.config), 'hex')
  expect(mac).toBe(createHmac('sha256', key).update(`${time}.${body}`).digest('hex'))
})

test('a web hook that never answers is given up after a day and a half, and holds nothing else up', async () => {
  await using house = await openHouse({ env: { ...TEAM, NOTICE_WEBHOOK: 'http://127.0.0.1:1/' } })
  const notice = {
    topic: 'a',
    kind: 'alert',
    mailing: null,
    link: null,
    subject: 'A link',
    body: 'Look.',
    facts: {},
    remind: false,
  }
  await house.ledger.putNotice({ notice, now: house.clock.at })
  for (let tries = 0; tries < 60; tries += 1) {
    await turn(house)
    house.clock.at += HOUR
  }
  expect(house.logged.filter(({ event }) => event === 'webhook-failed')).toHaveLength(7)
  expect(house.logged.filter(({ event }) => event === 'webhook-given-up')).toHaveLength(1)
  expect(subjects(house)).toEqual(['A link'])
})
