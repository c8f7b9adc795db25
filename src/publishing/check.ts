/**
 * The gate. It judges final bytes read back, never the source, and gives either every fault at once or a
 * CheckedEdition, which nothing else can make: what was not checked cannot be published, by type.
 */
import { type Copy, type CopyLink, compile, type Edition, type Fields, read, sampleFields } from '../edition/index.ts'
import { type Fault, type Look, type LookRequest, missing, type Verdict } from '../links/index.ts'
import { mould } from '../mail/index.ts'
import { headOf } from './head.ts'
import { isOwnPage, ownPages, type Tools } from './tools.ts'

export interface CheckedLink {
  readonly url: string
  /** Null: not looked at, because only the content was asked for. */
  readonly verdict: Verdict | null
  readonly status: number | null
  readonly finalUrl: string | null
  readonly why: string
  readonly look: Look | null
}

export interface Findings {
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  readonly links: readonly CheckedLink[]
}

declare const seal: unique symbol
/** An edition that the gate passed. `looks`: what it saw of each link, by the address as written in the template. */
export type CheckedEdition = Edition & {
  readonly [seal]: true
  readonly looks: ReadonlyMap<string, Look>
  readonly checkedAt: number
}

export interface Refusal {
  readonly refused: Findings
}

type GateTools = Pick<Tools, 'config' | 'tokens' | 'looker' | 'now'>

export interface Manner {
  /** Looks that need not be made again, by address. */
  readonly known?: ReadonlyMap<string, Look>
  readonly onLook?: (look: Look) => void
}

/** Judges an edition of ours as its recipients will get it. */
export async function gate(tools: GateTools, edition: Edition, manner: Manner = {}): Promise<CheckedEdition | Refusal> {
  const findings = await judgeEdition(tools, edition, manner)
  if (findings.faults.length > 0) return { refused: findings }
  return { ...edition, looks: findings.byTemplate, checkedAt: tools.now() } as unknown as CheckedEdition
}

/** The same judgement with nothing withheld: for reports, also of what passes. `looker` null: the content alone. */
export async function judgeEdition(
  tools: Omit<GateTools, 'looker'> & { looker: Tools['looker'] | null },
  edition: Edition,
  manner: Manner = {},
): Promise<Findings & { byTemplate: Map<string, Look> }> {
  const copies = await sampleCopies(tools, edition)
  const how = { ours: true, own: (href: string) => isOwnPage(tools, href) }
  const judged = copies.map((copy) => missing(copy, how))
  const first = copies[0]
  if (!first) throw new Error('an edition has no sample')
  const templates = templateOf(first, edition)
  const requests = requestsFor(first.links, how.own, (link) => edition.links[templates.get(link) ?? '']?.login ?? null)
  const faults = distinct(judged.flatMap((j) => j.faults))
  const looked = await lookAt(tools, requests, faults, manner)
  const byTemplate = new Map<string, Look>()
  for (const [link, template] of templates) {
    const look = looked.looks.get(link.href)
    if (look) byTemplate.set(template, look)
  }
  return {
    faults: [...faults, ...lookFaults(first.links, looked.looks)],
    warnings: [...distinct(judged.flatMap((j) => j.warnings)), ...lookWarnings(first.links, looked.looks)],
    links: looked.links,
    byTemplate,
  }
}

/** Judges mail from elsewhere. `looker` null: the content alone. */
export async function judgeCopy(
  tools: { looker: Tools['looker'] | null },
  copy: Copy,
  manner: Manner = {},
): Promise<Findings> {
  const { faults, warnings } = missing(copy, { ours: false })
  const looked = await lookAt(
    tools,
    requestsFor(
      copy.links,
      () => false,
      () => null,
    ),
    faults,
    manner,
  )
  return {
    faults: [...faults, ...lookFaults(copy.links, looked.looks)],
    warnings: [...warnings, ...lookWarnings(copy.links, looked.looks)],
    links: looked.links,
  }
}

/** The mail as real recipients would receive it: an ordinary one first, then the worst cases. */
async function sampleCopies(tools: Omit<GateTools, 'looker'>, edition: Edition): Promise<Copy[]> {
  const cast = mould(
    compile(edition),
    headOf(tools.config, edition, { name: edition.list ?? 'sample', date: new Date(tools.now()) }),
  )
  return await Promise.all(
    sampleFields(edition).map(async (fields: Fields, at) => {
      const own = ownPages(tools, { list: 1, subscriber: 1, mailing: 1, n: at + 1, test: true })
      const bytes = cast.stamp({
        address: 'reader@example.org',
        name: fields.name ?? null,
        fields: { ...fields, ...own },
        messageId: tools.tokens.messageId({ mailing: 1, edition: 1, n: at + 1 }),
        unsubscribeUrl: own.unsubscribe,
        inReplyTo: null,
        references: [],
      })
      return await read(bytes, `${edition.source.name}.eml`)
    }),
  )
}

/** The template's address of each link of the copy: the n-th place of a part is the n-th link of that part. */
function templateOf(copy: Copy, edition: Edition): Map<CopyLink, string> {
  const places = new Map(edition.places.map((place) => [`${place.part} ${place.n}`, place.link]))
  const entries = copy.links.flatMap((link): [CopyLink, string][] => {
    const place = places.get(`${link.part} ${link.n}`)
    return place === undefined ? [] : [[link, place]]
  })
  return new Map(entries)
}

function requestsFor(
  links: readonly CopyLink[],
  own: (href: string) => boolean,
  login: (link: CopyLink) => string | null,
): LookRequest[] {
  const requests = new Map<string, LookRequest>()
  for (const link of links) {
    // A place on the same page needs no look: `missing` has seen whether it is there.
    if (link.href.startsWith('#') || own(link.href)) continue
    const known = requests.get(link.href)
    requests.set(link.href, {
      url: link.href,
      image: link.image && (known?.image ?? true),
      login: login(link) ?? known?.login ?? null,
    })
  }
  return [...requests.values()]
}

async function lookAt(
  tools: { looker: Tools['looker'] | null },
  requests: readonly LookRequest[],
  faults: readonly Fault[],
  manner: Manner,
): Promise<{ looks: Map<string, Look>; links: CheckedLink[] }> {
  const faulty = new Set(faults.flatMap((fault) => (fault.link === null ? [] : [fault.link])))
  const open = requests.filter(({ url }) => !faulty.has(url))
  const asked = open.filter(({ url }) => !manner.known?.has(url))
  const made =
    tools.looker === null ? [] : await tools.looker.look(asked, manner.onLook ? { onLook: manner.onLook } : {})
  const looks = new Map<string, Look>(made.map((look) => [look.url, look]))
  for (const { url } of open) {
    const known = manner.known?.get(url)
    if (known && tools.looker !== null) looks.set(url, known)
  }
  const links = requests.map(({ url }): CheckedLink => {
    const look = looks.get(url) ?? null
    const notLooked = faulty.has(url) ? 'a fault of its own, so not looked at' : 'not looked at'
    return {
      url,
      verdict: look?.verdict ?? null,
      status: look?.status ?? null,
      finalUrl: look?.finalUrl ?? null,
      why: look?.why ?? notLooked,
      look,
    }
  })
  return { looks, links }
}

/** One fault a link, at its first place: forty places of one dead link are one thing to mend. */
function lookFaults(links: readonly CopyLink[], looks: ReadonlyMap<string, Look>): Fault[] {
  return placed(links).flatMap(([link, others]): Fault[] => {
    const look = looks.get(link.href)
    if (!look || look.verdict === 'alive') return []
    const dead = look.verdict === 'dead'
    return [
      {
        rule: dead ? 'dead-link' : 'unsure-link',
        certainty: dead ? 'certain' : 'suspected',
        part: link.part,
        line: link.line,
        excerpt: `⟦${link.words || link.href}⟧`.slice(0, 120),
        link: link.href,
        why: `${look.why}${others === 0 ? '' : `; it stands at ${others} more place${others === 1 ? '' : 's'}`}`,
        remedy: dead
          ? 'correct the address, or take the link out'
          : 'try again in a while; if readers can open the page, a named person may vouch for this link',
      },
    ]
  })
}

function lookWarnings(links: readonly CopyLink[], looks: ReadonlyMap<string, Look>): Fault[] {
  return placed(links).flatMap(([link]) =>
    (looks.get(link.href)?.warnings ?? []).map(
      (why): Fault => ({
        rule: 'link-could-be-better',
        certainty: 'suspected',
        part: link.part,
        line: link.line,
        excerpt: `⟦${link.words || link.href}⟧`.slice(0, 120),
        link: link.href,
        why,
        remedy: 'change the address, or leave it: this is no fault',
      }),
    ),
  )
}

/** Each distinct address with its first place and how many more there are; where there is HTML, its words are the better ones. */
function placed(links: readonly CopyLink[]): [CopyLink, number][] {
  const seen = new Map<string, [CopyLink, number]>()
  for (const link of links.toSorted((a, b) => a.part.localeCompare(b.part))) {
    const known = seen.get(link.href)
    if (known) known[1] += 1
    else seen.set(link.href, [link, 0])
  }
  return [...seen.values()]
}

/** Several samples show the same fault; it is told once. */
function distinct(faults: readonly Fault[]): Fault[] {
  const seen = new Map(
    faults.map((fault) => [`${fault.rule} ${fault.part} ${fault.line} ${fault.link ?? fault.excerpt}`, fault]),
  )
  return [...seen.values()]
}
