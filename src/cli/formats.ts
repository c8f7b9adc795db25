/**
 * The answers of `gll check` in the forms that programs read: a JSON line a file, GitHub's workflow commands, which
 * annotate a change, SARIF 2.1.0, which code scanners show, and JUnit's XML, which every CI shows as tests. The last
 * three are small enough to be written plainly.
 */
import { Complaint } from '../complaint.ts'
import { type Fault, LOOK_RULES, RULES } from '../links/index.ts'
import { describe, type FileReport, harmless, type Judged } from './report.ts'
import { counted } from './terminal.ts'

export type Format = (typeof FORMATS)[number]
const FORMATS = ['text', 'json', 'github', 'sarif', 'junit'] as const

interface Writer {
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
  const whole = { sarif: () => JSON.stringify(sarif(reports), null, 2), junit: () => junit(reports) }
  if (format === 'sarif' || format === 'junit') {
    return { file: ({ report }) => reports.push(report), end: () => line(whole[format]()) }
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
      message: { text: unplaced([fault.excerpt, fault.link, fault.why, fault.remedy].filter(Boolean).join(' — ')) },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(report.file) },
            ...(line === null ? {} : { region: { startLine: line } }),
          },
        },
      ],
    }
  })
}

const uriOf = (file: string): string =>
  encodeURI(file.toWellFormed().replaceAll('\\', '/')).replace(/[?#]/g, encodeURIComponent)

/** Braces of the letter's own are no placeholders of the message's (SARIF 2.1.0 §3.11.5). */
const unplaced = (text: string): string => text.replace(/[{}]/g, '$&$&')

/**
 * JUnit's XML as Jenkins' schema has it and GitLab reads it: a suite a file; in it a case for what the letter promises
 * and one for each link. A fault fails its case, what was not looked at is skipped, warnings are the suite's output.
 */
function junit(reports: readonly FileReport[]): string {
  const suites = reports.map(suite)
  const sum = (count: (of: Suite) => number): number => suites.reduce((all, one) => all + count(one), 0)
  const counts = { tests: sum(({ tests }) => tests), failures: sum(({ failures }) => failures), errors: 0 }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'gll check', ...counts })}>`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
  ].join('\n')
}

interface Suite {
  readonly tests: number
  readonly failures: number
  readonly lines: readonly string[]
}

function suite({ file, faults, warnings, links }: FileReport): Suite {
  const urls = new Set(links.map(({ url }) => url))
  const cases = [
    { name: 'what the letter promises', faults: faults.filter(({ link }) => !urls.has(link ?? '')), skipped: null },
    ...links.map(({ url, verdict, why }) => {
      const own = faults.filter(({ link }) => link === url)
      return {
        name: url || 'a link without an address',
        faults: own,
        skipped: verdict === null && own.length === 0 ? why : null,
      }
    }),
  ]
  const failures = cases.filter((one) => one.faults.length > 0).length
  const counts = { failures, errors: 0, skipped: cases.filter(({ skipped }) => skipped !== null).length }
  const lines = [
    `<testsuite${attributes({ name: file, tests: cases.length, ...counts })}>`,
    ...cases.flatMap((one) => [
      `<testcase${attributes({ classname: file, name: one.name })}>`,
      ...one.faults.map((fault) => element('failure', { type: fault.rule, message: fault.why }, wordsOf(fault))),
      ...(one.skipped === null ? [] : [element('skipped', { message: one.skipped }, '')]),
      '</testcase>',
    ]),
    ...(warnings.length === 0 ? [] : [element('system-out', {}, warnings.map(wordsOf).join('\n\n'))]),
    '</testsuite>',
  ]
  return { tests: cases.length, failures, lines }
}

function wordsOf(fault: Fault): string {
  const place = fault.line === null ? fault.part : `${fault.part} line ${fault.line}`
  return [`${place}: ${fault.excerpt}`, fault.link, fault.why, `→ ${fault.remedy}`].filter(Boolean).join('\n')
}

const element = (name: string, of: Readonly<Record<string, string>>, text: string): string =>
  `<${name}${attributes(of)}>${xml(text)}</${name}>`

const attributes = (of: Readonly<Record<string, string | number>>): string =>
  Object.entries(of)
    .map(([name, value]) => ` ${name}="${xml(String(value))}"`)
    .join('')

/** Control characters have no form at all in XML 1.0 (§2.2), not even an escaped one. */
const xml = (text: string): string =>
  harmless(text.toWellFormed())
    .replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
