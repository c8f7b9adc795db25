/** The ledger against a model of its protocol, at random; and the same walk over ledgers that break it. */
import { jest } from '@jest/globals'
import type { Ledger } from '../../src/ledger/index.ts'
import { KINDS, openKind, type Place, suiteOf } from '../support/ledgers.ts'
import { walk } from './model-run.ts'

jest.setTimeout(180_000)

const STEPS = { sqlite: 6_000, postgres: 2_400 }
/** Long enough for a row to be refused, lost, said by a person not to have come, and handed again. */
const A_WALK = 300
/** Each of the planted bugs shows itself within so many walks; the first of them is one that is known to. */
const WALKS = 60
const FOUND_BY: Record<string, number> = {
  'no epoch check at the hand': 24,
  'a settle without its fence': 24,
  'a hand after a hold': 1,
  'a lease that is not renewed': 1,
  'an edition that is not compared': 19,
}

type Write = Ledger['write']
type Raw = Place['all']

const one = async (all: Raw, text: string): Promise<Record<string, unknown>> => (await all(text))[0] ?? {}
const epochOf = async (all: Raw, chunk: number): Promise<number> =>
  Number((await one(all, `select epoch from chunk where id = ${chunk}`)).epoch)

/** Ledgers that forget one rule, by what they tell the true one. */
const BUGS: Record<string, (write: Write, all: Raw) => Write> = {
  'no epoch check at the hand': (write, all) => async (asked) =>
    await write({
      ...asked,
      hand: asked.hand && { ...asked.hand, epoch: await epochOf(all, asked.hand.chunk) },
    }),
  'a settle without its fence': (write, all) => async (asked) => {
    const settles = asked.settles.map(async (settle) => {
      const row = await one(
        all,
        `select state, epoch from delivery where mailing_id = ${settle.mailing} and n = ${settle.n}`,
      )
      const isOut = row.state === 'handed' || row.state === 'uncertain'
      return { ...settle, epoch: isOut ? Number(row.epoch) : await epochOf(all, settle.chunk) }
    })
    return await write({ ...asked, settles: await Promise.all(settles) })
  },
  'a hand after a hold': (write, all) => async (asked) => {
    const { hand } = asked
    if (!hand) return await write(asked)
    const { state } = await one(all, `select state from mailing where id = ${hand.mailing}`)
    if (state !== 'held') return await write(asked)
    await all(`update mailing set state = 'running' where id = ${hand.mailing}`)
    const answer = await write(asked)
    await all(`update mailing set state = 'held' where id = ${hand.mailing}`)
    return answer
  },
  'a lease that is not renewed': (write, all) => async (asked) => {
    const { hand } = asked
    if (!hand) return await write(asked)
    const { lease_until: was } = await one(all, `select lease_until from chunk where id = ${hand.chunk}`)
    const answer = await write(asked)
    await all(`update chunk set lease_until = ${was ?? 'null'} where id = ${hand.chunk}`)
    return answer
  },
  'an edition that is not compared': (write, all) => async (asked) => {
    const { hand } = asked
    if (!hand) return await write(asked)
    const { edition_id } = await one(all, `select edition_id from mailing where id = ${hand.mailing}`)
    return await write({ ...asked, hand: { ...hand, edition: Number(edition_id) } })
  },
}

/** The ledger with another `write`: every other verb is its own. */
const withWrite = (ledger: Ledger, write: Write): Ledger =>
  new Proxy(ledger, { get: (target, verb) => (verb === 'write' ? write : Reflect.get(target, verb)) })

for (const kind of KINDS) {
  suiteOf(kind)(`the model and the ledger on ${kind}`, () => {
    test('answer alike and hold the same rows through thousands of steps at random, and nobody gets two', async () => {
      await using at = await openKind(kind)
      let seed = Date.now() % 1_000_000
      // The seed of a walk that fails is in its error; this is where the walks began.
      console.info(`seed ${seed} on ${kind}`)
      for (let steps = 0; steps < STEPS[kind]; seed += 1) steps += await walk(at, { seed, steps: A_WALK })
    })

    test.each(Object.keys(BUGS))('part over %s', async (name) => {
      await using at = await openKind(kind)
      const plant = BUGS[name]
      const ledger = plant ? withWrite(at.ledger, plant(at.ledger.write, at.all)) : at.ledger
      let found: string | null = null
      const first = FOUND_BY[name] ?? 1
      for (let seed = first; seed < first + WALKS && found === null; seed += 1) {
        found = await walk({ ledger, all: at.all }, { seed, steps: A_WALK / 2 }).then(
          () => null,
          (error: Error) => error.message,
        )
      }
      expect(found).toMatch(/^seed \d+: /)
    })
  })
}
