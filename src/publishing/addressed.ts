/**
 * To whom a corrigendum goes: asked when its notice has passed and the broken copies are no longer in hand, and written
 * down person by person with what it corrects for them. A link that lives again cancels it.
 */
import {
  BULK,
  type Freeze,
  type HeldCopy,
  type Holder,
  type Mailing,
  type OwedRow,
  type Watched,
} from '../ledger/index.ts'
import { requestFor, someReaders } from './again.ts'
import { certify } from './certificate.ts'
import { gate, type Refusal } from './check.ts'
import type { CorrectTools } from './corrigendum.ts'
import { breath, chunkSize } from './publish.ts'
import { watchsWord } from './replacement.ts'
import { neighboursIn, stalls } from './stalled.ts'

/**
 * The notice has passed: asks who holds the broken copy now and freezes them. Waits while that edition is still being
 * handed out. False: not yet.
 */
export async function address(tools: CorrectTools, id: number, lanes: number): Promise<boolean> {
  const { ledger } = tools
  const corrigendum = await ledger.mailing({ id })
  if (!corrigendum?.corrects || corrigendum.correctsEdition === null || corrigendum.state !== 'scheduled') return true
  if (corrigendum.publishedAt !== null) return true
  if ((await ledger.inHand({ mailing: corrigendum.corrects, edition: corrigendum.correctsEdition })) > 0) return false
  const links = await ledger.answered({ corrigendum: id })
  // What a person orders leaves at once and stands: nothing would make it again.
  if (corrigendum.origin === 'auto' && !(await mayLeave(tools, corrigendum, links))) return true
  const frozen = await freezeHolders(tools, corrigendum, links)
  const later = frozen.next === null ? null : { people: frozen.postponed, dueAt: frozen.next }
  const made = await ledger.publishCorrigendum({
    corrigendum: id,
    audience: frozen.audience,
    chunkSize: chunkSize(frozen.audience, lanes),
    now: tools.now(),
    later,
  })
  if (made !== null) tools.log('corrigendum-postponed', { corrigendum: id, later: made, people: frozen.postponed })
  return true
}

/**
 * Whether a corrigendum that was made by itself still stands as its notice has passed. Where not, it was put off because
 * of its neighbours, or taken back: then its links stand unanswered again, and what they come to now is made anew.
 */
async function mayLeave(tools: CorrectTools, corrigendum: Mailing, links: readonly Watched[]): Promise<boolean> {
  const takeBack = async (why: string): Promise<false> => {
    const of = { corrigendum: corrigendum.id, links: links.map((w) => w.link), why }
    await tools.ledger.takeBack({ ...of, now: tools.now() })
    tools.log('corrigendum-cancelled', { corrigendum: corrigendum.id })
    return false
  }
  if (links.length > 0 && (await allLiveAgain(tools, links))) return await takeBack('the link lives again')
  if (await carriesDead(tools, corrigendum)) return await takeBack('another of its links died: it is made again')
  // It may have waited for a week: what leaves has the gate's word of today.
  const refusal = await refusalToday(tools, corrigendum)
  if (refusal === null) return true
  const mailing = await tools.ledger.mailing({ id: corrigendum.corrects ?? 0 })
  const neighbours = neighboursIn(refusal, await watchedOf(tools, corrigendum))
  if (mailing && neighbours && (await stalls(tools, { mailing, links, neighbours, corrigendum }))) return false
  return await takeBack('the gate refuses it now: it is made again')
}

/** Its own links as they are watched since it was made, and those of the mailing that it corrects. */
async function watchedOf(tools: CorrectTools, corrigendum: Mailing): Promise<Watched[]> {
  const ids = [corrigendum.id, corrigendum.corrects ?? 0]
  return (await Promise.all(ids.map((mailing) => tools.ledger.watched({ mailing })))).flat()
}

/** Whether a link that died since the corrigendum was made stands in it: it passed the gate while that one lived. */
async function carriesDead(tools: CorrectTools, corrigendum: Mailing): Promise<boolean> {
  const dead = (await watchedOf(tools, corrigendum)).filter((w) => w.state === 'dead').map((w) => w.href)
  const { places } = await tools.ledger.edition({ id: corrigendum.edition })
  return places.some((place) => dead.includes(place.link))
}

async function refusalToday(tools: CorrectTools, corrigendum: Mailing): Promise<Refusal | null> {
  const edition = await tools.ledger.edition({ id: corrigendum.edition })
  const original = corrigendum.corrects ?? 0
  const mailing = await tools.ledger.mailing({ id: original })
  // Its own people are written down after this: they are among those of the mailing it corrects.
  const readers = mailing ? await someReaders(tools, mailing) : []
  const checked = await gate(tools, edition, { ...(await watchsWord(tools, corrigendum.id, original)), readers })
  if ('refused' in checked) return checked
  await certify(tools, checked)
  return null
}

async function allLiveAgain(tools: CorrectTools, links: readonly Watched[]): Promise<boolean> {
  if (links.every((w) => w.state !== 'dead')) return links.every((w) => w.state === 'alive')
  const looks = await tools.looker.look(await Promise.all(links.map((w) => requestFor(tools, [w]))))
  return looks.every((look) => look.verdict === 'alive')
}

/** Page by page, each in one commit with what it corrects: a crash between two pages loses nobody and repeats nobody. */
async function freezeHolders(tools: CorrectTools, of: Mailing, links: readonly Watched[]): Promise<Freeze> {
  const { ledger, config } = tools
  const original = of.corrects ?? 0
  let after = 0
  const sum = { audience: 0, postponed: 0, next: null as number | null }
  for (;;) {
    const page = await ledger.holders({
      mailing: original,
      edition: of.correctsEdition ?? 0,
      after,
      domain: of.domain,
    })
    // A corrigendum for one domain, or for a link that is not dead everywhere, speaks of its own mailing alone.
    const wide = of.domain === null && links.every((w) => w.state === 'dead')
    const rows = await rowsFor(tools, of, { page, links: links.map((w) => w.link), wide })
    const cap = of.origin === 'auto' ? config.corrigendumCap : null
    const frozen = await ledger.freezeCorrected({ corrigendum: of.id, rows, cap, now: tools.now() })
    sum.audience = frozen.audience
    sum.postponed += frozen.postponed
    if (frozen.next !== null) sum.next = Math.min(sum.next ?? frozen.next, frozen.next)
    if (page.length < BULK) return sum
    after = page.at(-1)?.n ?? after
    await breath()
  }
}

/**
 * Threaded to the copies that each holder has (RFC 5322 §3.6.4). Who has the link from several mailings gets one
 * corrigendum, that of the latest of them which has one on its way: it answers the latest copy, and names them all.
 */
async function rowsFor(
  tools: CorrectTools,
  of: Mailing,
  with_: { page: readonly Holder[]; links: readonly number[]; wide: boolean },
): Promise<OwedRow[]> {
  const original = of.corrects ?? 0
  const subscribers = with_.page.map((holder) => holder.subscriber)
  const copies = with_.wide ? await tools.ledger.copiesOf({ subscribers, links: with_.links, mailing: original }) : []
  const bySubscriber = Map.groupBy(copies, (copy) => copy.subscriber)
  return with_.page.flatMap((holder): OwedRow[] => {
    const own = {
      subscriber: holder.subscriber,
      mailing: original,
      edition: of.correctsEdition ?? 0,
      n: holder.n,
      links: with_.links,
    }
    const held = bySubscriber.get(holder.subscriber) ?? []
    // Their later copy has a corrigendum of its own on its way: that one answers for both.
    if (held.some((copy) => copy.mailing > original && copy.waits)) return []
    const all: readonly HeldCopy[] = held.length > 0 ? held : [own]
    const ids = all.map((copy) => tools.tokens.messageId(copy))
    const owed = all.flatMap((copy) => copy.links.map((link) => ({ mailing: copy.mailing, link })))
    return [
      {
        role: 'reader',
        subscriber: holder.subscriber,
        list: holder.list,
        address: holder.address,
        fields: holder.fields,
        inReplyTo: ids.at(-1) ?? null,
        references: ids,
        owed,
      },
    ]
  })
}
