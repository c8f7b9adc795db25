/**
 * What mail gateways do to letters on the way, as functions from bytes to bytes. The 2019 mail lost its links to one of
 * these. Used by the demo's relay and by the tests of the proof in transit.
 */
export type Damage = (raw: Buffer) => Buffer

interface Letter {
  readonly header: string
  readonly text: string | null
  readonly html: string | null
}

const rewritten =
  (change: (letter: Letter) => Letter): Damage =>
  (raw) =>
    write(change(read(raw)))

/** Every link of the text: an address that stands as words. */
const ADDRESS = /https?:\/\/[^\s<>()"]+/g

const eachLink = (to: (href: string) => string): Damage =>
  rewritten(({ header, text, html }) => ({
    header,
    text: text?.replace(ADDRESS, (href) => to(href)) ?? null,
    html:
      html?.replace(/href="(https?:[^"]*)"/g, (_, href: string) => {
        return `href="${to(href.replaceAll('&amp;', '&')).replaceAll('&', '&amp;')}"`
      }) ?? null,
  }))

const broken = (text: string): string => new TextDecoder('windows-1252').decode(Buffer.from(text))

const safeLinks = eachLink(
  (href) =>
    `https://eur03.safelinks.protection.outlook.com/?url=${encodeURIComponent(href)}&data=05%7C02%7Cx&sdata=a%2Fb%3D&reserved=0`,
)
const urldefense = eachLink((href) => `https://urldefense.com/v3/__${href}__;!!AbCdEf!token$`)

export const DAMAGE = {
  none: (raw) => raw,
  'Message-ID rewritten': (raw) =>
    Buffer.from(raw.toString('latin1').replace(/^Message-ID:.*$/im, 'Message-ID: <1@relay.example>'), 'latin1'),
  'href stripped': rewritten((letter) => ({
    ...letter,
    html: letter.html?.replace(/<a\b([^>]*?)\shref="https?:[^"]*"/g, '<a$1') ?? null,
  })),
  'HTML part removed': rewritten((letter) => ({ ...letter, html: null })),
  'text part removed': rewritten((letter) => ({ ...letter, text: null })),
  'HTML to text': rewritten((letter) => ({ ...letter, html: null, text: asText(letter.html ?? '') })),
  'Safe Links': safeLinks,
  urldefense,
  'Safe Links behind urldefense': (raw) => safeLinks(urldefense(raw)),
  'unknown rewriter': eachLink((href) => `https://click.gateway.example/r/${Buffer.from(href).toString('base64url')}`),
  Mimecast: eachLink((href) => `https://protect-eu.mimecast.com/s/AbC?domain=${new URL(href).hostname}`),
  'one link redirected': rewritten((letter) => ({
    ...letter,
    html: letter.html?.replace(/(href="https?:\/\/[^"/]+)\/stories"/, '$1/sponsored"') ?? null,
  })),
  'body truncated': rewritten((letter) => ({ ...letter, text: half(letter.text), html: half(letter.html) })),
  'charset broken': rewritten((letter) => ({
    ...letter,
    text: letter.text === null ? null : broken(letter.text),
    html: letter.html === null ? null : broken(letter.html),
  })),
  'banner added': rewritten((letter) => ({
    ...letter,
    text:
      letter.text === null ? null : `[EXTERNAL] Think before you press. https://help.corp.example/\r\n${letter.text}`,
    html:
      letter.html?.replace(
        /<body[^>]*>/,
        '$&<table><tr><td>EXTERNAL mail: <a href="https://help.corp.example/">help</a></td></tr></table>',
      ) ?? null,
  })),
} satisfies Record<string, Damage>

const half = (text: string | null): string | null => text?.slice(0, Math.ceil(text.length * 0.6)) ?? null

/** As the gateway of 2019 did it: the words of a link stay, and a bracket that nothing follows. */
const asText = (html: string): string =>
  html
    .replace(/<(style|head|script)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/<a\b[^>]*>([\s\S]*?)<\/a>/gi, '$1 [')
    .replace(/<\/(?:p|div|tr|li|h\d)>|<br\b[^>]*>/gi, '\r\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
    .replace(/[ \t]+/g, ' ')
    .replace(/(?:\s*\r\n\s*){2,}/g, '\r\n\r\n')

/** Our own letters and their like: multipart/alternative with a text and an HTML part, or one part alone. */
function read(raw: Buffer): Letter {
  const whole = raw.toString('latin1').replace(/\r?\n/g, '\r\n')
  const end = whole.indexOf('\r\n\r\n')
  const header = whole.slice(0, end)
  const boundary = /boundary="?([^"\r\n;]+)"?/i.exec(header)?.[1]
  const parts = boundary === undefined ? [whole] : whole.slice(end).split(`--${boundary}`).slice(1, -1)
  const partOf = (subtype: string): string | null => {
    const part = parts.find((one) =>
      new RegExp(`^content-type: *text/${subtype}`, 'im').test(one.split('\r\n\r\n')[0] ?? ''),
    )
    return part === undefined ? null : decoded(part)
  }
  return { header, text: partOf('plain'), html: partOf('html') }
}

function decoded(part: string): string {
  const at = part.indexOf('\r\n\r\n')
  const encoding = /^content-transfer-encoding: *(\S+)/im.exec(part.slice(0, at))?.[1]?.toLowerCase()
  const body = part.slice(at + 4)
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString()
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

function write({ header, text, html }: Letter): Buffer {
  const kept = header
    .replace(/^content-(?:type|transfer-encoding):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*(?:\r\n|$)/gim, '')
    .replace(/\r\n$/, '')
  const parts = [
    ...(text === null ? [] : [partWith('plain', text)]),
    ...(html === null ? [] : [partWith('html', html)]),
  ]
  if (parts.length === 1) return Buffer.from(`${kept}\r\n${parts[0]}`, 'latin1')
  const body = parts.map((part) => `--=_gateway\r\n${part}\r\n`).join('')
  return Buffer.from(
    `${kept}\r\nContent-Type: multipart/alternative; boundary="=_gateway"\r\n\r\n${body}--=_gateway--\r\n`,
    'latin1',
  )
}

const partWith = (subtype: string, text: string): string =>
  `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(text)
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n')}\r\n`
