import type { LinkLine } from '../ledger/index.ts'
import type { Exit } from './exit.ts'
import { sayWhetherRunning, theMailing, withLedger } from './ledger.ts'
import { counted, moment, number, paint, print, printJson } from './terminal.ts'

export async function run([text]: string[], options: { json?: boolean }): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const mailing = await theMailing(ledger, text)
    const lines = await ledger.linkLines({ mailing: mailing.id })
    if (options.json) {
      for (const line of lines) printJson(line)
      return 0
    }
    await sayWhetherRunning(ledger)
    for (const line of lines) print(describe(line))
    print(`${counted(lines.length, 'link')}, ${number(lines.filter((l) => l.state === 'dead').length)} dead`)
    return 0
  })
}

const COLOURS = { alive: 'green', failing: 'yellow', alert: 'yellow', dead: 'red' } as const

/** A link in two or three lines: where it stands, who holds it, and what was done. */
export function describe(line: LinkLine): string {
  const since = line.since === null ? '' : ` since ${moment(line.since)}`
  const seen = line.lastLook === null ? 'not looked at yet' : `last look ${moment(line.lastLook)}: ${line.why ?? ''}`
  const held = `${counted(line.holders, 'person', 'people')} hold${line.holders === 1 ? 's' : ''} it`
  return [
    `${paint(COLOURS[line.state], line.state.padEnd(7))} ${line.href}  (link ${line.link})`,
    `        ${counted(line.looks, 'look')}${since}; ${seen}; ${held}`,
    ...answer(line),
  ].join('\n')
}

function answer(line: LinkLine): string[] {
  if (line.state === 'dead' && line.stalledAt !== null && (line.answer === null || line.answer === 'corrigendum')) {
    return [`        its corrigendum waits since ${moment(line.stalledAt)}: another link of the letter fails just now`]
  }
  if (line.answer === 'corrigendum') return [`        corrected by mailing ${line.corrigendum}`]
  if (line.answer === 'refused') return ['        its corrigendum was refused by the gate: gll status shows why']
  if (line.answer === 'vetoed')
    return [`        its corrigendum was stopped by a person. To correct it all the same: ${remedy(line)}`]
  if (line.answer === 'web') return ['        too late for mail by itself: the web copy is corrected']
  if (line.answer === 'asked') return [`        no replacement is known. To correct it: ${remedy(line)}`]
  return []
}

/** What to type for a dead link that nobody has a replacement for. */
export const remedy = (line: { mailing: number; link: number }): string =>
  `gll correct ${line.mailing} --link ${line.link}=NEW-ADDRESS   (or =- to withdraw it)`
