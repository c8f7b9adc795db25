import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { askRedis, startRedis } from '../../src/cli/redis.ts'
import { openRedis } from '../support/redis.ts'

async function folder(name = ''): Promise<AsyncDisposable & { path: string }> {
  const top = await mkdtemp(join(tmpdir(), 'gll-test-'))
  return { path: join(top, name), [Symbol.asyncDispose]: () => rm(top, { recursive: true, force: true }) }
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits for a thing that the system does in its own time. */
async function until(true_: () => boolean): Promise<void> {
  while (!true_()) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('the Redis child', () => {
  test('answers on a private socket to its password only, keeps nothing on disk, and leaves no trace', async () => {
    await using dir = await folder('data')
    const redis = await startRedis({ dir: dir.path })
    expect(await askRedis(redis, 'PING')).toBe('+PONG')
    await expect(askRedis({ ...redis, password: 'guess' }, 'PING')).rejects.toThrow('WRONGPASS')
    expect(statSync(dir.path).mode & 0o777).toBe(0o700)
    expect(statSync(join(dir.path, 'redis.json')).mode & 0o777).toBe(0o600)
    expect(readFileSync(`/proc/${redis.pid}/cmdline`, 'utf8')).not.toContain(redis.password)
    await askRedis(redis, 'SET', 'a', 'b')
    await redis.stop()
    await redis.stop()
    expect(await redis.exited).toEqual({ code: 0, signal: null })
    expect(existsSync(join(dir.path, 'redis.json'))).toBe(false)
    expect(existsSync(join(dir.path, 'dump.rdb'))).toBe(false)
  })

  test('takes a short folder for its socket where the path is longer than a socket may have, and clears it', async () => {
    await using dir = await folder(join('a'.repeat(80), 'b c'.repeat(20)))
    const redis = await startRedis({ dir: dir.path, password: 'with "quotes" and spaces' })
    expect(await askRedis(redis, 'PING')).toBe('+PONG')
    expect(redis.socket.startsWith(dir.path)).toBe(false)
    await redis.stop()
    expect(existsSync(join(redis.socket, '..'))).toBe(false)
  })

  test('ends when its parent is killed', async () => {
    await using dir = await folder()
    const script = `const { startRedis } = await import(process.argv[1]);
      const redis = await startRedis({ dir: process.argv[2] }); console.log(redis.pid); setInterval(() => {}, 1000)`
    const entry = new URL('../../src/cli/redis.ts', import.meta.url).href
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script, entry, dir.path])
    const [pid] = await once(parent.stdout, 'data')
    expect(isRunning(Number(pid))).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'close')
    await until(() => !isRunning(Number(pid)))
  })

  test('ends one that an earlier run left behind before it starts another', async () => {
    await using dir = await folder()
    const first = await startRedis({ dir: dir.path })
    const second = await startRedis({ dir: dir.path })
    expect(await first.exited).toEqual({ code: 0, signal: null })
    expect(await askRedis(second, 'PING')).toBe('+PONG')
    await second.stop()
  })

  test('tells when it was killed, and another starts in its place', async () => {
    await using dir = await folder()
    const first = await startRedis({ dir: dir.path })
    process.kill(first.pid, 'SIGKILL')
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await using second = await startRedis({ dir: dir.path })
    expect(await askRedis(second, 'PING')).toBe('+PONG')
  })

  test('without a server to run it is a misconfiguration that says what to install', async () => {
    await using dir = await folder()
    const script = `const { startRedis } = await import(process.argv[1]);
      await startRedis({ dir: process.argv[2] }).catch((e) => console.log(JSON.stringify([e.exit, e.message, e.remedy])))`
    const entry = new URL('../../src/cli/redis.ts', import.meta.url).href
    const env = { PATH: await bareBin(dir.path) }
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, entry, join(dir.path, 'd')], { env })
    const [answer] = await once(child.stdout, 'data')
    await once(child, 'close')
    const [exit, message, remedy] = JSON.parse(String(answer))
    expect(exit).toBe(3)
    expect(message).toContain('neither redis-server nor valkey-server is installed')
    expect(remedy).toContain('REDIS_URL')
  })
})

/** A folder for PATH that has a shell and cat, and no Redis. */
async function bareBin(dir: string): Promise<string> {
  const { mkdir, symlink } = await import('node:fs/promises')
  const bin = join(dir, 'bin')
  await mkdir(bin)
  for (const tool of ['sh', 'cat']) await symlink(`/bin/${tool}`, join(bin, tool))
  return bin
}

describe('the Redis for tests', () => {
  test('serves a client by socket and by address, forgets on flush, and is back empty after a kill', async () => {
    await using redis = await openRedis()
    const client = new Redis({ path: redis.socket, password: redis.password, lazyConnect: true })
    const other = new Redis(redis.url, { lazyConnect: true })
    for (const one of [client, other]) one.on('error', () => {})
    await client.set('a', '1')
    expect(await other.get('a')).toBe('1')
    await redis.flush()
    expect(await client.get('a')).toBeNull()
    await client.set('a', '2')
    await redis.kill()
    await redis.restart()
    expect(await client.get('a')).toBeNull()
    expect(await redis.ask('DBSIZE')).toBe(':0')
    await Promise.all([client.quit(), other.quit()])
  })
})
