/**
 * Where people join a list, confirm it, and choose what they get. There are no cookies and no logins: the address of a
 * page is the only key to it, so no other site can press a button in somebody's name. Every answer to a stranger is the
 * same whether their address is known or not.
 */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AskAnswer, Asked, Choice, ChoiceAnswer, JoinOrder, Shown } from '../publishing/index.ts'
import { asker, filled } from './asker.ts'
import { html, type Markup } from './html.ts'
import type { Words } from './words/said.ts'
import { LANGUAGES, wordsFor } from './words.ts'

export interface Preferences {
  readonly address: string
  readonly name: string | null
  readonly language: string | null
  readonly lists: readonly {
    readonly id: number
    readonly name: string
    readonly state: 'subscribed' | 'paused' | 'unsubscribed'
    /** When a pause ends; milliseconds. */
    readonly until: number | null
  }[]
}

/** The steps behind these pages. Tokens that are none of ours are null, told in constant time. */
export interface PeopleTools {
  readonly organisation: string
  /** Whether strangers may put themselves on this list. */
  readonly isOpen: (list: string) => Promise<boolean>
  readonly join: (order: JoinOrder) => Promise<AskAnswer>
  readonly asked: (token: string) => Promise<Asked | null>
  readonly confirm: (token: string) => Promise<boolean>
  readonly preferences: (token: string) => Promise<Preferences | null>
  readonly choose: (token: string, choice: Choice, shown: Shown) => Promise<ChoiceAnswer | null>
  readonly data: (token: string) => Promise<object | null>
}

/** So often in an hour may one address (of the network) ask for mail to be sent. */
const ASKS_AN_HOUR = 20

export function addPeople(server: FastifyInstance, tools: PeopleTools, nothing: Nothing): void {
  server.register(async (pages) => {
    await pages.register(rateLimit, {
      global: false,
      max: ASKS_AN_HOUR,
      timeWindow: 3_600_000,
      errorResponseBuilder: () => Object.assign(new Error('too many'), { statusCode: 429 }),
    })
    const limited = { config: { rateLimit: {} } }
    pages.get<{ Params: { list: string } }>('/join/:list', async (request, reply) =>
      (await tools.isOpen(request.params.list)) ? showJoin(tools, request, reply) : nothing(request, reply),
    )
    pages.post<{ Params: { list: string } }>('/join/:list', limited, async (request, reply) =>
      (await tools.isOpen(request.params.list))
        ? join(tools, request.params.list, request, reply)
        : nothing(request, reply),
    )
    pages.get<WithToken>('/confirm/:token', (request, reply) => showConfirm(tools, request, reply))
    pages.post<WithToken>('/confirm/:token', (request, reply) => confirm(tools, request, reply))
    pages.get<WithToken>('/p/:token', async (request, reply) => {
      const card = await tools.preferences(request.params.token)
      return card ? showPreferences(tools, card, request, reply) : nothing(request, reply)
    })
    pages.get<WithToken>('/p/:token/data', async (request, reply) => {
      const data = await tools.data(request.params.token)
      if (!data) return nothing(request, reply)
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(data, null, 2))
    })
    pages.post<WithToken>('/p/:token', limited, (request, reply) => choose(tools, nothing, request, reply))
  })
}

/** Shows that there is no such page. */
export type Nothing = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

interface WithToken {
  Params: { token: string }
}

/** The fields of a form; the last of each name. */
const fieldsOf = (request: FastifyRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Array.isArray(request.body) ? (request.body as [string, unknown][]) : []).filter(
      // PostgreSQL takes no NUL in a text, and no field here has several lines.
      (pair): pair is [string, string] =>
        typeof pair[1] === 'string' && pair[1].length <= 1_000 && !/\p{Cc}/u.test(pair[1]),
    ),
  )

const field = (name: string, label: string, more: Markup): Markup =>
  html`<p class="field"><label for="${name}">${label}</label>${more}</p>`

const languages = (words: Words, chosen: string | null): Markup =>
  field(
    'language',
    words.language,
    html`<select id="language" name="language">${LANGUAGES.map(
      (code) =>
        html`<option value="${code}" lang="${code}"${code === chosen ? { markup: ' selected' } : null}>${wordsFor(code).words.self}</option>`,
    )}</select>`,
  )

function showJoin(tools: PeopleTools, request: FastifyRequest, reply: FastifyReply, wrong: string | null = null) {
  const { words, language, show } = asker(tools.organisation, request)
  const given = fieldsOf(request)
  const address = html`<input id="address" name="address" type="email" autocomplete="email" required maxlength="320" value="${given.address ?? ''}"${wrong === null ? null : { markup: ' aria-invalid="true" aria-describedby="wrong"' }}>`
  const name = html`<input id="name" name="name" autocomplete="name" maxlength="200" value="${given.name ?? ''}">`
  return show(
    reply,
    wrong === null ? 200 : 422,
    words.join.replace('%', tools.organisation),
    html`<p>${words.joinMore}</p>${wrong === null ? null : html`<p id="wrong" role="alert" class="dead">${wrong}</p>`}
<form method="post">${field('address', words.address, address)}${field('name', words.name, name)}${languages(words, given.language ?? language)}
<button>${words.joinButton}</button></form>`,
  )
}

async function join(tools: PeopleTools, list: string, request: FastifyRequest, reply: FastifyReply) {
  const { words, language, show } = asker(tools.organisation, request)
  const given = fieldsOf(request)
  const answer = await tools.join({
    list,
    address: (given.address ?? '').trim(),
    name: given.name?.trim() || null,
    language: LANGUAGES.includes(given.language ?? '') ? (given.language ?? language) : language,
    shown: {
      text: `${words.join.replace('%', tools.organisation)}. ${words.joinMore}`,
      language,
      source: `page /join/${list}`,
    },
  })
  if (answer.kind === 'no-address')
    return showJoin(tools, request, reply, words.notAnAddress.replace('%', given.address ?? ''))
  return show(reply, 200, words.asked, html`<p>${words.askedMore}</p>`)
}

async function showConfirm(tools: PeopleTools, request: FastifyRequest<WithToken>, reply: FastifyReply) {
  const asked = await tools.asked(request.params.token)
  const { words, show } = asker(tools.organisation, request, asked?.language)
  if (!asked) return show(reply, 404, words.gone, html`<p>${words.goneMore}</p>`)
  const question = asked.what === 'join' ? filled(words.confirmAsk, tools.organisation) : html`${words.confirmAddress}`
  return show(
    reply,
    200,
    words.confirm,
    html`<p>${question}</p>
<form method="post"><input type="hidden" name="confirm" value="yes"><button>${words.confirmButton}</button></form>`,
  )
}

async function confirm(tools: PeopleTools, request: FastifyRequest<WithToken>, reply: FastifyReply) {
  const { token } = request.params
  const asked = await tools.asked(token)
  const { words, show } = asker(tools.organisation, request, asked?.language)
  if (fieldsOf(request).confirm !== 'yes' || !asked || !(await tools.confirm(token))) {
    return show(reply, 404, words.gone, html`<p>${words.goneMore}</p>`)
  }
  return asked.what === 'join'
    ? show(reply, 200, words.confirmed, html`<p>${filled(words.confirmedMore, tools.organisation)}</p>`)
    : show(reply, 200, words.moved, html`<p>${words.movedMore}</p>`)
}

function showPreferences(
  tools: PeopleTools,
  card: Preferences,
  request: FastifyRequest<WithToken>,
  reply: FastifyReply,
  said: { note?: string; wrong?: string } = {},
) {
  const { words, language, show } = asker(tools.organisation, request, card.language ?? undefined)
  const name = html`<input id="name" name="name" autocomplete="name" maxlength="200" value="${card.name ?? ''}">`
  const address = html`<input id="address" name="address" type="email" autocomplete="email" required maxlength="320">`
  const sure = html`<label class="sure"><input type="checkbox" name="sure" value="yes" required> ${words.eraseSure}</label>`
  return show(
    reply,
    said.wrong === undefined ? 200 : 422,
    words.preferences,
    html`<p><bdi>${card.address}</bdi></p>${said.note === undefined ? null : html`<p role="status" class="done">${said.note}</p>`}${said.wrong === undefined ? null : html`<p role="alert" class="dead">${said.wrong}</p>`}
${card.lists.map((list) => listForms(words, language, list))}
<h2>${words.aboutYou}</h2>
${form('person', html`${field('name', words.name, name)}${languages(words, card.language ?? language)}`, words.save)}
<h2>${words.newAddress}</h2>
${form('address', html`<p>${words.newAddressMore}</p>${field('address', words.address, address)}`, words.changeButton)}
<h2>${words.data}</h2>
<p><a href="/p/${request.params.token}/data">${words.dataMore}</a></p>
<h2>${words.erase}</h2>
${form('erase', html`<p>${words.eraseMore}</p><p>${sure}</p>`, words.eraseButton)}`,
  )
}

const form = (kind: string, inside: Markup, button: string): Markup =>
  html`<form method="post"><input type="hidden" name="kind" value="${kind}">${inside}<p><button>${button}</button></p></form>`

function listForms(words: Words, language: string, list: Preferences['lists'][number]): Markup {
  const until =
    list.until === null ? '' : new Date(list.until).toLocaleDateString(language, { dateStyle: 'long', timeZone: 'UTC' })
  const stands =
    list.state === 'subscribed'
      ? words.receiving
      : list.state === 'paused'
        ? words.pausedUntil.replace('%', until)
        : words.left
  const which = html`<input type="hidden" name="list" value="${list.id}">`
  const pauses = MONTHS.map((months, at) => html`<option value="${months}">${words.months[at] ?? ''}</option>`)
  const select = html`<select id="months-${list.id}" name="months">${pauses}</select>`
  const pause = html`${which}<p class="field"><label for="months-${list.id}">${words.pause}</label>${select}</p>`
  return html`<h2>${list.name}</h2><p>${stands}</p>${list.state === 'subscribed' ? html`${form('pause', pause, words.pauseButton)}${form('leave', which, words.leaveButton)}` : form('return', which, words.backButton)}`
}

const MONTHS = [1, 3, 6]

async function choose(tools: PeopleTools, nothing: Nothing, request: FastifyRequest<WithToken>, reply: FastifyReply) {
  const { token } = request.params
  const before = await tools.preferences(token)
  if (!before) return nothing(request, reply)
  const { words, language, show } = asker(tools.organisation, request, before.language ?? undefined)
  const choice = choiceOf(fieldsOf(request))
  if (!choice) return showPreferences(tools, before, request, reply, { wrong: words.notUnderstood })
  const shown = { text: words.receiving, language, source: 'preference page' }
  const answer = await tools.choose(token, choice, shown)
  if (!answer) return nothing(request, reply)
  if (choice.kind === 'erase') return show(reply, 200, words.erased, html`<p>${words.erasedMore}</p>`)
  const after = (await tools.preferences(token)) ?? before
  const { words: now } = asker(tools.organisation, request, after.language ?? undefined)
  if (answer.kind === 'no-address') {
    const address = choice.kind === 'address' ? choice.address : ''
    return showPreferences(tools, after, request, reply, { wrong: now.notAnAddress.replace('%', address) })
  }
  return showPreferences(tools, after, request, reply, {
    note: answer.kind === 'asked' ? now.newAddressMore : now.saved,
  })
}

/** What a form asks for; null: nothing that we understand. */
function choiceOf(given: Readonly<Record<string, string>>): Choice | null {
  const list = /^[1-9]\d{0,14}$/.test(given.list ?? '') ? Number(given.list) : null
  switch (given.kind) {
    case 'person':
      return {
        kind: 'person',
        name: given.name?.trim() || null,
        language: LANGUAGES.includes(given.language ?? '') ? (given.language ?? null) : null,
      }
    case 'leave':
    case 'return':
      return list === null ? null : { kind: given.kind, list }
    case 'pause': {
      const months = Number(given.months)
      return list === null || !MONTHS.includes(months) ? null : { kind: 'pause', list, months }
    }
    case 'address':
      return { kind: 'address', address: (given.address ?? '').trim() }
    case 'erase':
      return given.sure === 'yes' ? { kind: 'erase' } : null
    default:
      return null
  }
}
