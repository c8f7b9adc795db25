/** A real Redis for a test, on a socket of its own, that can be killed, restarted and flushed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askRedis, type RedisChild, startRedis } from '../../src/cli/redis.ts'

export interface TestRedis extends AsyncDisposable {
  /** For ioredis: `{ path: redis.socket, password: redis.password }`. Both survive a restart. */
  readonly socket: string
  readonly password: string
  /** The same server through a TCP port on loopback, as an operator would set REDIS_URL. */
  readonly url: string
  /** As kill -9: nothing is said to anybody. */
  kill(): Promise<void>
  /** After `kill`: a new, empty server at the same addresses. */
  restart(): Promise<void>
  flush(): Promise<void>
  ask(...words: string[]): Promise<string>
}

export async function openRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'gll-redis-'))
  let child: RedisChild = await startRedis({ dir })
  const { socket, password } = child
  const port = await openPort(socket)
  const kill = async (): Promise<void> => {
    process.kill(child.pid, 'SIGKILL')
    await child.exited
  }
  return {
    socket,
    password,
    url: `redis://:${password}@127.0.0.1:${port.number}`,
    kill,
    restart: async () => {
      child = await startRedis({ dir, password })
    },
    flush: async () => {
      await askRedis(child, 'FLUSHALL')
    },
    ask: (...words) => askRedis(child, ...words),
    [Symbol.asyncDispose]: async () => {
      await port[Symbol.asyncDispose]()
      await child.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A TCP port that leads to the socket: Redis itself cannot be told to take any free one. */
async function openPort(socket: string): Promise<AsyncDisposable & { readonly number: number }> {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const behind = connect(socket)
    for (const [end, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      open.add(end)
      end.on('error', () => other.destroy())
      end.on('close', () => {
        open.delete(end)
        other.destroy()
      })
      end.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    number: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const end of open) end.destroy()
      }),
  }
}
