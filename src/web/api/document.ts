/** The OpenAPI document (3.1), made from the table of routes: it cannot say anything else than what is checked. */
import { type ZodType, z } from 'zod'
import { ASKED_A_MINUTE, type Route } from './route.ts'

const PROBLEM = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    status: { type: 'integer' },
    title: { type: 'string' },
    detail: { type: 'string', description: 'what to do' },
  },
}

const ABOUT = `No message leaves with a dead or missing link. Faults are problem details (RFC 9457).

What needs a person at the keyboard is not here: \`gll send\` asks for the number of people, \`gll resume\` and
\`gll correct\` want somebody who has seen the letter and its links, \`gll vouch\` a name that answers for it,
\`gll settle\` somebody who asked the recipient; and tokens are made and ended by the operator alone.`

/** What every route may answer besides. */
const EVERYWHERE: Readonly<Record<number, string>> = {
  400: 'a part of the request is not as it is described here',
  401: 'no valid token; the answer is the same for one that never was and one that was revoked',
  403: 'the token lacks the scope',
  429: 'asked too often; Retry-After says when to ask again',
  503: 'this did not work just now',
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
      description: ABOUT,
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'made by gll token add' } },
      responses: Object.fromEntries(
        Object.entries(EVERYWHERE).map(([status, about]) => [
          `Problem${status}`,
          { description: about, content: { 'application/problem+json': { schema: PROBLEM } } },
        ]),
      ),
    },
  }
}

function operationOf({ about, scope, takes, headers = {}, gives, most = ASKED_A_MINUTE }: Route): object {
  const content = (shape: ZodType) => ({ 'application/json': { schema: schemaOf(shape) } })
  const texts = (media: readonly string[]) =>
    Object.fromEntries(media.map((type) => [type, { schema: { type: 'string' } }]))
  const answers = Object.entries(gives).map(([status, { about: what, shape, media }]) => {
    if (status === '204') return [status, { description: what }]
    const given = shape ? content(shape) : media ? texts(media) : { 'application/problem+json': { schema: PROBLEM } }
    return [status, { description: what, content: given }]
  })
  const everywhere = Object.keys(EVERYWHERE)
    .filter((status) => !(Number(status) in gives))
    .map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])
  const named = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }))
  return {
    summary: about,
    description: `At most ${most} times a minute by one token.`,
    security: [{ token: [scope] }],
    parameters: [...parametersOf(takes.params, 'path'), ...parametersOf(takes.query, 'query'), ...named],
    ...(takes.body ? { requestBody: { required: true, content: content(takes.body) } } : {}),
    ...(takes.media ? { requestBody: { required: true, content: texts(takes.media) } } : {}),
    responses: Object.fromEntries([...answers, ...everywhere]),
  }
}

function parametersOf(shape: ZodType | undefined, place: 'path' | 'query'): object[] {
  if (!shape) return []
  const { properties = {}, required = [] } = schemaOf(shape)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }))
}

function schemaOf(shape: ZodType): { properties?: Record<string, object>; required?: string[] } {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input' })
  return schema as ReturnType<typeof schemaOf>
}
