/** The tables there are, each read when first needed. A new language is a new file and a line here. */
import { type Phrases, phrasesOf } from '../phrases.ts'
import { en } from './en.ts'

const once = (language: string, table: string): (() => Phrases) => {
  let read: Phrases | undefined
  return () => {
    read ??= phrasesOf(language, table)
    return read
  }
}

export const TABLES: Readonly<Record<string, () => Phrases>> = {
  en: once('en', en),
}
