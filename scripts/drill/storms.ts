/** What may befall the clockwork and the truth while mail is sent, each with its end. */
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { askRedis } from '../../src/cli/redis.ts'
import type { Disk } from './disk.ts'
import type { Sender } from './sender.ts'
import { LEASE } from './sender.ts'
import type { World } from './world.ts'

export interface Sky {
  readonly world: World
  readonly senders: readonly Sender[]
  readonly disk: Disk | null
}

export interface Storm {
  readonly name: string
  /** Whether the ledger takes no commit while it lasts: then nothing may be handed. */
  readonly stops: boolean
  /** Brings it on, waits for `lasting`, and makes everything as it was. Gives why it did not bite, if it did not. */
  blow(sky: Sky, lasting: () => Promise<void>): Promise<string | null>
}

const redis: readonly Storm[] = [
  {
    name: 'Redis flushed',
    stops: false,
    blow: async ({ world }, lasting) => {
      await askRedis(world.redis.now, 'FLUSHALL')
      await lasting()
      await askRedis(world.redis.now, 'FLUSHALL')
      return null
    },
  },
  {
    name: 'Redis killed, and back empty',
    stops: false,
    blow: async ({ world }, lasting) => {
      await world.redis.kill()
      await lasting()
      await world.redis.restart()
      return null
    },
  },
  {
    name: 'Redis not answering',
    stops: false,
    blow: async ({ world }, lasting) => {
      process.kill(world.redis.now.pid, 'SIGSTOP')
      await lasting()
      process.kill(world.redis.now.pid, 'SIGCONT')
      return null
    },
  },
  {
    name: 'Redis out of memory',
    stops: false,
    blow: async ({ world }, lasting) => {
      await askRedis(world.redis.now, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
      await askRedis(world.redis.now, 'CONFIG', 'SET', 'maxmemory', '1')
      await lasting()
      await askRedis(world.redis.now, 'CONFIG', 'SET', 'maxmemory', '0')
      return null
    },
  },
]

/** Until a lane of the other is free, which may have a chunk to finish. Milliseconds. */
const TAKEN_WITHIN = 300_000

const zombie: Storm = {
  name: 'a worker stopped past its lease, while another goes on',
  stops: false,
  blow: async ({ world, senders }, lasting) => {
    const stopped = await caught(world, senders)
    if (stopped === null) return 'no worker had anything in hand'
    await wait(LEASE)
    await lasting()
    // Once the other has taken its chunks, what it had in hand is parked.
    const isParked = (): boolean => [...world.view.states().values()].includes('uncertain')
    for (const end = performance.now() + TAKEN_WITHIN; !isParked() && performance.now() < end; await wait(100));
    const missed = isParked() ? null : 'nobody took what the stopped worker had in hand'
    stopped.thaw()
    return missed
  },
}

/** Stops a worker with something in hand: one between two chunks would leave nothing for the other to take. */
async function caught({ view }: World, senders: readonly Sender[]): Promise<Sender | null> {
  for (let tries = 0; tries < 100; tries += 1) {
    for (const sender of senders) {
      sender.freeze()
      if (view.inHandOf(sender.owner) > 0) return sender
      sender.thaw()
    }
    await wait(20)
  }
  return null
}

const sqlite: readonly Storm[] = [
  {
    name: 'SQLite locked by another process',
    stops: true,
    blow: async ({ world }, lasting) => {
      const other = new Sqlite(world.place, { timeout: 10_000 })
      other.exec('begin immediate')
      await lasting()
      other.exec('rollback')
      other.close()
      return null
    },
  },
  {
    name: 'the disk of SQLite full',
    stops: true,
    blow: async ({ world, disk }, lasting) => {
      // Its log has room of its own until that is given back to the disk.
      const other = new Sqlite(world.place, { timeout: 10_000 })
      other.pragma('wal_checkpoint(TRUNCATE)')
      other.close()
      await filled(disk, lasting)
      return null
    },
  },
]

/** How many files of its log PostgreSQL may have in reserve. */
const RESERVE = 100

const postgres: readonly Storm[] = [
  {
    name: 'PostgreSQL ended, and back',
    stops: true,
    blow: async ({ world: { postgres: server } }, lasting) => {
      await server?.stop()
      await lasting()
      await server?.start()
      return null
    },
  },
  {
    name: 'connections to PostgreSQL cut',
    stops: false,
    blow: async ({ world: { postgres: server } }, lasting) => {
      const cut = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gll'`
      await server?.query(cut)
      await lasting()
      await server?.query(cut)
      return null
    },
  },
  {
    name: 'PostgreSQL read-only',
    stops: true,
    blow: async ({ world: { postgres: server } }, lasting) => {
      const set = async (to: string): Promise<void> => {
        await server?.query(`alter system set default_transaction_read_only = ${to}`)
        await server?.query('select pg_reload_conf()')
      }
      await set('on')
      await lasting()
      await set('off')
      return null
    },
  },
  {
    name: 'the disk of PostgreSQL full',
    stops: true,
    blow: async ({ world: { postgres: server }, disk }, lasting) => {
      const used = async (): Promise<void> => {
        // It keeps some files of its log in reserve: until they are used, there is room.
        for (let tries = 0; tries < RESERVE; tries += 1) {
          const switched = server?.query('select pg_switch_wal()')
          if (
            await switched?.then(
              () => false,
              () => true,
            )
          )
            break
          await wait(10)
        }
        await lasting()
      }
      await filled(disk, used)
      // It may have ended over it, and does not come back by itself then.
      await server?.start()
      return null
    },
  },
]

async function filled(disk: Disk | null, lasting: () => Promise<void>): Promise<void> {
  disk?.fill()
  // What is freed meanwhile is taken as well.
  const again = setInterval(() => disk?.fill(), 50)
  await lasting()
  clearInterval(again)
  disk?.free()
}

/** What is tried on a ledger of this kind, in turn; last what may take as long as the rest of the mailing. */
export const stormsOver = (kind: 'sqlite' | 'postgres'): readonly Storm[] => [
  ...redis,
  ...(kind === 'sqlite' ? sqlite : postgres),
  zombie,
]
