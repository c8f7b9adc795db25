/** The gate's answer for people: the mail's own words with the fault marked, grouped by link, and a last line that sums up. */
import type { Complaint } from '../complaint.ts'
import type { CheckedLink, Fault, Findings } from '../links/index.ts'
import type { Exit } from './exit.ts'
import { counted, paint } from './terminal.ts'

/** A line of `gll check --json`. */
export interface FileReport {
  readonly file: string
  readonly verdict: 'sound' | 'refused'
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  readonly links: readonly Omit<CheckedLink, 'look'>[]
}

/** A file and what became of it. */
export interface Judged {
  readonly report: FileReport
  readonly exit: Exit
  /** A letter of ours: its suspected places can be vouched for. */
  readonly ours: boolean
}

export function reportOf(file: string, findings: Findings): FileReport {
  return {
    file,
    verdict: findings.faults.length === 0 ? 'sound' : 'refused',
    faults: findings.faults,
    warnings: findings.warnings,
    links: findings.links.map(({ look: _, ...link }) => link),
  }
}

/** The report on what could not be read, or is no letter: never sound. */
export function unread(file: string, complaint: Complaint): FileReport {
  const fault: Fault = {
    rule: 'not-a-letter',
    certainty: 'certain',
    part: 'header',
    line: null,
    excerpt: '',
    link: null,
    why: complaint.message,
    remedy: complaint.remedy,
  }
  return { file, verdict: 'refused', faults: [fault], warnings: [], links: [] }
}

export function describe(report: FileReport, stream: NodeJS.WriteStream, ours = false): string {
  const vouchFor = ours ? report.file : null
  const groups = Map.groupBy(report.faults, (fault) => fault.link ?? '')
  // What has no address to go by comes first, then one link after the other.
  const ordered = [...groups].toSorted(([a], [b]) => Number(a !== '') - Number(b !== ''))
  const lines = ordered.flatMap(([link, faults]) => [
    ...(link === '' ? [] : [paint('bold', harmless(link), stream)]),
    ...faults.flatMap((fault) => told(fault, { colour: 'red', stream, vouchFor })),
  ])
  const warnings = report.warnings.flatMap((fault) => told(fault, { colour: 'yellow', stream, vouchFor: null }))
  return [...lines, ...warnings, ...unseen(report, stream), summaryOf(report, stream)].join('\n')
}

interface Telling {
  readonly colour: 'red' | 'yellow'
  readonly stream: NodeJS.WriteStream
  readonly vouchFor: string | null
}

function told(fault: Fault, { colour, stream, vouchFor }: Telling): string[] {
  const mark = paint(colour, colour === 'red' ? '✗' : '!', stream)
  const kind = colour === 'yellow' ? ' (a warning)' : fault.certainty === 'suspected' ? ' (suspected)' : ''
  const vouch =
    vouchFor !== null && fault.certainty === 'suspected'
      ? [`    ${paint('dim', vouchLine(fault, vouchFor), stream)}`]
      : []
  const end = [`    ${harmless(fault.why)}${kind}`, `    → ${harmless(fault.remedy)}`, ...vouch, '']
  // A file that is no letter has no place.
  if (fault.excerpt === '') return [`${mark} ${harmless(fault.why)}`, `    → ${harmless(fault.remedy)}`, '']
  const place = fault.line === null ? fault.part : `${fault.part} line ${fault.line}`
  const words = harmless(fault.excerpt).replace(/⟦(.*?)⟧/gu, (_, marked: string) =>
    paint(colour, `⟦${marked}⟧`, stream),
  )
  return [`${mark} ${place}: ${words}`, ...end]
}

/** What to type to vouch for it. */
function vouchLine(fault: Fault, file: string): string {
  const what =
    fault.rule === 'unsure-link'
      ? quoted(fault.link ?? '')
      : `${quoted(file)} --rule ${fault.rule} --part ${fault.part}${fault.line === null ? '' : ` --line ${fault.line}`}`
  return `if it is right: gll vouch ${what} --why REASON --by NAME`
}

const quoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${harmless(text).replaceAll("'", "'\\''")}'`

/** Addresses and words of a mail must not move the cursor of whoever reads about them, nor turn the line around. */
export const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (c) => (c === '\n' ? '\n' : '�'))

/** Links that were not looked at for a reason of their own. */
function unseen({ links }: FileReport, stream: NodeJS.WriteStream): string[] {
  const lines = links
    .filter(({ verdict, why }) => verdict === null && why !== 'not looked at' && !why.startsWith('a fault'))
    .map(({ url, why }) => paint('dim', `· ${harmless(url)}: ${why}`, stream))
  return lines.length === 0 ? [] : [...lines, '']
}

/** One line that says how it ends; `stream` null: without colour. */
export function summaryOf(report: FileReport, stream: NodeJS.WriteStream | null): string {
  const mark = (colour: 'green' | 'red', sign: string): string => (stream === null ? sign : paint(colour, sign, stream))
  const file = harmless(report.file)
  const { links } = report
  const verdicts = (['alive', 'dead', 'unsure'] as const).flatMap((verdict) => {
    const n = links.filter((link) => link.verdict === verdict).length
    return n === 0 ? [] : [`${n} ${verdict}`]
  })
  const looked = links.length === 0 ? '' : verdicts.length === 0 ? ', none looked at' : `: ${verdicts.join(', ')}`
  const warnings = report.warnings.length > 0 ? `; ${counted(report.warnings.length, 'warning')}` : ''
  return report.verdict === 'sound'
    ? `${mark('green', '✓')} ${file}: sound (${counted(links.length, 'link')}${looked}${warnings})`
    : `${mark('red', '✗')} ${file}: refused, ${counted(report.faults.length, 'fault')} (${counted(links.length, 'link')}${looked}${warnings})`
}
