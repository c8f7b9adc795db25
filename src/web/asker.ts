/** Speaking to who asks: in their language, under the sender's name. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html, type Markup } from './html.ts'
import { show } from './listen.ts'
import { page } from './page.ts'
import type { Words } from './words/said.ts'
import { acceptedLanguages, wordsFor } from './words.ts'

export interface Asker {
  readonly words: Words
  readonly language: string
  readonly show: (reply: FastifyReply, code: number, title: string, content: Markup) => FastifyReply
}

/** The words for who asks, the subscriber's own language first, and a way to show a page in them. */
export function asker(organisation: string, request: FastifyRequest, ...known: (string | undefined)[]): Asker {
  const wanted = [...known, ...acceptedLanguages(request.headers['accept-language'])]
  const { language, words } = wordsFor(...wanted.filter((one) => one !== undefined))
  return {
    words,
    language,
    show: (reply, code, title, content) => {
      const body = html`<main><p class="from"><bdi>${organisation}</bdi></p><h1>${title}</h1>${content}</main>`
      return show(
        reply,
        code,
        page({ title: `${title} · ${organisation}`, language, direction: words.direction, body }),
      )
    },
  }
}

/** A name may run the other way than the sentence around it: <bdi> keeps the two from mixing. */
export function filled(sentence: string, name: string): Markup {
  const [before = '', after = ''] = sentence.split('%')
  return html`${before}<bdi>${name}</bdi>${after}`
}
