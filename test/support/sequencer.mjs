/**
 * The order in which jest runs the files: first those that take longest, for they wait for servers of their own. Left to
 * their size they would come last, and one of them would keep everybody waiting.
 */
import TestSequencer from '@jest/test-sequencer'

const FIRST = [
  'route',
  'drill',
  'cli/serve',
  'demo',
  'queues/line-kills',
  'web/browser',
  'publishing/line',
  'cli/messages',
  'cli/bad-input',
  'cli/api',
  'publishing/deliver-wire',
  'publishing/corrigendum',
  'cli/vouch',
  'publishing/correct',
  'queues/worker',
  'cli/operating',
  'publishing/corrigendum-command',
  'cli/consent',
]

const rank = ({ path }) => {
  const at = FIRST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`))
  return at < 0 ? FIRST.length : at
}

export default class Sequencer extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b))
  }
}
