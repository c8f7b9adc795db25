import Sqlite from 'better-sqlite3'
import { publish, surveyAudience } from '../../src/publishing/index.ts'
import {
  addPeople,
  checked,
  deliverDue,
  type House,
  LANES,
  letter,
  openHouse,
  person,
  reader,
  received,
  running,
} from './house.ts'

const HOUR = 3_600_000

const rows = (house: House, table: string): number => {
  const db = new Sqlite(house.path, { readonly: true })
  const { n } = db.prepare(`select count(*) n from ${table}`).get() as { n: number }
  db.close()
  return n
}

const order = (house: House, expect: number) => ({ list: 'members', expect, dueAt: house.clock.at, lanes: LANES })

test('a list that changed between the count and the freeze is refused, and nothing is left of it', async () => {
  await using house = await openHouse()
  const edition = await checked(house, letter(house))
  const asked = await surveyAudience(house.tools, edition, 'members')
  await addPeople(house.tools, [person(house.tools, reader(5))])
  await expect(publish(house.tools, edition, order(house, asked.people))).rejects.toMatchObject({
    message: 'the list has 5 people now, not 4',
    remedy: 'send again and confirm 5',
    exit: 2,
  })
  expect(await house.ledger.mailings({ limit: 10 })).toEqual([])
  expect([rows(house, 'delivery'), rows(house, 'chunk'), rows(house, 'watch')]).toEqual([0, 0, 0])
})

test('a crash half-way leaves nothing visible, is thrown away later, and the next send reaches everybody once', async () => {
  await using house = await openHouse()
  const edition = await checked(house, letter(house))
  // The ledger goes away at the last commit.
  const cut = {
    ...house.tools,
    ledger: { ...house.ledger, publish: async () => Promise.reject(new Error('power cut')) },
  }
  const ledger = new Proxy(house.ledger, {
    get: (target, verb) => (verb === 'publish' ? cut.ledger.publish : Reflect.get(target, verb)),
  })
  await expect(publish({ ...house.tools, ledger }, edition, order(house, 4))).rejects.toThrow('power cut')
  expect(rows(house, 'delivery')).toBe(4)
  expect(await house.ledger.mailings({ limit: 10 })).toEqual([])
  expect(await house.ledger.dueMailings({ now: house.clock.at + HOUR })).toEqual([])
  house.clock.at += 2 * HOUR
  const mailing = await running(house)
  await deliverDue(house)
  expect(received(house).toSorted()).toEqual([1, 2, 3, 4].map(reader))
  expect(rows(house, 'delivery')).toBe(4)
  expect((await house.ledger.mailings({ limit: 10 })).map(({ id }) => id)).toEqual([mailing])
})

test('a list that is not there, or has nobody on it, is said with what to do', async () => {
  await using house = await openHouse({ people: 1 })
  const edition = await checked(house, letter(house))
  await expect(surveyAudience(house.tools, edition, 'memebrs')).rejects.toMatchObject({
    message: 'there is no list "memebrs"',
    remedy: 'the lists are: members',
  })
  await house.ledger.suppress({ key: reader(1), reason: 'asked', source: 'test', now: house.clock.at })
  await expect(surveyAudience(house.tools, edition, 'members')).rejects.toMatchObject({
    message: 'list "members" has nobody who may be written to',
    remedy: expect.stringContaining('0 unsubscribed and 1 are suppressed'),
  })
})

test('a value that some people lack is named, with how many and who; a default makes it fit', async () => {
  await using house = await openHouse({ people: 3 })
  const people = [8, 9].map((n) => person(house.tools, reader(n), { name: null, language: null }))
  await addPeople(house.tools, people)
  const strict = await checked(house, letter(house).replace(/^defaults.*\n/m, ''))
  await expect(surveyAudience(house.tools, strict, 'members')).rejects.toMatchObject({
    message: expect.stringContaining(`2 people have no value for {{name}}: ${reader(8)}, ${reader(9)}`),
    remedy: expect.stringContaining('defaults: { name: Colleague }'),
    exit: 2,
  })
  expect(await surveyAudience(house.tools, await checked(house, letter(house)), 'members')).toMatchObject({ people: 5 })
})

test('chunks are small enough that every lane has work, and together they are the audience', async () => {
  await using house = await openHouse({ people: 100 })
  const mailing = await running(house)
  const db = new Sqlite(house.path, { readonly: true })
  const chunks = db
    .prepare('select first_n as first, last_n as last from chunk where mailing_id = ? order by first_n')
    .all(mailing) as { first: number; last: number }[]
  db.close()
  expect(chunks.length).toBeGreaterThanOrEqual(4 * LANES)
  expect(chunks.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at))).toEqual(
    Array.from({ length: 100 }, (_, at) => at + 1),
  )
})
