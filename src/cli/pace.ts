/** What the rates, the quota and the quiet hours make of a mailing, in words. */
import type { Config } from '../config.ts'
import type { Ledger } from '../ledger/index.ts'
import { type Limits, quietUntil, routesOf, throughAt } from '../publishing/index.ts'
import { moment, number, span } from './terminal.ts'

/** What holds a mailing back from now on. Every relay of SMTP_URL has a day of its own. */
export async function limitsOf(config: Config, ledger: Ledger, now: number): Promise<Limits> {
  const { rate, dailyQuota: limit, quietHours: quiet } = config
  if (limit === null) return { rate, quota: null, quiet }
  const routes = routesOf(config)
  let left = 0
  for (const { name } of routes) left += await ledger.quotaLeft({ route: name, limit, now })
  return { rate, quota: { limit: limit * routes.length, left }, quiet }
}

/** Said before it starts: `from` is when its first message may leave. */
export function paceOf(config: Config, limits: Limits, people: number, from: number): string {
  const { quota, quiet } = limits
  const most = [
    limits.rate === null ? '' : perTime(limits.rate),
    quota ? `${number(quota.limit)} in 24 hours (${number(quota.left)} are left)` : '',
    quiet ? `none from ${clock(quiet.from)} to ${clock(quiet.to)} ${quiet.zone}` : '',
    ...config.domainRates.map(({ domains, rate }) => `${perTime(rate)} to ${domains.join(' and ')}`),
  ].filter(Boolean)
  if (most.length === 0) return 'as fast as the relay takes them (RATE sets a pace)'
  const end = throughAt(people, from, limits)
  const held = config.domainRates.length > 0 ? ', to the domains named perhaps later' : ''
  const took =
    limits.rate === null && end === from
      ? ''
      : `: the last leaves about ${moment(end)}, after ${span(end - from)}${held}`
  return `at most ${most.join(', ')}${took}`
}

/** Said while it runs: what is left to do at the pace seen (messages a second), or what it waits for. */
export function restOf(limits: Limits, seen: number, people: number, now: number): string | null {
  const quiet = quietUntil(limits.quiet, now)
  if (quiet !== null) return `quiet hours until ${moment(quiet)}`
  const rate = Math.min(seen, limits.rate ?? seen)
  if (!(rate > 0)) return null
  const end = throughAt(people, now, { ...limits, rate })
  return `${perTime(seen)}, ${span(end - now)} left`
}

const perTime = (rate: number): string =>
  rate >= 1 ? `${number(Math.round(rate * 10) / 10)} a second` : `${number(Math.round(rate * 600) / 10)} a minute`

const clock = (minutes: number): string =>
  [minutes / 60, minutes % 60].map((n) => String(Math.floor(n)).padStart(2, '0')).join(':')
