/**
 * The API: JSON under /v1, for programs. Whoever asks brings a bearer token (RFC 6750) with the scope that a route
 * names; faults are problem details (RFC 9457). `shapes.ts` is the one table of what is taken and given: requests are
 * checked by it, and the OpenAPI document is made from it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodType } from 'zod'
import { openApiOf } from './api/document.ts'
import { type Asked, type Problem, problem, type Route } from './api/route.ts'
import { routes } from './api/routes.ts'
import type { ApiTools, Caller } from './api/tools.ts'
import type { OnFault } from './listen.ts'

/** A message's data may be long; everything else is short. Octets. */
const LARGEST = 1_048_576

/** Adds the routes below /v1 to a server. They share nothing with its pages but the port. */
export function addApi(server: FastifyInstance, tools: ApiTools, onFault?: OnFault): void {
  server.register(
    async (api) => {
      api.removeAllContentTypeParsers()
      api.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: LARGEST }, parseJson)
      api.setNotFoundHandler((_request, reply) =>
        fail(reply, problem(404, 'there is nothing here', 'see /v1/openapi.json')),
      )
      api.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
        const code = error.statusCode ?? 500
        if (code < 500) return fail(reply, problem(code, error.message))
        onFault?.(error, request.routeOptions.url ?? '')
        return fail(
          reply,
          problem(503, 'this did not work just now', 'ask again in a while, with the same Idempotency-Key'),
        )
      })
      api.get('/openapi.json', () => openApiOf(routes))
      for (const route of routes) {
        api.route({
          method: route.method,
          url: route.path.replace(/\{(\w+)\}/g, ':$1'),
          handler: (request, reply) => answer(tools, route, request, reply),
        })
      }
    },
    { prefix: '/v1' },
  )
}

async function answer(tools: ApiTools, route: Route, request: FastifyRequest, reply: FastifyReply) {
  const caller = await callerOf(tools, request)
  if (!caller) {
    reply.header('www-authenticate', 'Bearer realm="gll"')
    return fail(reply, problem(401, 'no valid token', 'send Authorization: Bearer TOKEN; gll token add makes one'))
  }
  if (!caller.scopes.includes(route.scope)) {
    return fail(reply, problem(403, `this needs a token with the scope ${route.scope}`, 'gll token add NAME --scope …'))
  }
  const asked: Asked = { params: {}, query: {}, body: undefined, caller, header: (name) => headerOf(request, name) }
  for (const part of ['params', 'query', 'body'] as const) {
    const shape: ZodType | undefined = route.takes[part]
    if (!shape) continue
    const read = shape.safeParse(request[part] ?? {})
    if (!read.success) {
      const [first] = read.error.issues
      const where = [part, ...(first?.path ?? [])].join('.')
      return fail(reply, problem(400, `${where}: ${first?.message ?? 'is not what is taken'}`, 'see /v1/openapi.json'))
    }
    Object.assign(asked, { [part]: read.data })
  }
  const given = await route.run(tools, asked)
  if ('problem' in given) return fail(reply, given.problem)
  for (const [name, value] of Object.entries(given.headers ?? {})) reply.header(name, value)
  return reply.code(given.status).send(given.body)
}

const headerOf = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

async function callerOf(tools: ApiTools, request: FastifyRequest): Promise<Caller | null> {
  const [, token] = /^Bearer +([\x21-\x7e]{1,200})$/i.exec(headerOf(request, 'authorization') ?? '') ?? []
  return token === undefined ? null : await tools.caller(token)
}

const fail = (reply: FastifyReply, { status, ...about }: Problem): FastifyReply =>
  reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', status, ...about })

async function parseJson(_request: FastifyRequest, body: string | Buffer): Promise<unknown> {
  try {
    return JSON.parse(String(body))
  } catch (cause) {
    throw Object.assign(new Error('the body is not JSON', { cause }), { statusCode: 400 })
  }
}
