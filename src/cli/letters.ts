/** Files as the command line meets them: an announcement of ours, or mail from elsewhere. */
import { readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { Complaint } from '../complaint.ts'
import type { Announcement } from '../edition/index.ts'

const LARGEST = 50_000_000

/** The bytes of a file. A Complaint where it cannot be read or is no mail by its size. */
export async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    // At once: a turn of the event loop a step would double the time of a check of content.
    const found = statSync(file)
    // Not of /dev/zero, which never ends; a pipe may be read.
    if (found.isCharacterDevice() || found.isBlockDevice()) {
      throw new Complaint(`${file} is a device`, { remedy: 'give the path of a letter', exit: 3 })
    }
    const { size } = found
    if (size > LARGEST) {
      throw new Complaint(`${file} has ${Math.round(size / 1e6)} MB`, {
        remedy: 'a mail to judge has at most 50 MB',
        exit: 3,
      })
    }
    return readFileSync(file)
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === 'COMPLAINT') throw error
    const fault = code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
    throw new Complaint(`${file} ${fault}`, {
      remedy: 'give the path of a .md, .mjml, .html, .txt or .eml file',
      exit: 3,
    })
  }
}

/** An announcement is Markdown or MJML with a front matter; null: mail from elsewhere. */
export function announcementOf(file: string, bytes: Uint8Array): Announcement | null {
  const format = extname(file).toLowerCase() === '.mjml' ? 'mjml' : extname(file).toLowerCase() === '.md' ? 'md' : null
  if (format === null) return null
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes)
  return /^---[ \t]*\r?\n/.test(text) ? { name: file, format, text } : null
}
