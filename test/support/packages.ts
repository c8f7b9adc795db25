/** Debian's own servers for tests that need a real one: installed by whoever may, else the suite names itself skipped. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Whether all of these programs are there, after installing the packages where that is allowed. */
export function haveServers(programs: readonly string[], packages: readonly string[]): boolean {
  const there = (): boolean => programs.every((program) => existsSync(program))
  if (there()) return true
  if (process.getuid?.() !== 0) return false
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env, stdio: 'ignore' })
  } catch {
    return false
  }
  return there()
}
