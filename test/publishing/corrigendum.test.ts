import { read } from '../../src/edition/index.ts'
import { address, correct, planCorrection, webCopy } from '../../src/publishing/index.ts'
import { corrigenda, DAY, gone, HOUR, linksOf, MINUTE, noticesOf, sent, watchedLink } from './broken.ts'
import {
  addPeople,
  counts,
  type House,
  header,
  insteadOfReport,
  LANES,
  letter,
  openHouse,
  person,
  reader,
  received,
} from './house.ts'
import { byHand, pass, throughDeaths, turn } from './turn.ts'

const insteadOf = ({ site }: House, path: string, ...instead: string[]): string =>
  `  ${site.url(path)}: { instead: [${instead.map((one) => site.url(one)).join(', ')}] }\n`

test('two links that die within one quiet window share one corrigendum', async () => {
  await using house = await openHouse()
  house.site.set('/new-toolkit', {})
  const terms = `links:\n${insteadOf(house, '/report', '/new-report')}${insteadOf(house, '/toolkit', '/new-toolkit')}`
  await sent(house, letter(house, terms))
  house.site.set('/report', gone)
  await pass(house, HOUR)
  house.site.set('/toolkit', gone)
  await pass(house, 8 * HOUR)
  expect(received(house, 'Corrigendum')).toHaveLength(4)
  const links = await linksOf(corrigenda(house)[0])
  expect(links).toContain(house.site.url('/new-report'))
  expect(links).toContain(house.site.url('/new-toolkit'))
})

test('a link that dies alone waits for nothing but its notice', async () => {
  await using house = await openHouse()
  await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  house.site.set('/report', gone)
  await pass(house, 2 * HOUR + 30 * MINUTE + HOUR)
  expect(received(house, 'Corrigendum')).toHaveLength(4)
})

test('a second corrigendum within a week is postponed for whoever had the first, and dropped for nobody', async () => {
  await using house = await openHouse({ people: 3 })
  await sent(house, letter(house, `links:\n${insteadOf(house, '/report', '/new-report')}`))
  house.site.set('/report', gone)
  await pass(house, 5 * HOUR)
  expect(received(house, 'Corrigendum')).toHaveLength(3)
  await addPeople(house.tools, [person(house.tools, 'late@members.test')])
  house.site.set('/second', {})
  house.site.set('/new-second', {})
  const second = `---\nsubject: Another report\nlist: members\nlanguage: en\nlinks:\n${insteadOf(house, '/second', '/new-second')}---\nDear reader,\n\nPlease read the [second report](${house.site.url('/second')}).\n`
  await sent(house, second)
  house.site.set('/second', gone)
  await pass(house, 5 * HOUR)
  // Who had none yet gets it at once; the others have had theirs this week.
  expect(received(house, 'Corrigendum: Another report')).toEqual(['late@members.test'])
  await pass(house, 6 * DAY)
  expect(received(house, 'Corrigendum: Another report')).toHaveLength(1)
  await pass(house, 1 * DAY)
  expect(received(house, 'Corrigendum: Another report').toSorted()).toEqual(
    ['late@members.test', reader(1), reader(2), reader(3)].toSorted(),
  )
  await pass(house, 8 * DAY)
  expect(received(house, 'Corrigendum')).toHaveLength(7)
}, 60_000)

test('who holds the link from several mailings gets one corrigendum, in answer to the latest, naming all', async () => {
  await using house = await openHouse({ people: 3 })
  const text = letter(house, insteadOfReport(house, '/new-report'))
  await sent(house, text)
  const first = new Map(house.sink.messages.map(({ to, raw }) => [to[0], header(raw, 'Message-ID')]))
  house.clock.at += DAY
  const person = await house.ledger.subscriber({ key: reader(1) })
  const listId = (await house.ledger.survey({ list: 'members' }))?.listId ?? 0
  await house.ledger.unsubscribe({ listId, subscriber: person?.id ?? 0, source: 'test', now: house.clock.at })
  await sent(house, text.replace('Two new reports', 'The reports once more'))
  const second = new Map(house.sink.messages.slice(first.size).map(({ to, raw }) => [to[0], header(raw, 'Message-ID')]))
  expect(second.size).toBe(2)
  house.site.set('/report', gone)
  await pass(house, 2 * DAY)
  expect(received(house, 'Corrigendum').toSorted()).toEqual([reader(2), reader(3)])
  for (const { to, raw } of corrigenda(house)) {
    expect(header(raw, 'Subject')).toBe('Corrigendum: The reports once more')
    expect(header(raw, 'In-Reply-To')).toBe(second.get(to[0]))
    expect(header(raw, 'References')).toBe(`${first.get(to[0])} ${second.get(to[0])}`)
  }
  await pass(house, 10 * DAY)
  expect(received(house, 'Corrigendum')).toHaveLength(2)
}, 60_000)

test('CORRIGENDUM_WITHOUT_REPLACEMENT=withdraw sends a corrigendum that takes the link back', async () => {
  await using house = await openHouse({ env: { CORRIGENDUM_WITHOUT_REPLACEMENT: 'withdraw' } })
  await sent(house, letter(house))
  house.site.set('/report', gone)
  await pass(house, 5 * HOUR)
  expect(received(house, 'Corrigendum')).toHaveLength(4)
  const [one] = corrigenda(house)
  expect(await linksOf(one)).not.toContain(house.site.url('/report'))
})

test('CORRIGENDUM=ask sends nothing by itself, and tells the team of the replacement that is known', async () => {
  await using house = await openHouse({ env: { CORRIGENDUM: 'ask' } })
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  house.site.set('/report', gone)
  await pass(house, 6 * HOUR)
  expect(corrigenda(house)).toEqual([])
  const asked = (await house.ledger.noticesOf({ mailing })).find((notice) => notice.kind === 'asked')
  expect(asked?.body).toMatch(/`gll correct \d+ --link \d+=instead`/)
})

test('two weeks after publication the web copy alone is corrected, and the team is told', async () => {
  await using house = await openHouse()
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  await pass(house, 15 * DAY)
  house.site.set('/report', gone)
  await pass(house, 9 * DAY)
  expect(await watchedLink(house, mailing)).toMatchObject({ state: 'dead', answer: 'web' })
  expect(corrigenda(house)).toEqual([])
  const copy = await webCopy(house.tools, house.tools.tokens.webcopy({ mailing, n: 1 }))
  expect(copy?.corrected).toBe(true)
  expect(copy?.html).toContain(house.site.url('/new-report'))
  expect(await noticesOf(house, mailing)).toContain('web')
  // The team may write to its holders all the same.
  const changes = [{ from: house.site.url('/report'), to: house.site.url('/new-report') }]
  await byHand(house, mailing, { changes })
  await turn(house)
  expect(received(house, 'Corrigendum')).toHaveLength(4)
}, 60_000)

test('a corrigendum that is vetoed leaves for nobody, and is not made again while the link stays dead', async () => {
  await using house = await openHouse()
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  house.site.set('/report', gone)
  await pass(house, 2 * HOUR + 30 * MINUTE)
  const [corrigendum = 0] = await house.ledger.corrigendaOf({ mailing })
  expect(await house.ledger.veto({ corrigendum, who: 'test', now: house.clock.at })).toBe('scheduled')
  await pass(house, 2 * DAY)
  expect(corrigenda(house)).toEqual([])
  expect(await watchedLink(house, mailing)).toMatchObject({ answer: 'vetoed' })
  expect(await house.ledger.veto({ corrigendum: mailing, who: 'test', now: house.clock.at })).toBeNull()
})

test('a corrigendum for one domain goes to those whose copy went there, and to nobody else', async () => {
  await using house = await openHouse({ people: 2 })
  const people = ['ann@clinic.test', 'bob@CLINIC.test', 'eve@notclinic.test']
  await addPeople(
    house.tools,
    people.map((address) => person(house.tools, address)),
  )
  const mailing = await sent(house, letter(house))
  const order = {
    changes: [],
    why: 'The gateway of your clinic took the links out of our mail.',
    who: 'test',
    domain: 'clinic.test',
  }
  const [plan] = await planCorrection(house.tools, mailing, order)
  expect(plan?.counts).toMatchObject({ holders: 5, elsewhere: 3, people: 2, unsubscribed: 0 })
  await byHand(house, mailing, order)
  await turn(house)
  expect(
    received(house, 'Corrigendum')
      .map((to) => to.toLowerCase())
      .toSorted(),
  ).toEqual(['ann@clinic.test', 'bob@clinic.test'])
  const [one] = corrigenda(house)
  expect(one?.raw.toString()).toContain('The gateway of your clinic took the links out')
  // The letter follows whole, with every link.
  expect(await linksOf(one)).toEqual(
    expect.arrayContaining(['/report', '/stories', '/toolkit'].map((path) => house.site.url(path))),
  )
})

test('a plan says who is left out and why, and makes nothing', async () => {
  await using house = await openHouse({ people: 5 })
  const mailing = await sent(house, letter(house))
  const listId = (await house.ledger.survey({ list: 'members' }))?.listId ?? 0
  const left = await house.ledger.subscriber({ key: reader(1) })
  await house.ledger.unsubscribe({ listId, subscriber: left?.id ?? 0, source: 'test', now: house.clock.at })
  await house.ledger.suppress({ key: reader(2), reason: 'asked', source: 'test', now: house.clock.at })
  const changes = [{ from: house.site.url('/report'), to: house.site.url('/new-report') }]
  const plans = await planCorrection(house.tools, mailing, { changes, why: null, who: 'test' })
  expect(plans).toHaveLength(1)
  expect(plans[0]?.counts).toMatchObject({ holders: 5, unsubscribed: 1, suppressed: 1, people: 3, corrected: 0 })
  expect(plans[0]?.edition.subject).toBe('Corrigendum: Two new reports')
  expect(await house.ledger.corrigendaOf({ mailing })).toEqual([])
  await byHand(house, mailing, { changes })
  await turn(house)
  expect(received(house, 'Corrigendum')).toHaveLength(3)
  const [again] = await planCorrection(house.tools, mailing, { changes, why: null, who: 'test' })
  expect(again?.counts).toMatchObject({ people: 0, corrected: 3 })
})

test('a link that the mailing never had cannot be corrected', async () => {
  await using house = await openHouse()
  const mailing = await sent(house, letter(house))
  const changes = [{ from: 'https://never.example.org/', to: house.site.url('/new-report') }]
  await expect(byHand(house, mailing, { changes })).rejects.toMatchObject({
    message: expect.stringMatching(/has no link/),
  })
})

test('a replacement that is the same page, leads back to it, or loops is passed over', async () => {
  await using house = await openHouse()
  house.site.set('/back', { to: '/report', status: 302 })
  house.site.set('/round', { to: '/round', status: 302 })
  const text = letter(house, insteadOfReport(house, '/report#summary', '/back', '/round', '/new-report'))
  await sent(house, text)
  house.site.set('/report', gone)
  await pass(house, 5 * HOUR)
  const links = await linksOf(corrigenda(house)[0])
  expect(links).toContain(house.site.url('/new-report'))
  for (const path of ['/report', '/back', '/round']) expect(links).not.toContain(house.site.url(path))
})

test('where a permanent redirect led while it worked is the replacement once it is gone', async () => {
  await using house = await openHouse()
  const mailing = await sent(house, letter(house))
  await pass(house, HOUR)
  house.site.set('/report', { to: '/new-report', status: 301 })
  await pass(house, 5 * HOUR)
  expect(await watchedLink(house, mailing)).toMatchObject({ state: 'alive' })
  house.site.set('/report', gone)
  await pass(house, 10 * HOUR)
  expect(await linksOf(corrigenda(house)[0])).toContain(house.site.url('/new-report'))
  expect(received(house, 'Corrigendum')).toHaveLength(4)
})

test('it is made from the letter as it was sent; the frame around it is that of the day', async () => {
  await using house = await openHouse()
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report'), 'Words that were sent.'))
  house.site.set('/report', gone)
  const renamed = { ...house.tools, config: { ...house.config, organisation: 'The Laboratory, renamed' } }
  await pass(house, HOUR)
  await turn({ ...house, tools: renamed, config: renamed.config })
  await pass({ ...house, tools: renamed, config: renamed.config }, 4 * HOUR)
  const text = (await read(corrigenda(house)[0]?.raw ?? Buffer.alloc(0), 'mail.eml')).parts
    .map((part) => JSON.stringify(part))
    .join('')
  expect(text).toContain('Words that were sent.')
  expect(text).toContain('The Laboratory, renamed')
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

test('a worker that dies at any word of making or addressing it sends each holder one', async () => {
  await using house = await openHouse({ env: { NOTICE_TO: 'team@gll.test' } })
  const mailing = await sent(house, letter(house, insteadOfReport(house, '/new-report')))
  house.site.set('/report', gone)
  const { watch } = await import('../../src/publishing/index.ts')
  for (const until = house.clock.at + 3 * HOUR; house.clock.at < until; ) {
    const due = await house.ledger.dueWatches({ now: until, limit: 100 })
    house.clock.at = Math.min(until, ...due.map((w) => w.dueAt ?? until))
    for (const link of new Set(due.filter((w) => (w.dueAt ?? until) <= house.clock.at).map((w) => w.link)))
      await watch(house.tools, link)
    if (due.length === 0) break
  }
  expect(await watchedLink(house, mailing)).toMatchObject({ state: 'dead', answer: null })
  expect(await throughDeaths(house.tools, (tools) => correct(tools, mailing))).toBeGreaterThan(10)
  const made = await house.ledger.corrigendaOf({ mailing })
  expect(made).toHaveLength(1)
  expect((await noticesOf(house, mailing)).filter((kind) => kind === 'corrigendum')).toHaveLength(1)
  house.clock.at += HOUR
  expect(await throughDeaths(house.tools, (tools) => address(tools, made[0] ?? 0, LANES))).toBeGreaterThan(8)
  await pass(house, HOUR)
  expect(
    corrigenda(house)
      .flatMap(({ to }) => to)
      .toSorted(),
  ).toEqual([1, 2, 3, 4].map(reader))
})
