import { randomBytes } from 'node:crypto'
import { extname } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import type { Look, Looker } from '../links/index.ts'
import type { Findings } from '../publishing/index.ts'
import { announcementOf, bytesOf } from './letters.ts'
import type { Exit } from './main.ts'
import { describe, reportOf } from './report.ts'
import { print, printJson } from './terminal.ts'

interface Options {
  readonly content?: boolean
  readonly json?: boolean
}

/** Refused is 2, whatever the number of files; nothing is written anywhere. */
export async function run(files: string[], options: Options): Promise<Exit> {
  const config = readConfig()
  await using looker = options.content ? null : await openLooks(config)
  let exit: Exit = 0
  for (const [at, file] of files.entries()) {
    const report = reportOf(file, await judge(config, file, looker))
    if (report.verdict === 'refused') exit = 2
    if (options.json) printJson(report)
    else print(`${at > 0 ? '\n' : ''}${describe(report, process.stdout)}`)
  }
  return exit
}

async function openLooks(config: Config): Promise<Looker> {
  const { lookerOf } = await import('../publishing/open.ts')
  return await lookerOf(config)
}

async function judge(config: Config, file: string, looker: Looker | null): Promise<Findings> {
  const bytes = await bytesOf(file)
  const progress = looking()
  const manner = { onLook: progress.onLook }
  try {
    const announcement = announcementOf(file, bytes)
    const { judgeCopy, judgeEdition } = await import('../publishing/check.ts')
    if (announcement === null) return await judgeCopy({ looker }, await copyOf(file, bytes), manner)
    const { make } = await import('../edition/index.ts')
    const { houseOf } = await import('../publishing/tools.ts')
    const { tokensOf } = await import('../publishing/open.ts')
    const edition = await make(announcement, { kind: 'announcement', house: houseOf(config), now: new Date() })
    // A key for this moment: the sample's own pages need a signature, and a check leaves no file behind.
    const tools = { config, looker, now: Date.now, tokens: tokensOf(config, randomBytes(32)) }
    return await judgeEdition(tools, edition, manner)
  } finally {
    progress.end()
  }
}

async function copyOf(file: string, bytes: Uint8Array) {
  const { copyOfHtml, read, renderMjml } = await import('../edition/index.ts')
  if (extname(file).toLowerCase() !== '.mjml') return await read(bytes, file)
  return copyOfHtml(await renderMjml(new TextDecoder().decode(bytes), file), file)
}

/** A line that counts looks while they are made, on a terminal only. */
export function looking(): { onLook: (look: Look) => void; end: () => void } {
  const shown = process.stderr.isTTY === true
  let looks = 0
  return {
    onLook: () => {
      looks += 1
      if (shown) process.stderr.write(`\rlooking at links: ${looks} done`)
    },
    end: () => {
      if (shown && looks > 0) process.stderr.write('\r\u001b[K')
    },
  }
}
