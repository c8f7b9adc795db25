/**
 * Drills: what may happen to a mailing while it is sent, done to it, and judged by the receiver's log alone.
 *
 *   npm run drill                                      all of them, large, on both databases
 *   npm run drill -- kill [--kills 100] [--recipients 20000] [--lanes 8] [--kb 150] [--seed N]
 *   npm run drill -- outage [--lasting 60s] [--rounds 1] [--recipients 40000] [--lanes 8] [--kb 20]
 *     [--ledger sqlite|postgres]                       on one database alone
 *   npm run drill -- judge                             the judge of looks, with each of its promises broken in turn
 *
 * Exit 0 only if nobody was lost, nobody was written to twice, and everything that was to be tried was.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { duration } from '../src/config.ts'
import { killDrill } from './drill/kill.ts'
import { outageDrill } from './drill/outage.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ledger: { type: 'string' },
    kills: { type: 'string', default: '100' },
    recipients: { type: 'string' },
    lanes: { type: 'string', default: '8' },
    kb: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    lasting: { type: 'string', default: '60s' },
    rounds: { type: 'string', default: '1' },
  },
})

const KINDS = ['sqlite', 'postgres'] as const
const DRILLS = ['kill', 'outage'] as const

/** Runs one drill and says how it went; false where a promise was broken. */
async function run(drill: (typeof DRILLS)[number], kind: (typeof KINDS)[number]): Promise<boolean> {
  const lanes = Number(values.lanes)
  const seed = Number(values.seed)
  const say = (line: string): void => console.log(line)
  say(`\n${drill} on ${kind}, ${lanes} lanes, seed ${seed}`)
  const size = { kind, lanes }
  const breaches =
    drill === 'kill'
      ? await killDrill(
          {
            ...size,
            people: Number(values.recipients ?? 20_000),
            kb: Number(values.kb ?? 150),
            kills: Number(values.kills),
            seed,
          },
          say,
        )
      : await outageDrill(
          {
            ...size,
            people: Number(values.recipients ?? 40_000),
            kb: Number(values.kb ?? 20),
            lasting: duration(values.lasting),
            rounds: Number(values.rounds),
          },
          say,
        )
  for (const breach of breaches) say(`✗ ${breach}`)
  say(breaches.length === 0 ? 'none lost, none twice' : `${breaches.length} breach(es), seed ${seed}`)
  return breaches.length === 0
}

/** Small changes to the judge, each of which a promise must notice. */
function judgeDrill(): boolean {
  console.log('\njudge, a promise broken at a time')
  const args = [join(import.meta.dirname, 'test.ts'), 'judge-mutants']
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0
}

// Ended from outside, it still gives back the disk it mounted.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const drills = DRILLS.filter((drill) => positionals.length === 0 || positionals.includes(drill))
const kinds = KINDS.filter((kind) => values.ledger === undefined || values.ledger === kind)
const judges = positionals.length === 0 || positionals.includes('judge')
let sound = judges || (drills.length > 0 && kinds.length > 0)
if (judges) sound = judgeDrill() && sound
for (const drill of drills) for (const kind of kinds) sound = (await run(drill, kind)) && sound
process.exitCode = sound ? 0 : 1
