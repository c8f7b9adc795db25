import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ledger, openLedger } from '../../src/ledger/index.ts'
import { edition } from '../support/editions.ts'
import { openPostgresServer } from '../support/postgres.ts'

const NOW = 1_800_000_000_000
const DAY = 86_400_000
const PEOPLE = 4

const server = await openPostgresServer()
afterAll(async () => await server?.[Symbol.asyncDispose]())

const seed = (name: string) => ({ address: `${name}@corp.test`, mailbox: `${name}@corp.test (imap)`, fields: {} })
const SEEDS = [seed('ann'), seed('bob')]
const LATE = seed('ann')

async function scheduled(ledger: Ledger): Promise<number> {
  const people = Array.from({ length: PEOPLE }, (_, n) => {
    const address = `p${n + 1}@a.test`
    return { address, key: address, name: null, language: 'en' }
  })
  await ledger.importPeople({ list: 'members', people, source: 'test', now: NOW })
  const listId = (await ledger.survey({ list: 'members' }))?.listId ?? 0
  const made = edition()
  const id = await ledger.saveEdition({ edition: made, now: NOW })
  await ledger.certify({ digest: made.digest, at: NOW, looks: [] })
  const common = { kind: 'announcement' as const, listId, series: null, dueAt: NOW, expiresAt: NOW + 3 * DAY, now: NOW }
  const mailing = await ledger.openMailing({ ...common, edition: id, corrects: null, audience: 0 })
  const rows = await Promise.all(
    people.map(async ({ address }, at) => ({
      n: at + 1,
      role: 'reader' as const,
      subscriber: (await ledger.subscriber({ key: address }))?.id ?? 0,
      address,
      fields: {},
      inReplyTo: null,
      references: [],
    })),
  )
  await ledger.freeze({ mailing, rows, now: NOW })
  await ledger.publish({ mailing, audience: PEOPLE, chunkSize: 2, now: NOW, watch: [] })
  return mailing
}

/** Takes every chunk that is due and hands its rows; gives the roles of what was handed. */
async function handDue(ledger: Ledger): Promise<string[]> {
  const roles: string[] = []
  for (const { chunk } of await ledger.dueChunks({ now: NOW, limit: 100 })) {
    const claim = await ledger.claim({ chunk, owner: 'me', leaseMs: 60_000, now: NOW, certificateAge: DAY })
    if (claim === null || claim === 'uncertified') continue
    const { epoch, mailing } = claim
    for (const { n, role } of claim.rows) {
      const hand = { mailing: mailing.id, n, chunk, epoch, edition: mailing.edition }
      const answer = await ledger.write({ settles: [], hand, now: NOW, leaseMs: 60_000 })
      roles.push(answer.hand === 'handed' ? role : `${answer.hand}`)
      const reply = { code: 250, enhanced: null, text: 'ok' }
      const settle = {
        mailing: mailing.id,
        n,
        chunk,
        epoch,
        to: 'accepted' as const,
        reply,
        retryAt: null,
        suppress: null,
      }
      await ledger.write({ settles: [settle], hand: null, now: NOW, leaseMs: 60_000 })
    }
    await ledger.release({ chunk, epoch, notBefore: 0, now: NOW })
  }
  return roles
}

describe.each(['sqlite', 'postgres'] as const)('proof in transit on %s', (kind) => {
  const may = kind === 'postgres' && server === null ? test.skip : test

  async function open() {
    const dir = mkdtempSync(join(tmpdir(), 'proving-'))
    const ledger = await openLedger(kind === 'sqlite' ? join(dir, 'ledger.sqlite') : ((await server?.database()) ?? ''))
    const close = async (): Promise<void> => {
      await ledger.close()
      rmSync(dir, { recursive: true })
    }
    return { ledger, [Symbol.asyncDispose]: close }
  }

  const started = (ledger: Ledger, mailing: number) =>
    ledger.startProof({ mailing, seeds: SEEDS, late: LATE, now: NOW })
  const state = async (ledger: Ledger, mailing: number) => (await ledger.mailing({ id: mailing }))?.state
  const settled = (ledger: Ledger, id: number, as: 'sound' | 'damaged') =>
    ledger.settleProof({ id, state: as, report: [], why: `copy ${id} ${as}`, notices: [], now: NOW })

  may('seeds alone are handed while it is proving; readers when all are sound; the last seed behind them', async () => {
    await using one = await open()
    const { ledger } = one
    const mailing = await scheduled(ledger)
    expect(await started(ledger, mailing)).toBe('proving')
    expect(await started(ledger, mailing)).toBeNull()
    expect(await handDue(ledger)).toEqual(['seed', 'seed'])
    expect(await ledger.counts({ mailing })).toMatchObject({ pending: PEOPLE, accepted: 0 })
    const waiting = await ledger.dueProofs({ now: NOW, mailing })
    expect(waiting.map((proof) => [proof.n, proof.delivery])).toEqual([
      [PEOPLE + 1, 'accepted'],
      [PEOPLE + 2, 'accepted'],
    ])
    const [first, second] = waiting
    expect(await settled(ledger, first?.id ?? 0, 'sound')).toBe(true)
    expect(await settled(ledger, first?.id ?? 0, 'damaged')).toBe(false)
    expect(await state(ledger, mailing)).toBe('proving')
    await settled(ledger, second?.id ?? 0, 'sound')
    expect(await started(ledger, mailing)).toBe('begun')
    expect(await handDue(ledger)).toEqual(['reader', 'reader', 'reader', 'reader'])
    expect(await state(ledger, mailing)).toBe('running')
    expect(await handDue(ledger)).toEqual(['seed'])
    expect(await state(ledger, mailing)).toBe('done')
  })

  may('the first copy that is not sound holds it; resumed it is proved again; released it begins', async () => {
    await using one = await open()
    const { ledger } = one
    const mailing = await scheduled(ledger)
    await started(ledger, mailing)
    await handDue(ledger)
    const [first] = await ledger.dueProofs({ now: NOW, mailing })
    await settled(ledger, first?.id ?? 0, 'damaged')
    expect([await state(ledger, mailing), await handDue(ledger)]).toEqual(['held', []])
    await ledger.resume({ mailing, now: NOW })
    expect(await started(ledger, mailing)).toBe('proving')
    const [again] = await ledger.dueProofs({ now: NOW, mailing })
    await settled(ledger, again?.id ?? 0, 'damaged')
    expect(await ledger.releaseProof({ mailing, who: 'Ann', why: 'known', now: NOW })).toBeGreaterThan(0)
    expect(await started(ledger, mailing)).toBe('begun')
    expect(await state(ledger, mailing)).toBe('running')
  })

  may('while it is proving it can be held, and cancelled: then nobody who waits gets it', async () => {
    await using one = await open()
    const { ledger } = one
    const mailing = await scheduled(ledger)
    await started(ledger, mailing)
    expect(await ledger.hold({ mailing, why: 'a wrong date' })).toBe('proving')
    expect(await handDue(ledger)).toEqual([])
    await ledger.cancel({ mailing, why: 'a wrong date', now: NOW })
    for (let n = 0; n < 10; n += 1) await ledger.sweepCancelled({ now: NOW })
    expect(await ledger.counts({ mailing })).toMatchObject({ pending: 0, cancelled: PEOPLE })
  })
})
