import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jest } from '@jest/globals'
import { csvLine, neutral, restored } from '../../src/cli/import/cells.ts'
import { columnsOf } from '../../src/cli/import/columns.ts'
import { readValue } from '../../src/cli/import/fields.ts'
import { personOf } from '../../src/cli/import/person.ts'
import { rowsOf } from '../../src/cli/import/rows.ts'
import { seenBy } from '../../src/cli/import/seen.ts'
import { openDesk } from '../support/gll.ts'
import { xlsx } from '../support/xlsx.ts'

// Real processes on a busy machine take their time; a promise that is broken shows itself sooner.
jest.setTimeout(120_000)

const dir = mkdtempSync(join(tmpdir(), 'list-'))
afterAll(() => rmSync(dir, { recursive: true }))

const text = { type: 'text', default: null } as const

/** What a file is read as: its header and rows, and what is said of rows that cannot be taken apart. */
async function read(name: string, bytes: string | Buffer, how: { charset?: string; separator?: string } = {}) {
  const file = join(dir, name)
  writeFileSync(file, bytes)
  const bad: string[] = []
  const { header, rows, told } = await rowsOf(file, { ...how, onRead: () => {}, onBad: (_, why) => bad.push(why) })
  const all: (readonly string[])[] = []
  for await (const { cells } of rows) all.push(cells)
  return { header, rows: all, told, bad }
}

const NAMES = 'address,name\nann@y.test,Zoë Ångström\n'
const utf16 = (of: string): Buffer => Buffer.from(of, 'utf16le')

describe('a file of people is read', () => {
  test.each([
    ['UTF-8', Buffer.from(NAMES), null],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${NAMES}`), null],
    ['UTF-16 little end first, with a mark', utf16(`\ufeff${NAMES}`), null],
    ['UTF-16 without a mark', utf16(NAMES), null],
    ['UTF-16 big end first', utf16(`\ufeff${NAMES}`).swap16(), null],
    [
      'windows-1252, as a western Excel writes it',
      Buffer.from(NAMES, 'latin1'),
      expect.stringContaining('windows-1252'),
    ],
  ])('in %s', async (_, bytes, told) => {
    expect(await read('a.csv', bytes)).toMatchObject({
      header: ['address', 'name'],
      rows: [['ann@y.test', 'Zoë Ångström']],
      told,
    })
  })

  test('in another charset when it is named, and a charset that is none is refused', async () => {
    const cyrillic = Buffer.concat([Buffer.from('address,name\nann@y.test,'), Buffer.from([0xc0, 0xed, 0xed, 0xe0])])
    expect(await read('a.csv', cyrillic, { charset: 'windows-1251' })).toMatchObject({ rows: [['ann@y.test', 'Анна']] })
    await expect(read('a.csv', NAMES, { charset: 'klingon' })).rejects.toMatchObject({ code: 'COMPLAINT', exit: 3 })
  })

  test('the only letter that is no UTF-8 may stand in its last line', async () => {
    const long = `address,name\n${'ann@y.test,Ann\n'.repeat(100_000)}`
    const { rows } = await read(
      'a.csv',
      Buffer.concat([Buffer.from(long), Buffer.from('bob@y.test,B\xf8b\n', 'latin1')]),
    )
    expect(rows.at(-1)).toEqual(['bob@y.test', 'Bøb'])
  })

  test.each([
    [',', '"a,b;c",d'],
    [';', '"a;b,c,d,e";d'],
    ['\t', 'a\td'],
    ['|', 'a|d'],
  ])('with columns parted by %j', async (mark, header) => {
    const { header: names, rows } = await read('a.csv', `${header}\r\n\r\nx${mark} y \r\n`)
    expect(names).toHaveLength(2)
    expect(rows).toEqual([['x', 'y']])
  })

  test('with quotes in the middle of a cell, and rows that are too short or too long', async () => {
    const { rows, bad } = await read('a.csv', 'address,name\na@y.test,5" Ann\nb@y.test\nc@y.test,C,x,y\n')
    expect(rows).toEqual([['a@y.test', '5" Ann'], ['b@y.test'], ['c@y.test', 'C', 'x', 'y']])
    expect(bad).toEqual([])
  })

  test('from Excel, with dates and numbers as they are meant', async () => {
    const sheet = xlsx([
      ['E-Mail', 'Name', 'Points'],
      ['ann@y.test', 'Ann <&> Lee', 12.5],
    ])
    expect(await read('a.xlsx', sheet)).toMatchObject({
      header: ['E-Mail', 'Name', 'Points'],
      rows: [['ann@y.test', 'Ann <&> Lee', '12.5']],
    })
  })

  test.each([
    ['a.xlsm', xlsx([['address']]), /carries macros/],
    ['a.xlsx', xlsx([['address']], [{ name: 'xl/vbaProject.bin', data: Buffer.from('x') }]), /carries macros/],
    ['a.xls', Buffer.from('x'), /old Excel format/],
    ['a.xlsx', Buffer.from('address\nann@y.test\n'), /is no Excel file/],
    ['a.xlsx', xlsx([['address']]).subarray(0, -40), /is no Excel file/],
    [
      'a.xlsx',
      xlsx([['address']], [{ name: 'xl/media/bomb', data: Buffer.alloc(1_000), declared: 0xfffffff0 }]),
      /larger than an Excel file may be/,
    ],
    [
      'a.xlsx',
      xlsx([['address']], [{ name: 'xl/media/liar', data: Buffer.alloc(5_000_000), declared: 10 }]),
      /not what its directory says: xl\/media\/liar/,
    ],
  ])('%s is refused where it must not be opened (%#)', async (name, bytes, fault) => {
    await expect(read(name, bytes)).rejects.toMatchObject({ code: 'COMPLAINT', message: expect.stringMatching(fault) })
  })
})

describe('columns', () => {
  test.each([
    [['Email', 'First Name', 'Last name', 'Language', 'Time zone', 'Tags']],
    [['Courriel', 'Prénom', 'Nom de famille', 'Langue', 'Fuseau horaire', 'Étiquettes']],
    [['Correo electrónico', 'Primer nombre', 'Apellidos', 'Idioma', 'Zona horaria', 'Etiquetas']],
    [['Электронная почта', 'Имя', 'Фамилия', 'Язык', 'Часовой пояс', 'Метки']],
    [['البريد الإلكتروني', 'الاسم', 'اسم العائلة', 'اللغة', 'المنطقة الزمنية', 'الوسوم']],
    [['电子邮箱', '名', '姓', '语言', '时区', '标签']],
  ])('are known by the names they have: %j', (header) => {
    const columns = columnsOf(header, {}, undefined)
    expect(columns.ignored).toEqual([])
    const person = personOf(['a@y.test', 'Ann', 'Lee', 'fr', 'Asia/Tokyo', 'x; y'], {
      columns,
      schema: {},
      tags: ['z'],
      hash: (key) => key,
    })
    expect(person).toMatchObject({ name: 'Ann Lee', language: 'fr', timeZone: 'Asia/Tokyo', tags: ['x', 'y', 'z'] })
  })

  test('are the fields a list has, or what they are told to be; others are named', () => {
    const header = ['Adresse', 'City', 'Ville de naissance', 'Fax', 'address', 'Email']
    const columns = columnsOf(header, { city: text, born: text }, 'Ville de naissance=born,Fax=-,Adresse=name')
    expect(columns.roles).toEqual({ address: 5, name: 0 })
    expect(columns.fields).toEqual({ city: 1, born: 2 })
    expect(columns.ignored).toEqual(['address'])
    expect(() => columnsOf(header, {}, 'Fax=fax')).toThrow('maps to nothing that is known')
    expect(() => columnsOf(header, {}, 'Telex=name')).toThrow('no column "Telex"')
    expect(() => columnsOf(['Who', 'Fax'], {}, undefined)).toThrow('no column of the file holds mail addresses')
  })
})

test.each([
  ['number', '12', 12],
  ['number', '-1.5', -1.5],
  ['number', '1,5', 1.5],
  ['number', '1,234', null],
  ['number', '1e9', null],
  ['date', '2026-02-28', '2026-02-28'],
  ['date', '28.2.2026', '2026-02-28'],
  ['date', '2026-02-30', null],
  ['date', '02/03/2026', null],
  ['boolean', 'Oui', true],
  ['boolean', 'нет', false],
  ['boolean', 'perhaps', null],
  ['text', '=1+1', '=1+1'],
  ['text', 'a\u0007', null],
] as const)('a %s written %j is %j', (type, written, value) => {
  expect(readValue(written, type)).toEqual(value === null ? { fault: expect.any(String) } : { value })
})

describe('a person of a row', () => {
  const of = (cells: string[]) =>
    personOf(cells, {
      columns: columnsOf(['email', 'name', 'state'], {}, undefined),
      schema: {},
      tags: [],
      hash: String,
    })

  test('one mailbox has one key, however its domain is written', () => {
    const keys = ['ann@bücher.example', 'ann@BU\u0308CHER.example', 'ann@xn--bcher-kva.EXAMPLE'].map((a) => of([a]))
    expect(new Set(keys.map((one) => 'key' in one && one.key))).toEqual(new Set(['ann@xn--bcher-kva.example']))
    const local = ['jo\u0308rg@y.test', 'jörg@y.test'].map((a) => of([a]))
    expect(new Set(local.map((one) => 'key' in one && one.key)).size).toBe(1)
  })

  test('whom the file itself calls unsubscribed is not put on a list', () => {
    expect(of(['ann@y.test', 'Ann', 'unsubscribed'])).toMatchObject({ fault: expect.stringContaining('unsubscribed') })
    expect(of(['ann@y.test', 'Ann', 'California'])).toMatchObject({ key: 'ann@y.test' })
  })

  test('one mailbox is one person, however its domain, its accents and its case are written', () => {
    const isSeen = seenBy()
    const met = ['ann@bücher.example', 'Ann@xn--bcher-kva.example', 'ANN@BÜCHER.example', 'ann@y.test'].map(
      (address) => {
        const person = of([address])
        return 'hash' in person && isSeen(person)
      },
    )
    expect(met).toEqual([false, true, true, false])
  })
})

test('what a spreadsheet would take for a formula is a text in our files, and itself again when it is read', () => {
  for (const cell of ['=1+1', '+41', '-3', '@x', '＝x', "'=1", "''=1", "'", 'a=1', ''])
    expect(restored(neutral(cell))).toBe(cell)
  expect(csvLine(['=HYPERLINK("http://x";"y")', 'a', '-1'])).toBe(`"'=HYPERLINK(""http://x"";""y"")",a,'-1\r\n`)
})

test('a list goes in, is counted, goes out and in again, with nothing lost and nobody revived', async () => {
  await using desk = openDesk({ env: { FROM: 'The Team <team@gll.test>' } })
  const file = desk.file(
    'people.csv',
    'E-Mail;Nom complet;Langue;Ville;Points;Status\n' +
      'ann@y.test;Ann Lee;fr;Bern;3;\nbob@Y.TEST;=cmd();en;Basel;many;\nbob@y.test;Bob;en;Basel;4;\n' +
      'ANN@y.test;;;;;\nbob@Y.test;Bobby;;;;\ncem@y.test;Cem;de;;;cleaned\nDan@y.test;;;;;\n',
  )
  const args = ['list', 'import', 'gll', file, '--fields', 'city:text,points:number', '--map', 'Ville=city', '--json']
  const dry = await desk.gll(...args, '--dry-run')
  expect(JSON.parse(dry.out)).toMatchObject({ added: 3, twice: 2, rejected: 2, dryRun: true })
  expect(dry.err).toMatch(/line 3: points of bob@y\.test: "many" is no number/)
  expect((await desk.gll('list', 'show')).err).toContain('there is no list yet')
  const done = await desk.gll(...args, '--tag', 'member', '--source', 'signed at the congress')
  expect(done.exit).toBe(1)
  expect(JSON.parse(done.out)).toMatchObject({ added: 3, changed: 0, same: 0, twice: 2, rejected: 2 })
  const rejected = readFileSync(join(desk.dir, 'people.rejected.csv'), 'utf8')
  expect(rejected).toContain('3,"points of bob@y.test: ""many"" is no number",')
  expect(rejected).toContain("bob@Y.TEST,'=cmd(),en,Basel,many")
  expect(statSync(join(desk.dir, 'people.rejected.csv')).mode & 0o077).toBe(0)

  const shown = await desk.gll('list', 'show', 'gll', '--where', 'city = bern or points >= 4')
  expect(shown.out).toBe('2 of 3 people\n')
  expect((await desk.gll('list', 'show', 'gll', '--where', 'twon = bern')).err).toMatch(
    /there is no field "twon".*\n.*points/,
  )
  await desk.gll('suppress', 'DAN@y.test')
  const out = await desk.gll('list', 'export', 'gll', '--out', 'out.csv')
  expect(out.exit).toBe(0)
  const lines = readFileSync(join(desk.dir, 'out.csv'), 'utf8').trimEnd().split('\r\n')
  expect(lines[0]).toBe(
    '\ufeffaddress,name,language,time_zone,tags,city,points,state,since,until,suppressed,consent,consent_at,consent_source',
  )
  expect(lines[1]).toMatch(
    /^ann@y\.test,Ann Lee,fr,,member,Bern,3,subscribed,[^,]+,,,imported,[^,]+,"signed at the congress, imported by .*"$/,
  )
  expect(lines[3]).toMatch(/^Dan@y\.test,,,,member,,,subscribed,[^,]+,,by hand,imported,/)
  const again = await desk.gll('list', 'import', 'gll', 'out.csv', '--json')
  expect(JSON.parse(again.out)).toMatchObject({ added: 0, changed: 0, same: 2, suppressed: 1, rejected: 0 })
  const json = await desk.gll('list', 'export', 'gll', '--format', 'json', '--where', 'name = bobby')
  expect(JSON.parse(json.out)).toMatchObject({
    address: 'bob@y.test',
    fields: { points: 4 },
    consent: [{ act: 'imported' }],
  })

  const typed = await desk.gll('list', 'fields', 'gll', 'points:text')
  expect(typed).toMatchObject({ exit: 3, err: expect.stringContaining('of another type already') })
  const add = ['subscriber', 'add', 'dan@y.test', '--list', 'gll', '--field', 'points=x']
  expect(await desk.gll(...add)).toMatchObject({ exit: 3, err: expect.stringContaining('is no number') })
  expect((await desk.gll('subscriber', 'erase', 'bob@y.test')).exit).toBe(0)
  expect(await desk.gll('subscriber', 'add', 'bob@y.test', '--list', 'gll')).toMatchObject({
    exit: 2,
    err: expect.stringContaining('only they can come back'),
  })
})
