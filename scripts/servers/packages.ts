/** Debian's own servers for drills and tests that need a real one: installed by whoever may, else they say they are skipped. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Whether all of these programs are there, after installing the packages where that is allowed. */
export function haveServers(programs: readonly string[], packages: readonly string[]): boolean {
  const there = (): boolean => programs.every((program) => existsSync(program))
  return there() || (installed(packages) && there())
}

/** Installs packages as root, one test file after the other: apt-get does not wait for itself. False where it cannot. */
export function installed(packages: readonly string[]): boolean {
  if (process.getuid?.() !== 0) return false
  const script = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages.join(' ')}`
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('flock', ['/tmp/gll-test-packages.lock', 'sh', '-c', script], { env, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
