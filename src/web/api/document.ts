/** The OpenAPI document (3.1), made from the table of routes: it cannot say anything else than what is checked. */
import { type ZodType, z } from 'zod'
import type { Route } from './route.ts'

const PROBLEM = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    status: { type: 'integer' },
    title: { type: 'string' },
    detail: { type: 'string', description: 'what to do' },
  },
}

export function openApiOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = `/v1${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'GLL Mailer',
      version: '1',
      description: 'No message leaves with a dead or missing link. Faults are problem details (RFC 9457).',
    },
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  }
}

function operationOf({ about, scope, takes, headers = {}, gives }: Route): object {
  const content = (shape: ZodType) => ({ 'application/json': { schema: schemaOf(shape) } })
  const answers = Object.entries(gives).map(([status, { about: what, shape }]) => [
    status,
    {
      description: what,
      content: shape ? content(shape) : { 'application/problem+json': { schema: PROBLEM } },
    },
  ])
  const named = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }))
  return {
    summary: about,
    security: [{ token: [scope] }],
    parameters: [...parametersOf(takes.params, 'path'), ...parametersOf(takes.query, 'query'), ...named],
    ...(takes.body ? { requestBody: { required: true, content: content(takes.body) } } : {}),
    responses: Object.fromEntries(answers),
  }
}

function parametersOf(shape: ZodType | undefined, place: 'path' | 'query'): object[] {
  if (!shape) return []
  const { properties = {} } = schemaOf(shape)
  return Object.entries(properties).map(([name, schema]) => ({ name, in: place, required: place === 'path', schema }))
}

function schemaOf(shape: ZodType): { properties?: Record<string, object> } {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input' })
  return schema as { properties?: Record<string, object> }
}
