import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ledger, type NewVouch, openLedger } from '../../src/ledger/index.ts'
import type { Look } from '../../src/links/index.ts'
import { openPostgresServer } from '../support/postgres.ts'

const NOW = 1_800_000_000_000
const DAY = 86_400_000

const server = await openPostgresServer()
afterAll(async () => await server?.[Symbol.asyncDispose]())

async function openEmpty(kind: 'sqlite' | 'postgres'): Promise<Ledger & AsyncDisposable> {
  if (kind === 'postgres') return await openLedger((await server?.database()) ?? '')
  const dir = mkdtempSync(join(tmpdir(), 'ledger-'))
  const ledger = await openLedger(join(dir, 'ledger.sqlite'))
  dirs.push(dir)
  return ledger
}
const dirs: string[] = []
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true })
})

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

for (const kind of ['sqlite', 'postgres'] as const) {
  // Where the server is missing and cannot be installed, the suite says so by name instead of passing.
  const suite = kind === 'postgres' && server === null ? describe.skip : describe
  suite(`vouches on ${kind}`, () => {
    test('hold from when they are given until they lapse, and are listed for ever', async () => {
      await using ledger = await openEmpty(kind)
      const id = await ledger.vouch(vouch())
      const held = { ...vouch(), id, revokedAt: null, revokedBy: null }
      expect(await ledger.vouches({ at: NOW })).toEqual([held])
      expect(await ledger.vouches({ at: NOW + 30 * DAY - 1 })).toEqual([held])
      expect(await ledger.vouches({ at: NOW + 30 * DAY })).toEqual([])
      expect(await ledger.vouches({ at: NOW - 1 })).toEqual([])
      expect(await ledger.vouches({ at: null })).toEqual([held])
    })

    test('are revoked once, by name', async () => {
      await using ledger = await openEmpty(kind)
      const id = await ledger.vouch(vouch())
      const other = await ledger.vouch(vouch({ what: 'https://b.test/', rule: 'unsure-link' }))
      expect(await ledger.revokeVouch({ id, who: 'Bo', now: NOW + 1 })).toBe(true)
      expect(await ledger.revokeVouch({ id, who: 'Cy', now: NOW + 2 })).toBe(false)
      expect(await ledger.revokeVouch({ id: 99, who: 'Cy', now: NOW + 2 })).toBe(false)
      expect((await ledger.vouches({ at: NOW + 3 })).map((v) => v.id)).toEqual([other])
      expect((await ledger.vouches({ at: null }))[0]).toMatchObject({ revokedAt: NOW + 1, revokedBy: 'Bo' })
    })

    test('a look kept twice is one look, and the newest has the last word', async () => {
      await using ledger = await openEmpty(kind)
      const [first, later] = [look(), look({ at: NOW + 5, verdict: 'dead', cause: 'not-found' })]
      await ledger.recordLooks({ looks: [{ href: first.url, look: first }] })
      await ledger.recordLooks({ looks: [first, later].map((one) => ({ href: one.url, look: one })) })
      expect(await ledger.knownLooks({ hrefs: [first.url], since: NOW })).toEqual([first, later])
      expect(await ledger.knownLooks({ hrefs: [first.url], since: NOW + 1 })).toEqual([later])
    })

    test('a handful of readers: the first ones, some from all over the list, nobody who left it', async () => {
      await using ledger = await openEmpty(kind)
      const people = Array.from({ length: 100 }, (_, at) => {
        const address = `p${at}@gll.test`
        return { address, key: address, name: null, language: null }
      })
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
}
