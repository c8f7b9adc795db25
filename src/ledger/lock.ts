/**
 * The lock that makes `gll serve` one of its kind on a DATA_DIR: an exclusive SQLite transaction, which the kernel
 * frees with the process however it ends. A file with a process id in it could not do that.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

export interface ServeLock extends Disposable {
  /** Says where this one listens, for whoever comes second and for the command line. */
  announce(about: Readonly<Record<string, unknown>>): void
}

/** Null when another process holds it. */
export function holdLock(dataDir: string): ServeLock | null {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const db = new Sqlite(join(dataDir, 'lock.db'), { timeout: 0 })
  try {
    db.exec('begin exclusive')
  } catch (error) {
    db.close()
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  const card = join(dataDir, 'serve.json')
  return {
    announce: (about) => writeFileSync(card, `${JSON.stringify({ pid: process.pid, ...about })}\n`, { mode: 0o600 }),
    [Symbol.dispose]: () => {
      rmSync(card, { force: true })
      db.exec('rollback')
      db.close()
    },
  }
}

/** What the holder of the lock announced; null when nothing was, which does not say that nobody holds it. */
export function readLock(dataDir: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'serve.json'), 'utf8')) as Record<string, unknown>
  } catch {
    return null
  }
}
