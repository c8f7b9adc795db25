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
import { gate } from './check.ts'
import type { CorrectTools } from './correct.ts'
import { breath, chunkSize, looksOf } from './publish.ts'
import { watchsWord } from './replacement.ts'

/**
 * The notice has passed: asks who holds the broken copy now and freezes them. Waits while that edition is still being
 * handed out. False: not yet.
 */
export async function address(tools: CorrectTools, id: number, lanes: number): Promise<boolean> {
  const { ledger } = tools
  const corrigendum = await ledger.mailing({ id })
  if (!corrigendum?.corrects || corrigendum.correctsEdition === null || corrigendum.state !== 'scheduled') return true
  if (corrigendum.publishedAt !== null) return true
  const original = corrigendum.corrects
  if ((await ledger.inHand({ mailing: original, edition: corrigendum.correctsEdition })) > 0) return false
  const links = await ledger.answered({ corrigendum: id })
  // What a person orders leaves at once and stands: nothing would make it again.
  const byItself = corrigendum.origin === 'auto'
  if (byItself && links.length > 0 && (await allLiveAgain(tools, links))) {
    await takeBack(tools, { corrigendum: id, original, links, why: 'the link lives again' })
    return true
  }
  if (byItself && (await carriesDead(tools, corrigendum, original))) {
    await takeBack(tools, { corrigendum: id, original, links, why: 'another of its links died: it is made again' })
    return true
  }
  // It may have waited for a week: what leaves has the gate's word of today.
  if (byItself && !(await isSoundToday(tools, corrigendum, original))) {
    await takeBack(tools, { corrigendum: id, original, links, why: 'the gate refuses it now: it is made again' })
    return true
  }
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

/** Cancels a corrigendum before it leaves; its links stand unanswered again. */
async function takeBack(
  tools: CorrectTools,
  of: { corrigendum: number; original: number; links: readonly Watched[]; why: string },
): Promise<void> {
  const { ledger } = tools
  await ledger.dropCorrections({ corrigendum: of.corrigendum })
  await ledger.cancel({ mailing: of.corrigendum, why: of.why, now: tools.now() })
  const links = of.links.map((w) => w.link)
  if (links.length > 0) await ledger.answerDead({ mailing: of.original, links, answer: null, corrigendum: null })
  // The watch looks at once: until it has seen the link alive, another corrigendum would be made and taken back.
  for (const link of links) await ledger.postpone({ link, mailings: [of.original], dueAt: tools.now() })
  tools.log('corrigendum-cancelled', { corrigendum: of.corrigendum })
}

/** Whether a link that died since the corrigendum was made stands in it: it passed the gate while that one lived. */
async function carriesDead(tools: CorrectTools, corrigendum: Mailing, original: number): Promise<boolean> {
  const dead = new Set(
    (await tools.ledger.watched({ mailing: original })).filter((w) => w.state === 'dead').map((w) => w.href),
  )
  const { places } = await tools.ledger.edition({ id: corrigendum.edition })
  return places.some((place) => dead.has(place.link))
}

async function isSoundToday(tools: CorrectTools, corrigendum: Mailing, original: number): Promise<boolean> {
  const edition = await tools.ledger.edition({ id: corrigendum.edition })
  const checked = await gate(tools, edition, await watchsWord(tools, original))
  if ('refused' in checked) return false
  await tools.ledger.certify({ digest: edition.digest, at: checked.checkedAt, looks: looksOf(checked) })
  return true
}

async function allLiveAgain(tools: CorrectTools, links: readonly Watched[]): Promise<boolean> {
  if (links.every((w) => w.state !== 'dead')) return links.every((w) => w.state === 'alive')
  const looks = await tools.looker.look(links.map((w) => ({ url: w.href, login: w.terms?.login ?? null })))
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
        address: holder.address,
        fields: holder.fields,
        inReplyTo: ids.at(-1) ?? null,
        references: ids,
        owed,
      },
    ]
  })
}
