/** Words that say a link was taken back, as corrigenda print them: "the report (link withdrawn)". */
import { withdrawn as table } from './phrases/withdrawn.ts'

const phrases = table
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))
const WITHDRAWN = new RegExp(`[(（]\\s?(?:${phrases.join('|')})\\s?[)）]`, 'giu')

/** Where such words stand. */
export function withdrawnIn(text: string): { start: number; end: number }[] {
  if (!/[(（]/.test(text)) return []
  return [...text.matchAll(WITHDRAWN)].map(({ index, 0: words }) => ({ start: index, end: index + words.length }))
}
