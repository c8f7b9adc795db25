/**
 * Where providers post what came back, on the public listener: the body goes on as it came, since its signature is over
 * its very bytes. Whoever is refused learns nothing but that.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { HookPost } from '../mail/index.ts'
import type { HookAnswer } from '../publishing/index.ts'

/** Null where no provider is known: then nothing listens. */
export type TakeHook = ((provider: string, post: HookPost) => Promise<HookAnswer>) | null

/** A post of thousands of events is some megabytes; what is larger is 413. */
const MOST_OCTETS = 5_000_000

const CODES: Readonly<Record<HookAnswer, number>> = { taken: 200, later: 503, refused: 403, unread: 400, closed: 404 }

export function openHooks(server: FastifyInstance, take: TakeHook): void {
  if (take === null) return
  server.register(async (room) => {
    room.removeAllContentTypeParsers()
    // SNS calls its JSON plain text.
    room.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body)
    room.post<{ Params: { provider: string } }>(
      '/hooks/:provider',
      { bodyLimit: MOST_OCTETS },
      async (request, reply): Promise<FastifyReply> => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const answer = await take(request.params.provider, { headers: request.headers, body })
        if (answer === 'later') reply.header('retry-after', '60')
        return reply.code(CODES[answer]).type('text/plain; charset=utf-8').send(`${answer}\n`)
      },
    )
  })
}
