import Sqlite from 'better-sqlite3'
import { address, correct, correctByHand } from '../../src/publishing/index.ts'
import { corrigenda, gone, HOUR, linksByPart, sent, watchedLink } from './broken.ts'
import {
  counts,
  deliverDue,
  type House,
  header,
  insteadOfReport,
  LANES,
  letter,
  openHouse,
  reader,
  received,
  running,
  watchFor,
} from './house.ts'

const all = [1, 2, 3, 4].map(reader)

/** Sent to everybody; then the pages go, and the watch finds them dead. */
async function broken(house: House, how: { text: string; dead: readonly string[] }): Promise<number> {
  const mailing = await sent(house, how.text)
  for (const path of how.dead) house.site.set(path, gone)
  await watchFor(house, 4 * HOUR)
  await correct(house.tools, mailing)
  return mailing
}

/** Lets the notice pass, and sends what is due then. */
async function passNotice(house: House): Promise<void> {
  house.clock.at += HOUR
  for (const { id, publishedAt } of await house.ledger.dueMailings({ now: house.clock.at })) {
    if (publishedAt === null) await address(house.tools, id, LANES)
  }
  for (const { id, publishedAt } of await house.ledger.dueMailings({ now: house.clock.at })) {
    if (publishedAt !== null) await house.ledger.begin({ mailing: id, now: house.clock.at })
  }
  await deliverDue(house)
}

test('the holders get the replacement, each in answer to their own first copy', async () => {
  await using house = await openHouse()
  const text = letter(house, insteadOfReport(house, '/new-report'))
  const mailing = await broken(house, { text, dead: ['/report'] })
  expect((await watchedLink(house, mailing))?.answer).toBe('corrigendum')
  expect(corrigenda(house)).toEqual([])
  await passNotice(house)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
  const first = new Map(
    house.sink.messages
      .filter(({ raw }) => !header(raw, 'Subject').startsWith('Corrigendum'))
      .map(({ to, raw }) => [to[0], header(raw, 'Message-ID')]),
  )
  for (const message of corrigenda(house)) {
    expect(header(message.raw, 'In-Reply-To')).toBe(first.get(message.to[0]))
    const { html, text: plain } = await linksByPart(message)
    for (const part of [html, plain]) {
      expect(part).toContain(house.site.url('/new-report'))
      expect(part).not.toContain(house.site.url('/report'))
    }
  }
})

test('only who holds the broken copy: not the rejected, the deferred, nor those who left or were suppressed since', async () => {
  await using house = await openHouse({ people: 7 })
  house.sink.behave({
    only: {
      [reader(1)]: { rcpt: { reply: '550 5.7.1 blocked' } },
      [reader(2)]: { rcpt: { reply: '450 4.2.1 later' } },
      [reader(3)]: { dot: 'drop' },
    },
  })
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  await deliverDue(house)
  await deliverDue(house)
  const listId = (await house.ledger.survey({ list: 'members' }))?.listId ?? 0
  const left = await house.ledger.subscriber({ key: reader(4) })
  await house.ledger.unsubscribe({ listId, subscriber: left?.id ?? 0, source: 'test', now: house.clock.at })
  await house.ledger.suppress({ key: reader(5), reason: 'asked', source: 'test', now: house.clock.at })
  house.sink.behave({})
  house.site.set('/report', gone)
  await watchFor(house, 4 * HOUR)
  await correct(house.tools, mailing)
  await passNotice(house)
  // Reader 3 is uncertain: they may hold it, and a corrigendum too many is better than one too few.
  expect(received(house, 'Corrigendum').toSorted()).toEqual([reader(3), reader(6), reader(7)])
})

test('without a replacement nothing is sent, and the team is asked', async () => {
  await using house = await openHouse()
  const mailing = await broken(house, { text: letter(house), dead: ['/report'] })
  expect((await watchedLink(house, mailing))?.answer).toBe('asked')
  await passNotice(house)
  expect(corrigenda(house)).toEqual([])
  expect(await house.ledger.ripe({ quietBefore: house.clock.at, now: house.clock.at })).toEqual([])
})

test('a replacement that is dead too is passed over for the next', async () => {
  await using house = await openHouse()
  house.site.set('/stories-archive', gone)
  const text = letter(house, insteadOfReport(house, '/stories-archive', '/new-report'))
  await broken(house, { text, dead: ['/report'] })
  await passNotice(house)
  const { html } = await linksByPart(corrigenda(house)[0])
  expect(html).toContain(house.site.url('/new-report'))
})

test('where every replacement is dead, the team is asked', async () => {
  await using house = await openHouse()
  const mailing = await broken(house, {
    text: letter(house, insteadOfReport(house, '/new-report')),
    dead: ['/report', '/new-report'],
  })
  expect((await watchedLink(house, mailing))?.answer).toBe('asked')
})

test('a link with a replacement and one without: one corrigendum replaces the first and withdraws the second', async () => {
  await using house = await openHouse()
  const text = letter(house, insteadOfReport(house, '/new-report'))
  const mailing = await broken(house, { text, dead: ['/report', '/toolkit'] })
  expect((await watchedLink(house, mailing))?.answer).toBe('corrigendum')
  expect((await watchedLink(house, mailing, '/toolkit'))?.answer).toBe('asked')
  await passNotice(house)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
  for (const part of Object.values(await linksByPart(corrigenda(house)[0]))) {
    expect(part).toContain(house.site.url('/new-report'))
    expect(part).not.toContain(house.site.url('/toolkit'))
  }
  // The team's answer for the second is a corrigendum of its own, to the same people.
  house.site.set('/new-toolkit', {})
  const changes = [{ from: house.site.url('/toolkit'), to: house.site.url('/new-toolkit') }]
  await correctByHand(house.tools, mailing, { changes, why: null, who: 'test' })
  await passNotice(house)
  expect(received(house, 'Corrigendum')).toHaveLength(8)
  const { html } = await linksByPart(corrigenda(house).at(-1))
  expect(html).toContain(house.site.url('/new-toolkit'))
})

test('a neighbour that turns robots away since keeps no corrigendum from leaving', async () => {
  await using house = await openHouse()
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  await deliverDue(house)
  house.site.set('/report', gone)
  house.site.set('/stories', { status: 403 })
  await watchFor(house, 4 * HOUR)
  await correct(house.tools, mailing)
  expect((await watchedLink(house, mailing))?.answer).toBe('corrigendum')
  await passNotice(house)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
})

test('a link that was meant to die, and has, stands in the corrigendum as words', async () => {
  await using house = await openHouse()
  const day = new Date(house.clock.at + 24 * HOUR).toISOString().slice(0, 10)
  const terms = `${insteadOfReport(house, '/new-report')}  ${house.site.url('/stories')}: { until: ${day} }\n`
  const mailing = await running(house, letter(house, terms))
  await deliverDue(house)
  await watchFor(house, 72 * HOUR)
  for (const path of ['/report', '/stories']) house.site.set(path, gone)
  await watchFor(house, 30 * HOUR)
  await correct(house.tools, mailing)
  await passNotice(house)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
  const { html } = await linksByPart(corrigenda(house)[0])
  expect(html).toContain(house.site.url('/new-report'))
  expect(html).not.toContain(house.site.url('/stories'))
})

test('a corrigendum that the gate refuses goes to the operator, and never round again', async () => {
  await using house = await openHouse()
  const stories = house.site.url('/stories')
  house.site.set('/stories', { status: 403 })
  const said = { who: 'Ann Lee', why: 'opens in a browser', at: house.clock.at, until: house.clock.at + HOUR }
  const link = { what: stories, rule: 'unsure-link', cause: 'turned-away', letter: null, words: stories } as const
  await house.ledger.vouch({ ...said, ...link })
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  await deliverDue(house)
  house.site.set('/report', gone)
  await watchFor(house, 4 * HOUR)
  // The letter left on a person's word, which holds no longer: nothing that time alone would mend.
  await correct(house.tools, mailing)
  expect((await watchedLink(house, mailing))?.answer).toBe('refused')
  const refusal = (await house.ledger.audits({ mailing })).find((entry) => entry.what === 'corrigendum refused')
  expect(refusal?.detail).toContain(stories)
  expect(await house.ledger.ripe({ quietBefore: house.clock.at, now: house.clock.at })).toEqual([])
  house.site.set('/stories', {})
  await correct(house.tools, mailing)
  await passNotice(house)
  expect(corrigenda(house)).toEqual([])
})

test('a link that lives again before the notice has passed cancels its corrigendum', async () => {
  await using house = await openHouse()
  const text = letter(house, insteadOfReport(house, '/new-report'))
  const mailing = await broken(house, { text, dead: ['/report'] })
  const [corrigendum] = await house.ledger.corrigendaOf({ mailing })
  house.site.set('/report', {})
  await passNotice(house)
  expect((await house.ledger.mailing({ id: corrigendum ?? 0 }))?.state).toBe('cancelled')
  expect(corrigenda(house)).toEqual([])
  // The watch finds it alive at once, so nothing is made again.
  await watchFor(house, 1_000)
  expect(await house.ledger.ripe({ quietBefore: house.clock.at, now: house.clock.at })).toEqual([])
})

test('another link that dies meanwhile is taken into the corrigendum, which is made again', async () => {
  await using house = await openHouse()
  const text = letter(house, insteadOfReport(house, '/new-report'))
  const mailing = await broken(house, { text, dead: ['/report'] })
  house.site.set('/toolkit', gone)
  await watchFor(house, 4 * HOUR)
  await passNotice(house)
  expect(corrigenda(house)).toEqual([])
  await correct(house.tools, mailing)
  await passNotice(house)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(all)
  const { html } = await linksByPart(corrigenda(house)[0])
  expect(html).not.toContain(house.site.url('/toolkit'))
})

test('a corrigendum whose own link dies is never corrected by itself', async () => {
  await using house = await openHouse()
  const text = letter(house, insteadOfReport(house, '/new-report'))
  const mailing = await broken(house, { text, dead: ['/report'] })
  await passNotice(house)
  const [corrigendum = 0] = await house.ledger.corrigendaOf({ mailing })
  house.site.set('/new-report', gone)
  await watchFor(house, 5 * HOUR)
  await correct(house.tools, corrigendum)
  await passNotice(house)
  expect(received(house, 'Corrigendum')).toHaveLength(4)
  expect((await watchedLink(house, corrigendum, '/new-report'))?.answer).toBe('asked')
})

test('who had the dead link before the mailing was held is corrected; who had not is left waiting', async () => {
  await using house = await openHouse({ people: 12 })
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  const [due] = await house.ledger.dueChunks({ now: house.clock.at, limit: 1 })
  const { deliver } = await import('../../src/publishing/index.ts')
  await deliver(house.tools, due?.chunk ?? 0, { owner: 'test' })
  const had = received(house)
  expect(had.length).toBeGreaterThan(0)
  expect(had.length).toBeLessThan(12)
  house.site.set('/report', gone)
  await watchFor(house, 4 * HOUR)
  expect((await house.ledger.mailing({ id: mailing }))?.state).toBe('held')
  await correct(house.tools, mailing)
  await passNotice(house)
  expect(received(house, 'Corrigendum').toSorted()).toEqual(had.toSorted())
  expect((await counts(house, mailing)).pending).toBe(12 - had.length)
})

test('what a dead worker left in hand does not keep a held mailing from its corrigendum', async () => {
  await using house = await openHouse()
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  const [due] = await house.ledger.dueChunks({ now: house.clock.at, limit: 1 })
  const claim = await house.ledger.claim({
    chunk: due?.chunk ?? 0,
    owner: 'dead',
    leaseMs: 60_000,
    now: house.clock.at,
    certificateAge: HOUR,
  })
  if (claim === null || claim === 'uncertified') throw new Error('not claimed')
  const { chunk, epoch, rows } = claim
  const n = rows[0]?.n ?? 0
  const hand = { mailing, n, chunk, epoch, edition: claim.mailing.edition }
  await house.ledger.write({ settles: [], hand, now: house.clock.at, leaseMs: 60_000 })
  house.site.set('/report', gone)
  await watchFor(house, 4 * HOUR)
  await correct(house.tools, mailing)
  // Nobody holds it yet, and one may in a moment: it is neither given up nor sent to nobody.
  expect((await watchedLink(house, mailing))?.answer).toBeNull()
  expect(await house.ledger.parkLapsed({ now: house.clock.at })).toBe(false)
  expect(await house.ledger.disown({ owner: 'dead' })).toBe(1)
  expect(await house.ledger.parkLapsed({ now: house.clock.at })).toBe(true)
  expect(await counts(house, mailing)).toEqual({ pending: 3, uncertain: 1 })
  await correct(house.tools, mailing)
  await passNotice(house)
  expect(received(house, 'Corrigendum')).toEqual([reader(n)])
})

test('what a dead worker left in hand of a cancelled mailing is uncertain, and the mailing owes nothing more', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  const [due] = await house.ledger.dueChunks({ now: house.clock.at, limit: 1 })
  const now = house.clock.at
  const claim = await house.ledger.claim({
    chunk: due?.chunk ?? 0,
    owner: 'dead',
    leaseMs: 60_000,
    now,
    certificateAge: HOUR,
  })
  if (claim === null || claim === 'uncertified') throw new Error('not claimed')
  const hand = {
    mailing,
    n: claim.rows[0]?.n ?? 0,
    chunk: claim.chunk,
    epoch: claim.epoch,
    edition: claim.mailing.edition,
  }
  await house.ledger.write({ settles: [], hand, now, leaseMs: 60_000 })
  await house.ledger.cancel({ mailing, why: 'test', now })
  while (await house.ledger.sweepCancelled({ now }));
  expect(await counts(house, mailing)).toEqual({ cancelled: 3, handed: 1 })
  await house.ledger.disown({ owner: 'dead' })
  while (await house.ledger.parkLapsed({ now }));
  while (await house.ledger.sweepCancelled({ now }));
  expect(await counts(house, mailing)).toEqual({ cancelled: 3, uncertain: 1 })
  const db = new Sqlite(house.path, { readonly: true })
  expect(db.prepare('select count(*) n from chunk where due_at is not null').get()).toEqual({ n: 0 })
  db.close()
})
