/** What the tests of making have in common: a house, sources, and reading the links of a part without our own code. */
import { readFile } from 'node:fs/promises'
import { DomUtils, parseDocument } from 'htmlparser2'
import { type Announcement, compile, type Edition, type Fields, type House, make } from '../../src/edition/index.ts'

export const HOUSE: House = {
  organisation: 'Learning Net & Friends',
  about: 'Sharing what works, "and" what does not.',
  postalAddress: '1 Example Street, 1000 Example City',
}
export const NOW = new Date('2026-11-24T10:00:00Z')
export const OWN = { unsubscribe: 'https://mail.gll.invalid/u/abc', webcopy: 'https://mail.gll.invalid/c/abc' }

export const md = (body: string, front = 'subject: A letter'): Announcement => ({
  name: 'letter.md',
  format: 'md',
  text: `---\n${front}\n---\n${body}`,
})

export const mjml = (body: string, front = 'subject: A letter'): Announcement => ({
  name: 'letter.mjml',
  format: 'mjml',
  text: `---\n${front}\n---\n<mjml>\n<mj-body>\n${body}\n</mj-body>\n</mjml>\n`,
})

export const column = (inside: string): string => `<mj-section><mj-column>${inside}</mj-column></mj-section>`

export const sample = async (path: string): Promise<Announcement> => ({
  name: path,
  format: path.endsWith('.mjml') ? 'mjml' : 'md',
  text: await readFile(new URL(`../../templates/${path}`, import.meta.url), 'utf8'),
})

export const made = (announcement: Announcement): Promise<Edition> =>
  make(announcement, { kind: 'announcement', house: HOUSE, now: NOW })

export function merged(edition: Edition, fields: Fields = {}): { subject: string; html: string; text: string } {
  const { subject, html, text } = compile(edition)
  const all = { ...OWN, ...fields }
  const join = (stretches: typeof html) => stretches.map((one) => (typeof one === 'string' ? one : one(all))).join('')
  return { subject: subject(all), html: join(html), text: join(text) }
}

export const hrefsOfHtml = (html: string): string[] =>
  DomUtils.getElementsByTagName('a', parseDocument(html)).flatMap((a) => a.attribs.href ?? [])

export const hrefsOfText = (text: string): string[] =>
  [...text.matchAll(/<([a-z]+:[^>]*)>/g)].map(([, href]) => href ?? '')

/** What a Complaint says, as one text. */
export async function complaintOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  const { code, message, remedy, exit } = (error ?? {}) as {
    code?: string
    message?: string
    remedy?: string
    exit?: number
  }
  expect(code).toBe('COMPLAINT')
  return `${message} → ${remedy} (${exit})`
}
