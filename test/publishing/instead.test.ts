import { houseOf, judgeEdition } from '../../src/publishing/index.ts'
import { insteadOfReport, letter, openHouse } from './house.ts'

test('a replacement that is dead, the same page, leads back or loops is said at the gate, and refuses nothing', async () => {
  await using house = await openHouse()
  const { tools, site, config, clock } = house
  site.set('/gone', { status: 404 })
  site.set('/back', { to: '/report', status: 302 })
  site.set('/round', { to: '/round', status: 302 })
  const text = letter(house, insteadOfReport(house, '/gone', '/report#top', '/back', '/round', '/new-report'))
  const source = { name: 'letter.md', format: 'md', text } as const
  const edition = await tools.make(source, { kind: 'announcement', house: houseOf(config), now: new Date(clock.at) })
  const { faults, warnings } = await judgeEdition(tools, edition)
  expect(faults).toEqual([])
  const said = warnings.filter(({ rule }) => rule === 'instead-no-use')
  expect(said.map(({ link }) => link)).toEqual(
    ['/gone', '/report#top', '/back', '/round'].map((path) => site.url(path)),
  )
  const content = await judgeEdition({ ...tools, looker: null }, edition)
  expect(content.warnings.filter(({ rule }) => rule === 'instead-no-use')).toHaveLength(1)
})
