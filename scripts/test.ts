/**
 * npm test [FILE… and jest's options]: runs the suite and ends with one line, "N passed, N failed", alone.
 * It fails when a test failed, when a file could not be run, when nothing ran, and in CI when anything was skipped.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The part of jest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  /** Files that did not get as far as their tests. */
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly { readonly assertionResults: readonly { fullName: string; status: string }[] }[]
}

const LEFT_OPEN_AFTER = 20_000

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'gll-test-'))
const file = join(folder, 'report.json')
const { code, leftOpen } = await runJest(process.argv.slice(2))
const report: Report | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
rmSync(folder, { recursive: true, force: true })
process.exitCode = close(report)

/** Three workers for two cores, which are what everybody has: much of the suite waits for servers of its own. */
function runJest(args: readonly string[]): Promise<{ code: number | null; leftOpen: boolean }> {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
  // jest runs ESM only with this flag: without it, it quietly compiles to CommonJS, and passes.
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, '--silent=false']
  const child = spawn(process.execPath, [...flags, '--maxWorkers=3', '--json', `--outputFile=${file}`, ...args], {
    cwd: root,
    stdio: ['inherit', 'ignore', 'inherit'],
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  let since = Number.POSITIVE_INFINITY
  let leftOpen = false
  const watch = setInterval(() => {
    if (since === Number.POSITIVE_INFINITY && existsSync(file)) since = Date.now()
    leftOpen = Date.now() - since > LEFT_OPEN_AFTER
    if (leftOpen) child.kill('SIGKILL')
  }, 1_000)
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch)
      resolve({ code, leftOpen })
    })
  })
}

/** Prints the closing lines and returns the exit code. */
function close(report: Report | null): number {
  const passed = report?.numPassedTests ?? 0
  const skipped = report ? report.numPendingTests + report.numTodoTests : 0
  const failed = report ? report.numFailedTests + report.numRuntimeErrorTestSuites : 1
  const forbidden = skipped > 0 && process.env.CI !== undefined && !['', 'false', '0'].includes(process.env.CI)
  for (const name of skippedNames(report)) console.log(`skipped: ${name}`)
  if (!report) console.log('jest ended without a report')
  if (leftOpen) console.log('jest did not end: a test left something open')
  if (forbidden) console.log('in CI nothing may be skipped')
  if (report && passed + failed === 0) console.log('no test ran')
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return code === 0 && failed === 0 && passed > 0 && !leftOpen && !forbidden ? 0 : 1
}

function skippedNames(report: Report | null): string[] {
  const tests = report?.testResults.flatMap((one) => one.assertionResults) ?? []
  return tests.filter((test) => test.status === 'pending' || test.status === 'todo').map((test) => test.fullName)
}
