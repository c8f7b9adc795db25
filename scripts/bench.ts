/**
 * npm run bench NAME [OPTIONS]: one measurement, ours and its peers in turn in one run. Only the ratios mean something.
 * A bench is a file in scripts/bench with `run(args)`, which gives the exit code.
 */
const benches: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  gate: () => import('./bench/gate.ts'),
  send: () => import('./bench/send.ts'),
  publish: () => import('./bench/publish.ts'),
  watch: () => import('./bench/watch.ts'),
  messages: () => import('./bench/messages.ts'),
  correct: () => import('./bench/correct.ts'),
}

const [name = '', ...args] = process.argv.slice(2)
const load = benches[name]
if (load) process.exitCode = await (await load()).run(args)
else {
  console.error(`npm run bench NAME: ${Object.keys(benches).join(', ')}`)
  process.exitCode = 3
}
