/** Bad input gets a clear error, the right exit code, and loses nothing. Nothing runs here but the command itself. */
import { rmSync, truncateSync } from 'node:fs'
import { gllIn } from '../../scripts/demo/gll.ts'
import { openStage, peek, peopleCsv, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  stage.site.set('/report', {})
  const { exit } = await stage.gll.run(
    'list',
    'import',
    'members',
    stage.file('members.csv', peopleCsv('members.test', 3)),
  )
  expect(exit).toBe(0)
})
afterAll(async () => await stage[Symbol.asyncDispose]())

/** What the command said, and how it ended: a fault, the remedy behind an arrow, the exit code. */
async function said(...args: string[]): Promise<string> {
  const { exit, err, out } = await stage.gll.run(...args)
  expect(err).not.toMatch(/\n\s+at |node:internal|fault of the program/)
  return `${`${err}${out}`.trimEnd()}\nexit ${exit}`
}

const letter = (front: string, body = 'Dear {{name}}, good news.'): string =>
  stage.file('letter.md', `---\n${front.trim()}\n---\n${body}\n`)

const mailings = (): number => peek<{ n: number }>(stage, 'select count(*) n from mailing')[0]?.n ?? -1

describe('a letter', () => {
  test('with unknown and doubled keys: each is named with its line', async () => {
    const front = `subject: News
list: members
subjct: Nevs
list: others
links:
  https://a.test/: { insted: [https://b.test/] }`
    const told = await said('send', letter(front), '--yes', '3')
    expect(told).toContain('has 3 faults')
    expect(told).toMatch(/letter\.md:4: unknown key "subjct"; the keys are subject, list, /)
    expect(told).toMatch(/letter\.md:5: the key "list" stands here twice \(first on line 3\)/)
    expect(told).toMatch(
      /letter\.md:7: unknown key "insted" under https:\/\/a\.test\/; a link takes instead, login, until/,
    )
    expect(told).toMatch(/→ mend each line named above\nexit 2$/)
  })

  test('whose template does not compile: file and line', async () => {
    const told = await said(
      'check',
      '--content',
      letter('subject: News\nlist: members', 'Dear {{name}},\n\n{{#if x}} open'),
    )
    expect(told).toMatch(/letter\.md:8: the template does not compile: a block is opened and never closed/)
    expect(told).toMatch(/→ close every \{\{#if …\}\} with \{\{\/if\}\}\n[\s\S]*exit 2$/)
  })

  test('that is not there, is a folder, or is no letter', async () => {
    expect(await said('send', 'nowhere.md', '--yes', '3')).toMatch(
      /nowhere\.md is not there\n {2}→ give the path of .*\nexit 3$/,
    )
    expect(await said('check', stage.dir)).toMatch(/ is a folder\n +→ give the path of .*\n[\s\S]*exit 3$/)
    const told = await said('send', stage.file('plain.txt', 'Hello'), '--yes', '3')
    expect(told).toMatch(/plain\.txt is not a letter that can be sent\n {2}→ .*front matter.*\nexit 3$/)
  })

  test('that some people lack a value for: which, and how many', async () => {
    const nameless = 'address,name,language\nann@x.test,,en\nbob@x.test,,en\ncat@x.test,Cat,en\n'
    await stage.gll.run('list', 'import', 'nameless', stage.file('nameless.csv', nameless))
    const told = await said('send', letter('subject: News\nlist: nameless'), '--yes', '3')
    expect(told).toContain('2 people have no value for {{name}}: ann@x.test, bob@x.test')
    expect(told).toMatch(/→ give the field a default in the front matter .*\nexit 2$/)
  })

  test('to a list that is not there, or is empty', async () => {
    expect(await said('send', letter('subject: News\nlist: memebrs\ndefaults: { name: you }'), '--yes', '3')).toMatch(
      /there is no list "memebrs"\n {2}→ the lists are: .*members.*\nexit 1$/,
    )
    await stage.gll.run('subscriber', 'add', 'gone@x.test', '--list', 'emptied')
    await stage.gll.run('suppress', 'gone@x.test')
    expect(await said('send', letter('subject: News\nlist: emptied\ndefaults: { name: you }'), '--yes', '1')).toMatch(
      /list "emptied" has nobody who may be written to\n {2}→ of its people 0 unsubscribed and 1 are suppressed; .*\nexit 1$/,
    )
    expect(await said('send', letter('subject: News\ndefaults: { name: you }'), '--yes', '1')).toMatch(
      /letter\.md names no list\n {2}→ give one: --list NAME.*\nexit 3$/,
    )
  })

  test('confirmed with another number than that of the people, or by nobody: nothing is sent', async () => {
    const file = letter('subject: News\nlist: members\ndefaults: { name: you }')
    expect(await said('send', file, '--yes', '4')).toMatch(/--yes 4 is not 3: nothing was sent\nexit 1$/)
    expect(await said('send', file)).toMatch(
      /nobody is at the keyboard .*\n {2}→ in a script, give it: --yes 3\nexit 3$/,
    )
    expect(mailings()).toBe(0)
  })
})

describe('a list of people', () => {
  test('with addresses that are none: each is named with its line, and the others are imported', async () => {
    const rows = [
      'address,name,language',
      'ann@y.test,Ann,en',
      'b\u0001b@y.test,B,en',
      '"c@y.test, d@z.test",C,en',
      'e@@y.test,E,en',
      'f@x@y.test,F,en',
      'g@y.test,"G\r\nBcc: h@z.test",en',
      'i@y.test,I,english please',
      'joe@y.test,Joe,fr',
    ]
    const told = await said('list', 'import', 'mixed', stage.file('mixed.csv', `${rows.join('\n')}\n`))
    expect(told).toContain('mixed: 2 added')
    expect(told).toMatch(/6 rows not imported; all of them, with their reasons: .*mixed\.rejected\.csv/)
    expect(told).toContain('line 3: "b?b@y.test" is not a mail address: it holds a control character')
    expect(told).toMatch(/line 4: "c@y\.test, d@z\.test" is not a mail address: it holds (,|a space)/)
    expect(told).toContain('line 5: "e@@y.test" is not a mail address: there is more than one @')
    expect(told).toContain('line 6: "f@x@y.test" is not a mail address: there is more than one @')
    expect(told).toMatch(/the name of g@y\.test holds a control character/)
    expect(told).toMatch(/"english please" of i@y\.test is not a language such as en or pt-BR/)
    expect(told).toMatch(/exit 1$/)
    const there = peek<{ address: string }>(
      stage,
      `select p.address from subscription s join subscriber p on p.id = s.subscriber_id
       join list l on l.id = s.list_id where l.name = 'mixed' order by 1`,
    )
    expect(there.map(({ address }) => address)).toEqual(['ann@y.test', 'joe@y.test'])
  })

  test('without the column, without a row, or without a file', async () => {
    expect(await said('list', 'import', 'm', stage.file('m.csv', 'who,name\na@y.test,A\n'))).toMatch(
      /no column of the file holds mail addresses, by its name\n {2}→ .*address,name,language \(it is: who,name\).*\nexit 1$/,
    )
    for (const text of ['', 'address,name\n', '\n\n']) {
      expect(await said('list', 'import', 'm', stage.file('m.csv', text))).toMatch(
        /cannot read .*m\.csv: nobody stands in it\n {2}→ .*address,name,language\nexit 1$/,
      )
    }
    expect(await said('list', 'import', 'm', 'nowhere.csv')).toMatch(
      /cannot read nowhere\.csv: ENOENT.*\n {2}→ .*\nexit 1$/,
    )
    expect(peek(stage, "select name from list where name = 'm'")).toEqual([])
  })

  test.each([
    [['list', 'import', 'm', 'huge.csv'], /cannot read .*huge\.csv: .*\n {2}→ /],
    [['list', 'import', 'm', 'huge.xlsx'], /huge\.xlsx is larger than .* 100 MB.*\n {2}→ save it as CSV/],
    [['bounce', 'huge.eml'], /huge\.eml.*\n {2}→ name a report as it was received/],
  ])('of two gigabytes ends at once and says why: gll %j', async (args, says) => {
    const path = stage.file(args.at(-1) ?? '', '')
    truncateSync(path, 2 ** 31)
    expect(await said(...args.slice(0, -1), path)).toMatch(says)
    rmSync(path)
  })

  test('with a quote that never ends says where', async () => {
    const file = stage.file('q.csv', 'address,name\nann@y.test,"Ann\nbob@y.test,Bob\n')
    expect(await said('list', 'import', 'm', file)).toMatch(
      /cannot read .*q\.csv: .*[Qq]uote.*line.*\n {2}→ .*\nexit 1$/,
    )
  })
})

test('an address on the command line that is none is named, without its control characters', async () => {
  expect(await said('suppress', 'a@b@c.test')).toMatch(
    /"a@b@c\.test" is not a mail address: .*\n {2}→ write it like .*\nexit 3$/,
  )
  expect(await said('subscriber', 'add', 'a\u0007@x.test', '--list', 'members')).toMatch(
    /"a\?@x\.test" is not a mail address: it holds a control character\n/,
  )
})

test('a mailing that is not there, or is no number', async () => {
  for (const command of ['status', 'hold', 'resume', 'cancel', 'links']) {
    expect(await said(command, '99')).toMatch(/there is no mailing 99\n {2}→ gll status lists them\nexit 1$/)
  }
  expect(await said('hold', 'last')).toMatch(
    /"last" is not the number of a mailing\n {2}→ gll status lists them\nexit 3$/,
  )
})

test('a command that is mistyped says how to ask for help, with exit 3', async () => {
  for (const args of [['sned'], ['send'], ['send', 'x.md', '--yse', '3']]) {
    expect(await said(...args)).toMatch(
      /^error: .*\n(\(Did you mean .*\)\n)?\(gll --help, or gll COMMAND --help\)\nexit 3$/,
    )
  }
})

test('a configuration with five faults: all five are named at once, and nothing is touched', async () => {
  const faulty = { RATE: '-1', LANES: 'many', WATCH_SCHEDULE: 'soon', FROM: 'me', PUBLIC_URL: 'ftp://gll.test' }
  const gll = gllIn({ ...stage.env, ...faulty })
  for (const command of [['status'], ['serve'], ['send', 'x.md']]) {
    const { exit, err } = await gll.run(...command)
    expect(exit).toBe(3)
    expect(err).toContain('the configuration has 5 fault(s)')
    for (const key of Object.keys(faulty)) expect(err).toMatch(new RegExp(`^ {2}${key}: ".*" is not `, 'm'))
    expect(err).toMatch(/→ set each in the environment or in \.env; \.env\.example shows every key/)
  }
})
