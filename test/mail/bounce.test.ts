import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { readBounce } from '../../src/mail/bounce.ts'
import { cpuTime } from '../support/cpu.ts'

type Expected = Record<string, { kind: string; recipients: unknown[][]; messageId: string | null }>

const at = (name: string): URL => new URL(`./bounces/${name}`, import.meta.url)
const expected = JSON.parse(readFileSync(at('expected.json'), 'utf8')) as Expected
const names = Object.keys(expected)

test('every report has its expectation', () => {
  const files = readdirSync(at('')).filter((name) => name.endsWith('.eml'))
  expect(files.map((name) => name.slice(0, -4)).sort()).toEqual([...names].sort())
  expect(files.length).toBeGreaterThanOrEqual(500)
})

test.each(names)('%s is understood: whom it names, and whether for good', async (name) => {
  const report = await readBounce(readFileSync(at(`${name}.eml`)))
  expect({
    kind: report.kind,
    recipients: report.recipients.map((one) => [one.address, one.action, one.status, one.hard, one.reason]),
    messageId: report.messageId,
  }).toEqual(expected[name])
})

test.each([
  ['as on the wire', '\r\n'],
  ['as the old Macintosh did', '\r'],
])('lines may end %s', async (_, end) => {
  for (const name of names) {
    const wire = readFileSync(at(`${name}.eml`))
      .toString('latin1')
      .replace(/\r?\n/g, end)
    const { kind, recipients } = await readBounce(Buffer.from(wire, 'latin1'))
    expect([name, kind, recipients.map(({ address }) => address)]).toEqual([
      name,
      expected[name]?.kind,
      expected[name]?.recipients.map(([address]) => address),
    ])
  }
})

describe('whatever comes', () => {
  test('a report that is cut anywhere is read or is none, and names nobody else', async () => {
    for (const name of names) {
      const whole = readFileSync(at(`${name}.eml`))
      const known = new Set(expected[name]?.recipients.map(([address]) => address))
      for (let cut = 0; cut < whole.length; cut += 97) {
        const { recipients } = await readBounce(whole.subarray(0, cut))
        const hard = recipients.filter(
          (one) => one.hard && !known.has(one.address) && one.address.includes('gll.example'),
        )
        expect(hard).toEqual([])
      }
    }
  })

  test('random bytes and shuffled lines never throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3_000 }),
        fc.constantFrom(...names),
        fc.nat(),
        async (bytes, name, seed) => {
          await readBounce(bytes)
          const lines = readFileSync(at(`${name}.eml`))
            .toString('latin1')
            .split('\n')
          const turn = seed % lines.length
          await readBounce(Buffer.from([...lines.slice(turn), ...lines.slice(0, turn)].join('\n'), 'latin1'))
        },
      ),
      { numRuns: 200 },
    )
  })

  test('30 MB, a thousand recipients and more, and deep nesting are read in bounded time', async () => {
    const started = cpuTime()
    const daemon = 'Return-Path: <>\nFrom: MAILER-DAEMON@mx.test\nSubject: Undelivered Mail\n'
    await readBounce(Buffer.from(`${daemon}\n${'<a'.repeat(15_000_000)}`))
    await readBounce(Buffer.from(`${daemon}\n${'550 5.1.1 user '.repeat(200_000)}`))
    await readBounce(Buffer.from(`${daemon}\n${`${'a'.repeat(60)}@`.repeat(100_000)}`))
    await readBounce(Buffer.from(`${daemon}\n${'a@b.example, '.repeat(300_000)}`))
    await readBounce(Buffer.from(`${daemon}Content-Type: text/html\n\n${'<a&lt;'.repeat(500_000)}`))
    const nested = Array.from({ length: 2_000 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`)
    await readBounce(Buffer.from(daemon + nested.join('')))
    const groups = Array.from(
      { length: 3_000 },
      (_, n) => `Final-Recipient: rfc822; a${n}@b.example\nAction: failed\nStatus: 5.1.1\n`,
    )
    const many = `${daemon}Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n${groups.join('\n')}`
    expect((await readBounce(Buffer.from(many))).recipients).toHaveLength(1_000)
    const lines = Array.from({ length: 3_000 }, (_, n) => `<a${n}@b.example>:\n550 5.1.1 user unknown\n`)
    expect(
      (await readBounce(Buffer.from(`${daemon}\nCould not be delivered:\n\n${lines.join('\n')}`))).recipients.length,
    ).toBeLessThanOrEqual(1_000)
    const scattered = Array.from({ length: 60_000 }, (_, n) => `about q${n}@b.example\t`)
      .join('')
      .match(/.{1,1900}/g)
    await readBounce(Buffer.from(`${daemon}\nCould not be delivered\n${scattered?.join('\n')}`))
    const sentences = Array.from({ length: 3_000 }, (_, n) => `<a${n % 1_000}@b.example>: 550 odd ${'x '.repeat(950)}`)
    const both = `${daemon}Content-Type: multipart/report; boundary=b\n\n--b\n\n${sentences.join('\n')}\n--b\nContent-Type: message/delivery-status\n\n${groups.join('\n').replaceAll('5.1.1', '5.0.0')}\n--b--\n`
    expect((await readBounce(Buffer.from(both))).recipients).toHaveLength(1_000)
    expect(cpuTime() - started).toBeLessThan(20_000)
  })
})
