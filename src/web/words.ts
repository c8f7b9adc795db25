/** What the public pages say, in the six languages of the United Nations: a file each. */
import { ar } from './words/ar.ts'
import { en } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'
import { ru } from './words/ru.ts'
import type { Words } from './words/said.ts'
import { zh } from './words/zh.ts'

const TABLE: Readonly<Record<string, Words>> = { en, fr, es, ru, ar, zh }
export const LANGUAGES: readonly string[] = Object.keys(TABLE)

/** The words for the first of these languages (BCP 47) that is in the table, and its code; English where none is. */
export function wordsFor(...languages: readonly string[]): { readonly language: string; readonly words: Words } {
  for (const language of languages) {
    const code = language.toLowerCase().split('-')[0] ?? ''
    const words = Object.hasOwn(TABLE, code) ? TABLE[code] : undefined
    if (words) return { language: code, words }
  }
  return { language: 'en', words: en }
}

/** Languages of an Accept-Language header, the most wanted first (RFC 9110 §12.5.4). */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [language = '', ...parameters] = entry.split(';').map((part) => part.trim())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return { language, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
    })
    .filter(({ language, weight }) => language !== '' && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ language }) => language)
}
