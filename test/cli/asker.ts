/** A program with a token: what it is answered is held against the tables that the OpenAPI document is made from. */
import { routes } from '../../src/web/api/routes.ts'
import type { Stage } from './stage.ts'

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a test then expects of it is its type
  readonly body: any
}

/** Statuses that any route may give. */
const ANYWHERE = [400, 401, 403, 413, 415, 429]

export type Ask = (
  method: string,
  path: string,
  body?: object | string,
  headers?: Record<string, string>,
) => Promise<Answered>

export async function askerOf(stage: Stage, ...scopes: string[]): Promise<Ask> {
  const { out, err } = await stage.gll.run('token', 'add', 'shop', '--scope', ...scopes)
  expect([out, err]).toEqual([expect.stringMatching(/^gll_\d_/), expect.stringContaining('only time')])
  return async (method, path, body, more = {}) => {
    const headers = {
      authorization: `Bearer ${out.trim()}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...more,
    }
    const sent = typeof body === 'object' ? JSON.stringify(body) : body
    const answer = await fetch(`${stage.web}/v1${path}`, {
      method,
      headers,
      ...(sent === undefined ? {} : { body: sent }),
    })
    const text = await answer.text()
    const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : null
    documented(method, path, answer.status, json)
    return { status: answer.status, headers: answer.headers, text, body: json }
  }
}

function documented(method: string, path: string, status: number, body: unknown): void {
  const [bare = ''] = path.split('?')
  const route = routes.find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  )
  if (!route || ANYWHERE.includes(status)) return
  const given = route.gives[status]
  if (!given) throw new Error(`${method} ${path} answers ${status}, which is not written down`)
  given.shape?.parse(body)
}
