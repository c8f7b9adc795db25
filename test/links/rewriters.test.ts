import { undoRewriting } from '../../src/links/index.ts'

const before = 'https://www.example.org/reports/2026?lang=en&part=2'
const enc = encodeURIComponent(before)
const undone = (by: string, href = before) => ({ kind: 'undone', href, by: [by] })

test.each([
  [
    'Microsoft Safe Links',
    `https://eur02.safelinks.protection.outlook.com/?url=${enc}&data=05%7C02&sdata=x%3D&reserved=0`,
  ],
  ['Proofpoint', `https://urldefense.proofpoint.com/v1/url?u=${enc}&k=abc%0A&r=def`],
  [
    'Proofpoint',
    'https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.org_reports_2026-3Flang-3Den-26part-3D2&d=DwMFaQ&c=x&e=',
  ],
  ['Proofpoint', 'https://urldefense.com/v3/__https://www.example.org/reports/2026?lang=en&part=2__;!!AbC!xyz$'],
  ['Proofpoint', 'https://urldefense.com/v3/__https:/www.example.org/reports/2026?lang=en*part=2__;Jg!!AbC!xyz$'],
  ['Barracuda', `https://linkprotect.cudasvc.com/url?a=${enc}&c=E,1,abc&typo=1`],
  ['Cisco', `https://secure-web.cisco.com/1Xa_b-C/${enc}`],
  ['Trend Micro', `https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=${enc}&umid=1&auth=2`],
  ['Trellix', `https://protect2.fireeye.com/v1/url?k=1&q=1&e=2&u=${enc}`],
  ['Symantec', `https://clicktime.symantec.com/3ABC/7h?u=${enc}`],
  ['Sophos', `https://eu-west-1.protection.sophos.com/?d=example.org&u=${Buffer.from(before).toString('base64')}&i=1`],
  ['EdgePilot', `https://link.edgepilot.com/s/1a2b/token?u=${enc}`],
  ['Check Point', `https://avanan.url-protection.com/v1/url?o=${enc}&g=1&s=2`],
  ['Check Point', `https://url.avanan.click/v2/___${before}___.YXA0OmFiYw`],
  ['Google', `https://www.google.com/url?q=${enc}&source=gmail`],
])('%s gives back the address that was there: %s', (by, href) => {
  expect(undoRewriting(href)).toEqual(undone(by))
})

test('characters that Proofpoint took out are put back, also in runs', () => {
  const href = 'https://urldefense.com/v3/__https://www.example.org/r**Aport/*x__;w6nDqOKCrA!!AbC!xyz$'
  expect(undoRewriting(href)).toEqual(undone('Proofpoint', 'https://www.example.org/réèport/€x'))
})

test('one gateway behind another is undone to the end', () => {
  const inner = `https://linkprotect.cudasvc.com/url?a=${enc}&c=1`
  const href = `https://nam10.safelinks.protection.outlook.com/?url=${encodeURIComponent(inner)}&data=1`
  expect(undoRewriting(href)).toEqual({ kind: 'undone', href: before, by: ['Microsoft Safe Links', 'Barracuda'] })
})

test('a gateway that keeps the address to itself is named, with the host where it tells it', () => {
  expect(undoRewriting('https://protect-eu.mimecast.com/s/abcDEF?domain=example.org')).toEqual({
    kind: 'hidden',
    by: 'Mimecast',
    host: 'example.org',
  })
})

test.each([
  before,
  'mailto:gll@example.org',
  '#top',
  '',
  'https://urldefense.com/',
  'https://urldefense.com/v3/nonsense',
  'https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fa.example',
  'https://secure-web.cisco.com/1a/%E0%A4%A',
  'https://www.google.com/search?q=https://a.example',
])('what is no rewriting stays as it stands: %s', (href) => {
  expect(undoRewriting(href)).toEqual({ kind: 'plain', href })
})

test('a circle of gateways ends', () => {
  let href = before
  for (let n = 0; n < 8; n += 1) href = `https://linkprotect.cudasvc.com/url?a=${encodeURIComponent(href)}`
  expect(undoRewriting(href).kind).toBe('undone')
}, 5_000)
