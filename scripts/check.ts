/** npm run check: types, lint and format, import order. Each runs whatever became of the one before. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findBreaches, readSources } from './guard.ts'

const root = join(import.meta.dirname, '..')
const node = (...args: string[]): boolean =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0

const checks: Record<string, () => boolean> = {
  types: () => node('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'),
  'lint and format': () => node('node_modules/@biomejs/biome/bin/biome', 'check'),
  'import order': () => {
    const breaches = findBreaches(readSources(root))
    for (const { file, line, why } of breaches) console.log(`${file}:${line} ${why}`)
    return breaches.length === 0
  },
}

const failed = Object.entries(checks).filter(([name, passes]) => {
  console.log(`── ${name}`)
  return !passes()
})
console.log(failed.length === 0 ? '── all sound' : `── failed: ${failed.map(([name]) => name).join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
