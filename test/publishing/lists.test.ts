/** Lists, segments and merge fields on the whole way: what arrives at whom, and what follows from it. */
import { sampleFields } from '../../src/edition/index.ts'
import { leave, publish, surveyAudience } from '../../src/publishing/index.ts'
import { checked, deliverDue, type House, header, LANES, letter, openHouse, person, received } from './house.ts'

interface Who {
  language?: string
  tags?: string[]
  fields?: Record<string, string | number | boolean>
}

const at = (name: string): string => `${name}@lists.test`

/** Puts people on a list: by name, with what they have. */
async function fill(house: House, list: string, people: Record<string, Who>): Promise<void> {
  await house.ledger.importPeople({
    list,
    people: Object.entries(people).map(([name, who]) => ({
      ...person(house.tools, at(name), { name, language: null }),
      ...who,
    })),
    source: 'test',
    now: house.clock.at,
  })
}

interface To {
  lists: string[]
  except?: string[]
  where?: string
}

const selection = ({ lists, except = [], where }: To) => ({ lists, except, where: where ?? null })

/** Publishes to these and delivers; gives who got it, sorted. */
async function send(house: House, to: To, text = letter(house)): Promise<{ mailing: number; got: string[] }> {
  const edition = await checked(house, text)
  const before = received(house).length
  const { people } = await surveyAudience(house.tools, edition, selection(to))
  const order = { list: selection(to), expect: people, dueAt: house.clock.at, lanes: LANES }
  const { mailing, audience } = await publish(house.tools, edition, order)
  expect(audience).toBe(people)
  await house.ledger.begin({ mailing, now: house.clock.at })
  await deliverDue(house)
  const got = received(house).slice(before)
  return { mailing, got: got.map((address) => address.split('@')[0] ?? '').toSorted() }
}

/** What this person's copy says, its quoted-printable undone (RFC 2045 §6.7), in one line. */
const copyTo = (house: House, name: string): string => {
  const raw = house.sink.messages.find((message) => message.to.includes(at(name)))?.raw ?? Buffer.from('')
  const octets = raw
    .toString('latin1')
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(octets, 'latin1').toString().replaceAll(/\s+/g, ' ')
}

const listsOf = async (house: House, name: string) =>
  Object.fromEntries((await house.ledger.subscriber({ key: at(name) }))?.lists.map((l) => [l.name, l.state]) ?? [])

test('a mailing to several lists reaches nobody twice, and leaving acts on the list through which it came', async () => {
  await using house = await openHouse({ people: 0 })
  await fill(house, 'a', { ann: {}, bob: {}, cem: {} })
  await fill(house, 'b', { bob: {}, cem: {}, dan: {} })
  await fill(house, 'board', { cem: {} })
  const { mailing, got } = await send(house, { lists: ['a', 'b'], except: ['board'] })
  expect(got).toEqual(['ann', 'bob', 'dan'])
  expect(await house.ledger.mailing({ id: mailing })).toMatchObject({
    list: 'a, b',
    selection: { lists: ['a', 'b'], except: ['board'], where: null },
  })
  for (const name of ['bob', 'dan']) {
    const raw = house.sink.messages.find((message) => message.to.includes(at(name)))?.raw ?? Buffer.from('')
    const [, token = ''] = /\/u\/([a-z0-9]+)>/.exec(header(raw, 'List-Unsubscribe')) ?? []
    await leave(house.tools, token, 'one-click')
  }
  expect(await listsOf(house, 'bob')).toEqual({ a: 'unsubscribed', b: 'subscribed' })
  expect(await listsOf(house, 'dan')).toEqual({ b: 'unsubscribed' })
  // Through the other list bob is reached still.
  expect((await send(house, { lists: ['a', 'b'] })).got).toEqual(['ann', 'bob', 'cem'])
})

test('whoever leaves or pauses the list through which they were frozen gets nothing more of that mailing', async () => {
  await using house = await openHouse({ people: 0 })
  await fill(house, 'a', { ann: {} })
  await fill(house, 'b', { bob: {}, cem: {}, dan: {} })
  const edition = await checked(house, letter(house))
  const to = selection({ lists: ['a', 'b'] })
  const { mailing } = await publish(house.tools, edition, { list: to, expect: 4, dueAt: house.clock.at, lanes: LANES })
  const listId = (await house.ledger.list({ name: 'b' }))?.id ?? 0
  const of = async (name: string) => ({
    listId,
    subscriber: (await house.ledger.subscriber({ key: at(name) }))?.id ?? 0,
    source: 'test',
    now: house.clock.at,
  })
  await house.ledger.unsubscribe(await of('bob'))
  await house.ledger.pause({ ...(await of('cem')), until: house.clock.at + 1_000 })
  await house.ledger.begin({ mailing, now: house.clock.at })
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual([at('ann'), at('dan')])
  expect(await house.ledger.counts({ mailing })).toMatchObject({ accepted: 2, suppressed: 2 })
  // The pause is over when the next one is published.
  house.clock.at += 1_000
  expect((await send(house, { lists: ['a', 'b'] })).got).toEqual(['ann', 'cem', 'dan'])
})

test('the corrigendum of such a mailing goes through the same list', async () => {
  await using house = await openHouse({ people: 0, env: { CORRIGENDUM_NOTICE: '1s', QUIET_WINDOW: '1s' } })
  await fill(house, 'a', { ann: {} })
  await fill(house, 'b', { bob: {}, cem: {} })
  const { mailing } = await send(house, { lists: ['a', 'b'] })
  const [edition] = await house.ledger.held({ mailing })
  const holders = await house.ledger.holders({ mailing, edition: edition?.edition ?? 0, after: 0 })
  const ids = await Promise.all(['a', 'b'].map(async (name) => (await house.ledger.list({ name }))?.id))
  expect(Object.fromEntries(holders.map((one) => [one.address, one.list]))).toEqual({
    [at('ann')]: ids[0],
    [at('bob')]: ids[1],
    [at('cem')]: ids[1],
  })
  const bob = (await house.ledger.subscriber({ key: at('bob') }))?.id ?? 0
  await house.ledger.unsubscribe({ listId: ids[1] ?? 0, subscriber: bob, source: 'test', now: house.clock.at })
  const left = await house.ledger.holders({ mailing, edition: edition?.edition ?? 0, after: 0 })
  expect(left.map((one) => one.address).toSorted()).toEqual([at('ann'), at('cem')])
  const [counts] = await house.ledger.holderCounts({ mailing, links: [], domain: null })
  expect(counts).toMatchObject({ holders: 3, unsubscribed: 1, people: 2 })
})

test('a segment is frozen at publish: whoever comes to be meant afterwards gets nothing', async () => {
  await using house = await openHouse({ people: 0 })
  await fill(house, 'a', { ann: { language: 'fr', tags: ['x'] }, bob: { language: 'fr' }, cem: { tags: ['x'] } })
  const text = letter(house).replace('list: members', 'list: a\nsegment: "language = fr and tag = x"')
  const edition = await checked(house, text)
  expect(edition.to).toEqual({ lists: ['a'], except: [], where: 'language = fr and tag = x' })
  const to = edition.to ?? selection({ lists: [] })
  const { mailing } = await publish(house.tools, edition, { list: to, expect: 1, dueAt: house.clock.at, lanes: LANES })
  await fill(house, 'a', { bob: { tags: ['x'] } })
  await house.ledger.begin({ mailing, now: house.clock.at })
  await deliverDue(house)
  expect(received(house)).toEqual([at('ann')])
  await expect(surveyAudience(house.tools, edition, selection({ lists: ['a'], where: 'tag = none' }))).rejects.toThrow(
    'nobody who may be written to and is meant',
  )
})

test('the gate judges a letter with values of the types that its lists have', async () => {
  const edition = {
    fields: ['city', 'joined', 'paid', 'points'],
    defaults: {},
    subject: '',
    html: '{{city}} {{joined}} {{points}} {{#if paid}}x{{/if}}',
    text: '',
  }
  const [ordinary, bare] = sampleFields(edition, {
    city: { type: 'text', default: 'your city' },
    points: { type: 'number', default: '0' },
    joined: { type: 'date', default: null },
    paid: { type: 'boolean', default: null },
  })
  expect(ordinary).toEqual({ city: 'Amina', joined: '2027-01-31', paid: 'yes', points: '42' })
  expect(bare).toEqual({ city: 'your city', joined: '2027-01-31', paid: '', points: '0' })
})

test('fields of a list are merged by their types, and their defaults with them; an unknown one refuses the letter', async () => {
  await using house = await openHouse({ people: 0 })
  await house.ledger.declareFields({
    list: 'a',
    fields: {
      city: { type: 'text', default: 'your city' },
      points: { type: 'number', default: null },
      joined: { type: 'date', default: null },
      paid: { type: 'boolean', default: null },
    },
    without: [],
    now: house.clock.at,
  })
  await fill(house, 'a', {
    ann: { fields: { city: 'Bern & Köniz', points: 7.5, joined: '2026-05-01', paid: true } },
    bob: { fields: { points: 0, paid: false } },
  })
  const words = '{{name}} of {{city}}: {{points}} since {{joined}}. {{#if paid}}Thank you.{{else}}Not yet.{{/if}}'
  const text = letter(house, '', words).replace('name: Colleague', 'joined: long ago')
  await send(house, { lists: ['a'] }, text)
  expect(copyTo(house, 'ann')).toContain('ann of Bern & Köniz: 7.5 since 2026-05-01. Thank you.')
  expect(copyTo(house, 'bob')).toContain('bob of your city: 0 since long ago. Not yet.')
  await fill(house, 'b', { cem: {} })
  const edition = await checked(house, text)
  await expect(surveyAudience(house.tools, edition, selection({ lists: ['a', 'b'] }))).rejects.toMatchObject({
    message: 'the letter uses {{city}}, {{joined}}, {{paid}}, {{points}}, which list "b" does not have',
    remedy: expect.stringContaining('gll list fields b city:text'),
    exit: 2,
  })
  await fill(house, 'a', { dan: {} })
  await expect(surveyAudience(house.tools, edition, selection({ lists: ['a'] }))).rejects.toThrow(
    '1 person have no value for {{points}}',
  )
})
