/** What a route is: a row of the tables beside this file. */
import type { ZodType } from 'zod'
import type { ApiTools, Caller } from './tools.ts'

export const SCOPES = ['messages', 'mailings', 'lists', 'check'] as const
export type Scope = (typeof SCOPES)[number]

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
  /** As `takes.body` has it; bytes where the route takes `media`. */
  readonly body: unknown
  readonly caller: Caller
  readonly header: (name: string) => string | null
}

type Headers = Readonly<Record<string, string>>

export type Given =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Headers }
  | { readonly problem: Problem; readonly headers?: Headers }

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /v1, with {parameters}. */
  readonly path: string
  readonly scope: Scope
  readonly about: string
  readonly takes: {
    readonly params?: ZodType
    readonly query?: ZodType
    readonly body?: ZodType
    /** Media types of a body that is taken as it comes, instead of JSON. */
    readonly media?: readonly string[]
  }
  /** Headers of the request, with what they are for. */
  readonly headers?: Headers
  /** What it gives, by status: JSON of a shape, or a text of these media types; else a problem, or nothing with 204. */
  readonly gives: Readonly<
    Record<number, { readonly about: string; readonly shape?: ZodType; readonly media?: readonly string[] }>
  >
  /** So often in a minute may one token ask for this; 600 where nothing is said. */
  readonly most?: number
  readonly run: (tools: ApiTools, asked: Asked) => Promise<Given>
}

export const ASKED_A_MINUTE = 600

/** Of every table: the thing asked for by its name or number. */
export const MISSING = { 404: { about: 'there is none' } } as const

export const iso = (ms: number): string => new Date(ms).toISOString()
