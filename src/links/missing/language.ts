/** Which phrase tables to read a part with: by its script, and among Latin scripts by its small words. */
import type { CopyPart } from '../../edition/index.ts'
import { fold } from './fold.ts'
import { TABLES } from './phrases/index.ts'
import type { Phrases } from './phrases.ts'

const SCRIPTS: readonly [RegExp, readonly string[]][] = [
  [/[\u0400-\u04ff]/g, ['ru', 'uk']],
  [/[\u0600-\u06ff]/g, ['ar']],
  [/[\u0590-\u05ff]/g, ['he']],
  [/[\u3040-\u30ff]/g, ['ja']],
  [/[\u4e00-\u9fff]/g, ['zh', 'ja']],
]
const LATIN = ['en', 'fr', 'es', 'de', 'pt', 'pl']
const SAMPLE = 6_000

/** The tables for this part. English is among them for Latin scripts: footers of mailing programs are in English. */
export function tablesFor(part: CopyPart, declared: string | null): Phrases[] {
  const sample = sampleOf(part)
  const wanted = new Set<string>()
  for (const [script, languages] of SCRIPTS) {
    const letters = sample.match(script)?.length ?? 0
    if (letters >= 4) for (const language of languages) wanted.add(language)
  }
  const kana = wanted.has('ja') && /[\u3040-\u30ff]/.test(sample)
  if (!kana) wanted.delete('ja')
  for (const language of latin(sample, declared)) wanted.add(language)
  return [...wanted].flatMap((language) => TABLES[language]?.() ?? [])
}

function sampleOf(part: CopyPart): string {
  let sample = ''
  for (const { text } of part.blocks) {
    sample += `${text}\n`
    if (sample.length > SAMPLE) break
  }
  return sample
}

function latin(sample: string, declared: string | null): string[] {
  const counts = new Map<string, number>()
  for (const [word] of fold(sample).matchAll(/[a-z']+/g)) {
    for (const language of smallWords().get(word) ?? []) counts.set(language, (counts.get(language) ?? 0) + 1)
  }
  const best = Math.max(0, ...counts.values())
  const told = declared?.slice(0, 2).toLowerCase() ?? ''
  const chosen = LATIN.filter((language) => language === told || (counts.get(language) ?? 0) >= Math.max(2, best * 0.4))
  // A few words alone tell nothing: then all of them are read.
  return best < 4 ? LATIN : [...new Set(['en', ...chosen])]
}

let small: Map<string, string[]> | undefined

/** The commonest small words of the Latin languages, and whose they are. */
function smallWords(): Map<string, string[]> {
  if (small) return small
  small = new Map()
  for (const { language, common } of LATIN.flatMap((name) => TABLES[name]?.() ?? []))
    for (const word of common) small.set(word, [...(small.get(word) ?? []), language])
  return small
}
