import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { Complaint, isComplaint } from '../complaint.ts'
import { type Config, duration, readConfig } from '../config.ts'
import type { Announcement, Copy } from '../edition/index.ts'
import type { Ledger } from '../ledger/index.ts'
import { type Findings, judgeCopy, type Look, type Looker, type Manner } from '../links/index.ts'
import type { Exit } from './exit.ts'
import { type Format, formatOf, writerOf } from './formats.ts'
import { announcementOf, bytesOf } from './letters.ts'
import { type Judged, reportOf, unread } from './report.ts'
import { say } from './terminal.ts'

interface Options {
  readonly content?: boolean
  readonly json?: boolean
  readonly format?: string
  readonly deadline?: string
}

/** The tools of one run, each opened when the first file asks for it. */
export interface Bench {
  readonly config: Config
  readonly looker: () => Promise<Looker | null>
  readonly ledger: () => Promise<Ledger | null>
  /** When the run has to end. Milliseconds since the epoch. */
  readonly end: number
  /** Looks of this run: a link that several files carry is asked once. */
  readonly looks: Map<string, Look>
}

/** Refused is 2, whatever else went wrong; a file that cannot be read, or is no mail, does not stop the others. */
export async function run(files: string[], options: Options): Promise<Exit> {
  const format: Format = formatOf(options)
  await using bench = openBench(readConfig(), options)
  const writer = writerOf(format, process.stdout)
  const exits = new Set<Exit>([0])
  for (const file of files) {
    const judged = await judgedFile(bench, file)
    exits.add(judged.exit)
    writer.file(judged)
  }
  writer.end()
  return ([2, 3, 1, 0] as const).find((exit) => exits.has(exit)) ?? 0
}

const LONGEST = 600_000

/** Milliseconds that all looks of a run may take. */
export function deadlineOf(text: string | undefined): number {
  if (text === undefined) return LONGEST
  try {
    return duration(text)
  } catch (error) {
    throw new Complaint(`--deadline: ${(error as Error).message}`, { remedy: 'such as --deadline 2m', exit: 3 })
  }
}

export function openBench(config: Config, options: Pick<Options, 'content' | 'deadline'>): Bench & AsyncDisposable {
  const stack = new AsyncDisposableStack()
  const opening: Promise<unknown>[] = []
  const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
    let opened: Promise<T> | undefined
    return () => {
      if (opened === undefined) {
        opened = open()
        opening.push(opened)
      }
      return opened
    }
  }
  return {
    config,
    end: Date.now() + deadlineOf(options.deadline),
    looks: new Map(),
    looker: once(async () => {
      if (options.content) return null
      const { lookerOf } = await import('../publishing/index.ts')
      return stack.use(await lookerOf(config))
    }),
    ledger: once(async () => {
      const ledger = await ledgerHere(config)
      return ledger === null ? null : stack.use(ledger)
    }),
    [Symbol.asyncDispose]: async () => {
      // What is still being opened would otherwise come too late to be closed.
      await Promise.allSettled(opening)
      await stack.disposeAsync()
    },
  }
}

/** The ledger of the project that we stand in, or null: a check makes no files, and works where the ledger is away. */
export async function ledgerHere(config: Config): Promise<Ledger | null> {
  const { ledgerPath } = await import('../publishing/index.ts')
  const path = ledgerPath(config)
  if (!/^postgres/.test(path) && !existsSync(path)) return null
  try {
    const { openLedger } = await import('../ledger/index.ts')
    return await openLedger(path)
  } catch (error) {
    say(`the ledger is away, so no vouch counts and every link is asked afresh: ${(error as Error).message}`)
    return null
  }
}

/** One file and what became of it. Never rejects: whatever goes wrong is a refusal. */
export const judgedFile = (bench: Bench, file: string): Promise<Judged> => judged(file, () => judgedLetter(bench, file))

/** The answer to a letter of that name. Never rejects. */
export async function judged(file: string, judge: () => Promise<Letter>): Promise<Judged> {
  try {
    const { findings, ours } = await judge()
    const report = reportOf(file, findings)
    return { report, exit: report.verdict === 'sound' ? 0 : 2, ours }
  } catch (error) {
    if (isComplaint(error)) return { report: unread(file, error), exit: error.exit, ours: false }
    // A fault of ours in one file must not hide what is wrong with the others, and is never a pass.
    const fault = new Complaint(`${file} could not be judged: ${(error as Error).message ?? error}`, {
      remedy: 'this is a fault of the program: report it with the file',
    })
    return { report: unread(file, fault), exit: 1, ours: false }
  }
}

/** A letter, what was found, and what a reader has before them. */
export interface Letter {
  readonly findings: Findings
  /** An announcement of ours. */
  readonly ours: boolean
  readonly copy: Copy
  /** The mail itself; of an announcement, the copy of a made-up reader. */
  readonly bytes: Uint8Array
  /** Whether an address is one of our own pages. */
  readonly own: (href: string) => boolean
}

/** Judges one file. Throws a Complaint where it cannot be read, or is no letter. */
export async function judgedLetter(bench: Bench, file: string): Promise<Letter> {
  return await judgedBytes(bench, file, await bytesOf(file))
}

/** Judges a letter; the end of its name says how it is read. Throws a Complaint where it is no letter. */
export async function judgedBytes(bench: Bench, file: string, bytes: Uint8Array): Promise<Letter> {
  // Its thread starts while the letter is read. What keeps it from starting is told where a look is wanted.
  bench.looker().catch(() => {})
  const announcement = announcementOf(file, bytes)
  return announcement ? await ofAnnouncement(bench, announcement) : await ofMail(bench, file, bytes)
}

async function ofMail(bench: Bench, file: string, bytes: Uint8Array): Promise<Letter> {
  const { copyOfHtml, read, renderMjml } = await import('../edition/index.ts')
  const rendered =
    extname(file).toLowerCase() === '.mjml' ? await renderMjml(new TextDecoder().decode(bytes), file) : null
  const copy = rendered === null ? await read(bytes, file) : copyOfHtml(rendered, file)
  const looker = copy.links.length > 0 ? await bench.looker() : null
  const findings = await looking(bench, null, (manner) => judgeCopy(copy, looker, manner))
  const shown = rendered === null ? bytes : new TextEncoder().encode(rendered)
  return { findings, ours: false, copy, bytes: shown, own: () => false }
}

async function ofAnnouncement(bench: Bench, announcement: Announcement): Promise<Letter> {
  const { config } = bench
  const { make, read, sampleFields } = await import('../edition/index.ts')
  const { houseOf, isOwnPage, judgeEdition, keepLooks, sampleMail, tokensOf } = await import('../publishing/index.ts')
  const edition = await make(announcement, {
    kind: 'announcement',
    house: houseOf(config),
    now: new Date(),
  })
  const ledger = await bench.ledger()
  // A key for this moment: the sample's own pages need a signature, and a check leaves no file behind.
  const tokens = tokensOf(config, randomBytes(32))
  const tools = { config, looker: await bench.looker(), now: Date.now, tokens, ledger }
  const findings = await looking(bench, ledger, (manner) => judgeEdition(tools, edition, manner))
  if (ledger && tools.looker) await keepLooks(ledger, findings)
  const bytes = sampleMail(tools, edition, sampleFields(edition)[0] ?? {})
  const copy = await read(bytes, `${announcement.name}.eml`)
  return { findings, ours: true, copy, bytes, own: (href) => isOwnPage(tools, href) }
}

/** What says more about the way a link was asked for than about its page. */
const ASKED_OTHERWISE = new Set(['not-image', 'login-missed', 'deadline'])

/** Judges with the looks that are known already, and a line that counts those that are made. */
async function looking<T extends Findings>(
  bench: Bench,
  ledger: Ledger | null,
  judge: (manner: Manner) => Promise<T>,
): Promise<T> {
  const known = ledger === null ? null : (await import('../publishing/index.ts')).remembered({ ledger, now: Date.now })
  const progress = countLooks()
  try {
    const findings = await judge({
      ...progress.manner,
      deadline: Math.max(1, bench.end - Date.now()),
      remembered: async (urls) => {
        const looks = new Map((await known?.(urls)) ?? [])
        for (const url of urls) {
          const look = bench.looks.get(url)
          if (look) looks.set(url, look)
        }
        return looks
      },
    })
    for (const { url, look } of findings.links) if (look && !ASKED_OTHERWISE.has(look.cause)) bench.looks.set(url, look)
    return findings
  } finally {
    progress.end()
  }
}

/** A line that counts looks while they are made, on a terminal only. */
export function countLooks(): { manner: Pick<Manner, 'onAsk' | 'onLook'>; end: () => void } {
  const shown = process.stderr.isTTY === true
  let all = 0
  let made = 0
  const line = (): void => {
    if (shown && all > 0) process.stderr.write(`\rlooking at links: ${made} of ${all}`)
  }
  return {
    manner: {
      onAsk: (count) => {
        all += count
        line()
      },
      onLook: () => {
        made += 1
        line()
      },
    },
    end: () => {
      if (shown && all > 0) process.stderr.write('\r\u001b[K')
    },
  }
}
