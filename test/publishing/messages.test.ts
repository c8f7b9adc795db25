/** Messages to one, by their steps: what the gate said of a template, and for how long it counts. */
import { openMessages } from '../../src/publishing/index.ts'
import { openHouse } from './house.ts'

const MINUTE = 60_000

test('while the links of a template cannot be looked at again, the word of the hour before still counts', async () => {
  await using house = await openHouse({ people: 0 })
  const { tools, clock, site, ledger, logged } = house
  const way = { isOpen: true }
  const looker = {
    ...tools.looker,
    look: async (...asked: Parameters<typeof tools.looker.look>) => {
      if (!way.isOpen) throw new Error('the thread of looks has ended')
      return await tools.looker.look(...asked)
    },
  }
  const text = `---\nsubject: Your place\nlanguage: en\n---\nRead the [report](${site.url('/report')}).\n`
  const messages = openMessages({ ...tools, ledger, looker }, () => ({ name: 'place.md', format: 'md', text }))
  const post = async (n: number) => {
    const order = { template: 'place', to: `one${n}@members.test`, data: {}, language: null, token: null, key: null }
    const answer = await messages.post(order).catch((error: Error) => ({ kind: error.message }))
    return answer.kind
  }
  expect(await post(1)).toBe('taken')
  way.isOpen = false
  clock.at += 40 * MINUTE
  expect(await post(2)).toBe('taken')
  // The renewal that this began fails beside it.
  while (!logged.some(({ event }) => event === 'template-not-renewed')) await new Promise(setImmediate)
  expect(await post(3)).toBe('taken')
  clock.at += 30 * MINUTE
  expect(await post(4)).toBe('the thread of looks has ended')
})
