/** A real PostgreSQL of a drill's or a test's own: a fresh cluster on a private socket, gone with it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { installed } from './packages.ts'

export interface Postgres extends AsyncDisposable {
  /** Makes an empty database and gives its URL. */
  database(): Promise<string>
  /** Ends the server as a crash would. */
  stop(): Promise<void>
  /** Brings it back on the same data, after `stop` or when it has ended by itself. */
  start(): Promise<void>
  /** `stop`, then `start`. */
  restart(): Promise<void>
  /** Runs one statement as the owner of everything. */
  query(text: string, database?: string): Promise<pg.QueryResult>
}

/** Whether PostgreSQL is installed, after installing it where that is allowed. */
export const havePostgres = (): boolean => binaries() !== null

/**
 * Null where PostgreSQL is not installed and cannot be: the suite then names itself skipped.
 *
 * @param of.under the folder to keep its data in, such as a small disk that can be filled
 * @param of.durable commits reach the disk, as they do in earnest: for what is measured
 */
export async function openPostgresServer(of: { under?: string; durable?: boolean } = {}): Promise<Postgres | null> {
  const bin = binaries()
  if (bin === null) return null
  const dir = mkdtempSync(join(of.under ?? tmpdir(), 'pg-'))
  // initdb and postgres refuse to run as root.
  const as = process.getuid?.() === 0 ? ids('postgres') : {}
  if (as.uid !== undefined && as.gid !== undefined) chownSync(dir, as.uid, as.gid)
  const data = join(dir, 'data')
  // On a small disk small segments of its log, or what is kept in reserve would hide that the disk is full.
  const small = of.under === undefined ? [] : ['--wal-segsize=1']
  const how = ['-A', 'trust', '-U', 'gll', '--no-sync', '-E', 'UTF8', '--locale=C', ...small]
  execFileSync(join(bin, 'initdb'), ['-D', data, ...how], {
    ...as,
    cwd: dir,
    stdio: 'ignore',
  })
  const start = async (): Promise<ChildProcess> => {
    const settings = ['listen_addresses=', `fsync=${of.durable ? 'on' : 'off'}`, 'max_connections=100']
    const args = ['-D', data, '-k', dir, ...settings.flatMap((setting) => ['-c', setting])]
    const child = spawn(join(bin, 'postgres'), args, { ...as, cwd: dir, stdio: 'ignore' })
    await answering(dir, child)
    return child
  }
  let server = await start()
  // Who ends us from outside does not end it.
  const alone = (): void => void server.kill('SIGQUIT')
  process.once('exit', alone)
  let made = 0
  const query = async (text: string, database = 'postgres'): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: url(dir, database) })
    // Its query says so too; unheard, the event would end the program.
    client.on('error', () => {})
    await client.connect()
    try {
      return await client.query(text)
    } finally {
      await client.end()
    }
  }
  const stop = async (): Promise<void> => await ended(server, 'SIGQUIT')
  const starting = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) server = await start()
  }
  return {
    query,
    database: async () => {
      made += 1
      await query(`create database t${made}`)
      return url(dir, `t${made}`)
    },
    stop,
    start: starting,
    restart: async () => {
      await stop()
      await starting()
    },
    [Symbol.asyncDispose]: async () => {
      process.off('exit', alone)
      await stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const url = (dir: string, database: string): string => `postgres://gll@${encodeURIComponent(dir)}/${database}`

function binaries(): string | null {
  return found() ?? (installed(['postgresql']) ? found() : null)
}

/** Debian keeps the server's programs off the PATH, a folder a version. */
function found(): string | null {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : []
  const dirs = [...versions.map((version) => join(root, version, 'bin')), ...(process.env.PATH ?? '').split(':')]
  return dirs.find((dir) => existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres'))) ?? null
}

function ids(user: string): { uid?: number; gid?: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function answering(dir: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`)
    const client = new pg.Client({ connectionString: url(dir, 'postgres') })
    // Its query says so too; unheard, the event would end the program.
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await wait(50)
    }
  }
  throw new Error('postgres does not answer')
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(signal)
  await gone
}
