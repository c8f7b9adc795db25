/** The tables there are, each read when first needed. A new language is a new file and a line here. */
import { type Phrases, phrasesOf } from '../phrases.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { he } from './he.ts'
import { ja } from './ja.ts'
import { pl } from './pl.ts'
import { pt } from './pt.ts'
import { ru } from './ru.ts'
import { uk } from './uk.ts'
import { zh } from './zh.ts'

const once = (language: string, table: string): (() => Phrases) => {
  let read: Phrases | undefined
  return () => {
    read ??= phrasesOf(language, table)
    return read
  }
}

export const TABLES: Readonly<Record<string, () => Phrases>> = {
  ar: once('ar', ar),
  de: once('de', de),
  en: once('en', en),
  es: once('es', es),
  fr: once('fr', fr),
  he: once('he', he),
  ja: once('ja', ja),
  pl: once('pl', pl),
  pt: once('pt', pt),
  ru: once('ru', ru),
  uk: once('uk', uk),
  zh: once('zh', zh),
}
