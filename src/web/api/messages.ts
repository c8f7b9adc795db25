/** Messages to one, and the templates they are made of. */
import type { z } from 'zod'
import type { MessageAnswer } from '../../publishing/index.ts'
import { type Asked, type Given, iso, MISSING, problem, type Route } from './route.ts'
import * as shapes from './shapes.ts'
import type { ApiTools } from './tools.ts'

const KEY = 'idempotency-key'

/** A thousand a second: twice what is promised, and what a mistake in a loop does not go beyond. */
const MESSAGES_A_MINUTE = 60_000

export const messageRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/messages',
    scope: 'messages',
    about: 'Send a message to one person: a template, past the gate, with their data',
    takes: { body: shapes.messageBody },
    headers: { [KEY]: 'up to 255 visible characters; the same request with the same key is the same message' },
    gives: {
      202: {
        about: 'taken: it is in the ledger, and leaves within a second',
        shape: shapes.message.pick({ id: true }),
      },
      404: { about: 'no such template' },
      409: { about: 'the key was used for another request' },
      422: { about: 'the address or the data does not fit, or the gate refuses a link: `faults` says which' },
    },
    most: MESSAGES_A_MINUTE,
    run: postMessage,
  },
  {
    method: 'GET',
    path: '/messages/{id}',
    scope: 'messages',
    about: 'What became of a message',
    takes: { params: shapes.messageId },
    gives: { 200: { about: 'its state', shape: shapes.message }, ...MISSING },
    most: MESSAGES_A_MINUTE,
    run: async (tools, asked) => {
      const { id } = asked.params as z.infer<typeof shapes.messageId>
      const view = await tools.message(id)
      // Another token's message is none of this one's business, not even whether there is one.
      if (!view || view.token !== asked.caller.id) return { problem: problem(404, `there is no message ${id}`) }
      const { state, reply } = view
      return { status: 200, body: { id, state, reply, createdAt: iso(view.createdAt), changedAt: iso(view.changedAt) } }
    },
  },
  {
    method: 'GET',
    path: '/templates',
    scope: 'messages',
    about: 'The templates there are, what data each takes, and whether the gate lets it pass now',
    takes: {},
    gives: { 200: { about: 'by name and language', shape: shapes.templates } },
    most: 60,
    run: async (tools) => {
      const templates = (await tools.templates()).map((one) => ({ ...one, faults: one.faults.map(shapes.faultOf) }))
      return { status: 200, body: { templates } }
    },
  },
]

async function postMessage(tools: ApiTools, asked: Asked): Promise<Given> {
  const { template, to, language, data } = asked.body as z.infer<typeof shapes.messageBody>
  const key = asked.header(KEY)
  if (key !== null && !/^[\x21-\x7e]{1,255}$/.test(key)) {
    return { problem: problem(400, 'the Idempotency-Key is not 1 to 255 visible characters') }
  }
  const order = { template, to, language: language ?? null, data, token: asked.caller.id, key }
  return given(await tools.post(order), template)
}

function given(answer: MessageAnswer, template: string): Given {
  switch (answer.kind) {
    case 'taken':
      return {
        status: 202,
        body: { id: answer.id },
        headers: {
          location: `/v1/messages/${answer.id}`,
          ...(answer.repeated ? { 'idempotency-replayed': 'true' } : {}),
        },
      }
    case 'unknown-template':
      return { problem: problem(404, `there is no template ${template}`, 'GET /v1/templates lists them') }
    case 'conflict':
      return { problem: problem(409, 'this Idempotency-Key was used for another request', 'give each request its own') }
    case 'erased':
      return { problem: problem(422, 'this person asked to be forgotten', 'do not write to them') }
    case 'unfit':
      return { problem: problem(422, answer.why) }
    case 'refused': {
      const faults = answer.faults.map(shapes.faultOf)
      return {
        problem: problem(422, 'the gate refuses it', 'no message leaves with a dead or missing link', { faults }),
      }
    }
  }
}
