/** What `gll check --format` writes for programs, as their schemas want it. */
import { openDesk } from '../support/gll.ts'
import { openSite } from '../support/http.ts'

const MAIL = 'From: a@gll.test\nSubject: News\nContent-Type: text/plain; charset=utf-8\n\n'

test('annotations stand at their line, with nothing in them that would end the command', async () => {
  await using desk = openDesk()
  const file = desk.file('x,y.html', '<p>\n<a href="">100% sure</a></p>')
  const { exit, out } = await desk.gll('check', '--content', '--format', 'github', file)
  expect(exit).toBe(2)
  expect(out).toMatch(/^::error file=x%2Cy\.html,line=2,title=link-without-target::⟦100%25 sure⟧%0A/)
  expect(out.trimEnd().split('\n')).toHaveLength(1)
})

test('SARIF has its rules, and of each fault the level, the file and the line', async () => {
  await using desk = openDesk()
  const file = desk.file('a b#1.html', '<p>\n<a href="{{report}}">The report</a></p>')
  const { exit, out } = await desk.gll('check', '--content', '--format', 'sarif', file)
  expect(exit).toBe(2)
  const { version, runs } = JSON.parse(out)
  expect([version, runs]).toEqual(['2.1.0', [expect.anything()]])
  const [{ tool, results }] = runs
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(['link-unrendered', 'dead-link', 'unsure-link']),
  )
  expect(results).toEqual([
    {
      ruleId: 'link-unrendered',
      level: 'error',
      // §3.11.5: braces that are no placeholder of the message are doubled.
      message: { text: expect.stringContaining('⟦The report⟧ — {{{{report}}}} — ') },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b%231.html' }, region: { startLine: 2 } } }],
    },
  ])
})

test('JUnit has a suite a file, a case a link, and a failure a fault', async () => {
  await using site = await openSite({ '/report': {}, '/gone': { status: 410 } })
  await using desk = openDesk()
  const sound = desk.file('a.eml', `${MAIL}See ${site.url('/report')} for more.`)
  const text = `${MAIL}Please register here:\n\nOr see ${site.url('/gone')}?a=1&b="2" \u0007now, and ${site.url('/report')}.`
  const refused = desk.file('b<1>.eml', text)
  const { exit, out } = await desk.gll('check', '--format', 'junit', sound, refused, 'none.eml')
  expect(exit).toBe(2)
  const shape = out
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('<'))
  const gone = `${site.url('/gone')}?a=1&#38;b=`
  expect(shape.map((line) => line.replace(/(message="[^"]{4})[^"]*(".*)$/, '$1$2').replace(/">.*/, '">'))).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="gll check" tests="6" failures="3" errors="0">',
    '<testsuite name="a.eml" tests="2" failures="0" errors="0" skipped="0">',
    '<testcase classname="a.eml" name="what the letter promises">',
    '</testcase>',
    `<testcase classname="a.eml" name="${site.url('/report')}">`,
    '</testcase>',
    '</testsuite>',
    '<testsuite name="b&#60;1&#62;.eml" tests="3" failures="2" errors="0" skipped="0">',
    '<testcase classname="b&#60;1&#62;.eml" name="what the letter promises">',
    '<failure type="pointer-without-link" message="the ">',
    '</testcase>',
    `<testcase classname="b&#60;1&#62;.eml" name="${gone}">`,
    '<failure type="dead-link" message="410 ">',
    '</testcase>',
    `<testcase classname="b&#60;1&#62;.eml" name="${site.url('/report')}">`,
    '</testcase>',
    '</testsuite>',
    '<testsuite name="none.eml" tests="1" failures="1" errors="0" skipped="0">',
    '<testcase classname="none.eml" name="what the letter promises">',
    '<failure type="not-a-letter" message="none">',
    '</testcase>',
    '</testsuite>',
    '</testsuites>',
  ])
  expect(out).not.toContain('\u0007')
})

test('a link without an address is a case with a name', async () => {
  await using desk = openDesk()
  const { out } = await desk.gll(
    'check',
    '--content',
    '--format',
    'junit',
    desk.file('a.html', '<a href="">Register</a>'),
  )
  expect(out).toMatch(/<testcase classname="a.html" name="a link without an address">\n<failure type="link-without-/)
})

test('what was not looked at is a skipped case', async () => {
  await using desk = openDesk()
  const file = desk.file('a.eml', `${MAIL}See https://www.who.int/ for more.`)
  const { exit, out } = await desk.gll('check', '--content', '--format', 'junit', file)
  expect(exit).toBe(0)
  expect(out).toContain('<testsuite name="a.eml" tests="2" failures="0" errors="0" skipped="1">')
  expect(out).toContain('<skipped message="not looked at"></skipped>')
})

test('a format that is none is named, with those that are', async () => {
  await using desk = openDesk()
  const { exit, err } = await desk.gll('check', '--format', 'yaml', desk.file('a.eml', MAIL))
  expect([exit, err]).toEqual([3, expect.stringContaining('text, json, github, sarif, junit')])
})
