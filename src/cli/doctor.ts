import { readConfig } from '../config.ts'
import type { Diagnosis } from '../mail/index.ts'
import { examine, secretKey, tokensOf } from '../publishing/index.ts'
import type { Exit } from './exit.ts'
import { counted, paint, print, printJson, say } from './terminal.ts'

const MARKS: Readonly<Record<Diagnosis['state'], string>> = {
  good: paint('green', '✓'),
  note: paint('dim', '·'),
  unknown: paint('yellow', '?'),
  warning: paint('yellow', '!'),
  fault: paint('red', '✗'),
}

export async function run(_: string[], options: { json?: boolean; listings?: boolean }): Promise<Exit> {
  const config = readConfig()
  const tools = { config, tokens: tokensOf(config, secretKey(config)), now: Date.now }
  const found = await examine(tools, { listings: options.listings === true })
  for (const one of found) options.json ? printJson(one) : show(one)
  const faults = found.filter(({ state }) => state === 'fault').length
  const doubts = found.filter(({ state }) => state === 'warning' || state === 'unknown').length
  say(`${counted(faults, 'fault')}, ${counted(doubts, 'doubt')}, ${counted(found.length, 'thing')} examined`)
  return faults === 0 ? 0 : 1
}

function show({ topic, about, state, says, remedy }: Diagnosis): void {
  print(`${MARKS[state]} ${topic.padEnd(16)} ${about}: ${says}`)
  if (remedy !== null) print(`  ${' '.repeat(16)} → ${remedy}`)
}
