import type { Ledger, NoticeStart } from '../../src/ledger/index.ts'
import type { Look } from '../../src/links/index.ts'
import { edition } from '../support/editions.ts'
import { acceptAll, claimFirst, DAY, handAll, KINDS, NOW, openKind, published, testOf } from '../support/ledgers.ts'

const HOUR = 3_600_000
const REPORT = 'https://a.test/report'
const PEOPLE = 6

const look = (at: number, verdict: Look['verdict']): Look => ({
  url: REPORT,
  at,
  verdict,
  cause: verdict === 'alive' ? 'ok' : 'not-found',
  status: verdict === 'alive' ? 200 : 404,
  finalUrl: null,
  movedTo: null,
  why: '',
  warnings: [],
})

const notice = (more: Partial<NoticeStart> = {}): NoticeStart => ({
  topic: 'a topic',
  kind: 'asked',
  mailing: null,
  link: null,
  subject: 'a subject',
  body: 'a body',
  facts: { people: 3 },
  remind: true,
  ...more,
})

/** A mailing that runs, handed to the first half of its readers. */
async function running(ledger: Ledger) {
  const people = Array.from({ length: PEOPLE }, (_, n) => `p${n + 1}@${n % 2 === 0 ? 'clinic' : 'home'}.test`)
  const watch = [{ href: REPORT, terms: null, dueAt: NOW + HOUR, baseline: look(NOW, 'alive') }]
  const { mailing, edition, listId, common } = await published(ledger, people, { chunkSize: 3, watch })
  await ledger.begin({ mailing, now: NOW })
  const claim = await claimFirst(ledger)
  await handAll(ledger, claim)
  const finish = (): Promise<void> => acceptAll(ledger, claim)
  const [watched] = await ledger.watched({ mailing })
  return { mailing, edition, listId, link: watched?.link ?? 0, finish, common }
}

const failed = (at: number, mailing: number, more = {}) => ({
  slot: at,
  look: look(at, 'dead'),
  words: [{ mailing, state: 'failing' as const, since: at, cause: 'not-found' as const, dueAt: at + HOUR, ...more }],
})

describe.each(KINDS)('the held line on %s', (kind) => {
  const may = testOf(kind)
  const open = () => openKind(kind)

  may(
    'a mailing is looked at as it begins, held by the commit of a look, drained, switched and on its way in one row',
    async () => {
      await using place = await open()
      const { ledger } = place
      const { mailing, edition: from, link, finish } = await running(ledger)
      expect(await ledger.watched({ mailing })).toMatchObject([{ dueAt: NOW, carried: true, mailingState: 'running' }])
      const hold = failed(NOW, mailing, { hold: `${REPORT} is dead` })
      expect(await ledger.recordLook({ link, ...hold, notices: [notice()] })).toBe(true)
      expect(await ledger.recordLook({ link, ...hold, notices: [notice()] })).toBe(false)
      expect(await ledger.mailing({ id: mailing })).toMatchObject({ state: 'held', heldBy: 'line', holds: 1 })
      expect(await ledger.dueLines({ now: NOW })).toEqual([mailing])
      expect(await ledger.inHand({ mailing, edition: from })).toBe(3)
      await finish()
      expect(await ledger.inHand({ mailing, edition: null })).toBe(0)
      await ledger.lineLater({ mailing, at: NOW + 1 })
      expect(await ledger.dueLines({ now: NOW })).toEqual([])
      const to = await ledger.saveEdition({ edition: edition({ subject: 'Corrected', places: [] }), now: NOW })
      const order = {
        mailing,
        from,
        to,
        watch: [],
        changes: [{ from: REPORT, to: null }],
        why: 'w',
        who: 'x',
        notices: [],
        now: NOW,
      }
      expect(await ledger.switchEdition({ ...order, from: to })).toBe(false)
      expect(await ledger.switchEdition(order)).toBe(true)
      expect(await ledger.switchEdition(order)).toBe(false)
      expect(await ledger.mailing({ id: mailing })).toMatchObject({
        state: 'scheduled',
        edition: to,
        heldBy: null,
        changes: order.changes,
      })
      expect(await ledger.watched({ mailing })).toMatchObject([{ carried: false }])
    },
  )

  may('what the watch holds it may let go on twice; a third time, and once a person holds it, it may not', async () => {
    await using place = await open()
    const { ledger } = place
    const { mailing, link } = await running(ledger)
    for (let holds = 1; holds <= 3; holds += 1) {
      await ledger.recordLook({ link, ...failed(NOW + holds, mailing, { hold: 'dead' }) })
      const may = holds < 3
      expect(await ledger.mailing({ id: mailing })).toMatchObject({ state: 'held', holds, heldBy: may ? 'line' : null })
      expect(await ledger.resumeLine({ mailing, why: 'alive', notices: [], now: NOW })).toBe(may)
      if (may) await ledger.begin({ mailing, now: NOW })
    }
    await ledger.resume({ mailing, now: NOW })
    expect(await ledger.mailing({ id: mailing })).toMatchObject({ state: 'scheduled' })
  })

  may('corrigenda are opened once, counted by whom they reach, capped, and vetoed', async () => {
    await using place = await open()
    const { ledger } = place
    const { mailing, edition: id, listId, link, finish, common } = await running(ledger)
    await finish()
    await ledger.recordLook({ link, ...failed(NOW, mailing, { state: 'dead', deadAt: NOW }) })
    expect(await ledger.ripe({ quietBefore: NOW, now: NOW })).toEqual([mailing])
    expect((await ledger.linksOfSite({ origin: 'https://a.test' })).map(({ href, state }) => [href, state])).toEqual([
      [REPORT, 'dead'],
    ])
    const first = await ledger.subscriber({ key: 'p1@clinic.test' })
    await ledger.unsubscribe({ listId, subscriber: first?.id ?? 0, source: 'test', now: NOW })
    expect(await ledger.holderCounts({ mailing, links: [link], domain: null })).toMatchObject([
      { holders: 3, unsubscribed: 1, people: 2, elsewhere: 0 },
    ])
    expect(await ledger.holderCounts({ mailing, links: [], domain: 'HOME.test' })).toMatchObject([
      { holders: 3, people: 1, elsewhere: 1 },
    ])
    const corrects = { mailing, edition: id, changes: [], links: [link], origin: 'auto' as const }
    const order = {
      mailing,
      made: [{ ...common, kind: 'corrigendum' as const, edition: id, corrects, audience: 2 }],
      webOnly: false,
      links: [link],
      answer: 'corrigendum' as const,
      fresh: true,
      who: 'the watch',
      detail: '',
      notices: [notice({ topic: 'corrigendum %CORRIGENDUM%', body: '%CORRIGENDUM%' })],
      now: NOW,
    }
    const [corrigendum = 0] = (await ledger.openCorrigenda(order)) ?? []
    expect(await ledger.openCorrigenda(order)).toBeNull()
    expect(await ledger.answered({ corrigendum })).toMatchObject([{ link, answer: 'corrigendum', corrigendum }])
    const holders = await ledger.holders({ mailing, edition: id, after: 0, domain: null })
    const subscribers = holders.map((holder) => holder.subscriber)
    expect(await ledger.copiesOf({ subscribers, links: [link], mailing })).toMatchObject([
      { mailing, links: [link], waits: true },
      { mailing, links: [link], waits: true },
    ])
    const rows = holders.map((holder) => ({
      role: 'reader' as const,
      subscriber: holder.subscriber,
      address: holder.address,
      fields: {},
      inReplyTo: null,
      references: [],
      owed: [{ mailing, link }],
    }))
    const cap = { looks: 1, over: 7 * DAY }
    const frozen = await ledger.freezeCorrected({ corrigendum, rows: rows.slice(0, 1), cap, now: NOW })
    expect(frozen).toEqual({ audience: 1, postponed: 0, next: null })
    expect(await ledger.freezeCorrected({ corrigendum, rows: rows.slice(0, 1), cap, now: NOW })).toEqual(frozen)
    const later = await ledger.publishCorrigendum({
      corrigendum,
      audience: 1,
      chunkSize: 3,
      now: NOW,
      later: { people: 1, dueAt: NOW + DAY },
    })
    expect(later).toBeGreaterThan(corrigendum)
    expect(
      await ledger.publishCorrigendum({ corrigendum, audience: 1, chunkSize: 3, now: NOW, later: null }),
    ).toBeNull()
    // The same person is owed another link, and has had theirs this week.
    const again = rows.slice(0, 1).map((row) => ({ ...row, owed: [{ mailing, link: link + 1 }] }))
    expect(await ledger.freezeCorrected({ corrigendum: later ?? 0, rows: again, cap, now: NOW + 1 })).toEqual({
      audience: 0,
      postponed: 1,
      next: NOW + 7 * DAY,
    })
    expect(await ledger.veto({ corrigendum: later ?? 0, who: 'test', now: NOW })).toBe('scheduled')
    expect(await ledger.veto({ corrigendum: mailing, who: 'test', now: NOW })).toBeNull()
  })

  may('a notice is told once a topic, mailed in one commit, and reminded until it is closed', async () => {
    await using place = await open()
    const { ledger } = place
    const { mailing, edition: id } = await running(ledger)
    await ledger.putNotice({ notice: notice({ mailing }), now: NOW })
    await ledger.putNotice({ notice: notice({ mailing, body: 'another' }), now: NOW })
    const [due, ...others] = await ledger.dueNotices({ now: NOW })
    expect(others).toEqual([])
    expect(due).toMatchObject({ body: 'a body', facts: { people: 3 }, remind: true, times: 0 })
    expect(await ledger.toTell({ now: NOW })).toBe(true)
    const mail = {
      id: due?.id ?? 0,
      times: 0,
      edition: id,
      to: ['a@team.test', 'b@team.test'],
      now: NOW,
      expiresAt: NOW + DAY,
      nextAt: NOW + DAY,
    }
    expect(await ledger.mailNotice(mail)).toBe(true)
    expect(await ledger.mailNotice(mail)).toBe(false)
    const [told] = await ledger.mailings({ limit: 1 })
    expect(told).toMatchObject({ kind: 'notice', state: 'running', audience: 2 })
    expect(await ledger.counts({ mailing: told?.id ?? 0 })).toMatchObject({ pending: 2 })
    expect((await ledger.dueHooks({ now: NOW })).length).toBe(1)
    await ledger.hooked({ id: mail.id, at: null, tries: 1 })
    expect(await ledger.toTell({ now: NOW })).toBe(false)
    expect(await ledger.noticesOf({ mailing: null })).toHaveLength(1)
    await ledger.noticeDone({ id: mail.id, dueAt: null, closed: true, now: NOW })
    expect(await ledger.noticesOf({ mailing: null })).toEqual([])
    expect(await ledger.noticesOf({ mailing })).toMatchObject([{ times: 1, closedAt: NOW }])
  })
})
