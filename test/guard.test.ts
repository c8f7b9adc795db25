import { join } from 'node:path'
import { findBreaches, readSources } from '../scripts/guard.ts'

const whys = (file: string, text: string): string[] =>
  findBreaches([{ file, text }]).map(({ line, why }) => `${line} ${why}`)

describe('the guard', () => {
  test('finds no breach in this project', () => {
    expect(findBreaches(readSources(join(import.meta.dirname, '..')))).toEqual([])
  })

  test.each([
    [
      'a room on its right',
      'src/ledger/a.ts',
      "import { a } from '../publishing/index.ts'",
      /imports publishing from ledger/,
    ],
    ['a room beside it', 'src/links/a.ts', "import type { A } from '../mail/index.ts'", /imports mail from links/],
    ['any room, from the configuration', 'src/config.ts', "import type { A } from './edition/index.ts'", /from config/],
    [
      'more than types where types are allowed',
      'src/links/a.ts',
      "import { a } from '../edition/index.ts'",
      /more than types of edition/,
    ],
    [
      'more than types, marked name by name',
      'src/mail/a.ts',
      "import { type A } from '../edition/index.ts'",
      /more than types/,
    ],
    [
      'a right room by re-export',
      'src/edition/a.ts',
      "export * from '../links/index.ts'",
      /imports links from edition/,
    ],
    [
      'a right room by import()',
      'src/mail/a.ts',
      "const a = await import('../ledger/index.ts')",
      /imports ledger from mail/,
    ],
    [
      'a right room in a type',
      'src/links/a.ts',
      "type A = import('../ledger/index.ts').A",
      /imports ledger from links/,
    ],
    [
      'a right room by address',
      'src/mail/a.ts',
      "new URL('../ledger/thread' + ext, import.meta.url)",
      /imports ledger from mail/,
    ],
    [
      'the web room from the queues',
      'queues/a.ts',
      "import { a } from '../src/web/index.ts'",
      /imports web from queues/,
    ],
    ['the command line from the web', 'src/web/a.ts', "import { a } from '../cli/redis.ts'", /imports cli from web/],
    [
      'queues from src',
      'src/publishing/a.ts',
      "import { a } from '../../queues/worker.ts'",
      /imports queues from publishing/,
    ],
    [
      'queues from serve itself',
      'src/cli/serve.ts',
      "import { a } from '../../queues/worker.ts'",
      /imports queues from cli/,
    ],
    [
      'queues by address from another command',
      'src/cli/send.ts',
      "new URL('../../queues/worker' + e, import.meta.url)",
      /imports queues/,
    ],
    ['scripts from src', 'src/cli/a.ts', "import { a } from '../../scripts/guard.ts'", /imports scripts from cli/],
    ['tests from src', 'src/cli/a.ts', "import { a } from '../../test/support/redis.ts'", /imports test from cli/],
    ['tests from scripts', 'scripts/a.ts', "import { a } from '../test/support/redis.ts'", /imports test from scripts/],
    ['the inside of a room', 'src/publishing/a.ts', "import { a } from '../ledger/sqlite.ts'", /reaches inside ledger/],
    [
      'the inside of a room, from a script',
      'scripts/a.ts',
      "import { a } from '../src/mail/inbox.ts'",
      /reaches inside mail/,
    ],
    [
      'the inside of a room by address',
      'src/publishing/a.ts',
      "new URL('../edition/a.ts', import.meta.url)",
      /reaches inside edition/,
    ],
    ["another room's library", 'src/mail/a.ts', "import Handlebars from 'handlebars'", /handlebars belongs to edition/],
    [
      "another room's library, for its types",
      'src/publishing/a.ts',
      "import type { Job } from 'bullmq'",
      /bullmq belongs to queues/,
    ],
    [
      "another room's library, by its inside",
      'src/web/a.ts',
      "import a from 'kysely/helpers/sqlite'",
      /kysely belongs to ledger/,
    ],
    ["another room's scoped library", 'src/cli/a.ts', "import form from '@fastify/formbody'", /belongs to web/],
    ['a library without a room', 'src/mail/a.ts', "import _ from 'lodash'", /lodash belongs to no room/],
    ["node's own without node:", 'src/mail/a.ts', "import fs from 'fs'", /use node:/],
    ['what only the run tells', 'src/mail/a.ts', 'const a = await import(name)', /only the run tells/],
  ])('finds an import of %s', (_what, file, text, why) => {
    expect(whys(file, `\n${text}\n`)).toEqual([expect.stringMatching(new RegExp(`^2 .*${why.source}`))])
  })

  test.each([
    ['reads the environment', 'src/mail/a.ts', 'const a = process.env.FROM', /reads the environment/],
    ['reads the environment by name', 'queues/a.ts', "const a = process['env']", /reads the environment/],
    ['takes the environment out of process', 'src/cli/a.ts', 'const { env } = process', /reads the environment/],
    ['imports the environment', 'src/web/a.ts', "import { env } from 'node:process'", /reads the environment/],
    ['loads a .env file', 'src/cli/a.ts', 'process.loadEnvFile()', /reads the environment/],
    ['prints', 'src/publishing/a.ts', "console.log('a')", /prints/],
    ['prints from a queue', 'queues/a.ts', "console.error('a')", /prints/],
    [
      'is a door with logic in it',
      'src/mail/index.ts',
      "export { a } from './a.ts'\nexport const b = 1",
      /export lines only/,
    ],
    ['stands in no room', 'src/util.ts', '', /stands in no room/],
    ['stands in a room there is not', 'src/services/a.ts', '', /stands in no room/],
  ])('finds a file that %s', (_what, file, text, why) => {
    expect(whys(file, text)).toEqual([expect.stringMatching(why)])
  })

  test('finds files that import each other in a loop, be it types alone', () => {
    const sources = [
      { file: 'src/mail/a.ts', text: "import { b } from './b.ts'" },
      { file: 'src/mail/b.ts', text: "import { d } from './d.ts'\nimport type { C } from './c.ts'" },
      { file: 'src/mail/c.ts', text: "export type { A } from './a.ts'" },
      { file: 'src/mail/d.ts', text: "new URL('./a.ts', import.meta.url)" },
    ]
    expect(findBreaches(sources).map(({ file, line, why }) => `${file}:${line} ${why}`)).toEqual([
      'src/mail/a.ts:1 goes in a circle: src/mail/b.ts leads back here',
      'src/mail/b.ts:2 goes in a circle: src/mail/c.ts leads back here',
      'src/mail/c.ts:1 goes in a circle: src/mail/a.ts leads back here',
    ])
  })

  test.each([
    [
      'src/ledger/a.ts',
      "import type { Edition } from '../edition/index.ts'\nexport type { A } from '../mail/index.ts'",
    ],
    [
      'src/edition/a.ts',
      "import { Complaint } from '../complaint.ts'\nimport mjml from 'mjml'\nimport { b } from './b.ts'",
    ],
    ['src/cli/serve.ts', "fork(new URL('../../queues/worker' + extension, import.meta.url))"],
    [
      'scripts/demo/a.ts',
      "spawn(process.execPath, [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))])",
    ],
    ['src/cli/gll.mjs', '#!/usr/bin/env node\nawait import(main)'],
    ['src/edition/a.ts', "new URL('../../templates/announcement/', import.meta.url)"],
    ['queues/a.ts', "import { Queue } from 'bullmq'\nimport { deliver } from '../src/publishing/index.ts'"],
    ['test/mail/a.test.ts', "import { a } from '../../src/mail/inside.ts'\nimport { simpleParser } from 'mailparser'"],
    ['scripts/a.ts', "console.log(process.env.HOME)\nimport { b } from './b.ts'\nimport nodemailer from 'nodemailer'"],
    ['src/mail/a.ts', "// import { a } from '../ledger/index.ts'\nconst a = \"import 'lodash'\"; const env = a.env"],
  ])('finds nothing wrong in a sound %s', (file, text) => {
    expect(whys(file, text)).toEqual([])
  })
})
