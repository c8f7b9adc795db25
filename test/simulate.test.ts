/** Two months of a made-up web in some seconds; `npm run simulate` is the whole half year. */
import { tally } from '../scripts/simulate/count.ts'
import { run } from '../scripts/simulate/run.ts'
import { lookAt, makeWorld, TRACES } from '../scripts/simulate/world.ts'

const BEGIN = Date.parse('2026-01-05T00:00:00Z')
const LISTS = 3

test('the same seed makes the same world, another makes another, and every trace is in it', () => {
  const told = (seed: number): string =>
    JSON.stringify([...makeWorld(seed, BEGIN, 0.1, LISTS).links.values()].map((link) => [link.url, link.trace]))
  expect(told(1)).toBe(told(1))
  expect(told(1)).not.toBe(told(2))
  const world = makeWorld(1, BEGIN, 0.1, LISTS)
  expect(new Set([...world.links.values()].map((link) => link.trace))).toEqual(new Set(TRACES))
  for (const link of world.links.values()) {
    if (link.diesAt !== null) expect(lookAt(world, link.url, world.end).verdict).toBe('dead')
  }
})

test('in two months no corrigendum goes that should not have, nobody gets anything twice, and every death is found', async () => {
  const world = makeWorld(7, BEGIN, 0.03, LISTS)
  await using ran = await run(world, { begin: BEGIN, people: 3, lists: LISTS })
  const came = tally(world, ran)
  expect(ran.failed).toEqual([])
  expect(came.wrong).toEqual([])
  expect(came.twice).toBe(0)
  expect(came.found).toBe(came.died)
  expect(came.corrigenda).toBeGreaterThan(0)
  expect(came.looksPerLink).toBeLessThan(60)
}, 300_000)
