/**
 * The golden corrigendum: a letter with links where announcements have them (in the text, in lists, at "register here",
 * "to learn more" and "contact"), one of which dies. What its readers then get is kept word for word beside this file.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { simpleParser } from 'mailparser'
import { read } from '../../src/edition/index.ts'
import { judgeCopy } from '../../src/links/index.ts'
import { deliverDue, type House, header, openHouse, running } from './house.ts'
import { pass } from './turn.ts'

const HOUR = 3_600_000
const GOLDEN = new URL('./corrigendum.golden.txt', import.meta.url)

const letter = ({ site }: House): string => `---
subject: Two guides on listening to patients
list: members
language: en
defaults: { name: Colleague }
links:
  ${site.url('/report')}: { instead: [${site.url('/new-report')}] }
---
Dear {{name}},

Last year we asked how wards listen to their patients. The [summary of all answers](${site.url('/report')}) is out now.

What you told us is kept in two places:

- the [stories from twelve countries](${site.url('/stories')});
- the [toolkit](${site.url('/toolkit')}), and in it a programme for a first month.

[Click here](${site.url('/report')}) to read the summary on its own.

If you are not a member yet, please register here: <${site.url('/register')}>

The laboratory's team

To learn more, visit: <${site.url('/about')}>

To join our list, contact: <${site.url('/contact')}>
`

/** What differs from run to run: where the site is, and whose tokens. */
const steady = (text: string, house: House): string =>
  text
    .replaceAll(house.site.url(''), 'http://site.test')
    .replace(/http:\/\/127\.0\.0\.1:9\/([uc])\/[a-z2-7]+/g, 'http://pages.test/$1/TOKEN')
    .replaceAll(house.site.url('').slice('http://'.length), 'site.test')

test('the corrigendum has the parts of the one of 2019, and what that one lacked: every link alive', async () => {
  await using house = await openHouse()
  house.clock.at = Date.parse('2026-12-03T10:00:00Z')
  for (const path of ['/register', '/about', '/contact']) house.site.set(path, {})
  await running(house, letter(house))
  await deliverDue(house)
  house.site.set('/report', { status: 404 })
  await pass(house, 5 * HOUR)
  const mail = house.sink.messages.find(({ raw }) => header(raw, 'Subject').startsWith('Corrigendum: '))
  const raw = mail?.raw ?? Buffer.alloc(0)
  const copy = await read(raw, 'corrigendum.eml')
  const { faults, links } = await judgeCopy(copy, house.tools.looker)
  const own = (url: string): boolean => url.startsWith('http://127.0.0.1:9/')
  expect(faults.filter(({ link }) => !own(link ?? ''))).toEqual([])
  const looked = links.filter(({ url }) => url.startsWith(house.site.url('')))
  expect(looked.map(({ url, verdict }) => [url.slice(house.site.url('').length), verdict]).toSorted()).toEqual([
    ['/about', 'alive'],
    ['/contact', 'alive'],
    ['/new-report', 'alive'],
    ['/register', 'alive'],
    ['/stories', 'alive'],
    ['/toolkit', 'alive'],
  ])
  const { subject, text: words } = await simpleParser(raw)
  const text = `Subject: ${subject}\n\n${steady(words ?? '', house)}`
  if (process.env.GOLDEN) writeFileSync(GOLDEN, text)
  expect(text).toBe(readFileSync(GOLDEN, 'utf8'))
})
