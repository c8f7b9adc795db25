/** What a route is: a row of the table in routes.ts. */
import type { ZodType } from 'zod'
import type { ApiTools, Caller } from './tools.ts'

export type Scope = 'messages' | 'mailings' | 'lists'

/** RFC 9457, with a remedy as `detail`. */
export interface Problem {
  readonly status: number
  readonly title: string
  readonly detail?: string
  readonly [more: string]: unknown
}

export const problem = (status: number, title: string, detail?: string, more: object = {}): Problem => ({
  status,
  title,
  ...(detail === undefined ? {} : { detail }),
  ...more,
})

export interface Asked {
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly caller: Caller
  readonly header: (name: string) => string | null
}

export type Given =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly problem: Problem }

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Below /v1, with {parameters}. */
  readonly path: string
  readonly scope: Scope
  readonly about: string
  readonly takes: { readonly params?: ZodType; readonly query?: ZodType; readonly body?: ZodType }
  /** Headers of the request, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>
  /** What it gives, by status. */
  readonly gives: Readonly<Record<number, { readonly about: string; readonly shape?: ZodType }>>
  readonly run: (tools: ApiTools, asked: Asked) => Promise<Given>
}
