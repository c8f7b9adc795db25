/**
 * What readers reach: unsubscribing and the web copy. Everything hangs on the token in the address, so no cookie, no
 * login, no rate that would shut out a provider which unsubscribes for thousands at once (RFC 8058 §3).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiTools } from './api/tools.ts'
import { addApi } from './api.ts'
import { asker, filled } from './asker.ts'
import { openHooks, type TakeHook } from './hooks.ts'
import { html } from './html.ts'
import { type Listen, listen, type OnFault, openServer, show, type Web } from './listen.ts'
import { letterPolicy } from './page.ts'
import { addPeople, type PeopleTools } from './people.ts'
import { wordsFor } from './words.ts'

/** Whose subscription an unsubscribe token ends. */
export interface Leaving {
  /** The subscriber's language, or the mailing's; BCP 47. */
  readonly language: string
}

export interface WebCopy {
  /** A whole document, already filled in for this recipient. */
  readonly html: string
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** It is the corrected edition, not the one that was handed. */
  readonly corrected: boolean
}

/** What the public pages need; the steps behind them know the ledger, these pages do not. */
export interface WebTools {
  readonly organisation: string
  /** Whose token this is; null for one that is none of ours, told in constant time. Changes nothing. */
  readonly readUnsubscribe: (token: string) => Promise<Leaving | null> | Leaving | null
  /**
   * Takes whom the token names off the list, and is done when that is on disk. Idempotent; a token of a test copy or
   * one that is none of ours changes nothing. `how` is for the record of consent.
   */
  readonly unsubscribe: (token: string, how: 'one-click' | 'page') => Promise<void>
  /** The edition that is right for this copy now; null for a token that is none of ours or a copy never handed. */
  readonly webCopy: (token: string) => Promise<WebCopy | null>
  /** Takes what a provider posts. */
  readonly hook: TakeHook
  /** Joining, confirming and choosing; without it there are no such pages. */
  readonly people?: PeopleTools
  /** What programs may ask under /v1; without it there is no API. */
  readonly api?: ApiTools
  readonly onFault?: OnFault
}

/** Opens the public listener. */
export async function openWeb(tools: WebTools, at: Listen): Promise<Web> {
  const server = openServer(at)
  takeForms(server)
  server.get('/robots.txt', (_request, reply) => reply.type('text/plain').send('User-agent: *\nDisallow: /\n'))
  // A web copy has an origin of its own, from which the browser asks for this; without it each copy would log an error.
  server.get('/favicon.ico', (_request, reply) =>
    reply.header('cross-origin-resource-policy', 'cross-origin').code(204).send(),
  )
  server.get<WithToken>('/u/:token', (request, reply) => showUnsubscribe(tools, request, reply))
  server.post<WithToken>('/u/:token', (request, reply) => unsubscribe(tools, request, reply))
  server.get<WithToken>('/c/:token', (request, reply) => showCopy(tools, request, reply))
  openHooks(server, tools.hook)
  if (tools.people) addPeople(server, tools.people, (request, reply) => showNothing(tools, request, reply))
  if (tools.api) addApi(server, tools.api, tools.onFault)
  server.setNotFoundHandler((request, reply) => showNothing(tools, request, reply))
  server.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const code = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 503
    if (code === 503) tools.onFault?.(error, request.routeOptions.url ?? '')
    const { words, show } = asker(tools.organisation, request)
    const [title, text] =
      code === 503
        ? [words.fault, words.faultMore]
        : code === 429
          ? [words.tooMany, words.tooManyMore]
          : [words.notUnderstood, words.notUnderstoodMore]
    return show(reply, code, title, html`<p>${text}</p>`)
  })
  return listen(server, at, 'WEB_LISTEN')
}

interface WithToken {
  Params: { token: string }
}

/** Scanners and previews open every link, so showing the page changes nothing (RFC 9110 §9.2.1). */
async function showUnsubscribe(tools: WebTools, request: FastifyRequest<WithToken>, reply: FastifyReply) {
  const leaving = await tools.readUnsubscribe(request.params.token)
  const { words, show } = asker(tools.organisation, request, leaving?.language)
  return show(
    reply,
    200,
    words.unsubscribe,
    html`<p>${filled(words.ask, tools.organisation)}</p>
<form method="post"><input type="hidden" name="${OWN_FIELD}" value="${OWN_VALUE}"><button>${words.button}</button></form>
${tools.people && (await tools.people.preferences(request.params.token)) ? html`<p class="soft"><a href="/p/${request.params.token}">${words.preferencesLink}</a></p>` : null}`,
  )
}

const OWN_FIELD = 'unsubscribe'
const OWN_VALUE = 'yes'

/** RFC 8058 §3.1 and §3.2: a form with that one field, in either encoding; the answer is 200 and no redirect. */
async function unsubscribe(tools: WebTools, request: FastifyRequest<WithToken>, reply: FastifyReply) {
  const fields = Array.isArray(request.body) ? request.body : []
  const [[name, value] = [], ...more] = fields as [string, unknown][]
  const oneClick = name === 'List-Unsubscribe' && value === 'One-Click'
  const ownPage = name === OWN_FIELD && value === OWN_VALUE
  const leaving = await tools.readUnsubscribe(request.params.token)
  const { words, show } = asker(tools.organisation, request, leaving?.language)
  if (more.length > 0 || !(oneClick || ownPage)) {
    return show(reply, 400, words.notUnderstood, html`<p>${words.notUnderstoodMore}</p>`)
  }
  await tools.unsubscribe(request.params.token, oneClick ? 'one-click' : 'page')
  return show(reply, 200, words.done, html`<p>${filled(words.doneMore, tools.organisation)}</p>`)
}

async function showCopy(tools: WebTools, request: FastifyRequest<WithToken>, reply: FastifyReply) {
  const copy = await tools.webCopy(request.params.token)
  if (!copy) return showNothing(tools, request, reply)
  reply.header('content-security-policy', letterPolicy("'none'"))
  return show(reply, 200, copy.corrected ? withNotice(copy) : copy.html)
}

/** The notice stands first in the body, in inline styles, because the letter brings its own style sheet. */
function withNotice(copy: WebCopy): string {
  const { words, language } = wordsFor(copy.language)
  const notice = html`<div role="note" lang="${language}" dir="${words.direction}" style="${NOTICE_STYLE}">
<strong>${words.corrected}.</strong> ${words.correctedMore}</div>`
  const body = /<body\b[^>]*>/i.exec(copy.html)
  const at = body ? body.index + body[0].length : 0
  return copy.html.slice(0, at) + notice.markup + copy.html.slice(at)
}

const NOTICE_STYLE =
  'background:#fff4d6;color:#3d2f00;border-bottom:3px solid #d99a00;padding:14px 20px;margin:0;text-align:center;' +
  'font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif'

async function showNothing(tools: WebTools, request: FastifyRequest, reply: FastifyReply) {
  const { words, show } = asker(tools.organisation, request)
  return show(reply, 404, words.noPage, html`<p>${words.noPageMore}</p>`)
}

/** Forms in both encodings become pairs in order; whatever else comes is refused with 415. */
function takeForms(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  const types = ['application/x-www-form-urlencoded', 'multipart/form-data']
  server.addContentTypeParser(types, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type'] ?? ''
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
      .formData()
      .catch(() => null)
    return form ? Array.from(form) : []
  })
}
