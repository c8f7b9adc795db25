/** A backup that is put back under a worker: on both databases, by the file kept beside the ledger. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { openLedger } from '../../src/ledger/index.ts'
import { keepGeneration } from '../../src/publishing/index.ts'
import { addresses, DAY, KINDS, type Kind, NOW, openKind, published, suiteOf } from '../support/ledgers.ts'

/** A ledger with a running mailing, a scheduled one and one that is done, and a DATA_DIR beside it. */
async function house(kind: Kind) {
  const at = await openKind(kind)
  const { ledger } = at
  const dir = mkdtempSync(join(tmpdir(), 'generation-'))
  const config = readConfig({ DATA_DIR: dir, FROM: 'gll@gll.test' })
  const logged: string[] = []
  const log = (event: string): void => void logged.push(event)
  const mailing = async (begun: boolean): Promise<number> => {
    const id = (await published(ledger, addresses(3))).mailing
    if (begun) await ledger.begin({ mailing: id, now: NOW })
    return id
  }
  const mailings = [await mailing(true), await mailing(false)]
  const done = await mailing(true)
  await ledger.cancel({ mailing: done, why: 'test', now: NOW })
  return {
    ...at,
    mailings,
    done,
    logged,
    keep: () => keepGeneration({ config, ledger, log, now: () => NOW }),
    /** The number as a backup of earlier would have it. */
    restore: (n: number) => at.all(`update generation set n = ${n}`),
    states: async () => Promise.all([...mailings, done].map(async (id) => (await ledger.mailing({ id }))?.state)),
    [Symbol.asyncDispose]: async () => {
      rmSync(dir, { recursive: true })
      await at[Symbol.asyncDispose]()
    },
  }
}

for (const kind of KINDS) {
  suiteOf(kind)(`a restored ledger on ${kind}`, () => {
    test('holds every mailing that has not ended, once, says so, and goes on when a person lets it', async () => {
      await using at = await house(kind)
      const { ledger } = at
      for (let n = 0; n < 5; n += 1) await at.keep()
      expect(await at.states()).toEqual(['running', 'scheduled', 'cancelled'])
      await at.restore(2)
      await at.keep()
      expect(await at.states()).toEqual(['held', 'held', 'cancelled'])
      expect((await ledger.mailing({ id: at.mailings[0] ?? 0 }))?.stateWhy).toContain('older than the mail that left')
      expect(at.logged).toEqual(['ledger-restored'])
      expect((await ledger.noticesOf({ mailing: null })).map((notice) => notice.kind)).toEqual(['restored'])
      expect(await ledger.dueChunks({ now: NOW + DAY, limit: 9 })).toEqual([])

      for (const mailing of at.mailings) await ledger.resume({ mailing, now: NOW })
      await at.keep()
      expect(await at.states()).toEqual(['scheduled', 'scheduled', 'cancelled'])
      expect(at.logged).toHaveLength(1)
      expect(await ledger.trustRestored({ now: NOW })).toBe(true)
      expect(await ledger.trustRestored({ now: NOW })).toBe(false)
      expect(await ledger.noticesOf({ mailing: null })).toEqual([])
    })

    test('keeps corrigenda from being made by themselves until it is trusted', async () => {
      await using at = await house(kind)
      await at.keep()
      await at.all(`insert into link (href) values ('https://a.test/dead')`)
      await at.all(`insert into watch (mailing_id, link_id, published_at, state, dead_at)
        select ${at.done}, max(id), ${NOW}, 'dead', ${NOW} from link`)
      const ripe = () => at.ledger.ripe({ quietBefore: NOW + DAY, now: NOW + DAY })
      expect(await ripe()).toEqual([at.done])
      await at.restore(0)
      await at.keep()
      expect(await ripe()).toEqual([])
      await at.ledger.trustRestored({ now: NOW })
      expect(await ripe()).toEqual([at.done])
    })

    test('is told from another ledger too, and an empty new one is simply begun', async () => {
      await using at = await house(kind)
      await at.keep()
      await at.all(`update generation set lineage = 'another', n = 900`)
      await at.keep()
      expect(await at.states()).toEqual(['held', 'held', 'cancelled'])
      await using fresh = await openKind(kind)
      const dir = mkdtempSync(join(tmpdir(), 'generation-'))
      const config = readConfig({ DATA_DIR: dir, FROM: 'gll@gll.test' })
      const keep = (ledger: typeof fresh.ledger) =>
        keepGeneration({ config, ledger, now: () => NOW, log: (event) => at.logged.push(event) })
      await keep(at.ledger)
      await keep(fresh.ledger)
      expect(at.logged).toEqual(['ledger-restored'])
      rmSync(dir, { recursive: true })
    })

    test('is not told where several workers count on it', async () => {
      await using at = await house(kind)
      await using other = await openLedger(at.place).then((ledger) => ({
        ledger,
        [Symbol.asyncDispose]: () => ledger.close(),
      }))
      for (let n = 0; n < 20; n += 1) await Promise.all([at.keep(), other.ledger.grow(), at.keep()])
      expect(at.logged).toEqual([])
    })
  })
}
