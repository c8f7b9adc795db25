import { readFileSync } from 'node:fs'
import { filled } from '../scripts/readme.ts'

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')

test('README.md names the configuration and the commands as they are (node scripts/readme.ts mends it)', () => {
  expect(read('../README.md')).toBe(filled())
})

test('every dependency has its line in src/README.md', () => {
  const { dependencies, devDependencies } = JSON.parse(read('../package.json')) as Record<
    string,
    Record<string, string>
  >
  const said = read('../src/README.md')
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'))
  expect(names.filter((name) => !new RegExp(`[| ]${name.replaceAll('/', '\\/')}[, |]`).test(said))).toEqual([])
})
