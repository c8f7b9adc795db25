import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '../../src/ledger/index.ts'
import { openPostgresServer } from '../support/postgres.ts'

const NOW = 1_800_000_000_000
const person = (name: string, more: { name?: string | null; language?: string | null } = {}) => ({
  address: `${name}@example.org`,
  key: `${name}@example.org`,
  name: null,
  language: null,
  ...more,
})

const server = await openPostgresServer()
afterAll(async () => await server?.[Symbol.asyncDispose]())

async function opened(kind: 'sqlite' | 'postgres') {
  const dir = mkdtempSync(join(tmpdir(), 'people-'))
  const ledger = await openLedger(kind === 'sqlite' ? join(dir, 'l.sqlite') : ((await server?.database()) ?? ''))
  return {
    ledger,
    import: (...people: ReturnType<typeof person>[]) =>
      ledger.importPeople({ list: 'members', people, source: 'test', now: NOW }),
    async [Symbol.asyncDispose]() {
      await ledger.close()
      rmSync(dir, { recursive: true })
    },
  }
}

for (const kind of ['sqlite', 'postgres'] as const) {
  const suite = kind === 'postgres' && server === null ? describe.skip : describe
  suite(`people on ${kind}`, () => {
    test('an import says what was new, changed and the same, and takes nothing away', async () => {
      await using at = await opened(kind)
      const first = await at.import(person('ann', { name: 'Ann', language: 'fr' }), person('bob'))
      expect(first).toEqual({ added: 2, changed: 0, same: 0, unsubscribed: 0, suppressed: 0 })
      const second = await at.import(person('ann'), person('bob', { name: 'Bob' }), person('cem'))
      expect(second).toEqual({ added: 1, changed: 1, same: 1, unsubscribed: 0, suppressed: 0 })
      expect(await at.ledger.subscriber({ key: 'ann@example.org' })).toMatchObject({ name: 'Ann', language: 'fr' })
    })

    test('who stands in a file twice is one person, by what was said last', async () => {
      await using at = await opened(kind)
      const tally = await at.import(person('ann', { name: 'A', language: 'en' }), person('ann', { name: 'Ann' }))
      expect(tally.added).toBe(1)
      expect(await at.ledger.subscriber({ key: 'ann@example.org' })).toMatchObject({ name: 'Ann', language: 'en' })
    })

    test('an import revives nobody who left and writes to nobody who is suppressed', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'), person('bob'))
      const { listId = 0 } = (await at.ledger.survey({ list: 'members' })) ?? {}
      const ann = await at.ledger.subscriber({ key: 'ann@example.org' })
      await at.ledger.unsubscribe({ listId, subscriber: ann?.id ?? 0, source: 'test', now: NOW })
      await at.ledger.suppress({ key: 'bob@example.org', reason: 'asked', source: 'test', now: NOW })
      const tally = await at.import(person('ann', { name: 'Ann' }), person('bob'), person('cem'))
      expect(tally).toEqual({ added: 1, changed: 0, same: 1, unsubscribed: 1, suppressed: 1 })
      expect(await at.ledger.survey({ list: 'members' })).toMatchObject({ people: 1, unsubscribed: 1, suppressed: 1 })
      const { readers } = await at.ledger.readers({ listId, after: 0 })
      expect(readers.map((reader) => reader.address)).toEqual(['cem@example.org'])
    })
  })
}
