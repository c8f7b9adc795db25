/**
 * What the worker does beside its jobs, again and again: a fault of one of them ends nothing, and the next round tries
 * again. It is counted each time and told once, until it is over or is another one.
 */
import type { Log } from '../src/publishing/index.ts'

export type Chore = 'tick' | 'generation' | 'returns' | 'receivers' | 'heartbeat' | 'consent'

/** Runs one; gives what was wrong, empty where it was done. */
export type Chores = (name: Chore, work: () => Promise<unknown>) => Promise<string>

export function openChores(of: { readonly log: Log; readonly count: (name: Chore) => void }): Chores {
  const faults = new Map<Chore, string>()
  return async (name, work) => {
    const fault = await work().then(
      () => '',
      (error: Error) => error.message || error.name,
    )
    if (fault !== '') of.count(name)
    if (fault !== '' && fault !== faults.get(name)) of.log('chore-failed', { chore: name, why: fault })
    faults.set(name, fault)
    return fault
  }
}
