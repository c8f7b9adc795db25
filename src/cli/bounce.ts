import { readFile } from 'node:fs/promises'
import { Complaint } from '../complaint.ts'
import { readConfig } from '../config.ts'
import { openLedger } from '../ledger/index.ts'
import { type BounceReport, readBounce } from '../mail/index.ts'
import { type BounceNews, ledgerPath, secretKey, takeBounce, tokensOf } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { whoAmI } from './ledger.ts'
import { printJson, say } from './terminal.ts'

const MOST_OCTETS = 30_000_000

interface Options {
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly recipient?: string
}

export async function run(files: string[], options: Options): Promise<Exit> {
  const sources = files.length > 0 ? files : ['-']
  return options.dryRun ? await understand(sources, options) : await take(sources, options)
}

async function understand(sources: readonly string[], options: Options): Promise<Exit> {
  for (const file of sources) {
    const report = await readBounce(await bytesOf(file))
    if (options.json) printJson({ file, ...report })
    else tell(file, report, '')
  }
  return 0
}

async function take(sources: readonly string[], options: Options): Promise<Exit> {
  const config = readConfig()
  await using ledger = await openLedger(ledgerPath(config))
  const tools = { config, ledger, tokens: tokensOf(config, secretKey(config)), now: Date.now, log: () => {} }
  await ledger.endQuarantines({ now: Date.now() })
  let exit: Exit = 0
  for (const file of sources) {
    const from = { recipient: options.recipient, who: whoAmI() }
    const news = await takeBounce(tools, await bytesOf(file), from)
    // The mail system asks again; by then the copy is settled.
    if (news.effect === 'early') exit = 1
    if (options.json) printJson({ file, ...news.report, copy: news.copy, effect: news.effect })
    else tell(file, news.report, `; ${EFFECTS[news.effect]}`)
  }
  return exit
}

const EFFECTS: Readonly<Record<BounceNews['effect'], string>> = {
  left: 'whoever wrote it is unsubscribed',
  nothing: 'nothing follows from it',
  unproved: 'it does not prove that it is about mail of ours, so it changes nothing',
  unknown: 'no copy of that number has left, so it changes nothing',
  early: 'that copy is just being handed over: bring it again',
  late: 'it is about a copy of long ago, so it changes nothing',
  again: 'known already',
  recorded: 'kept in the record',
  suppressed: 'this address is not written to again',
  quarantined: 'this address is not written to for 90 days',
}

function tell(file: string, { kind, recipients }: BounceReport, effect: string): void {
  const failed = recipients.map((one) => `${one.address} ${one.action}${one.reason === null ? '' : `, ${one.reason}`}`)
  say(`${file === '-' ? 'the report' : file}: ${kind}${failed.length > 0 ? `: ${failed.join('; ')}` : ''}${effect}`)
}

async function bytesOf(file: string): Promise<Uint8Array> {
  if (file !== '-') {
    return await readFile(file).catch((cause: Error) => {
      throw new Complaint(`${file} cannot be read: ${cause.message}`, {
        remedy: 'name a report as it was received',
        cause,
      })
    })
  }
  const chunks: Buffer[] = []
  let octets = 0
  // Read to its end, so that the mail system's pipe does not break; what is too much is not kept.
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    if (octets < MOST_OCTETS) chunks.push(chunk)
    octets += chunk.length
  }
  return Buffer.concat(chunks)
}
