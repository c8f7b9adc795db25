/** A disk of its own that can be filled to the last block: a small tmpfs. Root on Linux alone can have one. */
import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Disk extends Disposable {
  readonly dir: string
  /** Takes what room there is, again and again: what is freed meanwhile is taken as well. */
  fill(): void
  free(): void
}

/** Null where none can be mounted. */
export function openDisk(megabytes: number): Disk | null {
  const dir = mkdtempSync(join(tmpdir(), 'gll-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    rmdirSync(dir)
    return null
  }
  chmodSync(dir, 0o777)
  const ballast = join(dir, 'ballast')
  const unmount = (): void => {
    // Lazily: a server that ends just now may still have a file open.
    execFileSync('umount', ['-l', dir])
    rmdirSync(dir)
  }
  process.once('exit', unmount)
  return {
    dir,
    fill: () => {
      const file = openSync(ballast, 'a')
      try {
        for (const piece of [1 << 20, 1 << 12]) fillWith(file, Buffer.alloc(piece))
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]: () => {
      process.off('exit', unmount)
      unmount()
    },
  }
}

function fillWith(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error
  }
}
