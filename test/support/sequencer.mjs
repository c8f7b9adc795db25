/**
 * The order in which jest runs the files: first those that mostly wait for servers of their own. Left to their size they
 * would come last, and one of them would keep everybody waiting.
 */
import TestSequencer from '@jest/test-sequencer'

const FIRST = ['drill', 'route', 'cli/serve', 'queues/line-kills', 'demo', 'publishing/deliver-wire', 'queues/worker']

const rank = ({ path }) => {
  const at = FIRST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`))
  return at < 0 ? FIRST.length : at
}

export default class Sequencer extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b))
  }
}
