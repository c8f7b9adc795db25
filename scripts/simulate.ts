/**
 * Half a year of a made-up web in some minutes, through the true timetable, steps and ledger.
 *
 *   npm run simulate [-- --seed 1] [-- --scale 0.1]
 *
 * Exit 0 only if no corrigendum went that should not have, nobody got anything twice, and at least 95 % of the links
 * that died with a replacement were corrected, in the time that the thresholds allow.
 */

import { type Tally, tally } from './simulate/count.ts'
import { run } from './simulate/run.ts'
import { makeWorld } from './simulate/world.ts'

const BEGIN = Date.parse('2026-01-05T00:00:00Z')
const LISTS = 12
const PEOPLE = 5

const given = (name: string, unset: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? unset : Number(process.argv[at + 1])
}

const seed = given('seed', 20_190_618)
const scale = given('scale', 1)
const world = makeWorld(seed, BEGIN, scale, LISTS)
console.log(`seed ${seed}, scale ${scale}: ${world.links.size} links in ${world.mailings.length} mailings`)
const began = performance.now()
const onDay = (day: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\rday ${day}, ${Math.round((performance.now() - began) / 1_000)} s `)
}
await using ran = await run(world, { begin: BEGIN, people: PEOPLE, lists: LISTS, onDay })
const came = tally(world, ran)
console.log(table(came))
console.log(`in ${Math.round((performance.now() - began) / 1_000)} s, ${ran.rounds} rounds of the timetable`)
process.exitCode = faults(came, ran.failed).length === 0 ? 0 : 1
for (const fault of faults(came, ran.failed)) console.log(`✗ ${fault}`)

function table(came: Tally): string {
  const width = Math.max(...came.lines.map(({ trace }) => trace.length))
  const row = (name: string, ...cells: (string | number)[]): string =>
    `${name.padEnd(width)} ${cells.map((cell) => String(cell).padStart(10)).join('')}`
  return [
    '',
    row('trace', 'links', 'dead', 'corrected', 'wrongly'),
    ...came.lines.map(({ trace, links, dead, corrected, wrongly }) => row(trace, links, dead, corrected, wrongly)),
    '',
    `corrigenda by themselves                  ${came.corrigenda}`,
    `  that should not have been               ${came.wrong.length}   (goal 0)`,
    `deaths                                    ${came.died}, found dead ${came.found}`,
    `  owed a corrigendum, with a replacement  ${came.owed}, corrected ${came.corrected} (${percent(came.corrected, came.owed)}, goal ≥ 95 %)`,
    ...came.missed.map((missed) => `    not corrected: ${missed}`),
    `  too late for mail: web copy corrected   ${came.webOnly}`,
    `hours from death to dead                  median ${hours(median(came.toDead))}, worst ${hours(came.toDead.at(-1))}`,
    `hours from death to corrigendum           median ${hours(median(came.toCorrigendum))}, worst ${hours(came.toCorrigendum.at(-1))}   (goal: median ≤ ${hours(median(came.allowed))})`,
    `  until a reader has it (CORRIGENDUM_CAP)  median ${hours(median(came.toReaders))}, worst ${hours(came.toReaders.at(-1))}`,
    `looks a link                              ${came.looksPerLink.toFixed(1)}`,
    `mails to the team                         ${came.toTeam} (${Object.entries(came.told)
      .map(([kind, n]) => `${kind} ${n}`)
      .join(', ')})`,
    `mails a subscriber                        ${came.perSubscriber.announcements.toFixed(1)} announcements, ${came.perSubscriber.corrigenda.toFixed(2)} corrigenda (at most ${came.perSubscriber.most})`,
  ].join('\n')
}

function faults(came: Tally, failed: readonly string[]): string[] {
  const late = (median(came.toCorrigendum) ?? 0) > (median(came.allowed) ?? 0)
  return [
    ...came.wrong.map((wrong) => `should not have been: ${wrong}`),
    ...(came.corrected < came.owed * 0.95 ? ['less than 95 % of what was owed were corrected'] : []),
    ...(late ? ['the median corrigendum came later than DEAD_AFTER, the notice and one look allow'] : []),
    ...(came.twice > 0 ? [`${came.twice} mails went twice`] : []),
    ...failed.map((one) => `a step failed: ${one}`),
  ]
}

function percent(part: number, of: number): string {
  return of === 0 ? '–' : `${((part / of) * 100).toFixed(1)} %`
}

function median(all: readonly number[]): number | undefined {
  return all[Math.floor(all.length / 2)]
}

function hours(n: number | undefined): string {
  return n === undefined ? '–' : n.toFixed(1)
}
