/** Letters made comparable, one for one, so that offsets stay: small letters, no accents, one kind of apostrophe and space. */
const cache = new Uint16Array(65_536)

const OTHERS: Record<string, string> = {
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u3000': ' ',
  '\t': ' ',
  '’': "'",
  '‘': "'",
  ʼ: "'",
  '´': "'",
  '`': "'",
  ё: 'е',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ى: 'ي',
  ة: 'ه',
  '：': ':',
  '！': '!',
  '？': '?',
  '，': ',',
  '（': '(',
  '）': ')',
  '．': '.',
  '；': ';',
  '｜': '|',
  ß: 's',
  ø: 'o',
  ł: 'l',
  æ: 'a',
  œ: 'o',
}

function foldedCode(code: number): number {
  const letter = String.fromCharCode(code)
  const lower = letter.toLowerCase()
  const other = OTHERS[lower]
  if (other !== undefined) return other.charCodeAt(0)
  // Latin and Greek lose their accents; Cyrillic й and ї are letters of their own, and Hangul would fall apart.
  if (code >= 0xc0 && code < 0x400) return lower.normalize('NFD').charCodeAt(0)
  if (code >= 0x1e00 && code < 0x2000) return lower.normalize('NFD').charCodeAt(0)
  if (code >= 0xff01 && code <= 0xff5e)
    return code - 0xfee0 > 0x40 && code - 0xfee0 < 0x5b ? code - 0xfee0 + 32 : code - 0xfee0
  return lower.length === 1 ? lower.charCodeAt(0) : code
}

const PLAIN = /^[\n -_a-~]*$/

export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  const codes = new Uint16Array(text.length)
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    let folded = cache[code] ?? 0
    if (folded === 0 && code !== 0) {
      folded = foldedCode(code)
      cache[code] = folded
    }
    codes[i] = folded
  }
  let out = ''
  for (let i = 0; i < codes.length; i += 8192) out += String.fromCharCode(...codes.subarray(i, i + 8192))
  return out
}
