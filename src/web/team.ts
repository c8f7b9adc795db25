/**
 * What the team reaches, on loopback unless told otherwise: how the mailings stand, and the local inbox, which catches
 * all mail while no relay is set. It has no login, so on loopback it answers only to loopback's own names: a web site
 * whose name is made to point here (DNS rebinding) reads nothing.
 */
import { isIP } from 'node:net'
import type { FastifyReply } from 'fastify'
import { html, type Markup } from './html.ts'
import { type Listen, listen, type OnFault, openServer, show, type Web } from './listen.ts'
import { METRICS_TYPE, type MetricsTools, metricsOf } from './metrics.ts'
import { letterPolicy, page } from './page.ts'

export interface MailingLine {
  readonly id: number
  readonly kind: string
  readonly subject: string
  readonly state: string
  /** Why it is held or cancelled. */
  readonly stateWhy: string | null
  readonly audience: number
  /** Readers by the state of their delivery. */
  readonly counts: Readonly<Record<string, number>>
  /** Links found dead, with how many people hold each. */
  readonly dead: readonly { readonly link: string; readonly holders: number }[]
}

/** One mail of the local inbox, as a list shows it. */
export interface InboxLine {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly to: string
  /** Decoded. */
  readonly subject: string
  readonly bytes: number
}

export interface InboxView {
  /** Newest first. */
  list(): Promise<readonly InboxLine[]>
  /** The mail as received; null where there is none of that name. */
  get(id: string): Promise<Uint8Array | null>
}

/** A mail read back: its head decoded, its two parts as text; null for a part it does not have. */
export interface Letter {
  readonly subject: string
  readonly from: string
  readonly to: string
  readonly date: string
  readonly html: string | null
  readonly text: string | null
}

export interface TeamTools {
  readonly organisation: string
  /** Newest first. */
  readonly mailings: () => Promise<readonly MailingLine[]>
  /** What the team must know before all else, such as that nothing is running; null when all is well. */
  readonly concern: () => Promise<string | null>
  /** Null while a relay is set: then there is no local inbox. */
  readonly inbox: InboxView | null
  readonly read: (mail: Uint8Array) => Promise<Letter>
  readonly metrics: MetricsTools
  readonly onFault?: OnFault
}

const A_PAGE = 100

/** Opens the team's listener. */
export async function openTeam(tools: TeamTools, at: Listen): Promise<Web> {
  const server = openServer()
  const loopback = isLoopbackName(at.host)
  server.addHook('onRequest', async (request, reply) => {
    if (!loopback || isLoopbackName(request.hostname)) return
    return showNothing(tools, reply, 421, 'Ask for this page by the address that gll serve printed.')
  })
  server.get('/', (_request, reply) => showMailings(tools, reply))
  server.get('/metrics', async (_request, reply) => reply.type(METRICS_TYPE).send(await metricsOf(tools.metrics)))
  if (tools.inbox) openInbox(server, tools, tools.inbox)
  server.setNotFoundHandler((_request, reply) => showNothing(tools, reply, 404, 'There is nothing at this address.'))
  server.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const code = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500
    if (code === 500) tools.onFault?.(error, request.routeOptions.url ?? '')
    return showNothing(tools, reply, code, error.message)
  })
  return listen(server, at, 'TEAM_LISTEN')
}

function openInbox(server: ReturnType<typeof openServer>, tools: TeamTools, inbox: InboxView): void {
  server.get<{ Querystring: { from?: string } }>('/inbox', async (request, reply) =>
    showInbox(tools, await inbox.list(), Number(request.query.from ?? 0) || 0, reply),
  )
  const find = async (id: string): Promise<Uint8Array | null> => (/^\w[\w.@-]{0,199}$/.test(id) ? inbox.get(id) : null)
  const views: Record<string, (id: string, mail: Uint8Array, reply: FastifyReply) => Promise<FastifyReply>> = {
    '/inbox/:id': async (id, mail, reply) => showLetter(tools, id, await tools.read(mail), 'html', reply),
    '/inbox/:id/text': async (id, mail, reply) => showLetter(tools, id, await tools.read(mail), 'text', reply),
    '/inbox/:id/html': async (_id, mail, reply) => showPart(await tools.read(mail), reply),
    '/inbox/:id/raw': async (_id, mail, reply) => reply.type('text/plain; charset=utf-8').send(Buffer.from(mail)),
  }
  for (const [route, view] of Object.entries(views)) {
    server.get<{ Params: { id: string } }>(route, async (request, reply) => {
      const mail = await find(request.params.id)
      if (!mail) return showNothing(tools, reply, 404, 'There is no such mail in the inbox.')
      return view(request.params.id, mail, reply)
    })
  }
}

/** `localhost` and what is under it, 127.0.0.0/8 and ::1. */
function isLoopbackName(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIP(name) === 4 && /^127\./.test(name))
  )
}

async function showMailings(tools: TeamTools, reply: FastifyReply): Promise<FastifyReply> {
  const [mailings, concern] = await Promise.all([tools.mailings(), tools.concern()])
  const rows = mailings.map(
    (one) =>
      html`<tr><td class="number" data-name="Mailing">${one.id}</td><td><strong>${one.subject}</strong>${one.dead.map(
        ({ link, holders }) => html`<br><span class="dead">dead: ${link}, held by ${count(holders)}</span>`,
      )}</td><td data-name="Kind">${one.kind}</td><td data-name="State"><span class="${one.state}">${one.state}</span>${
        one.stateWhy === null ? null : html`<br><span class="soft">${one.stateWhy}</span>`
      }</td><td class="number" data-name="People">${count(one.audience)}</td><td data-name="Of them">${counted(one.counts)}</td></tr>`,
  )
  const table = html`<table class="stack"><thead><tr><th class="number">No.</th><th>Subject</th><th>Kind</th><th>State</th>
<th class="number">People</th><th>Of them</th></tr></thead><tbody>${rows}</tbody></table>`
  const nothing = html`<p class="soft">Nothing has been published yet. <code>gll send FILE</code> does it.</p>`
  return showTeam(
    tools,
    reply,
    'Mailings',
    html`${
      concern === null ? null : html`<p><span class="dead">${concern}</span></p>`
    }${rows.length > 0 ? table : nothing}`,
    { again: 5 },
  )
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, people]) => people > 0)
    .map(([state, people]) => `${count(people)} ${state}`)
    .join(', ')

const count = (people: number): string => people.toLocaleString('en')

function showInbox(tools: TeamTools, lines: readonly InboxLine[], from: number, reply: FastifyReply): FastifyReply {
  const first = Math.max(0, Math.min(Math.floor(from), lines.length))
  const rows = lines.slice(first, first + A_PAGE).map(
    (
      one,
    ) => html`<tr><td class="when"><time datetime="${new Date(one.receivedAt).toISOString()}">${moment(one.receivedAt)}</time></td>
<td>${one.to}</td><td><a href="/inbox/${encodeURIComponent(one.id)}">${one.subject || '(no subject)'}</a></td>
<td class="number" data-name="Size">${(one.bytes / 1_000).toFixed(1)} kB</td></tr>`,
  )
  const table = html`<table class="stack"><thead><tr><th>Received (UTC)</th><th>To</th><th>Subject</th>
<th class="number">Size</th></tr></thead><tbody>${rows}</tbody></table>`
  const newer = first > 0 ? html`<a href="/inbox?from=${Math.max(0, first - A_PAGE)}">Newer</a>` : null
  const older = first + A_PAGE < lines.length ? html`<a href="/inbox?from=${first + A_PAGE}">Older</a>` : null
  const size = html`<p class="soft">${
    lines.length === 0
      ? 'No mail yet. While SMTP_URL is unset, all mail arrives here instead of leaving.'
      : `${count(first + 1)}–${count(first + rows.length)} of ${count(lines.length)}`
  }</p>`
  return showTeam(tools, reply, 'Inbox', html`${size}${rows.length > 0 ? table : null}<nav>${newer}${older}</nav>`, {})
}

const moment = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

function showLetter(
  tools: TeamTools,
  id: string,
  letter: Letter,
  part: 'html' | 'text',
  reply: FastifyReply,
): FastifyReply {
  const at = `/inbox/${encodeURIComponent(id)}`
  const tab = (href: string, name: string, here: boolean): Markup =>
    here ? html`<a href="${href}" aria-current="page">${name}</a>` : html`<a href="${href}">${name}</a>`
  const head = Object.entries({ From: letter.from, To: letter.to, Date: letter.date }).filter(([, value]) => value)
  const absent = html`<p class="soft">This mail has no ${part === 'html' ? 'HTML' : 'text'} part.</p>`
  const frame = html`<iframe src="${at}/html" title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
  const shown =
    part === 'html' ? letter.html !== null && frame : letter.text !== null && html`<pre dir="auto">${letter.text}</pre>`
  const body = html`<dl>${head.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<nav>${tab(at, 'HTML', part === 'html')}${tab(`${at}/text`, 'Text', part === 'text')}${tab(`${at}/raw`, 'Raw', false)}</nav>
${shown || absent}`
  return showTeam(tools, reply, letter.subject || '(no subject)', body, {})
}

/** The HTML part alone, for the frame above. Its links open beside it: inside the frame most sites refuse to. */
function showPart(letter: Letter, reply: FastifyReply): FastifyReply {
  reply.headers({ 'content-security-policy': letterPolicy("'self'"), 'x-frame-options': 'SAMEORIGIN' })
  const document = letter.html ?? ''
  const head = /<head\b[^>]*>/i.exec(document)
  const at = head ? head.index + head[0].length : 0
  return show(reply, 200, `${document.slice(0, at)}<base target="_blank">${document.slice(at)}`)
}

function showNothing(tools: TeamTools, reply: FastifyReply, code: number, why: string): FastifyReply {
  return showTeam(tools, reply, 'Not here', html`<p>${why}</p>`, { code })
}

function showTeam(
  tools: TeamTools,
  reply: FastifyReply,
  title: string,
  content: Markup,
  { code = 200, again }: { code?: number; again?: number },
): FastifyReply {
  const link = (href: string, name: string): Markup =>
    title === name ? html`<a href="${href}" aria-current="page">${name}</a>` : html`<a href="${href}">${name}</a>`
  const body = html`<nav>${link('/', 'Mailings')}${tools.inbox ? link('/inbox', 'Inbox') : null}</nav>
<main><h1 dir="auto">${title}</h1>${content}</main><p class="foot">${tools.organisation}</p>`
  const frame = { title: `${title} · GLL Mailer`, language: 'en', direction: 'ltr', body, wide: true } as const
  return show(reply, code, page(again === undefined ? frame : { ...frame, again }))
}
