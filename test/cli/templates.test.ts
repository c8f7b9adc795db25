/** The list of templates with what the gate says of each, as GET /v1/templates gives it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lettersIn, templatesIn } from '../../src/cli/api/templates.ts'
import { openMessages } from '../../src/publishing/index.ts'
import { openHouse } from '../publishing/house.ts'

test('many templates are judged at once, and none again while its word counts', async () => {
  await using house = await openHouse({ people: 0, env: { LOOK_PER_HOST: '8' } })
  const { tools, ledger, site } = house
  const dir = mkdtempSync(join(tmpdir(), 'gll-templates-'))
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) {
    // Long enough for all of them to be asked for before the first answers.
    site.set(`/${name}`, { wait: 500 })
    const text = `---\nsubject: Your place\nlanguage: en\n---\nRead the [report](${site.url(`/${name}`)}).\n`
    writeFileSync(join(dir, `${name}.md`), text)
  }
  let made = 0
  const make: typeof tools.make = (...letter) => {
    made += 1
    return tools.make(...letter)
  }
  const messages = openMessages({ ...tools, make, ledger }, lettersIn(dir))
  const all = names.map((name) => ({ name, language: null, verdict: 'sound' }))
  expect(await templatesIn(dir, messages)).toMatchObject(all)
  expect(site.mostAtOnce).toBe(4)
  // Later it would be renewed beside the answer.
  house.clock.at += 9 * 60_000
  expect(await templatesIn(dir, messages)).toMatchObject(all)
  expect(made).toBe(4)
  rmSync(dir, { recursive: true })
})
