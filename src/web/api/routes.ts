/** Every route, in the order of the document. What needs a person at the keyboard (send, resume, vouch) is not here. */
import type { z } from 'zod'
import type { MessageAnswer } from '../../publishing/index.ts'
import { type Asked, type Given, problem, type Route } from './route.ts'
import * as shapes from './shapes.ts'
import type { ApiTools, MailingView } from './tools.ts'

const KEY = 'idempotency-key'
const MISSING = { 404: { about: 'there is none' } } as const

export const routes: readonly Route[] = [
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
    run: postMessage,
  },
  {
    method: 'GET',
    path: '/messages/{id}',
    scope: 'messages',
    about: 'What became of a message',
    takes: { params: shapes.messageId },
    gives: { 200: { about: 'its state', shape: shapes.message }, ...MISSING },
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
    path: '/mailings',
    scope: 'mailings',
    about: 'The newest mailings',
    takes: { query: shapes.mailingsQuery },
    gives: { 200: { about: 'the newest first', shape: shapes.mailings } },
    run: async (tools, asked) => {
      const { limit } = asked.query as z.infer<typeof shapes.mailingsQuery>
      return { status: 200, body: { mailings: (await tools.mailings(limit)).map(plain) } }
    },
  },
  {
    method: 'GET',
    path: '/mailings/{id}',
    scope: 'mailings',
    about: 'How a mailing stands',
    takes: { params: shapes.mailingId },
    gives: { 200: { about: 'counts that add up', shape: shapes.mailing }, ...MISSING },
    run: async (tools, asked) => {
      const view = await tools.mailing(idOf(asked))
      return view ? { status: 200, body: plain(view) } : noMailing(asked)
    },
  },
  {
    method: 'GET',
    path: '/mailings/{id}/links',
    scope: 'mailings',
    about: "A mailing's links, how each stands, and how many people hold it",
    takes: { params: shapes.mailingId },
    gives: { 200: { about: 'its links', shape: shapes.links }, ...MISSING },
    run: async (tools, asked) => {
      if (!(await tools.mailing(idOf(asked)))) return noMailing(asked)
      return { status: 200, body: { links: await tools.links(idOf(asked)) } }
    },
  },
  ...(['hold', 'cancel'] as const).map(
    (how): Route => ({
      method: 'POST',
      path: `/mailings/{id}/${how}`,
      scope: 'mailings',
      about: how === 'hold' ? 'Stop a mailing at its next message' : 'End a mailing; nobody who waits will get it',
      takes: { params: shapes.mailingId, body: shapes.whyBody },
      gives: { 200: { about: 'how it stands now', shape: shapes.mailing }, ...MISSING, 409: { about: 'it has ended' } },
      run: async (tools, asked) => {
        const { why } = asked.body as z.infer<typeof shapes.whyBody>
        const done = await tools.stop(how, idOf(asked), why, asked.caller)
        if (done === null) return noMailing(asked)
        const view = await tools.mailing(idOf(asked))
        if (!done || !view) return { problem: problem(409, `mailing ${idOf(asked)} is ${view?.state ?? 'gone'}`) }
        return { status: 200, body: plain(view) }
      },
    }),
  ),
  {
    method: 'GET',
    path: '/lists',
    scope: 'lists',
    about: 'The lists, and how many people are on each',
    takes: {},
    gives: { 200: { about: 'all lists', shape: shapes.lists } },
    run: async (tools) => ({ status: 200, body: { lists: await tools.lists() } }),
  },
  {
    method: 'POST',
    path: '/lists/{name}/subscribers',
    scope: 'lists',
    about: 'Ask somebody whether they want to be on a list; the answer is the same whether they are or not',
    takes: { params: shapes.listName, body: shapes.joinBody },
    gives: { 202: { about: 'asked' }, ...MISSING, 422: { about: 'no address' } },
    run: async (tools, asked) => {
      const { name: list } = asked.params as z.infer<typeof shapes.listName>
      const { address, name, language, shown } = asked.body as z.infer<typeof shapes.joinBody>
      if (!(await tools.lists()).some((one) => one.name === list))
        return { problem: problem(404, `there is no list ${list}`) }
      const source = `token ${asked.caller.id}`
      const order = { list, address, name: name ?? null, language, shown: { text: shown, language, source } }
      const answer = await tools.join(order)
      if (answer.kind === 'no-address') return { problem: problem(422, `the address ${answer.why}`) }
      return { status: 202, body: {} }
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
      return { problem: problem(404, `there is no template ${template}`, 'MESSAGES_DIR holds them as NAME.md') }
    case 'conflict':
      return { problem: problem(409, 'this Idempotency-Key was used for another request', 'give each request its own') }
    case 'erased':
      return { problem: problem(422, 'this person asked to be forgotten', 'do not write to them') }
    case 'unfit':
      return { problem: problem(422, answer.why) }
    case 'refused': {
      const faults = answer.faults.map(({ rule, part, excerpt, link, why, remedy }) => ({
        rule,
        part,
        excerpt,
        link,
        why,
        remedy,
      }))
      return {
        problem: problem(422, 'the gate refuses it', 'no message leaves with a dead or missing link', { faults }),
      }
    }
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const idOf = (asked: Asked): number => (asked.params as z.infer<typeof shapes.mailingId>).id
const noMailing = (asked: Asked): Given => ({ problem: problem(404, `there is no mailing ${idOf(asked)}`) })

const plain = ({ startedAt, finishedAt, ...view }: MailingView) => ({
  ...view,
  startedAt: startedAt === null ? null : iso(startedAt),
  finishedAt: finishedAt === null ? null : iso(finishedAt),
})
