/** The gate over a real site, with what people have vouched for and what the ledger remembers. */
import type { Look } from '../../src/links/index.ts'
import {
  correct,
  type GateManner,
  gate,
  houseOf,
  judgeEdition,
  placeKey,
  publish,
  remembered,
} from '../../src/publishing/index.ts'
import { deliverDue, type House, insteadOfReport, LANES, letter, openHouse, watchFor } from './house.ts'

const MINUTE = 60_000
const DAY = 86_400_000

const make = async (house: House, text: string, name = 'letter.md') =>
  await house.tools.make(
    { name, format: 'md', text },
    { kind: 'announcement', house: houseOf(house.config), now: new Date(house.clock.at) },
  )

const judge = async (house: House, text: string, manner: GateManner = {}, name = 'letter.md') =>
  await judgeEdition(house.tools, await make(house, text, name), manner)

const rules = ({ faults }: { faults: readonly { rule: string }[] }): string[] => faults.map(({ rule }) => rule)

const said = (house: House) => ({
  who: 'Ann Lee',
  why: 'opens in a browser',
  at: house.clock.at,
  until: house.clock.at + 30 * DAY,
})

const forLink = async (house: House, what: string, cause: Look['cause'] = 'turned-away') =>
  await house.ledger.vouch({ ...said(house), what, rule: 'unsure-link', cause, letter: null, words: what })

describe('a vouch for a link', () => {
  test('lets an unsure one pass, and every report says by whom, when and why', async () => {
    await using house = await openHouse()
    house.site.set('/stories', { status: 403 })
    expect(rules(await judge(house, letter(house)))).toEqual(['unsure-link'])
    await forLink(house, house.site.url('/stories'))
    const { faults, warnings } = await judge(house, letter(house))
    expect(faults).toEqual([])
    expect(warnings.map(({ rule, why }) => [rule, why])).toEqual([
      ['unsure-link', expect.stringMatching(/; vouched for by Ann Lee on \d+ \w+ \d{4}: opens in a browser$/)],
    ])
  })

  test('holds for the doubt it was given for: when the site fails in another way, nobody has spoken for that', async () => {
    await using house = await openHouse()
    await forLink(house, house.site.url('/stories'))
    house.site.set('/stories', { status: 404 })
    expect(rules(await judge(house, letter(house)))).toEqual(['dead-link'])
    await forLink(house, house.site.url('/stories'), 'not-found')
    expect(rules(await judge(house, letter(house)))).toEqual(['dead-link'])
  })

  test('lapses with its age, and ends when it is revoked', async () => {
    await using house = await openHouse()
    house.site.set('/stories', { status: 403 })
    const id = await forLink(house, house.site.url('/stories'))
    house.clock.at += 29 * DAY
    expect(rules(await judge(house, letter(house)))).toEqual([])
    house.clock.at += 2 * DAY
    expect(rules(await judge(house, letter(house)))).toEqual(['unsure-link'])
    house.clock.at -= 2 * DAY
    expect(await house.ledger.revokeVouch({ id, who: 'Bo', now: house.clock.at })).toBe(true)
    expect(await house.ledger.revokeVouch({ id, who: 'Bo', now: house.clock.at })).toBe(false)
    expect(rules(await judge(house, letter(house)))).toEqual(['unsure-link'])
  })

  test('holds for the corrigendum too, which repeats the link', async () => {
    await using house = await openHouse()
    house.site.set('/stories', { status: 403 })
    await forLink(house, house.site.url('/stories'))
    const past = await gate(house.tools, await make(house, letter(house, insteadOfReport(house, '/new-report'))))
    if ('refused' in past) throw new Error(JSON.stringify(past.refused.faults))
    const order = { list: 'members', expect: 4, dueAt: house.clock.at, lanes: LANES }
    const { mailing } = await publish(house.tools, past, order)
    await house.ledger.begin({ mailing, now: house.clock.at })
    await deliverDue(house)
    house.site.set('/report', { status: 404 })
    await watchFor(house, DAY)
    await correct(house.tools, mailing)
    expect(await house.ledger.corrigendaOf({ mailing })).toHaveLength(1)
  })
})

describe('a vouch for a place', () => {
  const forPlace = async (house: House, text: string, name = 'letter.md') => {
    const { faults } = await judge(house, text, {}, name)
    for (const fault of faults) {
      const place = { what: placeKey(name, fault), rule: fault.rule, cause: null, letter: name, words: fault.excerpt }
      await house.ledger.vouch({ ...said(house), ...place })
    }
    return faults.length
  }
  const suspect = 'The poster says: click here to register.'

  test('lets those words of that letter pass, wherever they move to in it', async () => {
    await using house = await openHouse()
    expect(await forPlace(house, letter(house, '', suspect))).toBe(2)
    expect(rules(await judge(house, letter(house, '', suspect)))).toEqual([])
    expect(rules(await judge(house, letter(house, '', `We met.\n\nAgain.\n\n${suspect}`)))).toEqual([])
  })

  test('is void when the words change, and in another letter', async () => {
    await using house = await openHouse()
    await forPlace(house, letter(house, '', suspect))
    const changed = letter(house, '', suspect.replace('poster', 'page'))
    expect(rules(await judge(house, changed))).toEqual(['pointer-without-link', 'pointer-without-link'])
    expect(rules(await judge(house, letter(house, '', suspect), {}, 'other.md'))).toHaveLength(2)
  })

  test('does not spread to a second place with the same words', async () => {
    await using house = await openHouse()
    await forPlace(house, letter(house, '', suspect))
    const twice = letter(house, '', `${suspect}\n\nAnd once more, click here to register.`)
    expect(rules(await judge(house, twice))).toEqual(['pointer-without-link', 'pointer-without-link'])
  })

  test('changes nothing about what is certain', async () => {
    await using house = await openHouse()
    const text = letter(house, '', 'See the [programme](https://example.com/).')
    expect(await forPlace(house, text)).toBeGreaterThan(0)
    expect(rules(await judge(house, text))).toContain('link-placeholder')
  })

  test('covers every reader, though the words around the place name them', async () => {
    await using house = await openHouse()
    const text = letter(house, '', 'Dear {{name}}, as the poster says: click here to register.')
    await forPlace(house, text)
    const readers = [{ name: 'Zoë' }, { name: 'An Example With A Longer Name' }]
    expect(rules(await judge(house, text, { readers }))).toEqual([])
  })
})

describe('links that vary from reader to reader', () => {
  test('are looked at as real readers have them, and never with made-up values', async () => {
    await using house = await openHouse()
    house.site.set('/u/ann', {})
    house.site.set('/u/bo', { status: 404 })
    const text = letter(house, '', `Your [own page](${house.site.url('/u/')}{{name}}).`)
    const found = await judge(house, text, { readers: [{ name: 'ann' }, { name: 'bo' }] })
    expect(found.faults.map(({ rule, link }) => [rule, link])).toEqual([['dead-link', house.site.url('/u/bo')]])
    expect(
      house.site.requests
        .map(({ path }) => path)
        .filter((path) => path.startsWith('/u/'))
        .toSorted(),
    ).toEqual(['/u/ann', '/u/bo'])
    // What one person's address is belongs to nobody else: the record has only what everybody's copy has.
    expect([...found.byTemplate.keys()].filter((href) => href.includes('/u/'))).toEqual([])
  })

  test('wait for readers where there are none, and the report says so', async () => {
    await using house = await openHouse()
    const text = letter(house, '', `Your [own page](${house.site.url('/u/')}{{name}}).`)
    const { faults, links } = await judge(house, text)
    expect(faults).toEqual([])
    expect(links.find(({ url }) => url.includes('/u/'))).toMatchObject({
      verdict: null,
      why: expect.stringMatching(/each reader's own values/),
    })
  })

  test('are looked at with made-up values where these stand in the query alone', async () => {
    await using house = await openHouse()
    house.site.set('/form?name=Amina', { status: 410 })
    const { faults } = await judge(house, letter(house, '', `[The form](${house.site.url('/form?name=')}{{name}}).`))
    expect(faults.map(({ rule, link }) => [rule, link])).toEqual([['dead-link', house.site.url('/form?name=Amina')]])
  })

  test('a link that only some readers get is looked at as well', async () => {
    await using house = await openHouse()
    house.site.set('/nameless', { status: 404 })
    const text = letter(
      house,
      '',
      `{{#if name}}Welcome.{{else}}[Tell us](${house.site.url('/nameless')}) your name.{{/if}}`,
    )
    expect(
      rules(await judge(house, text.replace('defaults: { name: Colleague }', 'defaults: { name: "" }'))),
    ).toContain('dead-link')
  })
})

describe('what was alive a few minutes ago', () => {
  const again = async (house: House) => {
    const before = house.site.requests.length
    const findings = await judge(house, letter(house), { remembered: remembered(house.tools) })
    return { asked: house.site.requests.slice(before).map(({ path }) => path), findings }
  }
  const keep = async (house: House, { byTemplate }: { byTemplate: ReadonlyMap<string, Look> }) =>
    await house.ledger.recordLooks({ looks: [...byTemplate].map(([href, look]) => ({ href, look })) })

  test('is not asked again, and the verdict stands in the report', async () => {
    await using house = await openHouse()
    await keep(house, (await again(house)).findings)
    const { asked, findings } = await again(house)
    expect(asked).toEqual([])
    expect(findings.links.map(({ verdict }) => verdict)).toEqual(['alive', 'alive', 'alive'])
    house.clock.at += 11 * MINUTE
    expect((await again(house)).asked).toHaveLength(3)
  })

  test('what failed is asked again at once', async () => {
    await using house = await openHouse()
    house.site.set('/stories', { status: 404 })
    await keep(house, (await again(house)).findings)
    house.site.set('/stories', {})
    const { asked, findings } = await again(house)
    expect([asked, findings.faults]).toEqual([['/stories'], []])
  })

  test('a link that was alive and has failed since is not taken for alive', async () => {
    await using house = await openHouse()
    await keep(house, (await again(house)).findings)
    house.site.set('/stories', { status: 404 })
    house.clock.at += MINUTE
    const { findings } = { findings: await judge(house, letter(house)) }
    await keep(house, findings)
    house.clock.at += MINUTE
    expect(rules((await again(house)).findings)).toEqual(['dead-link'])
  })
})

test('a fault in the words on a link does not hide that the link is dead', async () => {
  await using house = await openHouse()
  house.site.set('/report', { status: 404 })
  const text = letter(house).replace('[synthesis report]', '[https://www.who.int/report]')
  expect(rules(await judge(house, text)).toSorted()).toEqual(expect.arrayContaining(['dead-link', 'link-text-differs']))
})
