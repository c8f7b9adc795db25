/** The command line as a person would use it, from another program: every step of the demo is a command of `gll`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The launcher, as a person has it: it keeps what was compiled, which is half of a short command's time. */
export const LAUNCHER = fileURLToPath(new URL('../../src/cli/gll.mjs', import.meta.url))

export interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export function gllIn(env: NodeJS.ProcessEnv) {
  const start = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [LAUNCHER, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  return {
    /** Runs one command to its end. */
    run: async (...args: string[]): Promise<Ran> => {
      const child = start(args)
      const [out, err] = [gather(child.stdout), gather(child.stderr)]
      const exit = await new Promise<number>((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (code) => resolve(code ?? 1))
      })
      return { exit, out: out.text, err: err.text }
    },
    start,
  }
}

export type Gll = ReturnType<typeof gllIn>

export function gather(stream: NodeJS.ReadableStream | null): { text: string } {
  const gathered = { text: '' }
  stream?.on('data', (bytes: Buffer) => {
    gathered.text += bytes.toString()
  })
  return gathered
}
