import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const top = join(import.meta.dirname, '..')
const isRoot = process.getuid?.() === 0
/** Whom to run as who is not root; ourselves, where we are not. */
const nobody = isRoot ? 65_534 : undefined

/** A clone with the files of set-up alone, a PATH of its own with `tools` on it, and a script that tells what it got. */
async function openClone({ ready = true, tools = {} }: { ready?: boolean; tools?: Record<string, string> } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'gll-clone-'))
  const bin = join(root, 'bin')
  for (const folder of ['scripts', 'src/cli', 'bin', 'node_modules/.bin']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  for (const file of ['scripts/setup.mjs', 'src/cli/node.mjs', 'src/cli/gll.mjs']) {
    await cp(join(top, file), join(root, file))
  }
  await writeFile(join(root, 'package-lock.json'), '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}')
  await writeFile(join(root, 'scripts/tell.ts'), TELL)
  for (const tool of ['sh', 'mkdir', 'cat', 'ln']) await symlink(`/bin/${tool}`, join(bin, tool))
  for (const [name, body] of Object.entries({ 'redis-server': '', ...tools })) {
    if (body === 'absent') continue
    await writeFile(join(bin, name), `#!/bin/sh\necho "$0 $*" >> "${root}/calls"\n${body}\n`)
    await chmod(join(bin, name), 0o755)
  }
  if (ready) await makeReady(root)
  const env = { PATH: bin, HOME: root }
  return {
    root,
    env,
    run: (args: string[], more: Record<string, string> = {}, uid?: number) => {
      const options = {
        cwd: root,
        env: { ...env, ...more },
        encoding: 'utf8',
        ...(uid === undefined ? {} : { uid }),
      } as const
      return spawnSync(process.execPath, args, options)
    },
    calls: () => readFile(join(root, 'calls'), 'utf8').catch(() => ''),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

const TELL = `const [code = '0', ...rest]: string[] = process.argv.slice(2)
if (code === 'wait') {
  process.on('SIGTERM', () => process.exit(9))
  setInterval(() => {}, 1000)
  console.log('waits')
} else {
  console.log(JSON.stringify(rest))
  process.exitCode = Number(code)
}
`

/** What npm leaves behind, and what set-up adds to it. */
async function makeReady(root: string): Promise<void> {
  const lock = await readFile(join(root, 'package-lock.json'))
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`).update(lock).digest('hex')
  await writeFile(join(root, 'node_modules/.gll-setup'), hash)
  await symlink('../../src/cli/gll.mjs', join(root, 'node_modules/.bin/gll'))
}

const setup = ['scripts/setup.mjs', 'scripts/tell.ts']

describe('set-up', () => {
  test('with nothing to do says nothing, runs the file with its arguments, and ends as it ended', async () => {
    await using clone = await openClone()
    const done = clone.run([...setup, '7', 'a b', '--flag'])
    expect([done.status, done.stdout, done.stderr]).toEqual([7, '["a b","--flag"]\n', ''])
    expect(await clone.calls()).toBe('')
  })

  test('passes a signal on, and a death by signal back', async () => {
    await using clone = await openClone()
    const child = spawn(process.execPath, [...setup, 'wait'], { cwd: clone.root, env: clone.env })
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([9, null])
    const other = spawn(process.execPath, [...setup, 'wait'], { cwd: clone.root, env: clone.env })
    await once(other.stdout, 'data')
    other.kill('SIGHUP')
    expect(await once(other, 'exit')).toEqual([129, null])
  })

  test('installs by the lock file, and by `npm install --no-save` where npm refuses the lock', async () => {
    const refuses = 'case "$1" in ci) echo "npm error Missing: x@1 from lock file" >&2; exit 1;; esac'
    for (const [body, last] of [
      ['', 'ci'],
      [refuses, 'install --no-save'],
    ] as const) {
      await using clone = await openClone({ ready: false, tools: { npm: body } })
      const done = clone.run(setup)
      expect(done.status).toBe(0)
      expect(done.stderr).toMatch(/^setup: .*package-lock\.json: installs them\n$/)
      expect((await clone.calls()).trim().split('\n').at(-1)).toContain(`/npm ${last} --ignore-scripts`)
      expect(await readlink(join(clone.root, 'node_modules/.bin/gll'))).toBe('../../src/cli/gll.mjs')
      expect(existsSync(join(clone.root, '.node/lock'))).toBe(false)
      const again = clone.run(setup)
      expect([again.status, again.stderr]).toEqual([0, ''])
    }
  })

  test('asks npm nothing where the person has installed the dependencies already', async () => {
    await using clone = await openClone({ ready: false, tools: { npm: 'exit 1' } })
    const record = '{"packages":{"node_modules/a":{"version":"1.0.0"}}}'
    await writeFile(join(clone.root, 'node_modules/.package-lock.json'), record)
    const done = clone.run(setup)
    expect([done.status, done.stderr, await clone.calls()]).toEqual([0, '', ''])
  })

  test('installs again when the lock file has changed', async () => {
    await using clone = await openClone({ tools: { npm: '' } })
    await writeFile(join(clone.root, 'package-lock.json'), '{"packages":{"node_modules/a":{"version":"2.0.0"}}}')
    expect(clone.run(setup).status).toBe(0)
    expect(await clone.calls()).toContain('/npm ci')
  })

  test('a step that fails names itself, the fault in its own words, and the remedy', async () => {
    await using clone = await openClone({ ready: false, tools: { npm: 'echo "npm error network" >&2; exit 1' } })
    const done = clone.run(setup)
    expect([done.status, done.stdout]).toEqual([1, ''])
    expect(done.stderr).toMatch(/setup: dependencies: npm could not install them:\n +npm error network\n +mend that/)
    expect(existsSync(join(clone.root, '.node/lock'))).toBe(false)
  })

  test('without npm says so', async () => {
    await using clone = await openClone({ ready: false })
    expect(clone.run(setup)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there is no npm on the PATH'),
    })
  })

  test('leaves a lock whose owner is gone behind', async () => {
    await using clone = await openClone({ ready: false, tools: { npm: '' } })
    await mkdir(join(clone.root, '.node/lock'), { recursive: true })
    const gone = spawnSync(process.execPath, ['-e', ''])
    await writeFile(join(clone.root, '.node/lock/pid'), String(gone.pid))
    expect(clone.run(setup).status).toBe(0)
  })

  test('waits for another set-up of the same clone', async () => {
    await using clone = await openClone({ ready: false, tools: { npm: '' } })
    const lock = join(clone.root, '.node/lock')
    await mkdir(lock, { recursive: true })
    await writeFile(join(lock, 'pid'), String(process.pid))
    const child = spawn(process.execPath, setup, { cwd: clone.root, env: clone.env })
    const [said] = await once(child.stderr, 'data')
    expect(String(said)).toContain(`waits for another set-up of this clone (process ${process.pid})`)
    expect(await clone.calls()).toBe('')
    await rm(lock, { recursive: true })
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(await clone.calls()).toContain('/npm ci')
  })

  test('takes over a lock that is older than any set-up', async () => {
    await using clone = await openClone({ ready: false, tools: { npm: '' } })
    const lock = join(clone.root, '.node/lock')
    await mkdir(lock, { recursive: true })
    await writeFile(join(lock, 'pid'), String(process.pid))
    await utimes(lock, 0, 0)
    expect(clone.run(setup).status).toBe(0)
  })
})

describe('set-up without Redis', () => {
  const noRedis = { 'redis-server': 'absent' }

  test('ends with 3 and one line where it knows no package manager', async () => {
    await using clone = await openClone({ tools: noRedis })
    const done = clone.run(setup)
    expect([done.status, done.stdout]).toEqual([3, ''])
    expect(done.stderr).toMatch(
      /^setup: Redis: neither .*; install redis-server or valkey-server .*, or set REDIS_URL\n$/,
    )
  })

  test('is content with valkey-server, with REDIS_URL, with REDIS_URL in .env, and for a script that needs none', async () => {
    await using valkey = await openClone({ tools: { ...noRedis, 'valkey-server': '' } })
    expect(valkey.run(setup).status).toBe(0)
    await using clone = await openClone({ tools: noRedis })
    expect(clone.run(setup, { REDIS_URL: 'redis://127.0.0.1' }).status).toBe(0)
    await writeFile(join(clone.root, 'scripts/check.ts'), '')
    expect(clone.run(['scripts/setup.mjs', 'scripts/check.ts']).status).toBe(0)
    await writeFile(join(clone.root, '.env'), 'RATE=\nREDIS_URL=redis://127.0.0.1\n')
    expect(clone.run(setup).status).toBe(0)
  })

  // What only root can do, root alone can show: for others there is no such promise to test.
  if (isRoot) {
    test('as root installs it with the package manager there is', async () => {
      const aptGet = `case "$1" in install) ln -s /bin/true "$(cd "\${0%/*}"; echo "$PWD")/redis-server";; esac`
      await using clone = await openClone({ tools: { ...noRedis, 'apt-get': aptGet } })
      const done = clone.run(setup)
      expect(done.stderr).toMatch(/^setup: neither .* installs it with apt-get\n$/)
      expect(done.status).toBe(0)
      expect(await clone.calls()).toMatch(/apt-get update.*\n.*apt-get install .*redis-server\n$/)
    })

    test('as root says what went wrong when that fails', async () => {
      await using clone = await openClone({ tools: { ...noRedis, 'apt-get': 'echo "no way out" >&2; exit 100' } })
      const done = clone.run(setup)
      expect(done.status).toBe(3)
      expect(done.stderr).toMatch(/apt-get could not install it:\n +no way out\n +mend that and run: apt-get install/)
    })
  }

  test('as anybody else installs nothing and says in one line what to type', async () => {
    await using clone = await openClone({ tools: { ...noRedis, 'apt-get': '' } })
    for (const folder of [clone.root, join(clone.root, 'node_modules')]) await chmod(folder, 0o755)
    await mkdir(join(clone.root, '.node'))
    await chmod(join(clone.root, '.node'), 0o777)
    const done = clone.run(setup, {}, nobody)
    expect(done.status).toBe(3)
    expect(done.stderr).toMatch(/^setup: Redis: .*as root: apt-get install .*redis-server.*\n$/)
    expect(await clone.calls()).toBe('')
  })

  test('in a clone that is not theirs, anybody else is told so', async () => {
    await using clone = await openClone({ ready: false, tools: { npm: '' } })
    await chmod(clone.root, 0o555)
    const done = clone.run(setup, {}, nobody)
    await chmod(clone.root, 0o755)
    expect(done.status).toBe(1)
    expect(done.stderr).toMatch(/^setup: lock: EACCES.*; run this as the owner of /)
  })
})

describe('the launcher', () => {
  test('runs main with its arguments, through the link that set-up makes', async () => {
    await using clone = await openClone()
    await writeFile(
      join(clone.root, 'src/cli/main.ts'),
      'console.log(process.argv.slice(2) as string[]); process.exitCode = 2',
    )
    const done = clone.run([join(clone.root, 'node_modules/.bin/gll'), 'check', '--json'])
    expect([done.status, done.stdout, done.stderr]).toEqual([2, "[ 'check', '--json' ]\n", ''])
  })

  test('runs the compiled main where there are no sources, as in the package', async () => {
    await using clone = await openClone()
    await rm(join(clone.root, 'node_modules'), { recursive: true })
    await writeFile(join(clone.root, 'package.json'), '{"type":"module"}')
    await mkdir(join(clone.root, 'dist/src/cli'), { recursive: true })
    await writeFile(join(clone.root, 'dist/src/cli/main.js'), "console.log('compiled')")
    expect(clone.run(['src/cli/gll.mjs']).stdout).toBe('compiled\n')
  })

  test('before set-up says in one line what to run, and ends with 3', async () => {
    await using clone = await openClone()
    await writeFile(join(clone.root, 'src/cli/main.ts'), '')
    await rm(join(clone.root, 'node_modules'), { recursive: true })
    const done = clone.run(['src/cli/gll.mjs', 'check'])
    expect(done.status).toBe(3)
    expect(done.stderr).toMatch(/^gll: its dependencies are not installed; run: node .*setup\.mjs\n$/)
  })
})

test('the suite itself runs as ES modules under the right Node', () => {
  expect(typeof require).toBe('undefined')
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24)
  expect(dirname(import.meta.filename)).toBe(import.meta.dirname)
})
