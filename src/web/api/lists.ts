/** Lists: who is on them, with what consent, and putting people there. */
import type { z } from 'zod'
import * as shapes from './people-shapes.ts'
import { type Asked, type Given, iso, MISSING, problem, type Route } from './route.ts'

export const listRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/lists',
    scope: 'lists',
    about: 'The lists, their fields, and how many people are on each',
    takes: {},
    gives: { 200: { about: 'all lists', shape: shapes.lists } },
    run: async (tools) => ({ status: 200, body: { lists: await tools.lists() } }),
  },
  {
    method: 'GET',
    path: '/lists/{name}',
    scope: 'lists',
    about: 'One list: its fields, and how many of its people may be written to',
    takes: { params: shapes.listName },
    gives: { 200: { about: 'as a mailing would count them', shape: shapes.list }, ...MISSING },
    run: async (tools, asked) => {
      const list = await tools.list(nameOf(asked))
      return list ? { status: 200, body: list } : noList(asked)
    },
  },
  {
    method: 'PATCH',
    path: '/lists/{name}/fields',
    scope: 'lists',
    about: 'Declare merge fields, or with null declare them no longer; a list that is not there is made',
    takes: { params: shapes.listName, body: shapes.fieldsBody },
    gives: {
      200: { about: 'the fields it has now', shape: shapes.fieldsGiven },
      409: { about: 'a field is of another type already' },
      422: { about: 'no name of a list or a field' },
    },
    run: async (tools, asked) => {
      const { fields } = asked.body as z.infer<typeof shapes.fieldsBody>
      const answer = await tools.declareFields(nameOf(asked), fields)
      if ('fault' in answer) return { problem: problem(422, answer.fault) }
      if (answer.conflicts.length === 0) return { status: 200, body: { fields: answer.fields } }
      const title = `of another type already: ${answer.conflicts.join(', ')}`
      return { problem: problem(409, title, 'give the field another name, or take it back first: null') }
    },
  },
  {
    method: 'GET',
    path: '/lists/{name}/members',
    scope: 'lists',
    about: 'Everybody on a list, whatever their state, with what they agreed to; up to 1,000 at a time',
    takes: { params: shapes.listName, query: shapes.membersQuery },
    gives: {
      200: { about: 'in a steady order; `after` is where to go on, null at the end', shape: shapes.members },
      ...MISSING,
      422: { about: '`where` is no question about these people' },
    },
    run: async (tools, asked) => {
      const { after, where } = asked.query as z.infer<typeof shapes.membersQuery>
      const page = await tools.members(nameOf(asked), { after: after ?? null, where: where ?? null })
      if (page === null) return noList(asked)
      if ('fault' in page) return { problem: problem(422, page.fault) }
      const members = page.members.map(({ since, until, consent, ...member }) => ({
        ...member,
        since: iso(since),
        until: until === null ? null : iso(until),
        consent: consent.map(({ act, at, source }) => ({ act, at: iso(at), source })),
      }))
      return { status: 200, body: { members, after: page.after } }
    },
  },
  {
    method: 'POST',
    path: '/lists/{name}/import',
    scope: 'lists',
    about:
      'Put up to 1,000 people on a list, who have agreed elsewhere; nobody who left, is suppressed or was erased comes back',
    takes: { params: shapes.listName, body: shapes.importBody },
    gives: {
      200: { about: 'what became of them; these add up to the people given', shape: shapes.imported },
      422: { about: 'no name for a list' },
    },
    run: async (tools, asked) => {
      const { people, dryRun } = asked.body as z.infer<typeof shapes.importBody>
      const answer = await tools.importPeople({ list: nameOf(asked), people, dryRun }, asked.caller)
      return 'fault' in answer ? { problem: problem(422, answer.fault) } : { status: 200, body: answer }
    },
  },
  {
    method: 'POST',
    path: '/lists/{name}/subscribers',
    scope: 'lists',
    about: 'Ask somebody whether they want to be on a list; the answer is the same whether they are or not',
    takes: { params: shapes.listName, body: shapes.joinBody },
    gives: { 202: { about: 'asked' }, ...MISSING, 422: { about: 'no address' } },
    run: async (tools, asked) => {
      const list = nameOf(asked)
      const { address, name, language, shown } = asked.body as z.infer<typeof shapes.joinBody>
      if (!(await tools.lists()).some((one) => one.name === list)) return noList(asked)
      const source = `token ${asked.caller.id}`
      const order = { list, address, name: name ?? null, language, shown: { text: shown, language, source } }
      const answer = await tools.join(order)
      if (answer.kind === 'no-address') return { problem: problem(422, `the address ${answer.why}`) }
      return { status: 202, body: {} }
    },
  },
  {
    method: 'DELETE',
    path: '/lists/{name}/subscribers/{address}',
    scope: 'lists',
    about: 'Take somebody off a list: at the next message also of a mailing that runs. Only they can come back',
    takes: { params: shapes.subscription },
    gives: { 204: { about: 'they are off it' }, ...MISSING },
    run: async (tools, asked) => {
      const { name, address } = asked.params as z.infer<typeof shapes.subscription>
      const done = await tools.unsubscribe(name, address, asked.caller)
      return done ? { status: 204 } : { problem: problem(404, `${address} is not on ${name}`) }
    },
  },
]

const nameOf = (asked: Asked): string => (asked.params as z.infer<typeof shapes.listName>).name
const noList = (asked: Asked): Given => ({
  problem: problem(404, `there is no list ${nameOf(asked)}`, 'GET /v1/lists names them'),
})
