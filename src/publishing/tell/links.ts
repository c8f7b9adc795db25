/** What the team is told of a link, or of a whole site, that fails. */
import type { NoticeStart } from '../../ledger/index.ts'
import { code, type Link, list, named, type Of, people, plainly, safe, subjectOf, utc } from './words.ts'

/** At ALERT_AFTER: once a run of failing looks, whatever follows. */
export function linkFails(of: {
  link: Link
  why: string
  since: number
  mailings: readonly { mailing: Of; holders: number }[]
  /** What happens next, and when at the earliest. */
  next: 'dead' | 'person' | 'host'
  deadFrom: number | null
}): NoticeStart {
  const { link, since, mailings } = of
  const holders = mailings.reduce((sum, one) => sum + one.holders, 0)
  const follows =
    of.next === 'dead'
      ? `It counts as dead if it still fails at ${utc(of.deadFrom ?? since)}; what happens then is told in another notice. Nothing is needed now.`
      : of.next === 'host'
        ? 'Its whole site fails, so nothing follows by itself: a person decides. Once the site is back, the watch goes on.'
        : 'The site turns our looks away, which says little about readers. Nothing follows by itself: open the page, and decide.'
  const body = [
    `The link ${code(plainly(link.href))} fails since ${utc(since)}. The last look says *${safe(of.why)}*.`,
    `It stands in ${mailings.map(({ mailing }) => named(mailing)).join(', ')}; ${people(holders)}.`,
    follows,
    list([
      `To see every look, type ${code(`gll links ${mailings[0]?.mailing.id ?? ''}`)}.`,
      ...mailings.map(
        ({ mailing }) =>
          `To correct mailing ${mailing.id} now, type ${code(`gll correct ${mailing.id} --link ${link.link}=NEW-ADDRESS`)}.`,
      ),
    ]),
  ].join('\n\n')
  return {
    topic: `${of.next === 'host' ? 'host' : 'alert'} ${link.link} ${since}`,
    kind: of.next === 'host' ? 'host' : 'alert',
    mailing: mailings[0]?.mailing.id ?? null,
    link: link.link,
    subject: subjectOf(`A link in mailing ${mailings[0]?.mailing.id ?? ''} fails`),
    body,
    facts: { link: link.href, why: of.why, since, holders },
    remind: false,
  }
}

/** A site of which nothing answers: told once for all its links. */
export function hostFails(of: { origin: string; links: number; since: number; why: string }): NoticeStart {
  const host = plainly(of.origin)
  return {
    topic: `host ${of.origin} ${of.since}`,
    kind: 'host',
    mailing: null,
    link: null,
    subject: subjectOf(`The site ${host} fails as a whole`),
    body: [
      `All of the ${of.links} links that we watch at ${code(host)} fail, and so does its home page. The last look says *${safe(of.why)}*.`,
      'Nothing follows by itself, because a site that is down comes back, as a rule. Once it answers, its links are judged one by one. If it is gone for good, a person decides.',
      list([`To see the mailings concerned, type ${code('gll status')}.`]),
    ].join('\n\n'),
    facts: { host: of.origin, links: of.links, since: of.since, why: of.why },
    remind: false,
  }
}
