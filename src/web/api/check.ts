/** The gate's answer to a letter that is sent to nobody. */
import type { z } from 'zod'
import { problem, type Route } from './route.ts'
import * as shapes from './shapes.ts'

/** How a letter is named decides how it is read. */
const ENDINGS: Readonly<Record<string, string>> = {
  'message/rfc822': 'eml',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
  'text/mjml': 'mjml',
}

export const checkRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/check',
    scope: 'check',
    about:
      'Judge a letter as gll check does: missing links, then a look at every link. Sends nothing. text/markdown and text/mjml with a front matter are letters of ours, all else is mail from elsewhere',
    takes: { query: shapes.checkQuery, media: Object.keys(ENDINGS) },
    gives: {
      200: { about: 'the line of gll check --json', shape: shapes.checked },
      429: { about: 'too many letters at this moment' },
    },
    most: 60,
    run: async (tools, asked) => {
      const { content } = asked.query as z.infer<typeof shapes.checkQuery>
      const type = (asked.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
      const letter = { file: `letter.${ENDINGS[type] ?? 'eml'}`, bytes: asked.body as Uint8Array, content }
      const report = await tools.check(letter)
      if (report !== null) return { status: 200, body: report }
      const busy = problem(429, 'other letters are being judged', 'ask again in some seconds')
      return { problem: busy, headers: { 'retry-after': '5' } }
    },
  },
]
