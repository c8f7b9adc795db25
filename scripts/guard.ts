/**
 * The guard of the house: who may import what. The tables below are read by people and by `findBreaches` alike,
 * which `npm run check` and test/guard.test.ts ask; the test plants a breach of each rule and sees it found.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from '@swc/core'

type Room =
  | 'config'
  | 'edition'
  | 'links'
  | 'mail'
  | 'ledger'
  | 'publishing'
  | 'cli'
  | 'web'
  | 'queues'
  | 'scripts'
  | 'test'

/** What each room may import: whole, or only the types of. `config` is src/config.ts and src/complaint.ts. */
const MAY_IMPORT: Record<Room, { readonly whole: readonly Room[]; readonly types: readonly Room[] }> = {
  config: { whole: [], types: [] },
  edition: { whole: ['config'], types: [] },
  links: { whole: ['config'], types: ['edition'] },
  mail: { whole: ['config'], types: ['edition'] },
  ledger: { whole: ['config'], types: ['edition', 'links', 'mail'] },
  publishing: { whole: ['config', 'edition', 'links', 'mail', 'ledger'], types: [] },
  // `gll serve` is the process that opens the web pages, so cli stands to the right of web; nothing else does.
  web: { whole: ['config', 'edition', 'links', 'mail', 'ledger', 'publishing'], types: [] },
  cli: { whole: ['config', 'edition', 'links', 'mail', 'ledger', 'publishing', 'web'], types: [] },
  queues: { whole: ['config', 'edition', 'links', 'mail', 'ledger', 'publishing'], types: [] },
  scripts: {
    whole: ['config', 'edition', 'links', 'mail', 'ledger', 'publishing', 'web', 'cli', 'queues'],
    types: [],
  },
  test: {
    whole: ['config', 'edition', 'links', 'mail', 'ledger', 'publishing', 'web', 'cli', 'queues', 'scripts'],
    types: [],
  },
}

/** Each library belongs to one room; node's own modules are everybody's, and scripts and tests may use any. */
const LIBRARIES: Readonly<Record<string, readonly Room[]>> = {
  mjml: ['edition'],
  'mjml-core': ['edition'],
  handlebars: ['edition'],
  'markdown-it': ['edition'],
  yaml: ['edition'],
  htmlparser2: ['edition'],
  domhandler: ['edition'],
  entities: ['edition'],
  'postal-mime': ['edition'],
  linkinator: ['links'],
  undici: ['links'],
  'ipaddr.js': ['links'],
  nodemailer: ['mail'],
  'smtp-server': ['mail'],
  imapflow: ['mail'],
  mailauth: ['mail'],
  kysely: ['ledger'],
  'better-sqlite3': ['ledger'],
  pg: ['ledger'],
  bullmq: ['queues'],
  ioredis: ['queues'],
  pino: ['queues'],
  'prom-client': ['web', 'queues'],
  fastify: ['web'],
  '@fastify/*': ['web'],
  zod: ['web'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  'csv-parse': ['cli'],
  'read-excel-file': ['cli'],
}

/** `src/` never imports queues/; starting the worker by its address is the one exception. */
const STARTS_THE_WORKER = 'src/cli/serve.ts'
const MAY_READ_ENVIRONMENT: readonly string[] = ['src/config.ts', 'src/cli/node.mjs']
const MAY_PRINT: readonly Room[] = ['cli', 'scripts', 'test']
/** A process of its own, whose last words go to standard error: then no log is open any more. */
const PRINTS_AT_ITS_END = 'queues/worker.ts'
/** The launcher imports whichever main stands beside it. */
const MAY_IMPORT_BY_NAME: readonly string[] = ['src/cli/gll.mjs']

/** What runs before the right Node is there stands outside every door. */
const BEFORE_THE_DOOR: readonly string[] = ['src/cli/node.mjs']
/** Scripts start the program as a person does: by the address of its entry. */
const STARTED_BY_ADDRESS = /^src\/cli\/(gll\.mjs|main(\.ts)?)$/

export interface Source {
  /** From the top of the project, with slashes. */
  readonly file: string
  readonly text: string
}

export interface Breach {
  readonly file: string
  readonly line: number
  readonly why: string
}

/** Every source of ours under the root. */
export function readSources(root: string): Source[] {
  return ['src', 'queues', 'scripts', 'test'].flatMap((top) => {
    const names = readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    return names
      .map((name) => `${top}/${name.replaceAll('\\', '/')}`)
      .filter((file) => /\.(ts|mts|mjs|js)$/.test(file))
      .sort()
      .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
  })
}

/** Every breach of the rules in these sources. Pure: the files an import leads to are judged by name alone. */
export function findBreaches(sources: Iterable<Source>): Breach[] {
  const inspected = Array.from(sources, ({ file, text }) => ({ file, ...inspect(file, text) }))
  return [...inspected.flatMap(breachesOf), ...circlesIn(inspected)]
}

interface Inspected {
  readonly file: string
  readonly seen: readonly { readonly line: number; readonly what: Seen }[]
  readonly door: boolean
}

function breachesOf({ file, seen, door }: Inspected): Breach[] {
  const room = roomOf(file)
  if (room === null) return [{ file, line: 1, why: 'stands in no room: move it into one' }]
  const breaches = seen.flatMap(({ line, what }) => {
    const why = judge(file, room, what)
    return why === null ? [] : [{ file, line, why }]
  })
  if (isDoor(file) && !door) breaches.push({ file, line: 1, why: 'a door holds export lines only, no logic' })
  return breaches
}

/** Files that import each other in a loop, be it types alone: none of them can be read or moved without the others. */
function circlesIn(inspected: readonly Inspected[]): Breach[] {
  const paths = new Map(
    inspected.map(({ file, seen }) => [
      file,
      seen.flatMap(({ line, what }) => {
        if (what.kind !== 'import' || what.byAddress || !what.from?.startsWith('.')) return []
        return [{ line, to: targetOf(file, what.from) }]
      }),
    ]),
  )
  const leadsBack = (from: string, to: string): boolean => {
    const met = new Set([from])
    // A set that grows while it is walked: each file once.
    for (const file of met) for (const path of paths.get(file) ?? []) met.add(path.to)
    return met.has(to)
  }
  return inspected.flatMap(({ file }) =>
    (paths.get(file) ?? [])
      .filter(({ to }) => leadsBack(to, file))
      .map(({ line, to }) => ({ file, line, why: `goes in a circle: ${to} leads back here` })),
  )
}

const targetOf = (file: string, from: string): string => new URL(from, `file:///${file}`).pathname.slice(1)

/** One thing in a source that a rule may be about. */
type Seen =
  | { readonly kind: 'import'; readonly from: string | null; readonly typesOnly: boolean; readonly byAddress: boolean }
  | { readonly kind: 'environment' }
  | { readonly kind: 'print' }

function judge(file: string, room: Room, what: Seen): string | null {
  if (what.kind === 'environment') {
    const may = MAY_READ_ENVIRONMENT.includes(file) || room === 'scripts' || room === 'test'
    return may ? null : 'reads the environment: only src/config.ts does'
  }
  if (what.kind === 'print') {
    return MAY_PRINT.includes(room) || file === PRINTS_AT_ITS_END ? null : 'prints: only cli and scripts do'
  }
  if (what.from === null) {
    return MAY_IMPORT_BY_NAME.includes(file) ? null : 'imports what only the run tells: name it outright'
  }
  if (!what.from.startsWith('.')) return what.byAddress ? null : judgeLibrary(room, what.from)
  return judgeRoom(file, room, what.from, what)
}

function judgeRoom(file: string, room: Room, from: string, what: { typesOnly: boolean; byAddress: boolean }) {
  const target = targetOf(file, from)
  const other = roomOf(target)
  if (other === null || other === room) return null
  if (other === 'queues' && file === STARTS_THE_WORKER && what.byAddress) return null
  const { whole, types } = MAY_IMPORT[room]
  if (!whole.includes(other) && !types.includes(other)) return `imports ${other} from ${room}: it may not`
  if (!whole.includes(other) && !what.typesOnly) return `imports more than types of ${other} from ${room}`
  if (what.byAddress && STARTED_BY_ADDRESS.test(target)) return null
  // The command line is where processes begin: it has no door, and hand tools start from its pieces.
  if (room === 'scripts' && other === 'cli') return null
  const inside = target.startsWith('src/') && other !== 'config' && !isDoor(target)
  return inside && !BEFORE_THE_DOOR.includes(target) && room !== 'test'
    ? `reaches inside ${other}: use src/${other}/index.ts`
    : null
}

function judgeLibrary(room: Room, from: string): string | null {
  if (from.startsWith('node:') || room === 'scripts' || room === 'test') return null
  const [scope, name] = from.split('/')
  const library = from.startsWith('@') ? `${scope}/${name}` : (scope ?? from)
  const rooms = LIBRARIES[library] ?? LIBRARIES[`${scope}/*`]
  if (!rooms) return `${library} belongs to no room: give it one in scripts/guard.ts, or use node: for node's own`
  return rooms.includes(room) ? null : `${library} belongs to ${rooms.join(' and ')}, not to ${room}`
}

function roomOf(file: string): Room | null {
  if (file === 'src/config.ts' || file === 'src/complaint.ts') return 'config'
  const [top, second, third] = file.split('/')
  if (top === 'queues' || top === 'scripts' || top === 'test') return top
  if (top !== 'src' || third === undefined || second === undefined || !(second in MAY_IMPORT)) return null
  return second as Room
}

const isDoor = (file: string): boolean => /^src\/[^/]+\/index\.ts$/.test(file)

// ---- reading a source ------------------------------------------------------------------------------------------------

type Tree = { readonly [key: string]: unknown }
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

function inspect(file: string, text: string): { seen: { line: number; what: Seen }[]; door: boolean } {
  const syntax = /\.m?ts$/.test(file) ? ({ syntax: 'typescript' } as const) : ({ syntax: 'ecmascript' } as const)
  // A leading ";" gives the tree a first token at a known place: spans count on over all parses of a process.
  const source = `;${text.replace(/^#!/, '//')}`
  const module = parseSync(source, { ...syntax, target: 'esnext' })
  const bytes = Buffer.from(source)
  const seen: { line: number; what: Seen }[] = []
  const walk = (node: unknown, line: number): void => {
    if (Array.isArray(node)) for (const one of node) walk(one, line)
    if (!isTree(node) || Array.isArray(node)) return
    const here = isTree(node.span) ? lineAt(bytes, Number(node.span.start) - module.span.start) : line
    for (const what of seenIn(node)) seen.push({ line: here, what })
    for (const [key, value] of Object.entries(node)) if (key !== 'span') walk(value, here)
  }
  walk(module.body, 1)
  const exportsOnly = ({ type, source: from }: { type: string; source?: unknown }): boolean =>
    type === 'ExportAllDeclaration' || (type === 'ExportNamedDeclaration' && Boolean(from)) || type === 'EmptyStatement'
  return { seen, door: module.body.every(exportsOnly) }
}

const lineAt = (bytes: Buffer, offset: number): number => bytes.subarray(0, offset).toString().split('\n').length

function seenIn(node: Tree): Seen[] {
  const whole = { kind: 'import', typesOnly: false, byAddress: false } as const
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration': {
      // Under verbatimModuleSyntax `import { type A }` still loads the module: only `import type` does not.
      const from = literal(node.source)
      return [
        ...(isTree(node.source) ? [{ ...whole, from, typesOnly: node.typeOnly === true }] : []),
        ...(from === 'process' || from === 'node:process' ? [{ kind: 'environment' } as const] : []),
      ]
    }
    case 'TsImportType':
      return [{ ...whole, from: literal(node.argument), typesOnly: true }]
    case 'CallExpression':
      return isTree(node.callee) && node.callee.type === 'Import' ? [{ ...whole, from: firstArgument(node) }] : []
    case 'NewExpression': {
      if (!isIdentifier(node.callee, 'URL') || !JSON.stringify(node.arguments).includes('"import.meta"')) return []
      const from = firstArgument(node)
      return from === null ? [] : [{ ...whole, from, byAddress: true }]
    }
    case 'MemberExpression': {
      const name = isTree(node.property) ? (node.property.value ?? literal(node.property.expression)) : null
      const readsFile = name === 'loadEnvFile'
      if (isIdentifier(node.object, 'process') && (name === 'env' || readsFile)) return [{ kind: 'environment' }]
      return isIdentifier(node.object, 'console') ? [{ kind: 'print' }] : []
    }
    case 'VariableDeclarator': {
      const destructured = isTree(node.id) && node.id.type === 'ObjectPattern' && isIdentifier(node.init, 'process')
      return destructured ? [{ kind: 'environment' }] : []
    }
    default:
      return []
  }
}

const isIdentifier = (node: unknown, name: string): boolean =>
  isTree(node) && node.type === 'Identifier' && node.value === name

function firstArgument(call: Tree): string | null {
  const first: unknown = Array.isArray(call.arguments) ? call.arguments[0] : null
  return isTree(first) ? literal(first.expression) : null
}

/** The text of a literal; of `'./x' + extension` and of a template, what stands before the first unknown. */
function literal(node: unknown): string | null {
  if (!isTree(node)) return null
  if (node.type === 'StringLiteral') return String(node.value)
  if (node.type === 'BinaryExpression') return literal(node.left)
  const [quasi] = Array.isArray(node.quasis) ? node.quasis : []
  return isTree(quasi) && quasi.raw ? String(quasi.raw) : null
}
