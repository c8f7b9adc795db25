/**
 * The answers of `gll check` in the forms that programs read: a JSON line a file, GitHub's workflow commands, which
 * annotate a change, and SARIF 2.1.0, which code scanners show. The last two are small enough to be written plainly.
 */
import { Complaint } from '../complaint.ts'
import { type Fault, LOOK_RULES, RULES } from '../links/index.ts'
import { describe, type FileReport, type Judged } from './report.ts'
import { counted } from './terminal.ts'

export type Format = (typeof FORMATS)[number]
const FORMATS = ['text', 'json', 'github', 'sarif'] as const

export interface Writer {
  file(judged: Judged): void
  end(): void
}

export function formatOf(options: { json?: boolean; format?: string }): Format {
  const asked = options.format ?? (options.json ? 'json' : 'text')
  const known = FORMATS.find((format) => format === asked)
  if (known && !(options.json && known !== 'json')) return known
  throw new Complaint(`--format ${asked} is none that is known`, { remedy: `one of: ${FORMATS.join(', ')}`, exit: 3 })
}

export function writerOf(format: Format, stream: NodeJS.WriteStream): Writer {
  const line = (text: string): void => void stream.write(`${text}\n`)
  if (format === 'json') return { file: ({ report }) => line(JSON.stringify(report)), end: () => {} }
  if (format === 'github') return { file: ({ report }) => annotations(report).forEach(line), end: () => {} }
  const reports: FileReport[] = []
  if (format === 'sarif') {
    return { file: ({ report }) => reports.push(report), end: () => line(JSON.stringify(sarif(reports), null, 2)) }
  }
  return {
    file: ({ report, ours }) => {
      line(`${reports.length > 0 ? '\n' : ''}${describe(report, stream, ours)}`)
      reports.push(report)
    },
    end: () => {
      const refused = reports.filter(({ verdict }) => verdict === 'refused').length
      if (reports.length > 1)
        line(`\n${counted(reports.length, 'file')}: ${reports.length - refused} sound, ${refused} refused`)
    },
  }
}

const found = ({ faults, warnings }: FileReport): { fault: Fault; level: 'error' | 'warning' }[] => [
  ...faults.map((fault) => ({ fault, level: 'error' as const })),
  ...warnings.map((fault) => ({ fault, level: 'warning' as const })),
]

/** A line of the file itself: elsewhere a fault's line is one of the decoded part, which nobody has before them. */
const lineIn = (file: string, fault: Fault): number | null => (/\.(html?|txt)$/i.test(file) ? fault.line : null)

/** GitHub's workflow commands, one fault a line. */
export function annotations(report: FileReport): string[] {
  return found(report).map(({ fault, level }) => {
    const line = lineIn(report.file, fault)
    const place = [
      `file=${property(report.file)}`,
      ...(line === null ? [] : [`line=${line}`]),
      `title=${property(fault.rule)}`,
    ]
    const words = [fault.excerpt, fault.link, fault.why, `→ ${fault.remedy}`].filter(Boolean).join('\n')
    return `::${level} ${place.join(',')}::${escaped(words)}`
  })
}

const escaped = (text: string): string => text.replace(/[%\r\n]/g, (c) => encodeURIComponent(c))
const property = (text: string): string => text.replace(/[%\r\n:,]/g, (c) => encodeURIComponent(c))

function sarif(reports: readonly FileReport[]) {
  const rules = Object.entries({ ...RULES, ...LOOK_RULES }).map(([id, rule]) => ({
    id,
    shortDescription: { text: rule.what },
    fullDescription: { text: rule.why },
    help: { text: rule.remedy },
  }))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'gll check', rules } }, results: reports.flatMap(results) }],
  }
}

function results(report: FileReport) {
  return found(report).map(({ fault, level }) => {
    const line = lineIn(report.file, fault)
    return {
      ruleId: fault.rule,
      level,
      message: { text: [fault.excerpt, fault.link, fault.why, fault.remedy].filter(Boolean).join(' — ') },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(report.file.toWellFormed().replaceAll('\\', '/')) },
            ...(line === null ? {} : { region: { startLine: line } }),
          },
        },
      ],
    }
  })
}
