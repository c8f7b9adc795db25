/** Sign-ups that somebody makes for another, thousands of times: one letter, one row, and the same answer each time. */
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { askToJoin, openConfirmations } from '../../src/publishing/index.ts'
import { openHouse } from './house.ts'

test('whoever presses a thousand times in eight minutes has a mailbox sent one letter, and leaves one row', async () => {
  await using house = await openHouse({ people: 0 })
  const { tools, clock } = house
  const confirmations = openConfirmations(tools)
  const shown = { text: 'Yes', language: 'en', source: 'page /join/members' }
  const forms = ['ann@bücher.example', 'ann@BÜCHER.example', 'ann@xn--bcher-kva.example']
  const press = (n: number) => {
    clock.at += 500
    const order = { list: 'members', address: forms[n % 3] ?? '', name: `Ann ${n}`, language: 'en', shown }
    return askToJoin(tools, confirmations, order)
  }
  for (let at = 0; at < 1_000; at += 500) {
    const answers = await Promise.all(Array.from({ length: 500 }, (_, n) => press(at + n)))
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['asked']))
  }
  const db = new Sqlite(house.path, { readonly: true })
  const rows = (table: string): unknown => db.prepare(`select count(*) from ${table}`).pluck().get()
  // The letter goes after the answer.
  for (const end = Date.now() + 60_000; rows('message') === 0 && Date.now() < end; ) await wait(20)
  expect(['message', 'sign_up', 'subscriber', 'consent'].map(rows)).toEqual([1, 1, 0, 0])
  db.close()
})
