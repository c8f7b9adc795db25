/** Commands at a terminal, where they ask and a person types. util-linux's `script` gives one; not every `script` can. */
import { spawn, spawnSync } from 'node:child_process'
import { LAUNCHER } from '../../scripts/demo/gll.ts'

/** Skipped by name where no terminal can be had. */
export const testAtTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0 ? test : test.skip

/**
 * `gll ARGS` at a terminal; what stands on it in the end, both streams in one, and the exit code. `answers`: what the
 * person types once they have read the question.
 */
export async function gllAtTerminal(
  args: readonly string[],
  how: { env: NodeJS.ProcessEnv; cwd?: string; answers?: { to: string; with: string } },
): Promise<{ exit: number | null; said: string }> {
  const command = [process.execPath, LAUNCHER, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: how.env, cwd: how.cwd })
  let said = ''
  let open = how.answers
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString()
    if (!open || !said.includes(open.to)) return
    child.stdin.write(`${open.with}\r`)
    open = undefined
  })
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { exit, said }
}
