/** The templates of messages, as they lie in MESSAGES_DIR: NAME.LANGUAGE or NAME, in Markdown or MJML. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Announcement } from '../../edition/index.ts'
import type { Messages } from '../../publishing/index.ts'
import type { TemplateView } from '../../web/index.ts'

const FORMATS = ['md', 'mjml'] as const

/** The source of a template: that of the language, or the one for all others. */
export function lettersIn(dir: string): (name: string, language: string | null) => Announcement | null {
  return (name, language) => {
    const bases = language === null ? [name] : [`${name}.${language}`, `${name}.${language.split('-')[0]}`, name]
    for (const base of bases) {
      for (const format of FORMATS) {
        const text = unlessAbsent(() => readFileSync(join(dir, `${base}.${format}`), 'utf8'))
        if (text !== null) return { name: `${base}.${format}`, format, text }
      }
    }
    return null
  }
}

const NAME = /^([a-z0-9][a-z0-9_-]{0,63})(?:\.([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*))?\.(?:md|mjml)$/

/** So many wait for their looks together: one slow page keeps few others waiting, and many templates load no site. */
const AT_ONCE = 8

/** All of them, with what the gate says of each: its last word while that counts. */
export async function templatesIn(dir: string, messages: Messages): Promise<TemplateView[]> {
  const files = unlessAbsent(() => readdirSync(dir)) ?? []
  const bases = new Set(files.flatMap((file) => NAME.exec(file)?.slice(1, 3).join('.') ?? []))
  const views = new Map<string, TemplateView>()
  // All of them take from one row.
  const row = bases.values()
  const judge = async (): Promise<void> => {
    for (const base of row) {
      const [name = '', language = ''] = base.split('.')
      const facts = await messages.facts(name, language || null)
      if (facts) views.set(base, { name, language: language || null, ...facts })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, judge))
  return [...bases].toSorted().flatMap((base) => views.get(base) ?? [])
}

function unlessAbsent<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null
    throw error
  }
}
