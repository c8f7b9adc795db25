import { readFileSync } from 'node:fs'
import { filled } from '../scripts/readme.ts'

test('README.md names the configuration and the commands as they are (node scripts/readme.ts mends it)', () => {
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toBe(filled())
})
