/**
 * Frames: what stands around a letter. Their files are in templates/, one folder a kind, with the words that they say
 * in each language. A frame is filled when the edition is made, so its own mustaches for the reader's copy are written
 * `\{{unsubscribe}}`: the backslash carries them through.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import Handlebars from 'handlebars'
import { Complaint } from '../complaint.ts'
import type { Announcement } from './edition.ts'

export const TEMPLATES = new URL('../../templates/', import.meta.url)

/** The words that frames say in one language; `{{organisation}}` and the like in them are filled by `filledIn`. */
export interface Words {
  readonly corrigendum: string
  readonly colon: string
  readonly corrects: string
  readonly broken: string
  readonly follows: string
  readonly followsWhole: string
  readonly corrected: string
  readonly was: string
  readonly now: string
  readonly withdrawn: string
  readonly why: string
  readonly unsubscribe: string
  readonly webcopy: string
  readonly notice: string
}

export type FrameKind = 'announcement' | 'corrigendum' | 'notice' | 'message' | 'confirmation'

let words: Promise<ReadonlyMap<string, Words>> | null = null

/** The words of every language there is, by its code. */
export function allWords(): Promise<ReadonlyMap<string, Words>> {
  words ??= loadWords()
  return words
}

async function loadWords(): Promise<ReadonlyMap<string, Words>> {
  const folder = new URL('words/', TEMPLATES)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const read = async (name: string) =>
    [name.slice(0, -5), JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Words] as const
  return new Map(await Promise.all(files.map(read)))
}

/** The words for a language; English where there are none. */
export async function wordsFor(language: string): Promise<Words> {
  const all = await allWords()
  const found = all.get(language.toLowerCase()) ?? all.get(language.split('-')[0]?.toLowerCase() ?? '') ?? all.get('en')
  if (!found) throw new Error('templates/words/en.json is missing')
  return found
}

export const filledIn = (sentence: string, values: Readonly<Record<string, string>>): string =>
  sentence.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)

const RTL = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'])

export const directionOf = (language: string): 'ltr' | 'rtl' =>
  RTL.has(language.split('-')[0]?.toLowerCase() ?? '') ? 'rtl' : 'ltr'

/** A day in words, in UTC: the same for every reader. Plain English writes the day first, as most of its readers do. */
export const longDate = (day: Date, language: string): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' }).format(day)

/** The letter that asks whether who asked was really they: `join` a list, or another `address`. */
export async function confirmationLetter(name: 'join' | 'address', language: string): Promise<Announcement> {
  const file = `${name}.${language}.md`
  return { name: file, format: 'md', text: await readFile(new URL(`confirmation/${file}`, TEMPLATES), 'utf8') }
}

/** Fills `templates/KIND/frame.mjml` or `frame.txt`; `{{{letter}}}` and `{{{signoff}}}` go in as they are. */
export async function fillFrame(kind: FrameKind, form: 'mjml' | 'txt', values: object): Promise<string> {
  const engine = Handlebars.create()
  const folder = new URL('partials/', TEMPLATES)
  for (const name of await readdir(folder)) {
    if (!name.endsWith(`.${form}`)) continue
    engine.registerPartial(name.slice(0, -form.length - 1), await readFile(new URL(name, folder), 'utf8'))
  }
  const source = await readFile(new URL(`${kind}/frame.${form}`, TEMPLATES), 'utf8')
  return engine.compile(source, { strict: true, noEscape: form === 'txt', preventIndent: true })(values)
}

/**
 * MJML to HTML. mjml takes 0.6 s and 140 MB to load, so it is loaded here and only when there is MJML to render.
 * Throws what mjml throws: with `errors` ({line, message}) where its rules are broken.
 * Complains of a .mjmlconfig in the working directory: mjml would load the packages it names.
 */
export async function mjmlToHtml(source: string): Promise<string> {
  const config = resolve('.mjmlconfig')
  if (existsSync(config)) {
    throw new Complaint(`${config} is there, and mjml would run what it names`, {
      remedy: 'remove it, or start from another folder',
      exit: 3,
    })
  }
  const { default: mjml2html } = await import('mjml')
  // No fonts: the default would make each reader's client fetch one. Neither beautify nor minify: both break mustaches in CSS.
  const options = { validationLevel: 'strict', fonts: {}, ignoreIncludes: true, keepComments: true } as const
  const { html, errors } = await mjml2html(source, options)
  if (errors.length > 0) throw Object.assign(new Error('MJML has faults'), { errors })
  return tidied(html)
}

/** mjml indents deeply: a fifth of a mail that must stay under Gmail's 102 KB is white space. Line ends stay, for reading. */
const tidied = (html: string): string =>
  html
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{2,}/g, '\n')
    .replace(/^[ \t]+/gm, '')
