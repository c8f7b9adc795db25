import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { judgeDrill, stagesOf } from '../scripts/drill/judge.ts'
import type { Entry } from '../scripts/drill/receiver.ts'
import { havePostgres } from '../scripts/servers/postgres.ts'

const DRILL = fileURLToPath(new URL('../scripts/drill.ts', import.meta.url))

/** A drill that hangs is ended in time to tell where. Milliseconds. */
const AT_MOST = 200_000

/** Runs a drill; its exit code and what it said, the table and the seed, should it fail. */
async function drill(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [DRILL, ...args], { timeout: AT_MOST })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes))
  // Not 'close': what it started may outlive it, and keep its pipes.
  const exit = await new Promise((resolve) => child.on('exit', resolve))
  return `exit ${exit}\n${said}`
}

/** Mostly they wait, so those of both databases run at once. */
async function onBoth(...args: string[]): Promise<string[]> {
  const kinds = havePostgres() ? ['sqlite', 'postgres'] : ['sqlite']
  return await Promise.all(kinds.map((kind) => drill(...args, '--ledger', kind)))
}

const SOUND = /^exit 0\n[\s\S]*none lost, none twice\n$/

test('a worker killed again and again loses nobody and writes to nobody twice, by the receiver’s log; settled by hand, everybody has it', async () => {
  for (const said of await onBoth('kill', '--kills', '4', '--recipients', '600', '--lanes', '4', '--kb', '60')) {
    expect(said).toMatch(SOUND)
  }
}, 300_000)

test('Redis and the ledger away in every way, and a worker stopped past its lease: nobody lost, nobody twice, nothing handed meanwhile', async () => {
  for (const said of await onBoth(
    'outage',
    '--lasting',
    '500ms',
    '--recipients',
    '3000',
    '--lanes',
    '8',
    '--kb',
    '4',
  )) {
    expect(said).toMatch(SOUND)
  }
}, 300_000)

/** A message on the receiver's log, up to `until`. */
const message = (to: string, until: Entry['event'] = 'accepted', messageId = `<${to}>`): Entry[] => {
  const events: Entry['event'][] = ['go-ahead', 'body', 'dot', 'accepted']
  return events
    .slice(0, events.indexOf(until) + 1)
    .map((event) => ({ event, session: 1, to, octets: 100, messageId: event === 'go-ahead' ? '' : messageId }))
}
const states = (of: Record<string, string>) => new Map(Object.entries(of))

describe('the judge of the drill', () => {
  test('finds nothing where each is accepted, or uncertain and perhaps there', () => {
    const log = [...message('a'), ...message('b', 'dot'), ...message('c', 'body'), ...message('d', 'go-ahead')]
    const told = judgeDrill(log, states({ a: 'accepted', b: 'uncertain', c: 'uncertain', d: 'uncertain' }))
    expect(told).toEqual({ breaches: [], received: 2, accepted: 1, uncertain: 3, uncertainReceived: 1 })
  })

  test('takes no second try for a breach that a person asked for', () => {
    const log = [...message('a', 'body'), ...message('a')]
    expect(judgeDrill(log, states({ a: 'accepted' }), new Set(['a'])).breaches).toEqual([])
  })

  test.each([
    [
      'a second copy',
      [...message('a'), ...message('a', 'accepted', '<other>')],
      { a: 'accepted' },
      '1 got it twice: a',
    ],
    ['a second try after a cut body', [...message('a', 'body'), ...message('a')], { a: 'accepted' }, 'begun twice: a'],
    [
      'one Message-ID for two',
      [...message('a'), ...message('b', 'dot', '<a>')],
      { a: 'accepted', b: 'uncertain' },
      'twice: <a>',
    ],
    ['a stranger', message('x'), {}, '1 are strangers: x'],
    ['a lost one', message('a'), { a: 'accepted', b: 'pending' }, 'lost: b (pending)'],
    ['one rejected that arrived', message('a'), { a: 'rejected' }, 'neither accepted nor uncertain: a'],
    ['one accepted that never arrived', [], { a: 'accepted' }, 'unknown to the receiver: a'],
  ])('finds %s', (_, log, of, breach) => {
    expect(judgeDrill(log, states(of)).breaches.join('\n')).toContain(breach)
  })

  test('tells how far each message was from what arrived of it', () => {
    const log = [...message('a', 'go-ahead'), ...message('b', 'body'), ...message('c', 'dot'), ...message('d')]
    expect([...stagesOf(log, ['a', 'b', 'c', 'd']).values()]).toEqual([
      'before the body',
      'within the body',
      'between dot and 250',
      'between dot and 250',
    ])
  })
})
