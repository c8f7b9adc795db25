/**
 * Politeness: so many at once per host, a pause between two starts at one host, and so many over all. Turns are taken
 * outside linkinator, whose own time-out would run while a request waits in its queue.
 */
export interface Turns {
  /** Resolves when it is this caller's turn, to the function that gives the turn back. Rejects when `signal` aborts. */
  take(host: string, signal: AbortSignal): Promise<() => void>
  /** Nobody starts at this host before `until` (milliseconds since the epoch): a Retry-After. */
  hold(host: string, until: number): void
}

interface Host {
  running: number
  /** Not before this moment, milliseconds since the epoch. */
  next: number
  waiting: Set<() => void>
  timer: NodeJS.Timeout | null
}

/** `perHost`, `atOnce`: counts; `pause`: milliseconds from one start to the next at the same host. */
export function openTurns(manners: { perHost: number; pause: number; atOnce: number }): Turns {
  const hosts = new Map<string, Host>()
  let running = 0

  const hostOf = (name: string): Host => {
    const known = hosts.get(name)
    if (known) return known
    const made: Host = { running: 0, next: 0, waiting: new Set(), timer: null }
    hosts.set(name, made)
    return made
  }

  const pump = (name: string, host: Host): void => {
    while (host.waiting.size > 0 && host.running < manners.perHost && running < manners.atOnce) {
      const wait = host.next - Date.now()
      if (wait > 0) {
        host.timer ??= setTimeout(() => {
          host.timer = null
          pump(name, host)
        }, wait)
        return
      }
      const [start] = host.waiting
      if (!start) return
      host.waiting.delete(start)
      host.running++
      running++
      host.next = Math.max(host.next, Date.now() + manners.pause)
      start()
    }
    if (host.waiting.size === 0 && host.running === 0 && host.next <= Date.now()) hosts.delete(name)
  }

  const give = (name: string, host: Host) => (): void => {
    const full = running >= manners.atOnce
    host.running--
    running--
    pump(name, host)
    // Only a full house keeps other hosts waiting for a turn that this one gives back.
    if (full) for (const [other, waiting] of hosts) pump(other, waiting)
  }

  return {
    take: (name, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const host = hostOf(name)
        const leave = () => {
          host.waiting.delete(start)
          reject(signal.reason)
        }
        const start = () => {
          signal.removeEventListener('abort', leave)
          resolve(give(name, host))
        }
        signal.addEventListener('abort', leave, { once: true })
        host.waiting.add(start)
        pump(name, host)
      }),
    hold: (name, until) => {
      const host = hostOf(name)
      host.next = Math.max(host.next, until)
    },
  }
}
