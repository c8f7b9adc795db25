/** `gll vouch`: what may be vouched for, and that `gll send` then lets it pass. */
import { type Desk, openDesk } from '../support/gll.ts'
import { openSite } from '../support/http.ts'

/** Each command is a process of its own: on a busy machine a test of ten is slow. */
const SLOW = 120_000
const BY = ['--why', 'opens in a browser', '--by', 'Ann Lee']

const letter = (text: string): string => `---
subject: News
list: gll
language: en
---
Dear all,

${text}
`

async function openProject(): Promise<Desk> {
  const desk = openDesk()
  await desk.gll('list', 'import', 'gll', desk.file('people.csv', 'address\nann@gll.test\n'))
  return desk
}

test(
  'an unsure link passes once a named person vouches for it, and no longer when it is revoked',
  async () => {
    await using site = await openSite({ '/members': { status: 403 } })
    await using desk = await openProject()
    const url = site.url('/members')
    const file = desk.file('a.md', letter(`The [members' pages](${url}).`))
    const refused = await desk.gll('send', file, '--yes', '1')
    expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining(`gll vouch ${url} --why REASON --by NAME`)])
    const asked = site.seen('/members')
    expect(await desk.gll('vouch', url, ...BY)).toMatchObject({ exit: 0, out: expect.stringContaining('vouch 1') })
    // The gate has just seen it: its site is not asked once more.
    expect(site.seen('/members')).toBe(asked)
    const checked = await desk.gll('check', file)
    expect([checked.exit, checked.out]).toEqual([
      0,
      expect.stringMatching(/vouched for by Ann Lee on .*: opens in a browser/),
    ])
    expect((await desk.gll('vouch')).out).toMatch(
      /^1 {2}unsure-link: .*\n.*Ann Lee on .*: opens in a browser \(holds until/,
    )
    // By whose word it passed stands in the record of the mailing.
    expect((await desk.gll('send', file, '--yes', '1')).exit).toBe(0)
    expect((await desk.gll('report', '1')).out).toMatch(
      /passed by a vouch: \S*\/members: 403 Forbidden.*; vouched for by Ann Lee on .*: opens in a browser/,
    )
    expect((await desk.gll('vouch', '--revoke', '1', '--by', 'Bo')).exit).toBe(0)
    expect((await desk.gll('send', file, '--yes', '1')).exit).toBe(2)
    expect((await desk.gll('vouch')).out).toBe('')
    expect((await desk.gll('vouch', '--all')).out).toMatch(/revoked by Bo/)
  },
  SLOW,
)

test(
  'nobody can vouch for a dead link, nobody need for one that is alive',
  async () => {
    await using site = await openSite({ '/gone': { status: 404 }, '/report': {} })
    await using desk = openDesk()
    expect(await desk.gll('vouch', site.url('/gone'), ...BY)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('dead'),
    })
    expect(await desk.gll('vouch', site.url('/report'), ...BY)).toMatchObject({ exit: 1 })
    expect((await desk.gll('vouch', '--all', '--json')).out).toBe('')
  },
  SLOW,
)

test(
  'a suspected place passes, named by its rule and line; what is certain does not',
  async () => {
    await using desk = await openProject()
    const file = desk.file(
      'a.md',
      letter(
        `The poster says: click here to register.\n\n${'We met and spoke of many things.\n\n'.repeat(3)}[Programme](https://example.com/).`,
      ),
    )
    const { out } = await desk.gll('check', '--content', '--json', file)
    const faults = JSON.parse(out).faults as { rule: string; part: string; line: number }[]
    const pointers = faults.filter(({ rule }) => rule === 'pointer-without-link')
    expect(pointers).toHaveLength(2)
    expect(await desk.gll('vouch', file, ...BY)).toMatchObject({
      exit: 3,
      err: expect.stringContaining('--rule pointer'),
    })
    for (const { rule, part, line } of pointers) {
      const place = ['--rule', rule, '--part', part, '--line', String(line)]
      expect((await desk.gll('vouch', file, ...place, ...BY)).exit).toBe(0)
    }
    const left = JSON.parse((await desk.gll('check', '--content', '--json', file)).out)
    expect(new Set(left.faults.map(({ rule }: { rule: string }) => rule))).toEqual(new Set(['link-placeholder']))
    expect(left.warnings).toHaveLength(2)
    const certain = await desk.gll('vouch', file, '--rule', 'link-placeholder', ...BY)
    expect(certain).toMatchObject({ exit: 2, err: expect.stringContaining('nobody can vouch') })
  },
  SLOW,
)

test(
  'needs a name and a reason, and an age that can be read',
  async () => {
    await using desk = openDesk()
    const url = 'http://127.0.0.1:1/'
    for (const args of [
      ['--why', 'x'],
      ['--by', 'Ann'],
      ['--why', ' ', '--by', 'Ann'],
      [...BY, '--for', 'ever'],
    ])
      expect((await desk.gll('vouch', url, ...args)).exit).toBe(3)
  },
  SLOW,
)
