import { type Lane, type Outcome, openLane, parseRoute } from '../../src/mail/index.ts'
import { type Acting, openSink } from '../support/smtp.ts'

const route = (url: string) => parseRoute(url, { ehloName: 'mail.example.org' })
const message = (n: number) =>
  Buffer.from(`Message-ID: <${n}@example.org>\r\n\r\n${'.a line of text\r\n'.repeat(n * 7)}`)

/** A stream of numbers from 0 to 1 that is the same every time. */
function dice(seed: number) {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

/** One time in ten, one of the ways to fail. */
function moody(random: () => number): Acting {
  const moods = ['drop', { reply: '451 4.3.0 later' }, { reply: '554 5.7.1 no' }, { reply: '421 4.3.2 bye' }] as const
  return () => (random() < 0.1 ? moods[Math.floor(random() * moods.length)] : undefined)
}

describe('a relay of many moods', () => {
  test.each([
    [1, true],
    [2, false],
    [3, true],
  ])(
    'the outcome and the receiving end agree about every message (seed %s, pipelining %s)',
    async (seed, pipelining) => {
      const random = dice(seed)
      const mood = moody(random)
      await using sink = await openSink({ pipelining, mail: mood, rcpt: mood, data: mood, body: mood, dot: mood })
      const outcomes = new Map<string, Outcome>()
      let n = 0
      const taken = () => {
        if (n === 400) return null
        n += 1
        return { envelope: { from: 'b@bounce.example', to: `r${n}@example.org` }, own: message(n) }
      }
      const work = async () => {
        let lane: Lane | null = null
        for (let one = taken(), next: typeof one = null; one; one = next ?? taken(), next = null) {
          const { envelope, own } = one
          const { to } = envelope
          const hand = random() > 0.1
          const slow = random() < 0.2
          if (!lane?.usable) lane = await openLane(route(sink.url), { timeouts: { reply: 10_000 } })
          const outcome: Outcome = await lane.submit(envelope, own, async () => {
            next = random() < 0.7 ? taken() : null
            if (next) lane?.announce(next.envelope, next.own)
            if (slow) await new Promise(setImmediate)
            return hand
          })
          outcomes.set(to, outcome)
          if (!hand) expect(outcome.kind).not.toBe('accepted')
        }
        await lane?.close()
      }
      await Promise.all(Array.from({ length: 8 }, work))
      await sink.close()

      const arrivals = new Map<string, number>()
      for (const { to, raw } of sink.messages) {
        arrivals.set(`${to[0]}`, (arrivals.get(`${to[0]}`) ?? 0) + 1)
        expect(raw.equals(message(Number(/\d+/.exec(`${to[0]}`))))).toBe(true)
      }
      const may = { accepted: [1], deferred: [0], rejected: [0], withheld: [0], unreached: [0], uncertain: [0, 1] }
      for (const [to, { kind }] of outcomes)
        expect([to, kind, may[kind]]).toEqual([to, kind, expect.arrayContaining([arrivals.get(to) ?? 0])])
      expect(outcomes.size).toBe(400)
      expect(new Set([...outcomes.values()].map(({ kind }) => kind)).size).toBe(6)
    },
  )
})
