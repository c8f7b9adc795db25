/** Messages to one, on both databases: taken once, counted like any delivery, and told of. */
import type { Ledger, NewMessage } from '../../src/ledger/index.ts'
import { edition } from '../support/editions.ts'
import { DAY, KINDS, LEASE, NOW, OK, openKind, suiteOf } from '../support/ledgers.ts'

const message = (name: string, over: Partial<NewMessage> = {}): NewMessage => ({
  address: `${name}@example.net`,
  addressKey: `${name}@example.net`,
  hash: `hash-${name}`,
  fields: { name },
  language: null,
  token: null,
  key: null,
  request: 'r',
  hook: false,
  ...over,
})

async function post(
  ledger: Ledger,
  messages: readonly NewMessage[],
  now = NOW,
  kind: 'message' | 'test' | 'confirmation' = 'message',
) {
  const made = edition({ kind, digest: `of ${kind}` })
  const id = await ledger.saveEdition({ edition: made, now })
  await ledger.certify({ digest: made.digest, at: now, looks: [] })
  return await ledger.postMessages({ kind, edition: id, messages, now, expiresAt: now + DAY })
}

const claim = (ledger: Ledger, chunk: number, now = NOW) =>
  ledger.claim({ chunk, owner: 'w', leaseMs: LEASE, now, certificateAge: DAY })

/** Hands and settles all of what is due, as a worker would. */
async function deliverAll(ledger: Ledger, state: 'accepted' | 'rejected' = 'accepted') {
  const answers: (string | null)[] = []
  for (const { chunk } of await ledger.dueChunks({ now: NOW, limit: 10 })) {
    const claimed = await claim(ledger, chunk)
    if (claimed === null || claimed === 'uncertified') throw new Error('nothing to claim')
    const { epoch, mailing, rows } = claimed
    for (const { n } of rows) {
      const row = { chunk, epoch, mailing: mailing.id, n }
      const hand = { ...row, edition: mailing.edition }
      answers.push((await ledger.write({ settles: [], hand, now: NOW, leaseMs: LEASE })).hand)
      if (answers.at(-1) !== 'handed') continue
      const settle = { ...row, to: state, reply: OK, retryAt: null, suppress: null }
      await ledger.write({ settles: [settle], hand: null, now: NOW, leaseMs: LEASE })
    }
    await ledger.release({ chunk, epoch, notBefore: 0, now: NOW })
  }
  return answers
}

describe.each(KINDS)('%s', (kind) => {
  suiteOf(kind)('messages to one', () => {
    test('those that come in together run at once as one mailing, each with an answer of its own', async () => {
      await using opened = await openKind(kind)
      const { ledger } = opened
      const posted = await post(ledger, [message('ann'), message('bob')])
      expect(posted).toEqual([
        { kind: 'taken', mailing: 1, n: 1, repeated: false },
        { kind: 'taken', mailing: 1, n: 2, repeated: false },
      ])
      expect(await ledger.message({ mailing: 1, n: 2 })).toMatchObject({ state: 'pending', tries: 0, reply: null })
      expect(await deliverAll(ledger)).toEqual(['handed', 'handed'])
      expect(await ledger.message({ mailing: 1, n: 2 })).toMatchObject({ state: 'accepted', reply: '250 queued' })
      expect((await ledger.mailing({ id: 1 }))?.state).toBe('done')
      expect(await ledger.counts({ mailing: 1 })).toMatchObject({ accepted: 2, pending: 0 })
    })

    test('a request that comes again is the message it was, and a key for two requests is a fault', async () => {
      await using opened = await openKind(kind)
      const { ledger } = opened
      const token = await ledger.addToken({ name: 'app', hash: 'h', scopes: ['messages'], now: NOW })
      const ann = message('ann', { token, key: 'order-1' })
      await post(ledger, [ann])
      expect(await post(ledger, [message('bob', { token, key: 'order-2' }), ann])).toEqual([
        { kind: 'taken', mailing: 2, n: 1, repeated: false },
        { kind: 'taken', mailing: 1, n: 1, repeated: true },
      ])
      expect(await post(ledger, [{ ...ann, request: 'another' }])).toEqual([{ kind: 'conflict' }])
      const other = await ledger.addToken({ name: 'other', hash: 'h', scopes: ['messages'], now: NOW })
      expect(await post(ledger, [{ ...ann, token: other }])).toEqual([
        { kind: 'taken', mailing: 3, n: 1, repeated: false },
      ])
    })

    test.each(['test', 'confirmation'] as const)(
      'of a %s that went to who is then erased no address is left, and one that waits stays',
      async (one) => {
        await using opened = await openKind(kind)
        const { ledger } = opened
        const [ann, bob] = [message('ann'), message('bob')]
        await post(ledger, [ann, bob], NOW, one)
        await deliverAll(ledger)
        await ledger.recordBounce({
          ...{ mailing: 1, n: 1, verdict: 'hard', status: '5.1.1', reason: 'no-such-mailbox', who: 'test', now: NOW },
          diagnostic: '550 5.1.1 <ann@example.net> unknown',
        })
        await post(ledger, [ann, bob], NOW, one)
        const erase = { key: 'ann@example.net', hash: 'keyed', source: 'test', now: NOW }
        expect(await ledger.erase(erase)).toBe(true)
        expect(await ledger.erase(erase)).toBe(false)
        for (const table of ['delivery', 'bounce', 'message', 'audit', 'suppression', 'subscriber', 'erased_address']) {
          expect(JSON.stringify(await opened.all(`select * from ${table}`))).not.toMatch(/ann/)
        }
        expect(await opened.all('select address from delivery order by mailing_id, n')).toEqual(
          ['', 'bob@example.net', '', 'bob@example.net'].map((address) => ({ address })),
        )
        expect(await deliverAll(ledger)).toEqual(['handed'])
        expect(await ledger.counts({ mailing: 2 })).toMatchObject({ accepted: 1, suppressed: 1, pending: 0 })
        expect((await ledger.mailing({ id: 2 }))?.state).toBe('done')
      },
    )

    test('a suppressed person gets none, and one who was erased not even a row', async () => {
      await using opened = await openKind(kind)
      const { ledger } = opened
      await ledger.suppress({ key: 'ann@example.net', reason: 'asked', source: 'test', now: NOW })
      await post(ledger, [message('bob')])
      await ledger.erase({ key: 'bob@example.net', hash: 'hash-bob', source: 'test', now: NOW })
      const posted = await post(ledger, [message('bob'), message('ann'), message('cem')])
      expect(posted).toEqual([
        { kind: 'erased' },
        { kind: 'taken', mailing: 2, n: 1, repeated: false },
        { kind: 'taken', mailing: 2, n: 2, repeated: false },
      ])
      expect(await deliverAll(ledger)).toEqual(expect.arrayContaining(['consent', 'handed']))
      expect(await ledger.message({ mailing: 2, n: 1 })).toMatchObject({ state: 'suppressed' })
    })

    test('an event is due once a message has ended, and again when it bounces', async () => {
      await using opened = await openKind(kind)
      const { ledger } = opened
      await post(ledger, [message('ann', { hook: true }), message('bob')])
      const due = () => ledger.dueEvents({ now: NOW, limit: 10 })
      expect(await due()).toEqual([])
      await deliverAll(ledger)
      expect(await due()).toMatchObject([{ mailing: 1, n: 1, state: 'accepted', hookTries: 0 }])
      await ledger.eventTold({ mailing: 1, n: 1, at: NOW + 60_000, tries: 1 })
      expect(await due()).toEqual([])
      expect(await ledger.dueEvents({ now: NOW + 60_000, limit: 10 })).toHaveLength(1)
      await ledger.eventTold({ mailing: 1, n: 1, at: null, tries: 2 })
      expect(await ledger.dueEvents({ now: NOW + DAY, limit: 10 })).toEqual([])
      const bounce = { verdict: 'hard', status: '5.1.1', reason: 'no such user', diagnostic: null } as const
      for (const n of [1, 2]) await ledger.recordBounce({ mailing: 1, n, ...bounce, who: 'test', now: NOW })
      expect(await due()).toMatchObject([{ mailing: 1, n: 1, state: 'bounced' }])
    })

    test('a token that is revoked stays known as such', async () => {
      await using opened = await openKind(kind)
      const { ledger } = opened
      const id = await ledger.addToken({ name: 'app', hash: 'h', scopes: ['messages', 'lists'], now: NOW })
      expect(await ledger.revokeToken({ id, now: NOW + 1 })).toBe(true)
      expect(await ledger.revokeToken({ id: 99, now: NOW })).toBe(false)
      expect(await ledger.apiTokens()).toEqual([
        { id, name: 'app', hash: 'h', scopes: ['messages', 'lists'], createdAt: NOW, revokedAt: NOW + 1 },
      ])
    })
  })
})
