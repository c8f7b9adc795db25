import type { NewVouch } from '../../src/ledger/index.ts'
import type { Look } from '../../src/links/index.ts'
import { DAY, KINDS, NOW, openKind, person, suiteOf } from '../support/ledgers.ts'

const vouch = (more: Partial<NewVouch> = {}): NewVouch => ({
  what: 'https://a.test/members',
  rule: 'unsure-link',
  cause: 'turned-away',
  letter: null,
  words: 'https://a.test/members',
  who: 'Ann Lee',
  why: 'opens in a browser',
  at: NOW,
  until: NOW + 30 * DAY,
  ...more,
})

const look = (more: Partial<Look> = {}): Look => ({
  url: 'https://a.test/report',
  at: NOW,
  verdict: 'alive',
  cause: 'ok',
  status: 200,
  finalUrl: 'https://a.test/report',
  movedTo: null,
  why: '200 OK',
  warnings: [],
  ...more,
})

for (const kind of KINDS)
  suiteOf(kind)(`vouches on ${kind}`, () => {
    test('hold from when they are given until they lapse, and are listed for ever', async () => {
      await using at = await openKind(kind)
      const { ledger } = at
      const id = await ledger.vouch(vouch())
      const held = { ...vouch(), id, revokedAt: null, revokedBy: null }
      expect(await ledger.vouches({ at: NOW })).toEqual([held])
      expect(await ledger.vouches({ at: NOW + 30 * DAY - 1 })).toEqual([held])
      expect(await ledger.vouches({ at: NOW + 30 * DAY })).toEqual([])
      expect(await ledger.vouches({ at: NOW - 1 })).toEqual([])
      expect(await ledger.vouches({ at: null })).toEqual([held])
    })

    test('are revoked once, by name', async () => {
      await using at = await openKind(kind)
      const { ledger } = at
      const id = await ledger.vouch(vouch())
      const other = await ledger.vouch(vouch({ what: 'https://b.test/', rule: 'unsure-link' }))
      expect(await ledger.revokeVouch({ id, who: 'Bo', now: NOW + 1 })).toBe(true)
      expect(await ledger.revokeVouch({ id, who: 'Cy', now: NOW + 2 })).toBe(false)
      expect(await ledger.revokeVouch({ id: 99, who: 'Cy', now: NOW + 2 })).toBe(false)
      expect((await ledger.vouches({ at: NOW + 3 })).map((v) => v.id)).toEqual([other])
      expect((await ledger.vouches({ at: null }))[0]).toMatchObject({ revokedAt: NOW + 1, revokedBy: 'Bo' })
    })

    test('a look kept twice is one look, and the newest has the last word', async () => {
      await using at = await openKind(kind)
      const { ledger } = at
      const [first, later] = [look(), look({ at: NOW + 5, verdict: 'dead', cause: 'not-found' })]
      await ledger.recordLooks({ looks: [{ href: first.url, look: first }] })
      await ledger.recordLooks({ looks: [first, later].map((one) => ({ href: one.url, look: one })) })
      expect(await ledger.knownLooks({ hrefs: [first.url], since: NOW })).toEqual([first, later])
      expect(await ledger.knownLooks({ hrefs: [first.url], since: NOW + 1 })).toEqual([later])
    })

    test('a handful of readers: the first ones, some from all over the list, nobody who left it', async () => {
      await using at = await openKind(kind)
      const { ledger } = at
      const people = Array.from({ length: 100 }, (_, at) => person(`p${at}@gll.test`))
      await ledger.importPeople({ list: 'gll', people, source: 'test', now: NOW })
      const survey = await ledger.survey({ list: 'gll' })
      const [first] = await ledger.someReaders({ lists: [survey?.listId ?? 0], first: 1, picks: [] })
      await ledger.unsubscribe({
        listId: survey?.listId ?? 0,
        subscriber: first?.subscriber ?? 0,
        source: 'test',
        now: NOW,
      })
      const some = await ledger.someReaders({ lists: [survey?.listId ?? 0], first: 2, picks: [0, 0.5, 0.999] })
      expect(some.map(({ address }) => address)).toEqual(['p1@gll.test', 'p2@gll.test', 'p50@gll.test', 'p99@gll.test'])
      expect(await ledger.someReaders({ lists: [], first: 2, picks: [0.5] })).toEqual([])
    })
  })
