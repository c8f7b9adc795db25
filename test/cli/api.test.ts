/** The API of a real `gll serve`: what the commands do, a program does by the same steps, and the ledger says who it was. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askerOf } from './asker.ts'
import { openStage, startServe, until } from './stage.ts'

const LETTER = (site: string): string =>
  `---\nsubject: News of {{city}}\nlist: members\nlinks:\n  ${site}report: { instead: [${site}new-report] }\n---\n` +
  `Dear {{name}},\n\nread [the report](${site}report).\n`

test('a list is declared, filled, read, written to and emptied, and nobody who left comes back', async () => {
  await using stage = await openStage({ env: { CORRIGENDUM_NOTICE: '1h' } })
  for (const path of ['/report', '/new-report']) stage.site.set(path, {})
  await using _serve = await startServe(stage)
  const ask = await askerOf(stage, 'lists', 'mailings')
  await stage.gll.run('suppress', 'cem@reader.test')

  const city = { city: { type: 'text', default: 'Geneva' } }
  expect(await ask('PATCH', '/lists/members/fields', { fields: city })).toMatchObject({
    status: 200,
    body: { fields: city },
  })
  expect((await ask('PATCH', '/lists/members/fields', { fields: { city: { type: 'number' } } })).status).toBe(409)
  expect((await ask('PATCH', '/lists/members/fields', { fields: { language: { type: 'text' } } })).body.title).toMatch(
    /meaning already/,
  )
  expect((await ask('PATCH', '/lists/a,b/fields', { fields: city })).status).toBe(422)

  const people = [
    {
      address: 'ann@reader.test',
      name: 'Ann',
      language: 'fr-ch',
      timeZone: 'Europe/Zurich',
      tags: ['press'],
      fields: { city: 'Bern' },
    },
    { address: 'bob@READER.test' },
    { address: 'bob@reader.test', name: 'Bob' },
    { address: 'cem@reader.test' },
    { address: 'no address' },
    { address: 'dia@reader.test', fields: { town: 'Bonn' } },
    { address: 'eva@reader.test', name: 'Eva' },
    { address: 'fay@reader.test', language: 'English please' },
    { address: 'gil@reader.test', fields: { ['constructor' as string]: 'x' } },
  ]
  const tally = { added: 3, changed: 0, same: 0, unsubscribed: 0, suppressed: 1, erased: 0, twice: 1 }
  const dry = await ask('POST', '/lists/members/import', { people, dryRun: true })
  expect(dry.body).toMatchObject(tally)
  expect((await ask('GET', '/lists/members')).body).toMatchObject({ people: 0 })
  const imported = await ask('POST', '/lists/members/import', { people })
  expect(imported.body).toEqual({ ...dry.body, ...tally })
  expect(imported.body.rejected.map(({ at, why }: { at: number; why: string }) => [at, why])).toEqual([
    [4, expect.stringContaining('not a mail address')],
    [5, expect.stringContaining('no field town')],
    [7, expect.stringContaining('not a language')],
    [8, expect.stringContaining('no field constructor')],
  ])
  expect((await ask('GET', '/lists')).body).toEqual({ lists: [{ name: 'members', subscribers: 3, fields: city }] })
  expect((await ask('GET', '/lists/members')).body).toMatchObject({ people: 3, unsubscribed: 0, suppressed: 0 })
  const inBern = await ask('GET', `/lists/members/members?where=${encodeURIComponent('city = Bern')}`)
  expect(inBern.body).toMatchObject({
    after: null,
    members: [
      {
        ...people[0],
        language: 'fr-CH',
        state: 'subscribed',
        suppressed: null,
        consent: [{ act: 'imported', source: 'token 1' }],
      },
    ],
  })
  expect((await ask('GET', '/lists/members/members?where=colour%20%3D%20red')).status).toBe(422)
  expect((await ask('GET', '/lists/members/members?where=%28')).status).toBe(422)

  expect((await ask('DELETE', '/lists/members/subscribers/eva%40reader.test')).status).toBe(204)
  expect((await ask('POST', '/lists/members/import', { people: [{ address: 'eva@reader.test' }] })).body).toMatchObject(
    {
      added: 0,
      unsubscribed: 1,
    },
  )
  expect((await ask('GET', '/subscribers/eva@reader.test')).body).toMatchObject({
    lists: [{ list: 'members', state: 'unsubscribed' }],
    suppressed: null,
  })

  await stage.gll.run('send', stage.file('letter.md', LETTER(stage.site.url('/'))), '--yes', '2')
  await until(async () => (await ask('GET', '/mailings/1')).body.state === 'done', 'the mailing')
  expect(stage.sink.messages.flatMap(({ to }) => to).toSorted()).toEqual(['ann@reader.test', 'bob@reader.test'])
  const link = encodeURIComponent(stage.site.url('/report'))
  expect((await ask('GET', `/mailings/1/holders?link=${link}`)).body).toMatchObject({
    holders: [
      { address: 'ann@reader.test', state: 'accepted' },
      { address: 'bob@reader.test', state: 'accepted' },
    ],
    after: null,
  })
  expect((await ask('GET', '/mailings/1/uncertain')).body).toEqual({ uncertain: [], after: null })
  expect((await ask('GET', '/subscribers/ann@reader.test/mails')).body.mails).toMatchObject([
    { mailing: 1, kind: 'announcement', state: 'accepted', reply: expect.stringMatching(/^250/) },
  ])
  expect((await ask('POST', '/mailings/1/veto')).status).toBe(409)
  expect((await ask('GET', '/status')).body).toMatchObject({ running: true, waits: null })

  stage.site.set('/report', { status: 410 })
  await until(async () => (await ask('GET', '/mailings')).body.mailings.length === 2, 'the corrigendum')
  expect((await ask('GET', '/mailings/2')).body).toMatchObject({ kind: 'corrigendum', corrects: 1, state: 'scheduled' })
  expect((await ask('POST', '/mailings/2/veto')).body).toMatchObject({ state: 'cancelled' })
  expect((await ask('POST', '/mailings/2/veto')).status).toBe(409)
  // The link is looked at while we look.
  const looks = /\| \d+ (?=\| 2 \|$)/gm
  const report = await ask('GET', '/mailings/1/report')
  expect(report.text.replace(looks, '')).toBe((await stage.gll.run('report', '1')).out.replace(looks, ''))
  expect((await ask('GET', '/mailings/1/report?format=html')).text).toContain('token 1')
  expect(stage.sink.messages).toHaveLength(2)

  expect((await ask('POST', '/subscribers/bob@reader.test/suppress', { why: 'asked by telephone' })).body).toEqual({
    fresh: true,
  })
  expect((await stage.gll.run('subscriber', 'show', 'bob@reader.test')).out).toContain('asked by telephone')
  expect((await ask('DELETE', '/subscribers/ann@reader.test')).status).toBe(204)
  expect((await ask('GET', '/subscribers/ann@reader.test')).status).toBe(404)
  expect((await ask('DELETE', '/subscribers/ann@reader.test')).status).toBe(404)
  expect((await ask('POST', '/lists/members/import', { people: [people[0] ?? {}] })).body).toMatchObject({
    added: 0,
    erased: 1,
  })
  expect((await stage.gll.run('list', 'show', 'members')).out).toMatch(
    /^0 people; 1 unsubscribed, 0 paused, 1 suppressed/,
  )

  await stage.gll.run('token', 'revoke', '1')
  await until(async () => (await ask('GET', '/lists')).status === 401, 'the end of the token')
  // It is told from one that never was by nothing.
  const never = { authorization: `Bearer gll_7_${'a'.repeat(52)}` }
  expect((await ask('GET', '/lists')).text).toBe((await ask('GET', '/lists', undefined, never)).text)
})

test('a letter is judged over the API to the letter as gll check --json judges it, and templates by the same gate', async () => {
  await using stage = await openStage()
  const dir = join(stage.dir, 'messages')
  mkdirSync(dir)
  const site = stage.site.url('/')
  const template = (link: string) =>
    `---\nsubject: Your place at {{event}}\ndefaults: { name: Colleague }\n---\nDear {{name}}, see [the guide](${site}${link}).\n`
  writeFileSync(join(dir, 'place.md'), template(''))
  writeFileSync(join(dir, 'place.fr.md'), template('gone'))
  writeFileSync(join(dir, 'odd.md'), 'no front matter')
  writeFileSync(join(dir, 'README.txt'), 'no template')
  await using _serve = await startServe(stage, { env: { MESSAGES_DIR: dir } })
  const ask = await askerOf(stage, 'check', 'messages')

  const letters = [
    ['text/markdown', 'letter.md', `---\nsubject: News\n---\nSee [the report](${site}gone), or click here.\n`],
    [
      'text/html',
      'letter.html',
      `<html><body><p>See <a href="${site}">the report</a> and <a href="#">that</a>.</p></body></html>`,
    ],
    [
      'message/rfc822',
      'letter.eml',
      `From: a@b.test\r\nSubject: News\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nTo learn more, visit:\r\n`,
    ],
    ['message/rfc822', 'letter.eml', '\u0000\u0001'],
  ] as const
  const files = letters.map(([, name, text], at) => stage.file(`${at}-${name}`, text))
  const lines = (await stage.gll.run('check', ...files, '--json')).out.trim().split('\n')
  expect(lines).toHaveLength(letters.length)
  const lineOf = (line: string, at: number): object =>
    JSON.parse(line.replaceAll(files[at] ?? '', letters[at]?.[1] ?? ''))
  for (const [at, [type, , text]] of letters.entries()) {
    const { body } = await ask('POST', '/check', text, { 'content-type': type })
    expect(body).toEqual(lineOf(lines[at] ?? '', at))
    if (at === 0) expect(body.faults.map(({ rule }: { rule: string }) => rule)).toContain('dead-link')
  }
  // Two at once; whoever comes then is told to come again.
  const [, , first] = letters[0]
  const { out } = await stage.gll.run('check', files[0] ?? '', '--json', '--content')
  const content = () => ask('POST', '/check?content=true', first, { 'content-type': 'text/markdown' })
  const answers = (await Promise.all([content(), content(), content()])).toSorted((a, b) => a.status - b.status)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
  for (const { body } of answers.slice(0, 2)) expect(body).toEqual(lineOf(out, 0))

  expect((await ask('GET', '/templates')).body.templates).toMatchObject([
    { name: 'odd', language: null, verdict: 'refused', why: expect.any(String), faults: [] },
    {
      name: 'place',
      language: null,
      verdict: 'sound',
      why: null,
      fields: [
        { name: 'event', needed: true },
        { name: 'name', needed: false },
      ],
      faults: [],
    },
    {
      name: 'place',
      language: 'fr',
      verdict: 'refused',
      why: null,
      faults: [{ rule: 'dead-link', link: `${site}gone` }],
    },
  ])
  expect(stage.sink.messages).toEqual([])
})
