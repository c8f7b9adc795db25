/**
 * What the package carries, in dist/: the sources as JavaScript, since Node strips no types under node_modules, and the
 * templates where the compiled code looks for them. `npm pack` runs this; the clone itself never needs it.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
// npm reads what `npm pack --json` prints on standard output: the compiler's words go elsewhere.
const compiled = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
  stdio: ['ignore', 2, 2],
})
cpSync(join(root, 'templates'), join(dist, 'templates'), { recursive: true })
process.exitCode = compiled.status === 0 ? 0 : 1
