/** The API on a port of its own, over tools that keep what they were asked. */
import { type ApiTools, openWeb } from '../../src/web/index.ts'
import { webTools } from './tools.ts'

const NOW = Date.UTC(2026, 10, 24, 9)
export const MAILING = {
  mailing: 7,
  kind: 'announcement',
  subject: 'News',
  state: 'running',
  why: null,
  corrects: null,
  audience: 3,
  counts: { pending: 1, accepted: 2 },
  startedAt: NOW,
  finishedAt: null,
}

/** `all` may ask for everything, `none` for nothing; every call is kept. */
export async function openApi(over: Partial<ApiTools> = {}, proxies: readonly string[] = []) {
  const calls: unknown[][] = []
  const api: ApiTools = {
    caller: async (token) => {
      if (token === 'all') return { id: 1, scopes: ['messages', 'mailings', 'lists', 'check'] }
      return token === 'none' ? { id: 2, scopes: [] } : null
    },
    post: async (order) => {
      calls.push(['post', order])
      return { kind: 'taken', id: '4-1', repeated: false }
    },
    message: async (id) =>
      id === '4-1'
        ? { id, token: 1, state: 'accepted', reply: '250 ok', createdAt: NOW, changedAt: NOW }
        : id === '4-2'
          ? { id, token: 9, state: 'accepted', reply: null, createdAt: NOW, changedAt: NOW }
          : null,
    mailings: async (limit) => {
      calls.push(['mailings', limit])
      return [MAILING]
    },
    mailing: async (id) => (id === 7 ? MAILING : null),
    links: async () => [{ url: 'https://a.test/', state: 'alive', holders: 2 }],
    stop: async (how, mailing, why) => {
      calls.push([how, mailing, why])
      return mailing === 7 ? how === 'hold' : null
    },
    lists: async () => [{ name: 'members', subscribers: 3, fields: {} }],
    join: async (order) => {
      calls.push(['join', order])
      return order.address === 'x@y' ? { kind: 'no-address', why: 'has no dot' } : { kind: 'asked' }
    },
    templates: async () => [],
    status: async () => ({
      running: true,
      waits: null,
      since: NOW,
      resting: [{ receiver: 'gmail.com', why: '51 of the last 500 were refused', since: NOW, until: null }],
    }),
    holders: async (mailing, link, after) => {
      calls.push(['holders', mailing, link, after])
      return Array.from({ length: 1_000 }, (_, at) => ({ n: after + at + 1, address: 'a@a.test', state: 'accepted' }))
    },
    uncertain: async () => [{ n: 2, address: 'a@a.test', at: NOW, why: null }],
    report: async (_, format) => (format === 'html' ? '<!doctype html><title>Report</title>' : '# Report'),
    veto: async (mailing, caller) => {
      calls.push(['veto', mailing, caller.id])
      return false
    },
    list: async (name) =>
      name === 'members' ? { name, people: 3, unsubscribed: 0, paused: 0, suppressed: 0, fields: {} } : null,
    declareFields: async (list, fields) => {
      calls.push(['declareFields', list, fields])
      return list === ' ' ? { fault: '" " is no name for a list' } : { conflicts: Object.keys(fields), fields: {} }
    },
    members: async (name, of) => {
      calls.push(['members', name, of])
      return name === 'members' ? { members: [], after: null } : null
    },
    importPeople: async (order, caller) => {
      calls.push(['importPeople', order, caller.id])
      return { fault: 'is no name for a list' }
    },
    unsubscribe: async (list, address, caller) => {
      calls.push(['unsubscribe', list, address, caller.id])
      return address === 'ann@a.test'
    },
    subscriber: async () => null,
    mailsTo: async () => null,
    suppress: async (address, why, caller) => {
      calls.push(['suppress', address, why, caller.id])
      return { fresh: true }
    },
    erase: async (address, caller) => {
      calls.push(['erase', address, caller.id])
      return address === 'ann@a.test'
    },
    check: async ({ file, bytes, content }) => {
      calls.push(['check', file, new TextDecoder().decode(bytes), content])
      return { file, verdict: 'sound', faults: [], warnings: [], links: [] }
    },
    ...over,
  }
  const tools = webTools()
  const web = await openWeb({ ...tools, api }, { host: '127.0.0.1', port: 0, proxies })
  const ask = async (method: string, path: string, how: { token?: string; body?: string; headers?: object } = {}) => {
    const { token = 'all', body } = how
    const headers = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      'content-type': 'application/json',
      ...how.headers,
    }
    const answer = await fetch(`${web.url}/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = await answer.text()
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      headers: answer.headers,
      text,
      body: /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : null,
    }
  }
  return { ask, calls, url: web.url, faults: tools.faults, [Symbol.asyncDispose]: () => web[Symbol.asyncDispose]() }
}
