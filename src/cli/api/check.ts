/** `gll check` for whoever asks over the API: the same judge, in a process that has other things to do. */
import { makeApart } from '../../edition/index.ts'
import type { Looker } from '../../links/index.ts'
import type { ApiTools } from '../../web/index.ts'
import { type Bench, judged, judgedBytes } from '../check.ts'
import type { Behind } from './behind.ts'

/** Letters judged at once: a letter of megabytes takes the processor from those who unsubscribe. */
const AT_ONCE = 4
/** A connection that says nothing for longer is cut; a link that is asked for still then is unsure. Milliseconds. */
const WITHIN = 25_000

export function checkTool({ config, ledger, now }: Behind, looker: () => Promise<Looker>): ApiTools['check'] {
  let underWay = 0
  return async ({ file, bytes, content }) => {
    if (underWay >= AT_ONCE) return null
    underWay += 1
    try {
      const bench: Bench = {
        config,
        looker: async () => (content ? null : await looker()),
        ledger: async () => ledger,
        end: now() + WITHIN,
        looks: new Map(),
        make: makeApart,
        counting: false,
      }
      return (await judged(file, () => judgedBytes(bench, file, bytes))).report
    } finally {
      underWay -= 1
    }
  }
}
