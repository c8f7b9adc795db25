/** What the tests of links that die begin with, a mailing that everybody has, and what they ask afterwards. */
import { read } from '../../src/edition/index.ts'
import type { Watched } from '../../src/ledger/index.ts'
import type { SinkMessage } from '../support/smtp.ts'
import { deliverDue, type House, header, letter, running } from './house.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** What a page answers that is no more. */
export const gone = { status: 404 }

/** Sends a letter to everybody who is on the list; its links are looked at by the schedule alone. */
export async function sent(house: House, text = letter(house)): Promise<number> {
  const mailing = await running(house, text)
  await deliverDue(house)
  return mailing
}

/** How the ledger has one of its links. */
export const watchedLink = async (
  { ledger, site }: House,
  mailing: number,
  path = '/report',
): Promise<Watched | undefined> =>
  (await ledger.watched({ mailing })).find((watched) => watched.href === site.url(path))

export const noticesOf = async ({ ledger }: House, mailing: number): Promise<string[]> =>
  (await ledger.noticesOf({ mailing })).map(({ kind }) => kind)

export const corrigenda = ({ sink }: House): SinkMessage[] =>
  sink.messages.filter(({ raw }) => header(raw, 'Subject').startsWith('Corrigendum'))

export async function linksByPart(message: SinkMessage | undefined): Promise<{ html: string[]; text: string[] }> {
  const copy = await read(message?.raw ?? Buffer.alloc(0), 'mail.eml')
  const of = (part: string) => copy.links.filter((link) => link.part === part).map((link) => link.href)
  return { html: of('html'), text: of('text') }
}

/** Those of both parts. */
export const linksOf = async (message: SinkMessage | undefined): Promise<string[]> =>
  Object.values(await linksByPart(message)).flat()
