/** The proof in transit against a relay of ours that damages what passes, with the local inbox as the seed mailbox. */
import { join } from 'node:path'
import { DAMAGE, type Damage } from '../../scripts/demo/damage.ts'
import { openInbox, openLane, parseRoute } from '../../src/mail/index.ts'
import { prove, publish, start } from '../../src/publishing/index.ts'
import { checked, deliverDue, type House, LANES, letter, openHouse, received } from './house.ts'

const SEED = 'seed@inbox.test'
const MINUTE = 60_000
const TEXT = 'Die Zusammenfassung für Ärztinnen und Ärzte naïve façade coöperation.'

/** A house whose relay sends what is for the seed mailbox on to the inbox, with this damage; null: it loses it. */
async function openProvingHouse(damage: Damage | null, env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack()
  const house = stack.use(await openHouse({ env: { SEED_MAILBOXES: 'inbox', ...env } }))
  const inbox = stack.use(await openInbox({ dir: join(house.config.dataDir, 'inbox'), port: 0 }))
  const relay = { damage }
  house.sink.behave({
    onDot: async ({ from, to }, raw) => {
      if (to[0] !== SEED || relay.damage === null) return
      const lane = await openLane(parseRoute(inbox.url, { ehloName: 'relay.test' }))
      await lane.submit({ from, to: SEED }, relay.damage(raw), async () => true)
      await lane.close()
    },
  })
  const owned = stack.move()
  return { house, relay, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function published(house: House): Promise<number> {
  const edition = await checked(house, letter(house, '', TEXT))
  const order = { list: 'members', expect: 4, dueAt: house.clock.at, lanes: LANES }
  return (await publish(house.tools, edition, order)).mailing
}

/** What a tick would do: start what is due, deliver, look into the mailboxes. */
async function ticks(house: House, mailing: number, times = 4): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    for (const { id } of await house.ledger.dueMailings({ now: house.clock.at })) await start(house.tools, id)
    await deliverDue(house)
    await prove(house.tools, mailing)
    house.clock.at += 20_000
  }
}

const readers = (house: House): string[] => received(house).filter((to) => to !== SEED)
const seeds = (house: House): string[] => received(house).filter((to) => to === SEED)
const standing = async (house: House, mailing: number) => {
  const found = await house.ledger.mailing({ id: mailing })
  const proofs = await house.ledger.proofs({ mailing })
  return { state: found?.state, why: found?.stateWhy ?? '', proofs, report: proofs[0]?.report.join('\n') ?? '' }
}

test('the seed gets its copy first, and readers only when it arrived sound; one more seed goes last', async () => {
  await using proving = await openProvingHouse(DAMAGE.none)
  const { house } = proving
  const mailing = await published(house)
  await start(house.tools, mailing)
  await deliverDue(house)
  expect(received(house)).toEqual([SEED])
  expect((await standing(house, mailing)).state).toBe('proving')
  expect(await house.ledger.counts({ mailing })).toMatchObject({ pending: 4, accepted: 0 })
  await ticks(house, mailing)
  expect(readers(house)).toHaveLength(4)
  expect(received(house).at(-1)).toBe(SEED)
  const { state, proofs } = await standing(house, mailing)
  expect([state, proofs.map((p) => [p.state, p.late])]).toEqual([
    'done',
    [
      ['sound', false],
      ['sound', true],
    ],
  ])
  expect(await house.ledger.counts({ mailing })).toMatchObject({ pending: 0, accepted: 4 })
})

test.each([
  'Message-ID rewritten',
  'Safe Links',
  'urldefense',
  'Safe Links behind urldefense',
  'banner added',
] as const)('%s: sound, and the rest leaves', async (name) => {
  await using proving = await openProvingHouse(DAMAGE[name])
  const mailing = await published(proving.house)
  await ticks(proving.house, mailing)
  const { state, report } = await standing(proving.house, mailing)
  expect([state, readers(proving.house).length, report]).toEqual(['done', 4, expect.anything()])
})

test.each([
  ['href stripped', 'damaged', /HTML part: the link “synthesis report” to \S+\/report is gone/],
  ['HTML part removed', 'damaged', /the HTML part is gone, and with it \d+ links/],
  ['text part removed', 'damaged', /the text part is gone/],
  ['HTML to text', 'damaged', /the HTML part is gone[\s\S]*text part: the link \S+\/report is gone/],
  ['body truncated', 'damaged', /cut off after “/],
  ['charset broken', 'damaged', /its characters are broken/],
  ['one link redirected', 'damaged', /“stories” to \S+ leads to another page: \S+\/sponsored/],
  ['unknown rewriter', 'unsure', /leads to click\.gateway\.example now, by a rewriter that is not known here/],
  ['Mimecast', 'unsure', /goes through Mimecast, which keeps to itself where to/],
] as const)('%s: held before any reader, and the report says what is lost', async (name, state, report) => {
  await using proving = await openProvingHouse(DAMAGE[name])
  const { house } = proving
  const mailing = await published(house)
  await ticks(house, mailing)
  const now = await standing(house, mailing)
  expect(now.report).toMatch(report)
  expect([now.state, now.proofs.map((p) => p.state)]).toEqual(['held', [state]])
  expect(now.why).toContain(`the copy to ${SEED} (the local inbox)`)
  expect(readers(house)).toEqual([])
  expect((await house.ledger.noticesOf({ mailing })).map((n) => n.kind)).toEqual(['not-proved'])
})

test('a copy that does not come within PROVE_WITHIN holds the mailing, and not before', async () => {
  await using proving = await openProvingHouse(null)
  const { house } = proving
  const mailing = await published(house)
  await ticks(house, mailing)
  expect((await standing(house, mailing)).state).toBe('proving')
  house.clock.at += 15 * MINUTE
  await ticks(house, mailing, 1)
  expect(await standing(house, mailing)).toMatchObject({ state: 'held', report: 'it has not arrived' })
  expect(readers(house)).toEqual([])
})

test('a held mailing is proved again once the relay is mended, and then leaves', async () => {
  await using proving = await openProvingHouse(DAMAGE['href stripped'])
  const { house } = proving
  const mailing = await published(house)
  await ticks(house, mailing)
  proving.relay.damage = DAMAGE.none
  await house.ledger.resume({ mailing, now: house.clock.at })
  await ticks(house, mailing)
  expect((await standing(house, mailing)).proofs.map((p) => [p.round, p.state])).toEqual([
    [1, 'damaged'],
    [2, 'sound'],
    [2, 'sound'],
  ])
  expect(readers(house)).toHaveLength(4)
})

test('a named person may let it go, with a reason that is kept; nothing else changes', async () => {
  await using proving = await openProvingHouse(DAMAGE.Mimecast)
  const { house } = proving
  const mailing = await published(house)
  await ticks(house, mailing)
  const word = { mailing, who: 'Ann Lee', why: 'our own gateway', now: house.clock.at }
  expect(await house.ledger.releaseProof(word)).toBe(1)
  expect(await house.ledger.releaseProof(word)).toBeNull()
  await ticks(house, mailing)
  expect(readers(house)).toHaveLength(4)
  expect(await house.ledger.audits({ mailing })).toContainEqual(
    expect.objectContaining({ who: 'Ann Lee', what: 'released unproved', detail: 'our own gateway' }),
  )
})

test('damage that begins after the first seed is found by the last one, and the team is told', async () => {
  await using proving = await openProvingHouse(DAMAGE.none)
  const { house, relay } = proving
  const mailing = await published(house)
  await ticks(house, mailing, 1)
  relay.damage = DAMAGE['HTML part removed']
  await ticks(house, mailing)
  expect(seeds(house)).toHaveLength(2)
  expect((await standing(house, mailing)).proofs.map((p) => p.state)).toEqual(['sound', 'damaged'])
  expect((await house.ledger.noticesOf({ mailing })).map((n) => n.kind)).toEqual(['late-damage'])
})

test('a seed whose copy the relay refuses holds the mailing at once, with the reply', async () => {
  await using proving = await openProvingHouse(DAMAGE.none)
  const { house } = proving
  house.sink.behave({ only: { [SEED]: { rcpt: { reply: '550 5.1.1 no such mailbox' } } } })
  const mailing = await published(house)
  await ticks(house, mailing)
  const { state, report } = await standing(house, mailing)
  expect([state, report]).toEqual(['held', expect.stringMatching(/it is rejected: 550 .*no such mailbox/)])
  expect(readers(house)).toEqual([])
})

test('without seed mailboxes a mailing begins as it was', async () => {
  await using proving = await openProvingHouse(DAMAGE.none, { SEED_MAILBOXES: '' })
  const { house } = proving
  const mailing = await published(house)
  await ticks(house, mailing)
  expect([readers(house).length, seeds(house)]).toEqual([4, []])
  expect(await house.ledger.proofs({ mailing })).toEqual([])
})
