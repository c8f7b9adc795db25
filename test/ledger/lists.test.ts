/** What a ledger of before knows is kept as it comes to lists of today; and whom a hand asks about, list by list. */
import Sqlite from 'better-sqlite3'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'
import { openLedger } from '../../src/ledger/index.ts'
import { migrations } from '../../src/ledger/migrations.ts'
import { postgresDialect } from '../../src/ledger/postgres.ts'
import { sqliteDialect } from '../../src/ledger/sqlite.ts'
import {
  addresses,
  claimFirst,
  handOf,
  KINDS,
  type Kind,
  NOW,
  openKind,
  openPlace,
  type Place,
  person,
  published,
  suiteOf,
  write,
} from '../support/ledgers.ts'

/** Brings an empty database to the schema that stood before lists had fields. */
async function makeOld(kind: Kind, { place, all }: Place): Promise<void> {
  const steps = migrations.findIndex((step) => step.name === 'people')
  const sqlite = kind === 'sqlite' ? new Sqlite(place) : null
  const dialect = sqlite
    ? new SqliteDialect({ database: sqlite })
    : new PostgresDialect({ pool: new pg.Pool({ connectionString: place }) })
  const db = new Kysely<never>({ dialect })
  for (const step of migrations.slice(0, steps)) await step(db, sqlite ? sqliteDialect : postgresDialect)
  sqlite?.pragma(`user_version = ${steps}`)
  await db.destroy()
  if (sqlite) return
  await all('create table schema_version (version integer not null)')
  await all(`insert into schema_version (version) values (${steps})`)
}

for (const kind of KINDS) {
  suiteOf(kind)(`lists on ${kind}`, () => {
    test('people, what they agreed to and who left are kept as an older ledger is brought up to date', async () => {
      await using place = await openPlace(kind)
      await makeOld(kind, place)
      await place.all(`insert into list (id, name, title, created_at) values (1, 'members', 'members', 1)`)
      for (const [id, name, state] of [
        [1, 'ann', 'subscribed'],
        [2, 'bob', 'unsubscribed'],
      ] as const) {
        const key = `'${name}@example.org'`
        await place.all(
          `insert into subscriber (id, address, address_key, created_at) values (${id}, ${key}, ${key}, 1)`,
        )
        await place.all(`insert into subscription values (1, ${id}, '${state}', 5)`)
        await place.all(
          `insert into consent (list_id, subscriber_id, act, at, source) values (1, ${id}, 'subscribed', 5, 'file')`,
        )
      }
      await place.all(
        `insert into consent (list_id, subscriber_id, act, at, source) values (1, 2, 'unsubscribed', 6, 'page')`,
      )
      const ledger = await openLedger(place.place)
      try {
        expect(await ledger.survey({ list: 'members' })).toMatchObject({ people: 1, unsubscribed: 1 })
        const { members } = await ledger.members({ listId: 1, where: null, after: 0 })
        expect(members).toMatchObject([
          {
            address: 'ann@example.org',
            state: 'subscribed',
            since: 5,
            tags: [],
            fields: {},
            consent: [{ act: 'imported' }],
          },
          {
            state: 'unsubscribed',
            consent: [
              { act: 'imported', source: 'file' },
              { act: 'left', at: 6, source: 'page' },
            ],
          },
        ])
        // The ids go on where they ended.
        await ledger.unsubscribe({ listId: 1, subscriber: 1, source: 'test', now: 7 })
        expect((await ledger.dataOf({ subscriber: 1 }))?.consent.map(({ act }) => act)).toEqual(['imported', 'left'])
      } finally {
        await ledger.close()
      }
    })

    test('who was kept in capitals is found without them as an older ledger is brought up to date', async () => {
      await using place = await openPlace(kind)
      await makeOld(kind, place)
      for (const [id, name] of [
        [1, 'Ann'],
        [2, 'BOB'],
        [3, 'bob'],
        [4, 'CEM'],
        [5, 'Cem'],
      ] as const) {
        const key = `'${name}@example.org'`
        await place.all(
          `insert into subscriber (id, address, address_key, created_at) values (${id}, ${key}, ${key}, 1)`,
        )
      }
      await place.all(
        `insert into suppression (address_key, reason, source, at) values ('Dan@example.org', 'hard', 'reply', 1)`,
      )
      const ledger = await openLedger(place.place)
      try {
        const found = async (name: string) => (await ledger.subscriber({ key: `${name}@example.org` }))?.id
        // Of two whom case alone kept apart each stays who they are: the mail they hold names them.
        expect([await found('ann'), await found('bob'), await found('BOB')]).toEqual([1, 3, 2])
        expect([await found('cem'), await found('Cem')]).toEqual([4, 5])
        const fresh = await ledger.suppress({ key: 'dan@example.org', reason: 'asked', source: 'test', now: 2 })
        expect(fresh).toBe(false)
      } finally {
        await ledger.close()
      }
    })

    test('a hand asks about the list through which each reader gets the mailing', async () => {
      await using at = await openKind(kind)
      const { ledger } = at
      const { mailing, listId } = await published(ledger, addresses(4))
      await ledger.importPeople({
        list: 'friends',
        people: [3, 4].map((n) => person(`p${n}@example.org`)),
        source: 'test',
        now: NOW,
      })
      const friends = (await ledger.list({ name: 'friends' }))?.id ?? 0
      await at.all(`update delivery set list_id = ${friends} where mailing_id = ${mailing} and n > 2`)
      const left = async (list: number, n: number) => {
        const subscriber = (await ledger.subscriber({ key: `p${n}@example.org` }))?.id ?? 0
        await ledger.unsubscribe({ listId: list, subscriber, source: 'test', now: NOW })
      }
      await left(listId, 2)
      await left(listId, 3)
      await left(friends, 4)
      await ledger.begin({ mailing, now: NOW })
      const claim = await claimFirst(ledger)
      expect(claim.rows.map((row) => row.list)).toEqual([null, null, friends, friends])
      const answers = []
      for (const n of [1, 2, 3, 4]) answers.push((await write(ledger, [], handOf(claim, n))).hand)
      expect(answers).toEqual(['handed', 'consent', 'handed', 'consent'])
      // What slips out is told of the same list.
      const slipped = async () => (await at.all(`select id from audit where what = 'slipped out'`)).length
      await left(listId, 3)
      expect(await slipped()).toBe(0)
      await left(friends, 3)
      expect(await slipped()).toBe(1)
    })
  })
}
