/** `gll` as a person runs it, in a folder of its own that holds nothing else. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LAUNCHER } from '../../scripts/demo/gll.ts'

export interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export interface Desk extends AsyncDisposable {
  readonly dir: string
  /** Writes a file into the folder and gives its name. */
  file(name: string, text: string | Uint8Array): string
  /** What stands in the folder. */
  readonly files: readonly string[]
  gll(...args: string[]): Promise<Ran>
}

/** `env` is what an operator would set: looks may reach loopback unless it says otherwise. */
export function openDesk(of: { env?: Record<string, string>; launcher?: string } = {}): Desk {
  const dir = mkdtempSync(join(tmpdir(), 'gll-desk-'))
  const env = { PATH: process.env.PATH ?? '', HOME: dir, LOOK_ALLOW: '127.0.0.0/8', ...of.env }
  return {
    dir,
    get files() {
      return readdirSync(dir)
    },
    file: (name, text) => {
      writeFileSync(join(dir, name), text)
      return name
    },
    gll: (...args) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [of.launcher ?? LAUNCHER, ...args], { cwd: dir, env })
        let [out, err] = ['', '']
        child.stdout.on('data', (bytes) => {
          out += bytes
        })
        child.stderr.on('data', (bytes) => {
          err += bytes
        })
        child.on('error', reject)
        child.on('close', (exit) => resolve({ exit: exit ?? -1, out, err }))
      }),
    [Symbol.asyncDispose]: async () => rmSync(dir, { recursive: true, force: true }),
  }
}
