/** Bare Markdown, read as GitHub shows it, with the lines of its source. */
import MarkdownIt from 'markdown-it'
import type { CopyPart } from './copy.ts'
import { LINE_ATTRIBUTE, readHtml } from './html.ts'

let renderer: ReturnType<typeof markedRenderer> | null = null

/** Reads Markdown without front matter. It is a text part whose links have words of their own. */
export function readMarkdown(text: string): CopyPart {
  renderer ??= markedRenderer()
  return readHtml(renderer.render(text), { part: 'text', marked: true })
}

function markedRenderer() {
  const markdown = new MarkdownIt({ html: true, linkify: true })
  // GitHub makes links of addresses with a scheme, `www.` names and mail addresses; of other host names it does not.
  markdown.linkify.set({ fuzzyLink: false })
  markdown.linkify.add('www.', {
    validate: (all, at) =>
      /^[\w-]+\.[^\s<>"]{2,2000}/.exec(all.slice(at, at + 2000))?.[0]?.replace(/[.,;:!?)\]'"]+$/, '').length ?? 0,
    normalize: (match) => {
      match.url = `http://${match.url}`
    },
  })
  markdown.validateLink = () => true
  markdown.core.ruler.push('lines', (state) => {
    for (const token of state.tokens)
      if (token.map && token.nesting >= 0) token.attrSet(LINE_ATTRIBUTE, String(token.map[0] + 1))
  })
  const lineOf = (map: [number, number] | null | undefined): string =>
    `<wbr ${LINE_ATTRIBUTE}="${(map?.[0] ?? 0) + 1}">`
  markdown.renderer.rules.html_block = (tokens, n) => `${lineOf(tokens[n]?.map)}${tokens[n]?.content ?? ''}`
  return markdown
}
