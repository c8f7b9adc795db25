/**
 * Which Node runs this, and how a command is run under it. Plain JavaScript that any Node from 18 understands,
 * because it is what runs before the right Node is there.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** The oldest Node that runs the sources: `await using` needs it. */
export const NODE_NEEDED = 24
/** What set-up brings when the machine's own is older: a version outright, since an old npm picks an older one of a range. */
export const NODE_BROUGHT = '24.21.0'

/** @returns {boolean} whether the Node that runs this line is new enough */
export const runsHere = () => Number(process.versions.node.split('.')[0]) >= NODE_NEEDED

/** @param {string} root the clone @returns {string} where set-up puts the Node it brings */
export const broughtNode = (root) =>
  join(root, '.node', 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** @param {string} root the clone @returns {string | null} a Node that is new enough, or null where none is there yet */
export function rightNode(root) {
  if (runsHere()) return process.execPath
  return existsSync(broughtNode(root)) ? broughtNode(root) : null
}

/** @param {string} node @returns {NodeJS.ProcessEnv} this environment with that Node first on the path */
export const withNodeFirst = (node) => ({
  ...process.env,
  PATH: [dirname(node), process.env.PATH].filter(Boolean).join(delimiter),
})

/**
 * Keeps what Node strips of its types and compiles, for this program and those it starts: half of a short command's
 * time, and 50 MB of a worker and its threads, which then do not even load what strips.
 * @param {string} root the clone
 */
export function keepCompiled(root) {
  const dir = join(root, 'node_modules', '.cache', 'gll')
  process.env.NODE_COMPILE_CACHE ??= dir
  // A Node too old for it only starts the right one, which reads the environment.
  module.enableCompileCache?.(dir)
}

/**
 * Runs a file under a Node as if it had been started itself: same terminal, signals passed on, and this process ends as
 * it ended. Does not return.
 * @param {string} node @param {readonly string[]} args
 */
export function runUnder(node, args) {
  const child = spawn(node, args, { stdio: 'inherit', env: withNodeFirst(node) })
  passSignals(child)
  child.on('error', (error) => {
    process.stderr.write(`${node} does not start: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)))
}

/**
 * Ctrl-C reaches the whole process group, the child too, and npm sends it once more: passing that on would look like
 * a second Ctrl-C, which means "leave at once". So on a terminal SIGINT is only outlived, and elsewhere
 * what comes twice within a blink is passed on once.
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let last = 0
    process.on(signal, () => {
      const again = Date.now() - last < 200
      last = Date.now()
      if (again || (signal === 'SIGINT' && process.stdin.isTTY)) return
      child.kill(signal)
    })
  }
}
