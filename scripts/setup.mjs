/**
 * node scripts/setup.mjs [FILE ARG…]: makes a fresh clone ready, then runs FILE under the right Node.
 *
 * Plain JavaScript for any Node from 18, without a dependency: it runs before anything else is there. Each step first
 * asks whether it is needed, so a second run does nothing and says nothing. A step that fails names itself, the fault
 * and the remedy, and ends with 1, or with 3 where the person has to install something.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { delimiter, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  broughtNode,
  keepCompiled,
  NODE_BROUGHT,
  NODE_NEEDED,
  rightNode,
  runUnder,
  withNodeFirst,
} from '../src/cli/node.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const stamp = join(modules, '.gll-setup')
const lockFile = join(root, 'package-lock.json')
const own = join(root, '.node')

/** Scripts that never open a queue, so nobody has to install Redis for them. */
const WITHOUT_REDIS = ['scripts/check.ts']

/** How root installs Redis: the tool to look for, what it runs, and what somebody else is told to type. */
const PACKAGE_MANAGERS = [
  {
    tool: 'apt-get',
    runs: [
      ['update', '-q'],
      ['install', '-qy', '--no-install-recommends', 'redis-server'],
    ],
  },
  { tool: 'apk', runs: [['add', '--no-cache', 'redis']] },
  { tool: 'dnf', runs: [['install', '-y', 'redis']], otherwise: [['install', '-y', 'valkey']] },
  { tool: 'pacman', runs: [['-Sy', '--noconfirm', 'valkey']] },
  { tool: 'zypper', runs: [['--non-interactive', 'install', 'redis']] },
  { tool: 'brew', runs: [['install', 'redis']], unprivileged: true },
]

class Failure extends Error {
  constructor(step, fault, remedy, exit = 1) {
    super(`setup: ${step}: ${fault}${fault.includes('\n') ? '\n ' : ';'} ${remedy}`)
    this.exit = exit
  }
}

function setUp(file) {
  if (Number(process.versions.node.split('.')[0]) < 18) {
    throw new Failure('Node', `this is Node ${process.versions.node}`, 'install Node 18 or newer; 24 is best')
  }
  const needsRedis = !WITHOUT_REDIS.includes(relative(root, resolve(file ?? '.')))
  if (isDone(needsRedis)) return
  const release = lock()
  try {
    if (rightNode(root) === null) bringNode()
    if (!dependenciesMatch()) installDependencies()
    if (!launcherLinked()) linkLauncher()
    if (needsRedis && !redisThere()) installRedis()
  } finally {
    release()
  }
}

const isDone = (needsRedis) =>
  rightNode(root) !== null && dependenciesMatch() && launcherLinked() && (!needsRedis || redisThere())

// ---- Node ----------------------------------------------------------------------------------------------------------

/** npm has Node itself as a package, so nothing but npm is needed to bring it. */
function bringNode() {
  say(`Node ${process.versions.node} is too old (${NODE_NEEDED} is needed): brings Node ${NODE_BROUGHT} into .node/`)
  make('Node', () => {
    fs.rmSync(join(own, 'node_modules'), { recursive: true, force: true })
    // The package puts the binary in place in an install script, and npm asks for leave in this field, not by a flag.
    const manifest = { private: true, dependencies: { node: NODE_BROUGHT }, allowScripts: { node: true } }
    fs.writeFileSync(join(own, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  })
  const args = ['install', '--prefix', own, '--no-package-lock', '--ignore-scripts=false', '--no-audit', '--no-fund']
  const { ok, said } = npm(process.execPath, args, own)
  const answer = ok ? spawnSync(broughtNode(root), ['--version'], { encoding: 'utf8' }) : null
  if (answer?.stdout?.trim() === `v${NODE_BROUGHT}`) return
  fs.rmSync(join(own, 'node_modules'), { recursive: true, force: true })
  throw new Failure(
    'Node',
    `npm could not bring Node ${NODE_BROUGHT}${tail(ok ? (answer?.stderr ?? '') : said)}`,
    `install Node ${NODE_NEEDED} or newer yourself, or mend npm's access to its registry, and try again`,
  )
}

// ---- dependencies --------------------------------------------------------------------------------------------------

/** The lock file's hash; the platform too, for a folder that two kinds of machine share. */
const wanted = () =>
  createHash('sha256').update(`${process.platform}-${process.arch}\n`).update(fs.readFileSync(lockFile)).digest('hex')

function dependenciesMatch() {
  if (readIfThere(stamp) === wanted()) return true
  if (!installedAsLocked()) return false
  make('dependencies', () => fs.writeFileSync(stamp, wanted()))
  return true
}

/** Whether npm itself was here already: its own record of node_modules has every package of the lock in that version. */
function installedAsLocked() {
  const record = readIfThere(join(modules, '.package-lock.json'))
  if (record === null) return false
  const there = JSON.parse(record).packages
  return Object.entries(JSON.parse(fs.readFileSync(lockFile, 'utf8')).packages).every(
    ([path, locked]) => path === '' || locked.optional || there[path]?.version === locked.version,
  )
}

function installDependencies() {
  say('the dependencies are not those of package-lock.json: installs them')
  const node = rightNode(root)
  // No package here needs an install script (native ones bring their binaries), and running none spares machines
  // without a compiler or a way to Node's headers the attempt to build what is there already.
  const common = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--prefix', root]
  let result = npm(node, ['ci', ...common], root)
  // npm refuses a lock that lacks optional packages of other platforms; `install` takes it, and saves nothing.
  if (!result.ok && /EUSAGE|Missing: |can only install/.test(result.said)) {
    result = npm(node, ['install', '--no-save', ...common], root)
  }
  if (!result.ok) {
    throw new Failure('dependencies', `npm could not install them${tail(result.said)}`, 'mend that and try again')
  }
  make('dependencies', () => fs.writeFileSync(stamp, wanted()))
}

/** `npx --no-install gll` looks here; npm links the `bin` of dependencies only, never the package's own. */
const launcher = join(modules, '.bin', 'gll')
const launcherTarget = join('..', '..', 'src', 'cli', 'gll.mjs')

function launcherLinked() {
  try {
    return fs.readlinkSync(launcher) === launcherTarget
  } catch {
    return false
  }
}

function linkLauncher() {
  make('launcher', () => {
    fs.mkdirSync(dirname(launcher), { recursive: true })
    fs.rmSync(launcher, { force: true })
    fs.symlinkSync(launcherTarget, launcher)
  })
}

// ---- Redis ---------------------------------------------------------------------------------------------------------

const redisThere = () =>
  onPath('redis-server') || onPath('valkey-server') || Boolean(process.env.REDIS_URL) || redisUrlInDotEnv()

const redisUrlInDotEnv = () => /^\s*(?:export\s+)?REDIS_URL\s*=\s*\S/m.test(readIfThere(join(root, '.env')) ?? '')

function installRedis() {
  const found = PACKAGE_MANAGERS.find(({ tool }) => onPath(tool))
  const typed = found ? `${found.tool} ${found.runs.at(-1).join(' ')}` : 'it is not in a package manager known here'
  const isRoot = process.getuid?.() === 0
  if (!found || !isRoot) {
    const sudo = found && !found.unprivileged ? 'as root: ' : ''
    const remedy = `install redis-server or valkey-server (${sudo}${typed}), or set REDIS_URL`
    throw new Failure('Redis', 'neither redis-server nor valkey-server is on the PATH', remedy, 3)
  }
  say(`neither redis-server nor valkey-server is on the PATH: installs it with ${found.tool}`)
  let said = ''
  for (const attempt of [found.runs, found.otherwise ?? []]) {
    for (const args of attempt) said = run(found.tool, args, { DEBIAN_FRONTEND: 'noninteractive' }).said
    if (redisThere()) return
  }
  throw new Failure('Redis', `${found.tool} could not install it${tail(said)}`, `mend that and run: ${typed}`, 3)
}

// ---- tools ---------------------------------------------------------------------------------------------------------

/** Two set-ups at once would pull node_modules from under each other: the second waits. */
function lock() {
  const folder = join(own, 'lock')
  make('lock', () => fs.mkdirSync(own, { recursive: true }))
  for (let waited = 0; ; waited++) {
    try {
      fs.mkdirSync(folder)
      fs.writeFileSync(join(folder, 'pid'), String(process.pid))
      return () => fs.rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw notWritable('lock', error)
    }
    if (isAbandoned(folder)) fs.rmSync(folder, { recursive: true, force: true })
    else {
      if (waited === 0) say(`waits for another set-up of this clone (process ${readIfThere(join(folder, 'pid'))})`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250)
    }
  }
}

/** Its owner is gone, or it is older than any set-up takes (a process number means nothing in another container). */
function isAbandoned(folder) {
  try {
    const age = Date.now() - fs.statSync(folder).mtimeMs
    const pid = Number(readIfThere(join(folder, 'pid')))
    return age > 900_000 || (pid > 0 ? !isRunning(pid) : age > 5_000)
  } catch {
    return false
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** npm under the given Node: its own first line asks for `node` on the path. */
function npm(node, args, cwd) {
  if (!onPath('npm')) throw new Failure('npm', 'there is no npm on the PATH', 'install npm, which comes with Node')
  return run('npm', args, { ...withNodeFirst(node), npm_config_loglevel: 'error' }, cwd)
}

function run(command, args, env, cwd = root) {
  const done = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  if (done.signal === 'SIGINT') process.exit(130)
  return { ok: done.status === 0, said: `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}` }
}

/** Does something with files; a fault means that the clone is not ours to write in. */
function make(step, does) {
  try {
    does()
  } catch (error) {
    throw notWritable(step, error)
  }
}

const notWritable = (step, error) =>
  new Failure(step, error.message, `run this as the owner of ${root}, on a disk with room`)

const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      fs.accessSync(join(folder, name), fs.constants.X_OK)
      return true
    } catch {
      return false
    }
  })

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

const tail = (said) => {
  const lines = said.split('\n').filter((line) => line.trim())
  return lines.length > 0 ? `:\n    ${lines.slice(-12).join('\n    ')}` : ''
}

function say(line) {
  process.stderr.write(`setup: ${line}\n`)
}

try {
  const [file, ...args] = process.argv.slice(2)
  setUp(file)
  if (file !== undefined) {
    keepCompiled(root)
    runUnder(rightNode(root), [resolve(file), ...args])
  }
} catch (error) {
  process.stderr.write(`${error instanceof Failure ? error.message : error.stack}\n`)
  process.exitCode = error instanceof Failure ? error.exit : 1
}
