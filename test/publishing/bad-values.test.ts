/** People and values that no mail can have, or hardly: named one by one, and no reason to keep the letter from the others. */
import Sqlite from 'better-sqlite3'
import { havePython, readByPython } from '../support/python.ts'
import {
  addPeople,
  counts,
  deliverDue,
  type House,
  letter,
  openHouse,
  person,
  reader,
  received,
  running,
} from './house.ts'

const python = havePython() || process.env.CI ? test : test.skip

async function add(house: House, people: readonly { address: string; name?: string }[]): Promise<void> {
  // Past what an import refuses: the address itself is under test.
  const rows = people.map(({ address, name = 'R' }) => ({
    ...person(house.tools, reader(1), { name }),
    address,
    key: address,
    hash: address,
  }))
  await addPeople(house.tools, rows)
}

function repliesOf({ path }: House, mailing: number): Record<string, string> {
  const db = new Sqlite(path, { readonly: true })
  try {
    const rows = db
      .prepare("select address, reply_text from delivery where mailing_id = ? and state = 'rejected'")
      .all(mailing)
    return Object.fromEntries(
      (rows as { address: string; reply_text: string }[]).map((row) => [row.address, row.reply_text]),
    )
  } finally {
    db.close()
  }
}

const raws = ({ sink }: House): Buffer[] => sink.messages.map(({ raw }) => raw)

test('an audience of which one in twenty cannot be written to: each is rejected by name, and all others have it', async () => {
  await using house = await openHouse({ people: 190, sink: { smtputf8: false } })
  // What an earlier import, or another program, may have left in a ledger.
  const unfit: Record<string, RegExp> = {
    'no-at.members.test': /there is no @/,
    'two@at@members.test': /more than one @/,
    'a space@members.test': /a space/,
    'a@x.test,z@members.test': /holds ,|more than one @/,
    'line\r\nBcc: x@members.test': /control character|space/,
    '"quoted"@members.test': /a quote/,
    'nodot@localhost': /no dot/,
    '.dot@members.test': /a dot at an end/,
    [`${'x'.repeat(65)}@members.test`]: /longer than 64/,
    'жанна@members.test': /needs SMTPUTF8 and the relay does not offer it/,
  }
  await add(
    house,
    Object.keys(unfit).map((address) => ({ address })),
  )
  const mailing = await running(house)
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 190, rejected: 10 })
  const replies = repliesOf(house, mailing)
  for (const [address, why] of Object.entries(unfit))
    expect([address, replies[address]]).toEqual([address, expect.stringMatching(why)])
  expect(received(house).toSorted()).toEqual(Array.from({ length: 190 }, (_, at) => reader(at + 1)).toSorted())
  // Nothing of them was said to the relay, and no octet above 127 (RFC 6531 §3.1).
  const wire = house.sink.commands().join('\n')
  expect(wire).not.toMatch(/[^\x20-\x7e\n]|quoted|nodot|Bcc/)
  expect((await house.ledger.mailing({ id: mailing }))?.state).toBe('done')
})

test('an international domain goes by its A-label; an international local part where the relay offers SMTPUTF8', async () => {
  await using house = await openHouse({ people: 0 })
  await add(house, [{ address: 'ann@bücher.test' }, { address: 'жанна@пример.test' }])
  const mailing = await running(house)
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 2 })
  expect(received(house).toSorted()).toEqual(['ann@xn--bcher-kva.test', 'жанна@xn--e1afmkfd.test'])
  const mail = house.sink.commands().filter((line) => line.startsWith('MAIL') && line.includes('SMTPUTF8'))
  expect(mail).toHaveLength(1)
})

const EVIL = 'Ann\rBcc: evil@members.test\nX-Evil: 1\r\n\r\n.\r\n<script>\u2028\0'

python('bare CR and LF in a value stay in its place: no field, no recipient, no line end of their own', async () => {
  await using house = await openHouse({ people: 2 })
  await add(house, [{ address: 'evil@members.test', name: EVIL }])
  const text = letter(house).replace('subject: Two new reports', 'subject: For {{name}}')
  const mailing = await running(house, text)
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 3 })
  const [plain, other, evil] = readByPython(raws(house))
  expect(evil?.defects).toEqual([])
  expect(evil?.fields.map(([name]) => name)).toEqual(plain?.fields.map(([name]) => name))
  expect(evil?.to).toEqual(['evil@members.test'])
  expect(other?.to).not.toEqual(evil?.to)
  for (const raw of raws(house)) expect(raw.toString('latin1')).not.toMatch(/\r(?!\n)|(?<!\r)\n|\0/)
  expect(evil?.parts[1]?.text).toContain('&lt;script&gt;')
  expect(evil?.parts[1]?.text).not.toContain('<script')
})

python('a value of 64 KB comes through whole, in lines that any receiver takes', async () => {
  await using house = await openHouse({ people: 1 })
  const long = `${'Ж'.repeat(20_000)}${'<&"> '.repeat(5_000)}end`
  await add(house, [{ address: 'long@members.test', name: long }])
  const mailing = await running(house)
  await deliverDue(house)
  expect(await counts(house, mailing)).toEqual({ accepted: 2 })
  const raw = raws(house).find((one) => one.length > 65_536) ?? Buffer.alloc(0)
  const [mail] = readByPython([raw])
  expect(mail?.defects).toEqual([])
  expect(mail?.to).toEqual(['long@members.test'])
  // A relay cuts a long header off: the name beside the address is not worth that.
  expect(raw.indexOf('\r\n\r\n')).toBeLessThan(10_000)
  const unspaced = (text = ''): string => text.replaceAll(/\s+/g, '')
  expect(unspaced(mail?.parts[0]?.text)).toContain(unspaced(long))
  expect(unspaced(mail?.parts[1]?.text)).toContain(
    unspaced(long.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')),
  )
  for (const line of raw.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(998)
})
