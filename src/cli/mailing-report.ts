import { writeFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { Complaint } from '../complaint.ts'
import { htmlOf, markdownOf, pictureOf, reportOn } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { noMailing, theMailing, withLedger } from './ledger.ts'
import { say } from './terminal.ts'

interface Options {
  readonly format?: string
  readonly out?: string
}

export async function run([number]: string[], options: Options): Promise<Exit> {
  const format = options.format ?? (/\.html?$/i.test(options.out ?? '') ? 'html' : 'md')
  if (format !== 'md' && format !== 'html') {
    throw new Complaint(`a report cannot be made as "${format}"`, {
      remedy: 'give --format md or --format html',
      exit: 3,
    })
  }
  return await withLedger(async (ledger, config) => {
    const { id } = await theMailing(ledger, number)
    const report = await reportOn({ ledger, config }, id)
    if (!report) throw noMailing(id)
    if (options.out === undefined) {
      process.stdout.write(format === 'html' ? htmlOf(report) : markdownOf(report, null))
      return 0
    }
    // Beside a Markdown report its picture is a file of its own; HTML carries it.
    const picture = `${options.out.slice(0, options.out.length - extname(options.out).length)}.svg`
    if (format === 'html') writeFileSync(options.out, htmlOf(report))
    else {
      writeFileSync(picture, pictureOf(report))
      writeFileSync(options.out, markdownOf(report, basename(picture)))
    }
    say(`${options.out}${format === 'md' ? ` and ${picture}` : ''} written`)
    return 0
  })
}
