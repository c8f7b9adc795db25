/** `gll check` as a person or a build runs it. What it finds is tested with the judges; here, what it says and how it ends. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { LAUNCHER } from '../../scripts/demo/gll.ts'
import { type Desk, openDesk } from '../support/gll.ts'
import { openSite } from '../support/http.ts'
import { gllAtTerminal, testAtTerminal } from '../support/terminal.ts'

const mail = (text: string): string =>
  `From: a@gll.test\nSubject: News\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`
const SOUND = mail('See https://www.who.int/ for more.')
const REFUSED = mail('Please register here:\n\nYours')

const letter = (text: string): string => `---
subject: News
list: gll
language: en
---
Dear all,

${text}
`

const ESCAPE = '\u001b'

const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('how it ends', () => {
  test.each([
    ['0, sound', SOUND, 0],
    ['2, refused', REFUSED, 2],
    ['1, no mail', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), 1],
    ['1, empty', '', 1],
  ])('%s', async (_, bytes, exit) => {
    await using desk = openDesk()
    expect((await desk.gll('check', '--content', desk.file('x.eml', bytes))).exit).toBe(exit)
  })

  test('3, a file that is not there', async () => {
    await using desk = openDesk()
    const { exit, out } = await desk.gll('check', '--content', 'none.eml')
    expect([exit, out]).toEqual([3, expect.stringContaining('none.eml is not there')])
  })

  test('one bad file does not stop the others, and refused outweighs it', async () => {
    await using desk = openDesk()
    const files = ['none.eml', desk.file('a.eml', ''), desk.file('b.eml', REFUSED), desk.file('c.eml', SOUND)]
    const { exit, out } = await desk.gll('check', '--content', '--json', ...files)
    expect(exit).toBe(2)
    expect(lines(out).map(({ file, verdict }) => [file, verdict])).toEqual([
      ['none.eml', 'refused'],
      ['a.eml', 'refused'],
      ['b.eml', 'refused'],
      ['c.eml', 'sound'],
    ])
    expect((await desk.gll('check', '--content', 'none.eml', 'c.eml')).exit).toBe(3)
    expect((await desk.gll('check', '--content', 'a.eml', 'c.eml')).exit).toBe(1)
  })

  test('an announcement whose source is faulty is refused, in every form of answer', async () => {
    await using desk = openDesk()
    const file = desk.file('x.md', '---\nlist: gll\n---\nHello')
    const { exit, out } = await desk.gll('check', '--content', '--json', file)
    expect(exit).toBe(2)
    expect(lines(out)).toMatchObject([{ verdict: 'refused', faults: [{ certainty: 'certain', why: /subject/ }] }])
  })
})

describe('what it says', () => {
  test('a JSON line has exactly the fields that were promised', async () => {
    await using site = await openSite({ '/report': {}, '/gone': { status: 410 } })
    await using desk = openDesk()
    const file = desk.file('x.eml', mail(`See ${site.url('/report')} and ${site.url('/gone')}`))
    const [line] = lines((await desk.gll('check', '--json', file)).out)
    expect(line).toEqual({
      file: 'x.eml',
      verdict: 'refused',
      faults: [
        {
          rule: 'dead-link',
          certainty: 'certain',
          part: 'text',
          line: expect.any(Number),
          excerpt: `See ${site.url('/report')} and ⟦${site.url('/gone')}⟧`,
          link: site.url('/gone'),
          why: expect.stringContaining('410'),
          remedy: expect.any(String),
        },
      ],
      warnings: [],
      links: [
        {
          url: site.url('/report'),
          verdict: 'alive',
          status: 200,
          finalUrl: site.url('/report'),
          why: expect.any(String),
        },
        { url: site.url('/gone'), verdict: 'dead', status: 410, finalUrl: site.url('/gone'), why: expect.any(String) },
      ],
    })
  })

  test('for people: grouped by link, the words with the fault marked, the summary last, and no colour in a file', async () => {
    await using site = await openSite({ '/gone': { status: 404 } })
    await using desk = openDesk()
    const file = desk.file('x.html', `<p>The <a href="${site.url('/gone')}">report</a>. <a href="">Register</a></p>`)
    const { out, err } = await desk.gll('check', file)
    expect(out).not.toContain(ESCAPE)
    expect(err).toBe('')
    const said = out.trim().split('\n')
    expect(said.findIndex((line) => line.includes('⟦Register⟧'))).toBeLessThan(said.indexOf(site.url('/gone')))
    expect(said[said.indexOf(site.url('/gone')) + 1]).toMatch(/html line 1: The ⟦report⟧\. Register/)
    expect(said.at(-1)).toBe('✗ x.html: refused, 2 faults (2 links: 1 dead)')
  })

  testAtTerminal('on a terminal in colour, with a line that counts the looks and then is gone', async () => {
    await using site = await openSite({ '/report': {}, '/gone': { status: 404 } })
    await using desk = openDesk()
    const file = desk.file('x.html', `<a href="${site.url('/gone')}">a</a> <a href="${site.url('/report')}">b</a>`)
    const typed = async (env: Record<string, string>): Promise<string> => {
      const terminal = { PATH: process.env.PATH, TERM: 'xterm-256color', LOOK_ALLOW: '127.0.0.0/8', ...env }
      return (await gllAtTerminal(['check', file], { cwd: desk.dir, env: terminal })).said
    }
    const said = await typed({})
    expect(said).toContain('\rlooking at links: 0 of 2\r')
    expect(said).toContain(`\rlooking at links: 2 of 2\r${ESCAPE}[K`)
    expect(said).toContain(`${ESCAPE}[31m✗${ESCAPE}[39m x.html: refused, 1 fault (2 links: 1 alive, 1 dead)`)
    expect(await typed({ NO_COLOR: '1' })).not.toContain(`${ESCAPE}[31m`)
  })

  test('a mail cannot write on the terminal of whoever checks it', async () => {
    await using desk = openDesk()
    const html = '<p>\u202eevil <a href="java\u001b]0;owned\u0007script:\u001b[2J">x\u001b[31m</a></p>'
    const { exit, out } = await desk.gll('check', '--content', desk.file('x.html', html))
    expect(exit).toBe(2)
    for (const mark of [ESCAPE, '\u0007', '\u202e']) expect(out).not.toContain(mark)
  })
})

describe('looking', () => {
  test('ends with its deadline: what was not looked at by then is unsure, and refused', async () => {
    await using site = await openSite({ '/slow': { silent: true } })
    await using desk = openDesk()
    const file = desk.file('x.eml', mail(`See ${site.url('/slow')}`))
    const { exit, out } = await desk.gll('check', '--deadline', '500ms', '--json', file)
    expect(exit).toBe(2)
    expect(lines(out)[0].links).toMatchObject([
      { verdict: 'unsure', why: 'not looked at: the time for this run was up' },
    ])
    expect((await desk.gll('check', '--deadline', 'soon', file)).exit).toBe(3)
  })

  test('a link that several files carry is asked once', async () => {
    await using site = await openSite({ '/report': {} })
    await using desk = openDesk()
    const files = ['a.eml', 'b.eml', 'c.eml'].map((name) => desk.file(name, mail(`See ${site.url('/report')}`)))
    expect((await desk.gll('check', ...files)).exit).toBe(0)
    expect(site.seen('/report')).toBe(1)
  })

  test('asks for an address as a reader’s program would read it from the HTML', async () => {
    await using site = await openSite({}, { otherwise: {} })
    await using desk = openDesk()
    const file = desk.file('x.html', `<a href=" ${site.url('/a b')}?x=1&amp;y=&#x32;\n">The report</a>`)
    expect((await desk.gll('check', file)).exit).toBe(0)
    expect(site.requests.map(({ path }) => path)).toEqual(['/a%20b?x=1&y=2'])
  })

  test('leaves out what would unsubscribe the reader of the mail', async () => {
    await using site = await openSite({ '/report': {}, '/leave': {} })
    await using desk = openDesk()
    const text = `See ${site.url('/report')}\n\nUnsubscribe: ${site.url('/leave')}`
    const file = desk.file('x.eml', `List-Unsubscribe: <${site.url('/leave')}>\n${mail(text)}`)
    expect((await desk.gll('check', file)).exit).toBe(0)
    expect([site.seen('/report'), site.seen('/leave')]).toEqual([1, 0])
  })
})

describe('files of its own', () => {
  test('outside a project none is made, and every link is asked afresh', async () => {
    await using site = await openSite({ '/report': {} })
    await using desk = openDesk()
    const files = [desk.file('a.md', letter(`The [report](${site.url('/report')}).`))]
    for (let n = 0; n < 2; n += 1) expect((await desk.gll('check', ...files)).exit).toBe(0)
    expect([desk.files, site.seen('/report')]).toEqual([['a.md'], 2])
  })

  test('in a project, a letter just checked is sent without asking its sites again', async () => {
    await using site = await openSite({ '/report': {} })
    await using desk = openDesk()
    await project(desk)
    const file = desk.file('a.md', letter(`The [report](${site.url('/report')}).`))
    expect((await desk.gll('check', file)).exit).toBe(0)
    expect((await desk.gll('send', file, '--yes', '1')).exit).toBe(0)
    expect(site.seen('/report')).toBe(1)
  })
})

const project = async (desk: Desk): Promise<void> => {
  const { exit } = await desk.gll('list', 'import', 'gll', desk.file('people.csv', 'address\nann@gll.test\n'))
  expect(exit).toBe(0)
}

test('starts in under half a second and judges a mail in a few milliseconds', async () => {
  await using desk = openDesk()
  const text = `${'We met in the morning and spoke about care, quality and what patients say. '.repeat(300)}\n`
  const files = Array.from({ length: 100 }, (_, n) =>
    desk.file(`${n}.eml`, mail(`See https://www.who.int/${n}\n\n${text}`)),
  )
  // Milliseconds of CPU, which others on the machine add little to: npm run bench gate measures.
  const timed = async (...args: string[]): Promise<number> => {
    const command = ['-c', '"$@" > /dev/null && times', 'sh', process.execPath, LAUNCHER, 'check', '--content', ...args]
    const { stdout } = await promisify(execFile)('sh', command, { cwd: desk.dir, env: { PATH: process.env.PATH } })
    // The second line is that of the children: user and system.
    const [, children = ''] = stdout.trim().split('\n')
    const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s))
    return seconds.reduce((sum, one) => sum + one, 0) * 1_000
  }
  const one = await timed('0.eml')
  const all = await timed(...files)
  expect(one).toBeLessThan(2_000)
  expect((all - one) / 99).toBeLessThan(25)
})
