/** One person, whatever lists they are on. An address that is none is nobody's: 404. */
import type { z } from 'zod'
import * as shapes from './people-shapes.ts'
import { type Asked, type Given, iso, MISSING, problem, type Route } from './route.ts'

export const subscriberRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscribers/{address}',
    scope: 'lists',
    about: 'What is known of a person: their lists, and whether they are suppressed',
    takes: { params: shapes.person },
    gives: { 200: { about: 'their card', shape: shapes.card }, ...MISSING },
    run: async (tools, asked) => {
      const card = await tools.subscriber(addressOf(asked))
      if (!card) return unknown(asked)
      const { address, name, language, timeZone, suppressed } = card
      const lists = card.lists.map(({ name: list, state, since, until, tags, fields }) => ({
        list,
        state,
        since: iso(since),
        until: until === null ? null : iso(until),
        tags,
        fields,
      }))
      const body = { address, name, language, timeZone, lists }
      const given = suppressed && { reason: suppressed.reason, at: iso(suppressed.at) }
      return { status: 200, body: { ...body, suppressed: given } }
    },
  },
  {
    method: 'GET',
    path: '/subscribers/{address}/mails',
    scope: 'lists',
    about: 'What a person was handed, when, and what became of it',
    takes: { params: shapes.person },
    gives: { 200: { about: 'the newest first', shape: shapes.mails }, ...MISSING },
    run: async (tools, asked) => {
      const mails = await tools.mailsTo(addressOf(asked))
      if (!mails) return unknown(asked)
      return { status: 200, body: { mails: mails.map((mail) => ({ ...mail, at: iso(mail.at) })) } }
    },
  },
  {
    method: 'POST',
    path: '/subscribers/{address}/suppress',
    scope: 'lists',
    about: 'Never write to this address again, whoever it belongs to',
    takes: { params: shapes.person, body: shapes.suppressBody },
    gives: {
      200: { about: '`fresh`: it was not suppressed before', shape: shapes.suppressed },
      422: { about: 'no address' },
    },
    run: async (tools, asked) => {
      const { why } = asked.body as z.infer<typeof shapes.suppressBody>
      const answer = await tools.suppress(addressOf(asked), why, asked.caller)
      return 'fault' in answer ? { problem: problem(422, answer.fault) } : { status: 200, body: answer }
    },
  },
  {
    method: 'DELETE',
    path: '/subscribers/{address}',
    scope: 'lists',
    about: 'Forget a person: what stays is a keyed hash, so that no import brings them back',
    takes: { params: shapes.person },
    gives: { 204: { about: 'they are forgotten' }, ...MISSING },
    run: async (tools, asked) =>
      (await tools.erase(addressOf(asked), asked.caller)) ? { status: 204 } : unknown(asked),
  },
]

const addressOf = (asked: Asked): string => (asked.params as z.infer<typeof shapes.person>).address
const unknown = (asked: Asked): Given => ({ problem: problem(404, `${addressOf(asked)} is not known here`) })
