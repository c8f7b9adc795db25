/**
 * The gate. It judges final bytes read back, never the source, and gives either every fault at once or a
 * CheckedEdition, which nothing else can make: what was not checked cannot be published, by type.
 */
import { type Edition, type FieldSchema, type Fields, sampleFields } from '../edition/index.ts'
import {
  type Fault,
  type Findings,
  type Look,
  type LookRequest,
  lookAtAll,
  lookFaults,
  lookWarnings,
  type Manner,
  missing,
  requestsFor,
} from '../links/index.ts'
import { isForList } from './head.ts'
import { insteadWarnings } from './instead.ts'
import { composeSamples, type Sample } from './samples.ts'
import { isOwnPage, isPersonal, type Tools } from './tools.ts'
import { vouchFor } from './vouch.ts'

declare const seal: unique symbol
/** An edition that the gate passed. `looks`: what it saw of each link, by the address as written in the template. */
export type CheckedEdition = Edition & {
  readonly [seal]: true
  readonly looks: ReadonlyMap<string, Look>
  /** What passed by somebody's word alone. */
  readonly vouched: readonly Fault[]
  readonly checkedAt: number
}

export interface Refusal {
  readonly refused: EditionFindings
}

/** `ledger` holds what people have vouched for; without it nothing is. */
export type GateTools = Pick<Tools, 'config' | 'tokens' | 'looker' | 'now'> & {
  readonly ledger?: Pick<Tools['ledger'], 'vouches'> | null
}

export interface GateManner extends Manner {
  /** Real readers' fields: what varies is judged, and looked at, as these people will get it. */
  readonly readers?: readonly Fields[]
  /** The merge fields of the lists it goes to: samples have values of their types. */
  readonly schema?: FieldSchema
  /** Addresses that the watch answers for: that they turn robots away is no fault. */
  readonly answered?: ReadonlySet<string>
}

/** Judges an edition of ours as its recipients will get it. */
export async function gate(
  tools: GateTools,
  edition: Edition,
  manner: GateManner = {},
): Promise<CheckedEdition | Refusal> {
  const findings = await judgeEdition(tools, edition, manner)
  const answered = (fault: Fault): boolean =>
    fault.rule === 'unsure-link' && fault.link !== null && manner.answered?.has(fault.link) === true
  const faults = findings.faults.filter((fault) => !answered(fault))
  if (faults.length > 0) return { refused: { ...findings, faults } }
  const { byTemplate: looks, vouched } = findings
  return { ...edition, looks, vouched, checkedAt: tools.now() } as unknown as CheckedEdition
}

/** A refusal in a line: each fault's rule, and what it is about. */
export const faultsOf = ({ refused }: Refusal): string =>
  refused.faults.map((fault) => `${fault.rule} ${fault.link ?? fault.excerpt}`).join('; ')

/** What the gate found, with the looks by the address as written: those of links that everybody has in the same form. */
export interface EditionFindings extends Findings {
  readonly byTemplate: ReadonlyMap<string, Look>
  /** Of the warnings, those that would be faults but for a vouch: they say whose. */
  readonly vouched: readonly Fault[]
}

/** The same judgement with nothing withheld: for reports, also of what passes. `looker` null: the content alone. */
export async function judgeEdition(
  tools: Omit<GateTools, 'looker'> & { looker: Tools['looker'] | null },
  edition: Edition,
  manner: GateManner = {},
): Promise<EditionFindings> {
  const samples = await composeSamples(tools, edition, {
    madeUp: sampleFields(edition, manner.schema),
    real: manner.readers ?? [],
  })
  const own = (href: string): boolean => isOwnPage(tools, href)
  const judged = samples.map(({ copy, written }) => ({ ...missing(copy, { ours: true, own }), written }))
  // Only what goes to people on a list has something to unsubscribe from.
  const mayBe = (fault: Fault): boolean => fault.rule !== 'unsubscribe-missing' || isForList(edition.kind)
  const content = unified(judged.map(({ faults, written }) => ({ faults: faults.filter(mayBe), written })))
  const { requests, skipped } = whatToLookAt(edition, samples, own)
  const { looks, links } = await lookAtAll(tools.looker, requests, { faults: content, skipped, manner })
  const written = new Map(samples.flatMap((sample) => [...sample.written]))
  const copies = samples.map((sample) => sample.copy)
  const vouches = (await tools.ledger?.vouches({ at: tools.now() })) ?? []
  const { faults, vouched } = vouchFor([...content, ...onceEach(lookFaults(copies, looks), written)], vouches, {
    letter: edition.source.name,
    written,
    looks,
  })
  return {
    faults,
    warnings: [
      ...vouched,
      ...unified(judged.map(({ warnings, written }) => ({ faults: warnings, written }))),
      ...onceEach(lookWarnings(copies, looks), written),
      ...(await insteadWarnings(tools, edition, looks)),
    ],
    links: links.filter(({ url }) => !own(url)),
    vouched,
    byTemplate: new Map([...looks].flatMap(([href, look]) => (written.get(href) === href ? [[href, look]] : []))),
  }
}

const NOT_REAL = "made of each reader's own values: not looked at before there are readers (gll send looks at some)"

/**
 * Each address once. What varies is looked at as real readers have it; without any, only where the made-up values stand
 * in a query or a fragment, which a page survives: in a path they would name a page that never was.
 */
function whatToLookAt(
  edition: Edition,
  samples: readonly Sample[],
  own: (href: string) => boolean,
): { requests: LookRequest[]; skipped: Map<string, string> } {
  const anyReal = samples.some(({ real }) => real)
  const skipped = new Map<string, string>()
  const wanted = samples.flatMap(({ copy, real, written }, at) =>
    copy.links.filter(({ href }) => {
      const template = written.get(href)
      if (own(href)) return false
      if (template === undefined || !isPersonal(template)) return true
      if (anyReal) return real
      if (at === 0 && !survives(template)) skipped.set(href, NOT_REAL)
      return at === 0
    }),
  )
  const written = new Map(samples.flatMap((sample) => [...sample.written]))
  const login = (href: string): string | null => edition.links[written.get(href) ?? '']?.login ?? null
  return { requests: requestsFor(wanted, ({ href }) => login(href)), skipped }
}

const survives = (template: string): boolean => /^[^{]*[?#]/.test(template)

/**
 * Several samples show the same fault; it is told once, in the words of the first that has it. Two faults of one sample
 * stay two, whatever they have in common.
 */
function unified(
  samples: readonly { readonly faults: readonly Fault[]; readonly written: ReadonlyMap<string, string> }[],
): Fault[] {
  const seen = new Map<string, Fault>()
  for (const { faults, written } of samples) {
    const counts = new Map<string, number>()
    for (const fault of faults) {
      const link = fault.link === null ? '' : (written.get(fault.link) ?? fault.link)
      const place = JSON.stringify([fault.rule, fault.part, fault.line, /⟦.*⟧/su.exec(fault.excerpt)?.[0], link])
      const nth = (counts.get(place) ?? 0) + 1
      counts.set(place, nth)
      const key = `${nth} ${place}`
      if (!seen.has(key)) seen.set(key, fault)
    }
  }
  return [...seen.values()]
}

/** One fault a link as written, where several readers' forms of it fail alike. */
function onceEach(faults: readonly Fault[], written: ReadonlyMap<string, string>): Fault[] {
  const byLink = Map.groupBy(faults, ({ rule, link }) => `${rule} ${written.get(link ?? '') ?? link}`)
  return [...byLink.values()].flatMap(([first, ...others]) => {
    if (!first) return []
    if (others.length === 0 || written.get(first.link ?? '') === first.link) return [first, ...others]
    return [{ ...first, why: `${first.why}; so for ${others.length + 1} of the readers looked at` }]
  })
}
