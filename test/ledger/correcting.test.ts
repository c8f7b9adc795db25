/** What a corrigendum that waits, is taken back or is cancelled leaves behind, on both databases. */
import { type Ledger, openLedger } from '../../src/ledger/index.ts'
import {
  acceptAll,
  claimFirst,
  DAY,
  handAll,
  handOf,
  KINDS,
  NOW,
  openKind,
  published,
  settleOf,
  testOf,
  write,
} from '../support/ledgers.ts'

const HOUR = 3_600_000
const REPORT = 'https://a.test/report'
const STORIES = 'https://a.test/stories'

/** Two links, of which one is dead for three who were handed it; a corrigendum for it is scheduled. */
async function corrected(ledger: Ledger) {
  const people = ['p1@a.test', 'p2@a.test', 'p3@a.test']
  const watch = [REPORT, STORIES].map((href) => ({ href, terms: null, dueAt: NOW + HOUR, baseline: null }))
  const { mailing, edition, common } = await published(ledger, people, { watch })
  await ledger.begin({ mailing, now: NOW })
  const claim = await claimFirst(ledger)
  await handAll(ledger, claim)
  await acceptAll(ledger, claim)
  const linkOf = async (href: string) => (await ledger.watched({ mailing })).find((w) => w.href === href)?.link ?? 0
  const link = await linkOf(REPORT)
  const look = { url: REPORT, at: NOW, verdict: 'dead', cause: 'not-found', status: 404 } as const
  const words = [{ mailing, state: 'dead', since: NOW, cause: 'not-found', dueAt: NOW + DAY, deadAt: NOW } as const]
  const seen = { ...look, finalUrl: null, movedTo: null, why: '', warnings: [] }
  await ledger.recordLook({ link, slot: NOW, look: seen, words })
  const corrects = { mailing, edition, changes: [], links: [link], origin: 'auto' as const }
  const made = { ...common, kind: 'corrigendum' as const, edition, corrects, audience: 3 }
  const order = { mailing, links: [link], answer: 'corrigendum', fresh: true, who: 'x', detail: '' } as const
  const open = async (): Promise<number> =>
    (await ledger.openCorrigenda({ ...order, made: [made], webOnly: false, notices: [], now: NOW }))?.[0] ?? 0
  const rows = async () =>
    (await ledger.holders({ mailing, edition, after: 0 })).map(({ subscriber, address }) => ({
      ...{ role: 'reader' as const, subscriber, address, fields: {}, inReplyTo: null, references: [] },
      owed: [{ mailing, link }],
    }))
  const answer = async () => (await ledger.watched({ mailing })).find((w) => w.link === link)
  return { mailing, edition, link, stories: await linkOf(STORIES), open, rows, answer, look: seen, words }
}

describe.each(KINDS)('corrigenda on %s', (kind) => {
  const may = testOf(kind)

  may('one that waits for neighbours is asked for when its time comes, and they are looked at now', async () => {
    await using place = await openKind(kind)
    const { ledger } = place
    const { mailing, link, stories, open, answer, look, words } = await corrected(ledger)
    const stall = { mailing, links: [link], look: [{ mailing, link: stories }], notices: [] }
    await ledger.stall({ ...stall, corrigendum: null, again: NOW + HOUR, now: NOW })
    expect(await answer()).toMatchObject({ stalledAt: NOW, answer: null })
    expect((await ledger.watched({ mailing })).find((w) => w.link === stories)?.dueAt).toBe(NOW)
    expect(await ledger.ripe({ quietBefore: NOW, now: NOW + HOUR - 1 })).toEqual([])
    expect(await ledger.ripe({ quietBefore: NOW, now: NOW + HOUR })).toEqual([mailing])
    const corrigendum = await open()
    await ledger.stall({ ...stall, corrigendum, again: NOW + 2 * HOUR, now: NOW + HOUR })
    // Since when it waits stays; what it may take to leave is counted from when it may.
    expect(await answer()).toMatchObject({ stalledAt: NOW, answer: 'corrigendum' })
    expect(await ledger.mailing({ id: corrigendum })).toMatchObject({ dueAt: NOW + 2 * HOUR })
    const [row] = await place.all(`select expires_at - due_at as left_over from mailing where id = ${corrigendum}`)
    expect(Number(row?.left_over)).toBe(3 * DAY)
    const alive = [
      { ...words[0], mailing, state: 'alive' as const, since: null, cause: null, dueAt: NOW, deadAt: null },
    ]
    await ledger.recordLook({ link, slot: NOW + 1, look: { ...look, at: NOW + 1, verdict: 'alive' }, words: alive })
    expect(await answer()).toMatchObject({ stalledAt: null })
  })

  may('one that is taken back leaves its links unanswered, due for a look, and nothing promised', async () => {
    await using place = await openKind(kind)
    const { ledger } = place
    const { link, open, rows, answer } = await corrected(ledger)
    const corrigendum = await open()
    await ledger.freezeCorrected({ corrigendum, rows: await rows(), cap: null, now: NOW })
    await ledger.takeBack({ corrigendum, links: [link], why: 'test', now: NOW + 1 })
    expect(await answer()).toMatchObject({ answer: null, corrigendum: null, dueAt: NOW + 1 })
    expect(await place.all('select * from correction')).toEqual([])
    expect(await ledger.mailing({ id: corrigendum })).toMatchObject({ state: 'cancelled', stateWhy: 'test' })
  })

  may(
    'one that is cancelled half-way leaves its links as a veto would; whom it did not reach is owed one',
    async () => {
      await using place = await openKind(kind)
      const { ledger } = place
      const { mailing, link, open, rows, answer } = await corrected(ledger)
      const corrigendum = await open()
      await ledger.freezeCorrected({ corrigendum, rows: await rows(), cap: null, now: NOW })
      await ledger.publishCorrigendum({ corrigendum, audience: 3, chunkSize: 3, now: NOW, later: null })
      await ledger.begin({ mailing: corrigendum, now: NOW })
      const claim = await claimFirst(ledger)
      await write(ledger, [], handOf(claim, 1))
      expect(await ledger.cancel({ mailing: corrigendum, why: 'by test', now: NOW })).toBe('running')
      await write(ledger, [settleOf(claim, 1, 'accepted')])
      await ledger.release({ chunk: claim.chunk, epoch: claim.epoch, notBefore: 0, now: NOW })
      while (await ledger.sweepCancelled({ now: NOW }));
      expect(await answer()).toMatchObject({ answer: 'vetoed' })
      expect(await ledger.ripe({ quietBefore: NOW, now: NOW })).toEqual([])
      expect(await ledger.holderCounts({ mailing, links: [link], domain: null })).toMatchObject([
        { people: 2, corrected: 1 },
      ])
    },
  )

  may('two that are addressed at once promise nobody the same twice', async () => {
    await using place = await openKind(kind)
    const { ledger } = place
    await using other = await openLedger(place.place)
    const { link, open, mailing, rows } = await corrected(ledger)
    const first = await open()
    await ledger.answerDead({ mailing, links: [link], answer: null, corrigendum: null })
    const second = await open()
    const holders = await rows()
    await other.mailing({ id: second })
    const frozen = await Promise.all([
      ledger.freezeCorrected({ corrigendum: first, rows: holders, cap: null, now: NOW }),
      other.freezeCorrected({ corrigendum: second, rows: holders, cap: null, now: NOW }),
    ])
    expect(frozen.map(({ audience }) => audience).toSorted()).toEqual([0, 3])
    expect(await place.all(`select n from delivery where mailing_id in (${first}, ${second})`)).toHaveLength(3)
  })

  may('of two that answer one link, the one that is cancelled leaves the answer to the other', async () => {
    await using place = await openKind(kind)
    const { ledger } = place
    const { link, open, answer, mailing } = await corrected(ledger)
    const first = await open()
    await ledger.answerDead({ mailing, links: [link], answer: null, corrigendum: null })
    const second = await open()
    await ledger.cancel({ mailing: first, why: 'by test', now: NOW })
    expect(await answer()).toMatchObject({ answer: 'corrigendum' })
    await ledger.cancel({ mailing: second, why: 'by test', now: NOW })
    expect(await answer()).toMatchObject({ answer: 'vetoed' })
  })
})
