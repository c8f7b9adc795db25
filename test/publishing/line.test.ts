import { correctHeld, deliver, resume, seeToLine, type Tools, watch } from '../../src/publishing/index.ts'
import type { SinkMessage } from '../support/smtp.ts'
import { DAY, gone, HOUR, MINUTE } from './broken.ts'
import {
  counts,
  deliverDue,
  type House,
  header,
  insteadOfReport,
  letter,
  openHouse,
  reader,
  running,
  watchFor,
} from './house.ts'
import { pass, throughDeaths, turn } from './turn.ts'

const SECOND = 1_000

const isCorrigendum = ({ raw }: SinkMessage): boolean => header(raw, 'Subject').startsWith('Corrigendum')

/** Who was given which link in the letter itself, and who a corrigendum. */
function editions(house: House): { old: string[]; corrected: string[]; corrigendum: string[] } {
  const got = { old: [] as string[], corrected: [] as string[], corrigendum: [] as string[] }
  const report = house.site.url('/report')
  for (const message of house.sink.messages) {
    // Of thousands of copies: a look for the address in quoted-printable, its soft line breaks taken out.
    const isOld = message.raw.toString('latin1').replaceAll('=\r\n', '').includes(report)
    if (isCorrigendum(message)) got.corrigendum.push(...message.to)
    else if (isOld) got.old.push(...message.to)
    else got.corrected.push(...message.to)
  }
  for (const who of Object.values(got)) who.sort()
  return got
}

/** Half of the people have it; then the report goes, and the watch looks as often as it does in flight. */
async function stopped(house: House, text: string): Promise<number> {
  const mailing = await running(house, text)
  const [due] = await house.ledger.dueChunks({ now: house.clock.at, limit: 1 })
  await deliver(house.tools, due?.chunk ?? 0, { owner: 'test' })
  house.site.set('/report', gone)
  await watchFor(house, 5 * MINUTE)
  return mailing
}

const stateOf = async (house: House, mailing: number) => await house.ledger.mailing({ id: mailing })
const linkOf = async (house: House, mailing: number, path: string): Promise<number> =>
  (await house.ledger.watched({ mailing })).find((w) => w.href === house.site.url(path))?.link ?? 0

test('a link dies in the middle of five thousand: held within two looks, and exactly the right people get the right edition and the corrigendum', async () => {
  const PEOPLE = 5_000
  const deferred = [reader(4_990), reader(4_991)]
  await using house = await openHouse({ people: PEOPLE })
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  let dots = 0
  let looks = 0
  house.sink.behave({
    only: Object.fromEntries(deferred.map((one) => [one, { rcpt: { reply: '450 4.2.1 later' } }])),
    onDot: async () => {
      dots += 1
      if (dots !== 2_000) return
      house.site.set('/report', gone)
      const died = house.clock.at
      // The lanes go on sending while the watch looks.
      while ((await stateOf(house, mailing))?.state === 'running') await watchFor(house, MINUTE)
      const seen = await house.ledger.looksSince({ link: await linkOf(house, mailing, '/report'), since: died })
      looks = seen.filter(({ verdict }) => verdict === 'dead').length
    },
  })
  const { ledger } = house
  const chunks = await ledger.dueChunks({ now: house.clock.at, limit: 100 })
  const lane = async (of: readonly { chunk: number }[]): Promise<void> => {
    for (const { chunk } of of) await deliver(house.tools, chunk, { owner: 'test' })
  }
  // The last chunk, where the deferred are, goes first.
  await lane(chunks.slice(-1))
  await Promise.all([lane(chunks.slice(0, 4)), lane(chunks.slice(4, -1))])
  expect(await stateOf(house, mailing)).toMatchObject({ state: 'held', heldBy: 'line', holds: 1 })
  expect(looks).toBe(2)
  const before = editions(house).old
  expect(before.length).toBeLessThan(PEOPLE - 100)
  expect(before.length).toBeGreaterThanOrEqual(2_000)
  expect(await counts(house, mailing)).toMatchObject({ accepted: before.length, deferred: 2 })

  // Two who hold it leave the list or are suppressed, and one who waits.
  const listId = (await ledger.survey({ list: 'members' }))?.listId ?? 0
  const waiting = Array.from({ length: PEOPLE }, (_, n) => reader(n + 1)).filter(
    (one) => !before.includes(one) && !deferred.includes(one),
  )
  const [leaver = '', suppressed = '', waiter = ''] = [before[3], before[7], waiting[5]]
  for (const one of [leaver, waiter]) {
    const person = await ledger.subscriber({ key: one })
    await ledger.unsubscribe({ listId, subscriber: person?.id ?? 0, source: 'test', now: house.clock.at })
  }
  await ledger.suppress({ key: suppressed, reason: 'asked', source: 'test', now: house.clock.at })

  house.sink.behave({})
  await pass(house, 5 * HOUR)
  const got = editions(house)
  expect(got.old).toEqual(before)
  expect(got.corrected).toEqual([...waiting, ...deferred].filter((one) => one !== waiter).toSorted())
  expect(got.corrigendum).toEqual(before.filter((one) => one !== leaver && one !== suppressed))
  expect(await stateOf(house, mailing)).toMatchObject({ state: 'done' })
  expect(await counts(house, mailing)).toEqual({ accepted: PEOPLE - 1, suppressed: 1 })
})

test('its links are looked at as the first message leaves, and every three minutes while it runs', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  const before = house.site.seen('/report')
  await watchFor(house, 0)
  expect(house.site.seen('/report')).toBe(before + 1)
  await watchFor(house, 30 * MINUTE)
  expect(house.site.seen('/report') - before).toBeGreaterThanOrEqual(11)
  await deliverDue(house)
  expect((await stateOf(house, mailing))?.state).toBe('done')
  const after = house.site.seen('/report')
  await watchFor(house, 25 * MINUTE)
  expect(house.site.seen('/report') - after).toBeLessThanOrEqual(1)
})

test('one failing look holds nothing; the second, a minute later, does', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  house.site.set('/report', gone)
  await watchFor(house, 0)
  expect((await stateOf(house, mailing))?.state).toBe('running')
  await watchFor(house, 59 * SECOND)
  expect((await stateOf(house, mailing))?.state).toBe('running')
  await watchFor(house, 2 * SECOND)
  expect((await stateOf(house, mailing))?.state).toBe('held')
  // Held is not dead: that takes longer.
  expect((await house.ledger.watched({ mailing })).map((w) => w.state).toSorted()).toEqual([
    'alive',
    'alive',
    'failing',
  ])
})

test('without a replacement it stays held and the team is asked, every day, until somebody decides', async () => {
  await using house = await openHouse({ people: 12, env: { NOTICE_TO: 'team@gll.test', LOOK_IN_FLIGHT: '12h' } })
  const mailing = await stopped(house, letter(house))
  await pass(house, 10 * MINUTE)
  expect((await stateOf(house, mailing))?.state).toBe('held')
  const asked = () => house.sink.messages.filter((m) => m.to.includes('team@gll.test'))
  expect(asked().map(({ raw }) => header(raw, 'Subject'))).toContain(`Mailing ${mailing} is held: a link in it is dead`)
  await pass(house, 2 * DAY + HOUR)
  const held = asked()
    .map(({ raw }) => header(raw, 'Subject'))
    .filter((subject) => subject.includes('is held'))
  expect(held).toHaveLength(3)
  expect(held.at(-1)).toMatch(/^Reminder: /)
  await house.ledger.cancel({ mailing, why: 'test', now: house.clock.at })
  await pass(house, 2 * DAY)
  expect(
    asked()
      .map(({ raw }) => header(raw, 'Subject'))
      .filter((subject) => subject.includes('is held')),
  ).toHaveLength(3)
})

test('a person replaces the link: who waits gets the new edition, and who was handed the old one a corrigendum', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await stopped(house, letter(house))
  const had = editions(house).old
  await correctHeld(house.tools, mailing, {
    changes: [{ from: house.site.url('/report'), to: house.site.url('/new-report') }],
    why: null,
    who: 'test',
  })
  await pass(house, 5 * HOUR)
  const got = editions(house)
  expect(got.old).toEqual(had)
  expect(got.corrected).toHaveLength(12 - had.length)
  expect(got.corrigendum).toEqual(had)
})

test('a person takes the link out: nobody else is handed it, and the corrigendum withdraws it', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await stopped(house, letter(house))
  const changes = [{ from: house.site.url('/report'), to: null }]
  await correctHeld(house.tools, mailing, { changes, why: null, who: 'test' })
  await pass(house, 5 * HOUR)
  const got = editions(house)
  expect(got.corrected).toHaveLength(12 - got.old.length)
  expect(got.corrigendum).toEqual(got.old)
})

test('a replacement that the gate refuses changes nothing, and the mailing stays held', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await stopped(house, letter(house))
  house.site.set('/nowhere', gone)
  const changes = [{ from: house.site.url('/report'), to: house.site.url('/nowhere') }]
  await expect(correctHeld(house.tools, mailing, { changes, why: null, who: 'test' })).rejects.toThrow(/gate refuses/)
  const other = [{ from: 'https://never.example.org/', to: house.site.url('/new-report') }]
  await expect(correctHeld(house.tools, mailing, { changes: other, why: null, who: 'test' })).rejects.toThrow(
    /has no link/,
  )
  expect((await stateOf(house, mailing))?.state).toBe('held')
})

test('resuming while the link is dead is refused; once it answers, a person may', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await stopped(house, letter(house))
  await expect(resume(house.tools, mailing, 'test')).rejects.toThrow(/which is dead/)
  expect((await stateOf(house, mailing))?.state).toBe('held')
  house.site.set('/report', {})
  await resume(house.tools, mailing, 'test')
  await turn(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 12 })
})

test('two alive looks, five minutes apart, let it go on as it was; one does not', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await stopped(house, letter(house, insteadOfReport(house, '/new-report')))
  house.site.set('/report', {})
  // A link that answers again is not replaced while it may prove itself.
  await watchFor(house, 4 * MINUTE)
  await turn(house)
  expect(await stateOf(house, mailing)).toMatchObject({ state: 'held', heldBy: 'line' })
  await pass(house, 10 * MINUTE)
  expect(await counts(house, mailing)).toEqual({ accepted: 12 })
  const got = editions(house)
  expect(got.corrected).toEqual([])
  expect(got.corrigendum).toEqual([])
})

test('the third hold waits for a person, and says so', async () => {
  await using house = await openHouse({ people: 4 })
  house.sink.behave({ rcpt: { reply: '450 4.2.1 later' } })
  const mailing = await running(house)
  await deliverDue(house)
  for (let holds = 1; holds <= 3; holds += 1) {
    house.site.set('/report', gone)
    await pass(house, 6 * MINUTE)
    expect(await stateOf(house, mailing)).toMatchObject({ state: 'held', holds })
    house.site.set('/report', {})
    await pass(house, 12 * MINUTE)
    expect((await stateOf(house, mailing))?.state).toBe(holds < 3 ? 'running' : 'held')
  }
  await pass(house, HOUR)
  expect(await stateOf(house, mailing)).toMatchObject({ state: 'held', heldBy: null })
  const told = await house.ledger.noticesOf({ mailing })
  expect(told.map((notice) => notice.topic)).toContain(`held ${mailing} 3 third`)
  await resume(house.tools, mailing, 'test')
  house.sink.behave({})
  await pass(house, 6 * HOUR)
  expect(await counts(house, mailing)).toEqual({ accepted: 4 })
})

test('a 5xx in flight slows the looks, and holds nothing before a quarter of an hour', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  await watchFor(house, 0)
  house.site.set('/report', { status: 503 })
  const from = house.clock.at
  while ((await stateOf(house, mailing))?.state === 'running' && house.clock.at - from < HOUR) {
    await watchFor(house, MINUTE)
  }
  const heldAfter = house.clock.at - from
  expect(heldAfter).toBeGreaterThanOrEqual(15 * MINUTE)
  expect(heldAfter).toBeLessThanOrEqual(25 * MINUTE)
  // A look may ask again at once; five looks in a quarter of an hour would have been the pace of a sound link.
  expect(
    (await house.ledger.linkLines({ mailing })).find((l) => l.href === house.site.url('/report'))?.looks,
  ).toBeLessThanOrEqual(7)
})

test('a 503 of ten minutes, while our own readers crowd the site, holds nothing', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  house.site.set('/report', { status: 503 })
  await watchFor(house, 10 * MINUTE)
  house.site.set('/report', {})
  await watchFor(house, 30 * MINUTE)
  expect(await stateOf(house, mailing)).toMatchObject({ state: 'running', holds: 0 })
})

test('a worker that dies at any word of the hold, the switch or the way on changes nothing of the outcome', async () => {
  await using house = await openHouse({ people: 12, env: { NOTICE_TO: 'team@gll.test' } })
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  const [due] = await house.ledger.dueChunks({ now: house.clock.at, limit: 1 })
  await deliver(house.tools, due?.chunk ?? 0, { owner: 'test' })
  house.site.set('/report', gone)
  const link = await linkOf(house, mailing, '/report')
  await watch(house.tools, link)
  house.clock.at += MINUTE + SECOND
  expect(await throughDeaths(house.tools, (tools) => watch(tools, link))).toBeGreaterThan(5)
  expect(await stateOf(house, mailing)).toMatchObject({ state: 'held', holds: 1 })
  expect(await throughDeaths(house.tools, (tools) => seeToLine(tools, mailing))).toBeGreaterThan(10)
  // The last death may have come just after the switch: what is left is what a tick finds.
  await seeToLine(house.tools, mailing)
  const audits = await house.ledger.audits({ mailing })
  expect(audits.filter((entry) => entry.what === 'went on')).toHaveLength(1)
  expect((await house.ledger.noticesOf({ mailing })).filter((notice) => notice.kind === 'went-on')).toHaveLength(1)
  await pass(house, 5 * HOUR)
  const got = editions(house)
  expect(got.corrigendum).toEqual(got.old)
  expect(house.logged.filter(({ event }) => event === 'notice-refused')).toEqual([])
  const team = (who: string): boolean => who === 'team@gll.test'
  expect([...got.old, ...got.corrected.filter((who) => !team(who))].toSorted()).toEqual(
    Array.from({ length: 12 }, (_, n) => reader(n + 1)).toSorted(),
  )
})

test('a worker that dies at any word of a question, of a recovery or of the third hold asks once, and goes on once', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await stopped(house, letter(house))
  const link = await linkOf(house, mailing, '/report')
  const through = async (step: (tools: Tools) => Promise<unknown>) => {
    expect(await throughDeaths(house.tools, step)).toBeGreaterThan(0)
    // The last death may have come just after its last word: what is left is what a tick finds.
    await step(house.tools)
  }
  for (let holds = 1; holds <= 3; holds += 1) {
    house.site.set('/report', gone)
    for (let looks = 1; looks <= 2; looks += 1) {
      house.clock.at += 2 * MINUTE
      if (holds > 1) await through((tools) => watch(tools, link))
    }
    expect(await stateOf(house, mailing)).toMatchObject({ state: 'held', holds })
    await through((tools) => seeToLine(tools, mailing))
    house.site.set('/report', {})
    for (let looks = 1; looks <= 2; looks += 1) {
      house.clock.at += 6 * MINUTE
      await through((tools) => watch(tools, link))
    }
    if (holds < 3) {
      await through((tools) => seeToLine(tools, mailing))
      await house.ledger.begin({ mailing, now: house.clock.at })
    }
    expect((await stateOf(house, mailing))?.state).toBe(holds < 3 ? 'running' : 'held')
  }
  const told = (await house.ledger.noticesOf({ mailing })).map(({ topic }) => topic)
  expect(told.filter((topic) => !topic.startsWith('alert '))).toEqual([
    `held ${mailing} 1 no-replacement`,
    `went on ${mailing} 1 1`,
    `held ${mailing} 2 no-replacement`,
    `went on ${mailing} 2 1`,
    `held ${mailing} 3 third`,
  ])
})

test('a hold by a person is not undone by the watch', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await stopped(house, letter(house))
  await house.ledger.hold({ mailing, why: 'held by test' })
  house.site.set('/report', {})
  await pass(house, HOUR)
  expect(await stateOf(house, mailing)).toMatchObject({ state: 'held', stateWhy: 'held by test' })
})
