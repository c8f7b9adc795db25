import { isMeant, parseSegment } from '../../src/ledger/segment.ts'
import { DAY, KINDS, type Kind, NOW, openKind, suiteOf } from '../support/ledgers.ts'

interface More {
  name?: string | null
  language?: string | null
  timeZone?: string
  fields?: Record<string, string | number | boolean>
  tags?: string[]
}

const hashOf = (name: string): string => Buffer.from(name).toString('hex')
const key = (name: string): string => `${name}@example.org`
const person = (name: string, more: More = {}) => ({
  address: key(name),
  key: key(name),
  hash: hashOf(name),
  name: null,
  language: null,
  ...more,
})
const applicant = (name: string) => ({ address: key(name), key: key(name), hash: hashOf(name) })
const evidence = { text: 'Yes, send me the reports.', textLanguage: 'en', source: 'page', now: NOW }
const nobody = { added: 0, changed: 0, same: 0, unsubscribed: 0, suppressed: 0, erased: 0 }

async function opened(kind: Kind) {
  const { ledger, ...place } = await openKind(kind)
  const importTo = (list: string, ...people: ReturnType<typeof person>[]) =>
    ledger.importPeople({ list, people, source: 'test', now: NOW })
  return {
    ...place,
    ledger,
    importTo,
    import: (...people: ReturnType<typeof person>[]) => importTo('members', ...people),
    idOf: async (name: string) => (await ledger.subscriber({ key: key(name) }))?.id ?? 0,
    listId: async (list = 'members') => (await ledger.list({ name: list }))?.id ?? 0,
    reached: async (lists: string[], how: { except?: string[]; where?: string } = {}) => {
      const ids = async (names: string[]) =>
        await Promise.all(names.map(async (name) => (await ledger.list({ name }))?.id ?? 0))
      const { readers } = await ledger.readers({
        lists: await ids(lists),
        except: await ids(how.except ?? []),
        where: how.where ? parseSegment(how.where, {}) : null,
        after: 0,
      })
      return readers.map((reader) => reader.address.split('@')[0])
    },
  }
}

for (const kind of KINDS) {
  suiteOf(kind)(`people on ${kind}`, () => {
    test('an import says what was new, changed and the same, and takes nothing away', async () => {
      await using at = await opened(kind)
      const first = await at.import(person('ann', { name: 'Ann', language: 'fr' }), person('bob'))
      expect(first).toEqual({ ...nobody, added: 2 })
      const again = [person('ann'), person('bob', { name: 'Bob' }), person('cem')]
      const would = await at.ledger.wouldImport({ list: 'members', people: again })
      const second = await at.import(...again)
      expect(second).toEqual({ ...nobody, added: 1, changed: 1, same: 1 })
      expect(would).toEqual(second)
      expect(await at.ledger.subscriber({ key: key('ann') })).toMatchObject({ name: 'Ann', language: 'fr' })
      expect(await at.ledger.subscriber({ key: key('bob') })).toMatchObject({ name: 'Bob', address: key('bob') })
    })

    test('a dry run on a list that is not there makes none', async () => {
      await using at = await opened(kind)
      expect(await at.ledger.wouldImport({ list: 'members', people: [person('ann')] })).toMatchObject({ added: 1 })
      expect(await at.ledger.lists()).toEqual([])
      expect(await at.ledger.subscriber({ key: key('ann') })).toBeNull()
    })

    test('who stands in a file twice is one person, by what was said last', async () => {
      await using at = await opened(kind)
      const tally = await at.import(person('ann', { name: 'A', language: 'en' }), person('ann', { name: 'Ann' }))
      expect(tally.added).toBe(1)
      expect(await at.ledger.subscriber({ key: key('ann') })).toMatchObject({ name: 'Ann', language: 'en' })
    })

    test('fields, tags and time zone are joined to what was known, each list its own', async () => {
      await using at = await opened(kind)
      await at.import(person('ann', { fields: { city: 'Bern', points: 3 }, tags: ['member'], timeZone: 'Asia/Tokyo' }))
      const again = await at.import(person('ann', { fields: { points: 4, paid: true }, tags: ['staff', 'member'] }))
      expect(again).toEqual({ ...nobody, changed: 1 })
      expect(await at.import(person('ann', { fields: { points: 4 }, tags: ['staff'] }))).toMatchObject({ same: 1 })
      await at.importTo('staff', person('ann', { fields: { city: 'Basel' } }))
      const card = await at.ledger.subscriber({ key: key('ann') })
      expect(card).toMatchObject({ timeZone: 'Asia/Tokyo' })
      expect(card?.lists.map(({ name, fields, tags }) => ({ name, fields, tags }))).toEqual([
        { name: 'members', fields: { city: 'Bern', points: 4, paid: true }, tags: ['member', 'staff'] },
        { name: 'staff', fields: { city: 'Basel' }, tags: [] },
      ])
    })

    test('an import revives nobody who left, paused, is suppressed or was erased', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'), person('bob'), person('eve'), person('pia'))
      const listId = await at.listId()
      await at.ledger.unsubscribe({ listId, subscriber: await at.idOf('ann'), source: 'test', now: NOW })
      await at.ledger.pause({ listId, subscriber: await at.idOf('pia'), until: NOW + DAY, source: 'test', now: NOW })
      for (const name of ['bob', 'new']) {
        await at.ledger.suppress({ key: key(name), reason: 'asked', source: 'test', now: NOW })
      }
      await at.ledger.erase({ key: key('eve'), hash: hashOf('eve'), source: 'test', now: NOW })
      const all = ['ann', 'bob', 'cem', 'eve', 'new', 'pia'].map((name) => person(name, { tags: ['x'] }))
      expect(await at.ledger.wouldImport({ list: 'members', people: all })).toEqual(await at.import(...all))
      expect(await at.import(...all)).toEqual({ ...nobody, same: 2, unsubscribed: 1, suppressed: 2, erased: 1 })
      expect(await at.ledger.survey({ list: 'members' })).toMatchObject({
        people: 1,
        unsubscribed: 1,
        paused: 1,
        suppressed: 1,
      })
      expect(await at.reached(['members'])).toEqual(['cem'])
      expect(await at.ledger.subscriber({ key: key('new') })).toBeNull()
    })

    test('fields are declared, added to, and not turned into another type', async () => {
      await using at = await opened(kind)
      const text = { type: 'text', default: null } as const
      const number = { type: 'number', default: '0' } as const
      const declare = (fields: Record<string, typeof text | typeof number>, without: string[] = []) =>
        at.ledger.declareFields({ list: 'members', fields, without, now: NOW })
      await declare({ city: text })
      expect(await declare({ points: number })).toEqual({ conflicts: [], fields: { city: text, points: number } })
      expect(await declare({ city: number })).toMatchObject({ conflicts: ['city'] })
      expect((await at.ledger.list({ name: 'members' }))?.fields).toEqual({ city: text, points: number })
      expect(await declare({ city: number }, ['city'])).toEqual({
        conflicts: [],
        fields: { city: number, points: number },
      })
    })

    test('a union reaches everybody once, through the first list that means them', async () => {
      await using at = await opened(kind)
      await at.importTo('a', person('ann', { tags: ['x'] }), person('bob'), person('cem'))
      await at.importTo('b', person('dan'), person('cem', { tags: ['x'] }), person('ann'))
      await at.importTo('c', person('bob'))
      expect(await at.reached(['a', 'b'])).toEqual(['ann', 'bob', 'cem', 'dan'])
      expect(await at.reached(['a', 'b'], { except: ['c'] })).toEqual(['ann', 'cem', 'dan'])
      expect(await at.reached(['b', 'a'], { where: 'tag = x' })).toEqual(['ann', 'cem'])
      const ids = [await at.listId('a'), await at.listId('b')]
      const through = async (where: string) =>
        (await at.ledger.readers({ lists: ids, where: parseSegment(where, {}), after: 0 })).readers.map((r) => r.list)
      expect(await through('tag = x')).toEqual([ids[0], ids[1]])
      // Who has left one list is reached through the other.
      await at.ledger.unsubscribe({ listId: ids[0] ?? 0, subscriber: await at.idOf('ann'), source: 'test', now: NOW })
      expect(await through('address = ann@example.org')).toEqual([ids[1]])
    })

    test('a union of long lists is read page by page, and nobody is lost or met twice where the pages end', async () => {
      await using at = await opened(kind)
      const all = Array.from({ length: 2_300 }, (_, n) => person(`p${n}`))
      const put = async (list: string, people: typeof all) => {
        for (let from = 0; from < people.length; from += 1_000) {
          await at.importTo(list, ...people.slice(from, from + 1_000))
        }
      }
      await put('a', all.slice(0, 1_700))
      await put(
        'b',
        all.filter((_, n) => n >= 900 || n % 3 === 0),
      )
      const lists = [await at.listId('b'), await at.listId('a')]
      const met: number[] = []
      for (let after: number | null = 0; after !== null; ) {
        const page: { readers: { subscriber: number }[]; after: number | null } = await at.ledger.readers({
          lists,
          after,
        })
        met.push(...page.readers.map((reader) => reader.subscriber))
        after = page.after
      }
      expect(met).toHaveLength(2_300)
      expect(new Set(met).size).toBe(2_300)
    })
  })

  suiteOf(kind)(`consent on ${kind}`, () => {
    test('who asks is no subscriber until they confirm, and then it is written down what they said yes to', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'))
      const listId = await at.listId()
      const ask = { ...applicant('zoe'), ...evidence, listId, name: 'Zoe', language: 'fr' }
      const asked = await at.ledger.ask(ask)
      expect(asked).toMatchObject({ outcome: 'asked', before: null })
      expect(await at.ledger.ask({ ...ask, now: NOW + 5 })).toMatchObject({ outcome: 'asked', before: NOW })
      expect(await at.reached(['members'])).toEqual(['ann'])
      expect(await at.ledger.subscriber({ key: key('zoe') })).toBeNull()
      const signUp = asked.outcome === 'asked' ? asked.signUp : 0
      expect(await at.ledger.signUp({ id: signUp })).toMatchObject({ list: 'members', textLanguage: 'en' })
      const yes = { signUp, source: 'confirmation page', now: NOW + 9 }
      const confirmed = await at.ledger.confirm(yes)
      expect(confirmed).toMatchObject({ outcome: 'confirmed', listId })
      expect(await at.ledger.confirm(yes)).toMatchObject({ outcome: 'again' })
      expect(await at.reached(['members'])).toEqual(['ann', 'zoe'])
      const data = await at.ledger.dataOf({ subscriber: await at.idOf('zoe') })
      expect(data?.card).toMatchObject({ name: 'Zoe', language: 'fr' })
      expect(data?.consent).toEqual([
        { list: 'members', act: 'asked', at: NOW + 5, source: 'page', text: evidence.text, language: 'en' },
        {
          list: 'members',
          act: 'confirmed',
          at: NOW + 9,
          source: 'confirmation page',
          text: evidence.text,
          language: 'en',
        },
      ])
      expect(await at.ledger.ask(ask)).toMatchObject({ outcome: 'subscribed' })
    })

    test('nobody suppressed is asked, and no list is made by asking', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'))
      const ask = { ...applicant('zoe'), ...evidence, name: null, language: null }
      await at.ledger.suppress({ key: key('zoe'), reason: 'asked', source: 'test', now: NOW })
      expect(await at.ledger.ask({ ...ask, listId: await at.listId() })).toEqual({ outcome: 'suppressed' })
      expect(await at.ledger.ask({ ...ask, listId: 4711 })).toEqual({ outcome: 'no-list' })
      expect(await at.ledger.confirm({ signUp: 4711, source: 'test', now: NOW })).toBeNull()
    })

    test('two yeses at once are one', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'))
      const ask = { ...applicant('zoe'), ...evidence, listId: await at.listId(), name: null, language: null }
      const asked = await at.ledger.ask(ask)
      const yes = { signUp: asked.outcome === 'asked' ? asked.signUp : 0, source: 'page', now: NOW }
      const both = await Promise.all([at.ledger.confirm(yes), at.ledger.confirm(yes)])
      expect(both.map((one) => one?.outcome).toSorted()).toEqual(['again', 'confirmed'])
      const data = await at.ledger.dataOf({ subscriber: await at.idOf('zoe') })
      expect(data?.consent.map(({ act }) => act)).toEqual(['asked', 'confirmed'])
    })

    test('two files at once that name the same people make each of them once', async () => {
      await using at = await opened(kind)
      const people = ['ann', 'bob', 'cem'].map((name) => person(name))
      const both = await Promise.all([at.import(...people), at.import(...people.toReversed())])
      expect(both.reduce((sum, one) => sum + one.added, 0)).toBe(3)
      expect(await at.reached(['members'])).toHaveLength(3)
    })

    test('who never confirms is forgotten after a while, and can confirm no more', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'))
      const asked = await at.ledger.ask({
        ...applicant('zoe'),
        ...evidence,
        listId: await at.listId(),
        name: null,
        language: null,
      })
      expect(await at.ledger.sweepUnconfirmed({ before: NOW })).toBe(0)
      expect(await at.ledger.sweepUnconfirmed({ before: NOW + 1 })).toBe(1)
      const signUp = asked.outcome === 'asked' ? asked.signUp : 0
      expect(await at.ledger.confirm({ signUp, source: 'test', now: NOW })).toBeNull()
    })

    test('a pause keeps mail away until it is over; who left comes back by their own word alone', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'), person('bob'))
      const of = { listId: await at.listId(), subscriber: await at.idOf('ann') }
      expect(await at.ledger.pause({ ...of, until: NOW + DAY, source: 'page', now: NOW })).toBe(true)
      expect(await at.reached(['members'])).toEqual(['bob'])
      expect(await at.ledger.endPauses({ now: NOW + DAY - 1 })).toBe(0)
      expect(await at.ledger.endPauses({ now: NOW + DAY })).toBe(1)
      expect(await at.reached(['members'])).toEqual(['ann', 'bob'])
      expect(await at.ledger.unsubscribe({ ...of, source: 'page', now: NOW })).toBe(true)
      expect(await at.ledger.pause({ ...of, until: NOW + DAY, source: 'page', now: NOW })).toBe(false)
      expect(await at.ledger.endPauses({ now: NOW + 9 * DAY })).toBe(0)
      expect(await at.ledger.returnTo({ ...of, ...evidence })).toBe('returned')
      expect(await at.ledger.returnTo({ ...of, ...evidence })).toBe('already')
      expect(await at.ledger.returnTo({ ...of, ...evidence, listId: 4711 })).toBe('unknown')
      await at.importTo('staff', person('bob'))
      expect(await at.ledger.returnTo({ ...of, ...evidence, listId: await at.listId('staff') })).toBe('joined')
      const acts = (await at.ledger.dataOf({ subscriber: of.subscriber }))?.consent.map(({ act }) => act)
      expect(acts).toEqual(['imported', 'paused', 'returned', 'left', 'returned', 'confirmed'])
    })

    test('an address changes when the new one has said yes, and belongs to one person', async () => {
      await using at = await opened(kind)
      await at.import(person('ann'), person('bob'))
      const subscriber = await at.idOf('ann')
      const change = async (name: string) => {
        const asked = await at.ledger.changeAddress({ ...applicant(name), ...evidence, subscriber })
        return asked.outcome === 'asked' ? asked.signUp : 0
      }
      const old = await change('wrong')
      const signUp = await change('anne')
      const yes = { source: 'page', now: NOW }
      expect(await at.ledger.confirm({ ...yes, signUp: old })).toBeNull()
      expect(await at.reached(['members'])).toEqual(['ann', 'bob'])
      expect(await at.ledger.confirm({ ...yes, signUp })).toMatchObject({ outcome: 'confirmed', subscriber })
      expect(await at.reached(['members'])).toEqual(['anne', 'bob'])
      expect(await at.ledger.confirm({ ...yes, signUp: await change('bob') })).toEqual({ outcome: 'taken' })
      expect(await at.ledger.changeAddress({ ...applicant('x'), ...evidence, subscriber: 4711 })).toEqual({
        outcome: 'unknown',
      })
      expect(await at.ledger.editPerson({ subscriber, language: 'ar' })).toBe(true)
      expect(await at.ledger.subscriber({ id: subscriber })).toMatchObject({ address: key('anne'), language: 'ar' })
    })

    test('of who is erased a keyed hash is left, and their own new yes brings them back', async () => {
      await using at = await opened(kind)
      await at.import(person('ann', { name: 'Ann', timeZone: 'Asia/Tokyo' }))
      const ask = { ...applicant('ann'), ...evidence, listId: await at.listId(), name: null, language: null }
      await at.ledger.suppress({ key: key('ann'), reason: 'complaint', source: 'test', now: NOW })
      const erase = { key: key('ann'), hash: hashOf('ann'), source: 'page', now: NOW }
      const subscriber = await at.idOf('ann')
      expect(await at.ledger.erase(erase)).toBe(true)
      expect(await at.ledger.erase(erase)).toBe(false)
      expect(await at.ledger.dataOf({ subscriber })).toBeNull()
      for (const table of ['subscriber', 'subscription', 'consent', 'suppression', 'sign_up', 'erased_address']) {
        expect(JSON.stringify(await at.all(`select * from ${table}`))).not.toMatch(/ann|Ann|Tokyo/)
      }
      expect(await at.import(person('ann'))).toEqual({ ...nobody, erased: 1 })
      const asked = await at.ledger.ask(ask)
      const signUp = asked.outcome === 'asked' ? asked.signUp : 0
      expect(await at.ledger.confirm({ signUp, source: 'page', now: NOW })).toMatchObject({ outcome: 'confirmed' })
      expect(await at.import(person('ann'))).toEqual({ ...nobody, same: 1 })
    })

    test('an export tells everybody with state and evidence', async () => {
      await using at = await opened(kind)
      await at.import(person('ann', { tags: ['x'] }), person('bob'))
      const listId = await at.listId()
      await at.ledger.unsubscribe({ listId, subscriber: await at.idOf('bob'), source: 'page', now: NOW + 1 })
      const { members, after } = await at.ledger.members({ listId, where: null, after: 0 })
      expect(after).toBeNull()
      expect(members).toMatchObject([
        { address: key('ann'), tags: ['x'], state: 'subscribed', consent: [{ act: 'imported', source: 'test' }] },
        { address: key('bob'), state: 'unsubscribed', since: NOW + 1, consent: [{ act: 'imported' }, { act: 'left' }] },
      ])
      const meant = await at.ledger.members({ listId, where: parseSegment('tag = x', {}), after: 0 })
      expect(meant.members.map((one) => one.address)).toEqual([key('ann')])
    })
  })
}

describe('a segment', () => {
  const schema = {
    city: { type: 'text', default: null },
    points: { type: 'number', default: null },
    joined: { type: 'date', default: null },
    paid: { type: 'boolean', default: null },
  } as const
  const ann = {
    address: 'ann@Example.org',
    name: 'Ann Lee',
    language: 'fr-CA',
    timeZone: 'Asia/Tokyo',
    tags: ['Member'],
    fields: { city: 'São Paulo', points: 9, joined: '2026-05-01', paid: false },
  }

  test.each([
    ['language = fr', true],
    ['language = fr-ca', true],
    ['language = fr-BE', false],
    ['language in (en, fr) and tag = member', true],
    ['tag = staff or points > 10 or paid = yes', false],
    ['tag = staff or tag = member and points >= 9', true],
    ['(tag = staff or tag = member) and points < 9', false],
    ['not (tag = staff) and tag != other', true],
    ['city = "são paulo"', true],
    ["city not in (Bern, 'São Paulo')", false],
    ['joined > 2026-04-30 and joined <= 2026-05-01', true],
    ['paid = no', true],
    ['paid is empty', false],
    ['name is not empty AND domain = example.ORG', true],
    ['time_zone = asia/tokyo', true],
    ['Points != 9', false],
  ])('%s', (text, meant) => {
    expect(isMeant(parseSegment(text, schema), ann)).toBe(meant)
  })

  test('nobody without a value is before or after anything, and everybody without it is unlike it', () => {
    const bare = { ...ann, fields: {}, tags: [] }
    for (const text of ['points < 99', 'points >= 0', 'joined > 1900-01-01', 'city = Bern', 'paid = no']) {
      expect(isMeant(parseSegment(text, schema), bare)).toBe(false)
    }
    expect(isMeant(parseSegment('points != 1 and city is empty and tag is empty', schema), bare)).toBe(true)
  })

  test.each([
    ['', 'a field should stand here'],
    ['language', 'a question should follow'],
    ['language fr', 'a question should follow'],
    ['langauge = fr', 'there is no field "langauge"'],
    ['language = fr tag = x', 'here it should have ended'],
    ['language = fr and', 'a field should stand here'],
    ['(language = fr', 'a bracket is not closed'],
    ['language in fr', 'a bracket should follow'],
    ['language in (fr', 'the list is not closed'],
    ['city = "Bern', 'a quote is not closed'],
    ['points = many', 'is no number'],
    ['joined > 1.5.2026', 'is no date'],
    ['paid = maybe', 'is no boolean'],
    ['city > Bern', 'has no order'],
    ['constructor = x', 'there is no field'],
    ["city = x'; drop table list", 'a quote is not closed'],
    [`${'('.repeat(60)}city = x`, 'too many brackets'],
    ['city = x or '.repeat(1_000), 'is longer'],
  ])('%s is refused with what is wrong', (text, fault) => {
    expect(() => parseSegment(text, schema)).toThrow(fault)
  })
})
