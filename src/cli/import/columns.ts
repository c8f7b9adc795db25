/** Which column of a file is what: by the names people give them in six languages, or as they are told. */
import { Complaint } from '../../complaint.ts'
import type { FieldSchema } from '../../edition/index.ts'

/** `given` and `family` are joined to a name; `state` is that of an export. */
const WELL_KNOWN = {
  address: [
    ...['email', 'emailaddress', 'mail', 'mailaddress', 'emailadresse', 'mailadresse', 'courriel', 'adressemail'],
    ...['adresseemail', 'adressecourriel', 'adresseélectronique', 'adresseelectronique', 'correo', 'correoelectrónico'],
    ...['correoelectronico', 'direccióndecorreo', 'direcciondecorreo', 'электроннаяпочта', 'элпочта', 'почта', 'емейл'],
    ...[
      'адресэлектроннойпочты',
      'البريدالإلكتروني',
      'البريدالالكتروني',
      'بريدإلكتروني',
      'عنوانالبريدالإلكتروني',
      'البريد',
    ],
    ...['电子邮件', '电子邮箱', '邮箱', '邮箱地址', '邮件地址', '邮件', '电邮', '電子郵件', '電郵', 'address', 'адрес'],
  ],
  name: [
    ...[
      'fullname',
      'name',
      'nomcomplet',
      'nom',
      'nombrecompleto',
      'nombreyapellidos',
      'nombre',
      'фио',
      'полноеимя',
      'имя',
    ],
    ...['الاسمالكامل', 'الاسم', 'اسم', '姓名', '名字', '名称', '全名', 'displayname'],
  ],
  given: ['firstname', 'givenname', 'forename', 'vorname', 'prénom', 'prenom', 'primernombre', 'الاسمالأول', '名'],
  family: [
    ...['lastname', 'surname', 'familyname', 'nachname', 'nomdefamille', 'apellido', 'apellidos', 'фамилия'],
    ...['اسمالعائلة', 'اللقب', '姓', '姓氏'],
  ],
  language: [
    'language',
    'lang',
    'locale',
    'sprache',
    'langue',
    'idioma',
    'lengua',
    'язык',
    'اللغة',
    'لغة',
    '语言',
    '语种',
    '語言',
  ],
  time_zone: [
    'timezone',
    'tz',
    'zeitzone',
    'fuseauhoraire',
    'zonahoraria',
    'huso',
    'часовойпояс',
    'المنطقةالزمنية',
    '时区',
    '時區',
  ],
  tags: [
    'tags',
    'tag',
    'labels',
    'label',
    'étiquettes',
    'etiquettes',
    'etiquetas',
    'метки',
    'теги',
    'الوسوم',
    'وسوم',
    '标签',
    '標籤',
  ],
  state: ['state', 'status'],
} as const

export type Role = keyof typeof WELL_KNOWN
const ROLES = Object.keys(WELL_KNOWN) as Role[]

export interface Columns {
  /** The index of each column that is there. */
  readonly roles: Partial<Record<Role, number>>
  readonly fields: Readonly<Record<string, number>>
  /** Headers of columns that are not taken. */
  readonly ignored: readonly string[]
}

/** `map`: "E-Mail=address,Ville=city,Fax=-". Throws a Complaint where no column holds addresses. */
export function columnsOf(header: readonly string[], schema: FieldSchema, map: string | undefined): Columns {
  const told = toldBy(map, header, schema)
  const taken = new Set(told.keys())
  const roles: Partial<Record<Role, number>> = {}
  const fields: Record<string, number> = {}
  for (const [at, target] of told) {
    if (isRole(target)) roles[target] = at
    else if (target !== '-') fields[target] = at
  }
  const names = header.map(plain)
  const find = (wanted: readonly string[]): number =>
    wanted.flatMap((name) => names.flatMap((one, at) => (one === name && !taken.has(at) ? [at] : [])))[0] ?? -1
  const take = (at: number, put: () => void): void => {
    if (at < 0) return
    taken.add(at)
    put()
  }
  // A list's own field stands above a name that only might be ours: somebody declared it.
  for (const field of Object.keys(schema).filter((name) => fields[name] === undefined)) {
    const at = find([plain(field)])
    take(at, () => {
      fields[field] = at
    })
  }
  for (const role of ROLES.filter((one) => roles[one] === undefined)) {
    const at = find(WELL_KNOWN[role])
    take(at, () => {
      roles[role] = at
    })
  }
  if (roles.address === undefined) throw noAddresses(header)
  return { roles, fields, ignored: header.filter((name, at) => name !== '' && !taken.has(at)) }
}

const plain = (name: string): string =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text)

const noAddresses = (header: readonly string[]): Complaint =>
  new Complaint('no column of the file holds mail addresses, by its name', {
    remedy: `its first line should name the columns: address,name,language (it is: ${header.join(',').slice(0, 80)}); or say which it is: --map "${header[0]?.slice(0, 40) || 'COLUMN'}=address"`,
  })

function toldBy(map: string | undefined, header: readonly string[], schema: FieldSchema): Map<number, string> {
  const told = new Map<number, string>()
  for (const pair of map === undefined ? [] : map.split(',')) {
    const [, name = '', target = ''] = /^(.*)=\s*(\S+)\s*$/.exec(pair) ?? []
    const at = header.findIndex((one) => plain(one) === plain(name) && plain(one) !== '')
    const known = [...ROLES, ...Object.keys(schema), '-']
    if (target === '' || !known.includes(target)) {
      throw new Complaint(`--map: "${pair.trim()}" maps to nothing that is known`, {
        remedy: `write COLUMN=WHAT; what: ${known.join(', ')} (- leaves it out)`,
        exit: 3,
      })
    }
    if (at < 0) {
      throw new Complaint(`--map: the file has no column "${name.trim()}"`, {
        remedy: `its columns are: ${header.join(', ').slice(0, 200)}`,
        exit: 3,
      })
    }
    told.set(at, target)
  }
  return told
}
