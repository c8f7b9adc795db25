import { writeFileSync } from 'node:fs'
import { parseDocument } from 'htmlparser2'
import { copyOfHtml } from '../../src/edition/index.ts'
import { deliver, htmlOf, markdownOf, pictureOf, type Report, reportOn } from '../../src/publishing/index.ts'
import { gone, HOUR, MINUTE } from './broken.ts'
import { deliverDue, type House, insteadOfReport, letter, openHouse, reader, running, watchFor } from './house.ts'
import { pass } from './turn.ts'

async function reported(house: House, mailing: number): Promise<Report> {
  const report = await reportOn(house.tools, mailing)
  if (!report) throw new Error('no report')
  return report
}

/** Stopped in the middle, switched, corrected; one holder has left and one is suppressed. */
async function corrected(house: House): Promise<number> {
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  const chunks = await house.ledger.dueChunks({ now: house.clock.at, limit: 4 })
  for (const { chunk } of chunks) await deliver(house.tools, chunk, { owner: 'test' })
  await watchFor(house, 10 * MINUTE)
  house.site.set('/report', gone)
  await watchFor(house, 5 * MINUTE)
  await pass(house, HOUR)
  const listId = (await house.ledger.survey({ list: 'members' }))?.listId ?? 0
  const left = await house.ledger.subscriber({ key: reader(1) })
  await house.ledger.unsubscribe({ listId, subscriber: left?.id ?? 0, source: 'test', now: house.clock.at })
  await house.ledger.suppress({ key: reader(2), reason: 'asked', source: 'test', now: house.clock.at })
  await pass(house, 5 * HOUR)
  return mailing
}

test('it says when each link was seen alive and dead, who was concerned, reached, and cannot be reached', async () => {
  await using house = await openHouse({ people: 40 })
  const mailing = await corrected(house)
  const report = await reported(house, mailing)
  const [dead] = report.links
  expect(dead).toMatchObject({ state: 'dead', holders: 20 })
  const { lastAlive, firstFailing, deadAt } = dead ?? { lastAlive: 0, firstFailing: 0, deadAt: 0 }
  expect(firstFailing ?? 0).toBeGreaterThan(lastAlive ?? 0)
  expect((deadAt ?? 0) - (firstFailing ?? 0)).toBeGreaterThanOrEqual(2 * HOUR)
  const { people } = report
  expect(people).toMatchObject({ holders: 20, unsubscribed: 1, suppressed: 1, writtenTo: 18, waiting: 0, accepted: 18 })
  expect(people.writtenTo + people.waiting + people.unsubscribed + people.suppressed + people.erased).toBe(
    people.holders,
  )
  expect(report.holds).toHaveLength(1)
  const happened = report.events.map(({ what }) => what)
  for (const words of [
    'the first copy left',
    'held: a link',
    'went on',
    'last seen alive',
    'first seen failing',
    'counts as dead',
    'the team was told',
    'left for 18 people',
  ]) {
    expect(happened.some((what) => what.includes(words))).toBe(true)
  }
  const times = report.events.map(({ at }) => at)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  if (process.env.REPORT_OUT) writeFileSync(process.env.REPORT_OUT, htmlOf(report))
})

test('as HTML and as Markdown it says the same, carries no live link to a dead page, and its picture is well-formed', async () => {
  await using house = await openHouse({ people: 40 })
  const report = await reported(house, await corrected(house))
  const html = htmlOf(report)
  const markdown = markdownOf(report, 'report.svg')
  for (const { what } of report.events) expect(markdown.replaceAll('\\', '')).toContain(what)
  expect((await copyOfHtml(html, 'report.html')).links).toEqual([])
  expect(markdown).not.toMatch(/https?:\/\//)
  expect(markdown).toContain('![Timeline](report.svg)')
  const picture = pictureOf(report)
  expect(picture).not.toMatch(/NaN|undefined|Infinity/)
  expect(parseDocument(picture, { xmlMode: true }).children).toHaveLength(1)
  // Nothing is fetched from elsewhere, and nothing runs.
  expect(html).not.toMatch(/<script|<link|url\(|src=/)
})

test('a mailing to which nothing happened has a report too', async () => {
  await using house = await openHouse({ people: 2 })
  const mailing = await running(house)
  expect(pictureOf(await reported(house, mailing))).not.toMatch(/NaN|Infinity/)
  await deliverDue(house)
  const report = await reported(house, mailing)
  expect(markdownOf(report, null)).toContain('All 3 links of mailing')
  expect(htmlOf(report)).not.toMatch(/NaN|Infinity/)
  expect(await reportOn(house.tools, 999)).toBeNull()
})
