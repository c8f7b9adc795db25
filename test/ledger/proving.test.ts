import type { Ledger } from '../../src/ledger/index.ts'
import { DAY, handOf, KINDS, LEASE, NOW, openKind, published, settleOf, testOf, write } from '../support/ledgers.ts'

const PEOPLE = 4

const seed = (name: string) => ({ address: `${name}@corp.test`, mailbox: `${name}@corp.test (imap)`, fields: {} })
const SEEDS = [seed('ann'), seed('bob')]
const LATE = seed('ann')

async function scheduled(ledger: Ledger): Promise<number> {
  const people = Array.from({ length: PEOPLE }, (_, n) => `p${n + 1}@a.test`)
  return (await published(ledger, people, { chunkSize: 2 })).mailing
}

/** Takes every chunk that is due and hands its rows; gives the roles of what was handed. */
async function handDue(ledger: Ledger): Promise<string[]> {
  const roles: string[] = []
  for (const { chunk } of await ledger.dueChunks({ now: NOW, limit: 100 })) {
    const claim = await ledger.claim({ chunk, owner: 'me', leaseMs: LEASE, now: NOW, certificateAge: DAY })
    if (claim === null || claim === 'uncertified') continue
    for (const { n, role } of claim.rows) {
      const answer = await write(ledger, [], handOf(claim, n))
      roles.push(answer.hand === 'handed' ? role : `${answer.hand}`)
      await write(ledger, [settleOf(claim, n, 'accepted')])
    }
    await ledger.release({ chunk, epoch: claim.epoch, notBefore: 0, now: NOW })
  }
  return roles
}

describe.each(KINDS)('proof in transit on %s', (kind) => {
  const may = testOf(kind)
  const open = () => openKind(kind)

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
