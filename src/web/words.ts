/** What the public pages say, in the six languages of the United Nations: a file each. */
import { ar } from './words/ar.ts'
import { en } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'
import { ru } from './words/ru.ts'
import { zh } from './words/zh.ts'

export interface Words {
  /** The language's own name. */
  readonly self: string
  readonly direction: 'ltr' | 'rtl'
  readonly unsubscribe: string
  /** The organisation's name is filled in for %. */
  readonly ask: string
  readonly button: string
  readonly done: string
  readonly doneMore: string
  readonly notUnderstood: string
  readonly notUnderstoodMore: string
  readonly noPage: string
  readonly noPageMore: string
  readonly fault: string
  readonly faultMore: string
  readonly corrected: string
  readonly correctedMore: string
  readonly preferencesLink: string
  readonly join: string
  readonly joinMore: string
  readonly address: string
  readonly name: string
  readonly language: string
  readonly joinButton: string
  readonly asked: string
  readonly askedMore: string
  readonly notAnAddress: string
  readonly tooMany: string
  readonly tooManyMore: string
  readonly confirm: string
  readonly confirmAsk: string
  readonly confirmAddress: string
  readonly confirmButton: string
  readonly confirmed: string
  readonly confirmedMore: string
  readonly moved: string
  readonly movedMore: string
  readonly gone: string
  readonly goneMore: string
  readonly preferences: string
  readonly aboutYou: string
  readonly save: string
  readonly saved: string
  readonly receiving: string
  readonly pausedUntil: string
  readonly left: string
  readonly pause: string
  readonly months: readonly [string, string, string]
  readonly pauseButton: string
  readonly leaveButton: string
  readonly backButton: string
  readonly newAddress: string
  readonly newAddressMore: string
  readonly changeButton: string
  readonly data: string
  readonly dataMore: string
  readonly erase: string
  readonly eraseMore: string
  readonly eraseSure: string
  readonly eraseButton: string
  readonly erased: string
  readonly erasedMore: string
}

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
