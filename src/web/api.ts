/**
 * The API: JSON under /v1, for programs. Whoever asks brings a bearer token (RFC 6750) with the scope that a route
 * names; faults are problem details (RFC 9457). The tables in `api/` say what is taken and given: requests are checked
 * by them, and the OpenAPI document is made from them. Who may not ask, or asks too often, is not read any further.
 */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodType } from 'zod'
import { openApiOf } from './api/document.ts'
import { ASKED_A_MINUTE, type Asked, type Problem, problem, type Route } from './api/route.ts'
import { routes } from './api/routes.ts'
import type { ApiTools, Caller } from './api/tools.ts'
import type { OnFault } from './listen.ts'

/** A message's data and a thousand people may be long; a letter has pictures. Octets. */
const LARGEST = 1_048_576
const LARGEST_LETTER = 10_000_000

/** Adds the routes below /v1 to a server. They share nothing with its pages but the port. */
export function addApi(server: FastifyInstance, tools: ApiTools, onFault?: OnFault): void {
  server.register(
    async (api) => {
      const callerOf = callers(tools)
      await api.register(rateLimit, {
        global: false,
        timeWindow: 60_000,
        // Whoever has no token of ours is counted by address: they get nothing but refusals, and no more of those.
        keyGenerator: async (request) => {
          const caller = await callerOf(request)
          return caller ? `token ${caller.id}` : `from ${request.ip}`
        },
        errorResponseBuilder: () => Object.assign(new Error('this was asked for too often'), { statusCode: 429 }),
      })
      api.removeAllContentTypeParsers()
      api.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: LARGEST }, parseJson)
      api.setNotFoundHandler((_request, reply) =>
        fail(reply, problem(404, 'there is nothing here', 'see /v1/openapi.json')),
      )
      api.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
        const code = error.statusCode ?? 500
        if (code === 429) return fail(reply, problem(code, error.message, 'wait as long as Retry-After says'))
        if (code < 500) return fail(reply, problem(code, error.message))
        onFault?.(error, request.routeOptions.url ?? '')
        return fail(
          reply,
          problem(503, 'this did not work just now', 'ask again in a while, with the same Idempotency-Key'),
        )
      })
      api.get('/openapi.json', () => openApiOf(routes))
      for (const route of routes) {
        if (route.takes.media) await api.register(async (room) => addRaw(room, route))
        else addRoute(api, route)
      }

      /** A body that is no JSON has a room of its own: elsewhere its media type is refused. */
      function addRaw(room: FastifyInstance, route: Route): void {
        room.removeAllContentTypeParsers()
        const how = { parseAs: 'buffer', bodyLimit: LARGEST_LETTER } as const
        room.addContentTypeParser([...(route.takes.media ?? [])], how, async (_: unknown, body: Buffer) => body)
        addRoute(room, route)
      }

      function addRoute(room: FastifyInstance, route: Route): void {
        room.route({
          method: route.method,
          url: route.path.replace(/\{(\w+)\}/g, ':$1'),
          config: { rateLimit: { max: route.most ?? ASKED_A_MINUTE } },
          // Behind the count and before the body.
          preParsing: async (request, reply) => {
            const refused = refusalOf(route, await callerOf(request))
            if (refused?.status === 401) reply.header('www-authenticate', 'Bearer realm="gll"')
            if (refused) await fail(reply, refused)
          },
          handler: async (request, reply) => await answer(tools, route, { request, reply, callerOf }),
        })
      }
    },
    { prefix: '/v1' },
  )
}

function refusalOf(route: Route, caller: Caller | null): Problem | null {
  // The same words whatever the token is, or was.
  if (!caller) return problem(401, 'no valid token', 'send Authorization: Bearer TOKEN; gll token add makes one')
  if (caller.scopes.includes(route.scope)) return null
  return problem(403, `this needs a token with the scope ${route.scope}`, 'gll token add NAME --scope …')
}

type CallerOf = (request: FastifyRequest) => Promise<Caller | null>

async function answer(
  tools: ApiTools,
  route: Route,
  { request, reply, callerOf }: { request: FastifyRequest; reply: FastifyReply; callerOf: CallerOf },
): Promise<FastifyReply> {
  const caller = await callerOf(request)
  if (!caller) throw new Error('a request without a caller came through')
  const asked: Asked = { params: {}, query: {}, body: request.body, caller, header: (name) => headerOf(request, name) }
  if (route.takes.media && !(Buffer.isBuffer(request.body) && request.body.length > 0)) {
    return fail(reply, problem(400, 'the body is empty', `send one of: ${route.takes.media.join(', ')}`))
  }
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
  reply.headers(given.headers ?? {})
  if ('problem' in given) return fail(reply, given.problem)
  return reply.code(given.status).send(given.body)
}

const headerOf = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

/** Whose request it is: asked once, by the count, the door and the answer alike. */
function callers(tools: ApiTools): CallerOf {
  const known = new WeakMap<FastifyRequest, Promise<Caller | null>>()
  return (request) => {
    const before = known.get(request)
    if (before) return before
    const [, token] = /^Bearer +([\x21-\x7e]{1,200})$/i.exec(headerOf(request, 'authorization') ?? '') ?? []
    const caller = token === undefined ? Promise.resolve(null) : tools.caller(token)
    known.set(request, caller)
    return caller
  }
}

const fail = (reply: FastifyReply, { status, ...about }: Problem): FastifyReply =>
  reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', status, ...about })

async function parseJson(_request: FastifyRequest, body: string | Buffer): Promise<unknown> {
  // Nothing to say, though it is said in JSON: some clients name the type of every request.
  if (body.length === 0) return undefined
  try {
    return JSON.parse(String(body))
  } catch (cause) {
    throw Object.assign(new Error('the body is not JSON', { cause }), { statusCode: 400 })
  }
}
