/** What really arrived: the local inbox's own files, read by a mail parser that the sender does not use. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'

export interface Arrived {
  readonly to: string
  readonly subject: string
  readonly messageId: string
  readonly inReplyTo: string | null
  readonly unsubscribe: string | null
  readonly html: readonly string[]
  readonly text: readonly string[]
}

export async function readInbox(dir: string): Promise<Arrived[]> {
  const files = readdirSync(dir).filter((name) => name.endsWith('.eml'))
  return await Promise.all(files.toSorted().map((name) => readMail(readFileSync(join(dir, name)))))
}

export async function readMail(bytes: Buffer): Promise<Arrived> {
  const mail = await simpleParser(bytes, { skipTextToHtml: true, skipHtmlToText: true, skipImageLinks: true })
  const to = Array.isArray(mail.to) ? mail.to[0] : mail.to
  const list = mail.headerLines.find((line) => line.key === 'list-unsubscribe')?.line ?? ''
  return {
    to: to?.value[0]?.address ?? '',
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? '',
    inReplyTo: mail.inReplyTo ?? null,
    unsubscribe: /<(https?:[^>]+)>/.exec(list.replace(/\r?\n\s+/g, ''))?.[1] ?? null,
    html: distinct(
      [...(mail.html || '').matchAll(/href="(https?:[^"]+)"/g)].map((m) => (m[1] ?? '').replaceAll('&amp;', '&')),
    ),
    text: distinct([...(mail.text ?? '').matchAll(/https?:\/\/[^\s<>()]+/g)].map((m) => m[0].replace(/[.,;:]$/, ''))),
  }
}

const distinct = (all: readonly string[]): string[] => [...new Set(all)].toSorted()
