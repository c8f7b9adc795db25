/** The gate's answer for people: the mail's own words with the fault marked, grouped by link, and a last line that sums up. */
import type { Fault } from '../links/index.ts'
import type { CheckedLink, Findings } from '../publishing/index.ts'
import { counted, paint } from './terminal.ts'

/** A line of `gll check --json`. */
export interface FileReport {
  readonly file: string
  readonly verdict: 'sound' | 'refused'
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  readonly links: readonly Omit<CheckedLink, 'look'>[]
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

export function describe(report: FileReport, stream: NodeJS.WriteStream): string {
  const groups = Map.groupBy(report.faults, (fault) => fault.link ?? '')
  const lines = [...groups].flatMap(([link, faults]) => [
    ...(link === '' ? [] : [paint('bold', link, stream)]),
    ...faults.flatMap((fault) => told(fault, 'red', stream)),
  ])
  return [...lines, ...report.warnings.flatMap((fault) => told(fault, 'yellow', stream)), summary(report, stream)].join(
    '\n',
  )
}

function told(fault: Fault, colour: 'red' | 'yellow', stream: NodeJS.WriteStream): string[] {
  const place = fault.line === null ? fault.part : `${fault.part} line ${fault.line}`
  const mark = colour === 'red' ? '✗' : '!'
  const kind = colour === 'yellow' ? ' (a warning)' : fault.certainty === 'suspected' ? ' (suspected)' : ''
  const excerpt = fault.excerpt.replace(/⟦(.*?)⟧/gu, (_, words: string) => paint(colour, `⟦${words}⟧`, stream))
  return [`${paint(colour, mark, stream)} ${place}: ${excerpt}`, `    ${fault.why}${kind}`, `    → ${fault.remedy}`, '']
}

function summary(report: FileReport, stream: NodeJS.WriteStream): string {
  const looked = report.links.filter((link) => link.verdict !== null).length
  const links = `${counted(report.links.length, 'link')}${looked === 0 && report.links.length > 0 ? ', none looked at' : ''}`
  const warnings = report.warnings.length > 0 ? `, ${counted(report.warnings.length, 'warning')}` : ''
  return report.verdict === 'sound'
    ? `${paint('green', '✓', stream)} ${report.file}: sound (${links}${warnings})`
    : `${paint('red', '✗', stream)} ${report.file}: refused, ${counted(report.faults.length, 'fault')} (${links}${warnings})`
}
