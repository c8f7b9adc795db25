/** Mailings: how they stand, who holds what, what is to be filed; and stopping them. */
import type { z } from 'zod'
import { type Asked, type Given, iso, MISSING, problem, type Route } from './route.ts'
import * as shapes from './shapes.ts'
import type { ApiTools, MailingView } from './tools.ts'

export const mailingRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/status',
    scope: 'mailings',
    about: 'Whether anything runs: without a worker mail waits and links are unwatched',
    takes: {},
    gives: { 200: { about: "the worker's last sign of life", shape: shapes.status } },
    run: async (tools) => {
      const { running, waits, since, resting } = await tools.status()
      const rests = resting.map((one) => ({ ...one, since: iso(one.since), until: orNull(one.until) }))
      return { status: 200, body: { running, waits, since: orNull(since), resting: rests } }
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
    run: (tools, asked) => ofMailing(tools, asked, async (view) => ({ status: 200, body: plain(view) })),
  },
  {
    method: 'GET',
    path: '/mailings/{id}/links',
    scope: 'mailings',
    about: "A mailing's links, how each stands, and how many people hold it",
    takes: { params: shapes.mailingId },
    gives: { 200: { about: 'its links', shape: shapes.links }, ...MISSING },
    run: (tools, asked) =>
      ofMailing(tools, asked, async ({ mailing }) => ({ status: 200, body: { links: await tools.links(mailing) } })),
  },
  {
    method: 'GET',
    path: '/mailings/{id}/holders',
    scope: 'mailings',
    about: 'The people who hold a copy that carries a link, up to 1,000 at a time',
    takes: { params: shapes.mailingId, query: shapes.holdersQuery },
    gives: { 200: { about: 'in the order of the mailing', shape: shapes.holders }, ...MISSING },
    run: (tools, asked) =>
      ofMailing(tools, asked, async ({ mailing }) => {
        const { link, after } = asked.query as z.infer<typeof shapes.holdersQuery>
        const holders = await tools.holders(mailing, link, after)
        return { status: 200, body: { holders, after: lastOf(holders) } }
      }),
  },
  {
    method: 'GET',
    path: '/mailings/{id}/uncertain',
    scope: 'mailings',
    about: 'Deliveries that were handed over and never answered, up to 1,000 at a time; gll settle decides each',
    takes: { params: shapes.mailingId, query: shapes.afterQuery },
    gives: { 200: { about: 'in the order of the mailing', shape: shapes.uncertain }, ...MISSING },
    run: (tools, asked) =>
      ofMailing(tools, asked, async ({ mailing }) => {
        const { after } = asked.query as z.infer<typeof shapes.afterQuery>
        const uncertain = await tools.uncertain(mailing, after)
        const body = { uncertain: uncertain.map((one) => ({ ...one, at: iso(one.at) })), after: lastOf(uncertain) }
        return { status: 200, body }
      }),
  },
  {
    method: 'GET',
    path: '/mailings/{id}/report',
    scope: 'mailings',
    about: 'What happened to a mailing, its links and its corrigenda, to be filed',
    takes: { params: shapes.mailingId, query: shapes.reportQuery },
    gives: { 200: { about: 'the report', media: ['text/markdown', 'text/html'] }, ...MISSING },
    most: 60,
    run: (tools, asked) =>
      ofMailing(tools, asked, async ({ mailing }) => {
        const { format } = asked.query as z.infer<typeof shapes.reportQuery>
        const type = format === 'html' ? 'text/html; charset=utf-8' : 'text/markdown; charset=utf-8'
        // It has a style sheet of its own, which our pages' policy would not let a browser use.
        const headers = { 'content-type': type, 'content-security-policy': REPORT_POLICY }
        return { status: 200, body: await tools.report(mailing, format), headers }
      }),
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
        return done === null ? noMailing(asked) : await asItStands(tools, asked, done)
      },
    }),
  ),
  {
    method: 'POST',
    path: '/mailings/{id}/veto',
    scope: 'mailings',
    about: 'Stop a corrigendum before it leaves; its link stays dead, and nobody is told by itself again',
    takes: { params: shapes.mailingId },
    gives: {
      200: { about: 'how it stands now', shape: shapes.mailing },
      ...MISSING,
      409: { about: 'it is no corrigendum, or has left' },
    },
    run: async (tools, asked) => await asItStands(tools, asked, await tools.veto(idOf(asked), asked.caller)),
  },
]

/** The report's own style and picture stand in it; nothing else is loaded, and no script runs. */
const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const PAGE = 1_000

/** Where to go on; null at the end. */
const lastOf = (page: readonly { readonly n: number }[]): number | null =>
  page.length < PAGE ? null : (page.at(-1)?.n ?? null)

const idOf = (asked: Asked): number => (asked.params as z.infer<typeof shapes.mailingId>).id
const noMailing = (asked: Asked): Given => ({ problem: problem(404, `there is no mailing ${idOf(asked)}`) })

async function ofMailing(tools: ApiTools, asked: Asked, give: (view: MailingView) => Promise<Given>): Promise<Given> {
  const view = await tools.mailing(idOf(asked))
  return view ? await give(view) : noMailing(asked)
}

const asItStands = (tools: ApiTools, asked: Asked, done: boolean): Promise<Given> =>
  ofMailing(tools, asked, async (view) =>
    done
      ? { status: 200, body: plain(view) }
      : { problem: problem(409, `mailing ${view.mailing} (${view.kind}) is ${view.state}`) },
  )

const plain = ({ startedAt, finishedAt, ...view }: MailingView) => ({
  ...view,
  startedAt: orNull(startedAt),
  finishedAt: orNull(finishedAt),
})

const orNull = (at: number | null): string | null => (at === null ? null : iso(at))
