/** One letter in several languages: everybody gets one, in their own language or else the first, or nobody gets any. */
import { openStage, peek, startServe, until } from './stage.ts'

const PEOPLE = `address,language
ann@reader.test,en
bob@reader.test,fr
cem@reader.test,fr-CA
dia@reader.test,ar
eve@reader.test,
`

test('each language has its mailing, and each person one letter', async () => {
  await using stage = await openStage()
  await stage.gll.run('list', 'import', 'members', stage.file('members.csv', PEOPLE))
  const letter = (language: string, subject: string, link = '/') =>
    stage.file(
      `letter.${language}.md`,
      `---\nsubject: ${subject}\nlist: members\nlanguage: ${language}\n---\n${subject}: [1](${stage.site.url(link)})\n`,
    )
  const english = letter('en', 'Good news')
  const refused = await stage.gll.run('send', english, letter('fr', 'Bonnes nouvelles', '/gone'), '--yes', '5')
  expect([refused.exit, peek(stage, 'select id from mailing')]).toEqual([2, []])

  const french = letter('fr', 'Bonnes nouvelles')
  const twice = await stage.gll.run('send', english, english, '--yes', '5')
  expect([twice.exit, twice.err]).toEqual([3, expect.stringContaining('same language (en)')])
  const wrong = await stage.gll.run('send', english, french, '--yes', '3')
  expect([wrong.exit, peek(stage, 'select id from mailing')]).toEqual([1, []])

  const sent = await stage.gll.run('send', english, french, '--yes', '5')
  expect([sent.exit, sent.out]).toEqual([0, expect.stringMatching(/^mailing \d+\nmailing \d+\n$/)])
  expect(peek(stage, 'select distinct series from mailing where series is not null')).toHaveLength(1)
  await using _serve = await startServe(stage)
  await until(() => stage.sink.messages.length === 5, 'five letters')
  const got = stage.sink.messages.map(({ to, raw }) => `${to[0]}: ${/^Subject: (.*)\r$/m.exec(raw.toString())?.[1]}`)
  expect(got.toSorted()).toEqual([
    'ann@reader.test: Good news',
    'bob@reader.test: Bonnes nouvelles',
    'cem@reader.test: Bonnes nouvelles',
    'dia@reader.test: Good news',
    'eve@reader.test: Good news',
  ])
})
