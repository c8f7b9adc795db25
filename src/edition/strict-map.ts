/** Reads a YAML map strictly: every fault is collected with its line, instead of stopping at the first. */
import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml'
import type { Grievance } from './grievances.ts'

/** A check of one value: what is wrong with it and what to do, or the value as it shall be used. */
export type Check = (value: string) => { readonly value: string } | { readonly fault: string; readonly remedy: string }

export interface StrictMap {
  /** Line of each key, and of each key one level down as `outer.inner`. */
  readonly lines: ReadonlyMap<string, number>
  keys(): readonly string[]
  has(key: string): boolean
  /** The YAML node of a key. */
  get(key: string): unknown
  complain(key: string | null, fault: string, remedy: string): void
  /** A text that is not blank; null where the key is absent or faulty. */
  text(key: string, check?: Check): string | null
  /** One text or a list of them. */
  textOrTexts(key: string, check: Check): string[]
  /** A map of field names to texts, which may be empty. */
  texts(key: string): Record<string, string>
  /** A map of maps. */
  maps(key: string): [string, StrictMap][]
}

/** Parses front matter whose first line is line 2 of its file. */
export function parseMap(yaml: string, grievances: Grievance[]): StrictMap {
  const counter = new LineCounter()
  const { contents, errors } = parseDocument(yaml, { lineCounter: counter, prettyErrors: false, uniqueKeys: false })
  for (const error of errors) {
    grievances.push({
      line: counter.linePos(error.pos[0]).line + 1,
      fault: `the front matter is not YAML: ${error.message}`,
      remedy: 'a text with a colon, a quote or a brace in it must stand in quotes',
    })
  }
  if (errors.length === 0 && contents !== null && !isMap(contents)) {
    const fault = 'the front matter is not a list of keys'
    grievances.push({ line: 2, fault, remedy: 'write "key: value", one a line' })
  }
  return strictMap(errors.length === 0 && isMap(contents) ? contents.items : [], counter, grievances)
}

function strictMap(items: readonly Pair[], counter: LineCounter, grievances: Grievance[]): StrictMap {
  const lines = new Map<string, number>()
  const pairs = new Map<string, Pair>()
  for (const pair of items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key)
    const offset = (pair.key as { range?: readonly number[] }).range?.[0] ?? 0
    const line = counter.linePos(offset).line + 1 // the fence is line 1
    if (pairs.has(key)) {
      const fault = `the key "${key}" stands here twice (first on line ${lines.get(key)})`
      grievances.push({ line, fault, remedy: 'keep one of them' })
    } else {
      pairs.set(key, pair)
      lines.set(key, line)
    }
  }

  const get = (key: string): unknown => pairs.get(key)?.value ?? undefined
  const complain = (key: string | null, fault: string, remedy: string): void => {
    grievances.push({ line: (key === null ? null : lines.get(key)) ?? null, fault, remedy })
  }
  const textOf = (key: string, node: unknown, check: Check): string | null => {
    const value = isScalar(node) ? node.value : node
    if (typeof value !== 'string' || value.trim() === '') {
      complain(key, `"${key}" ${kindOf(value)}`, `write ${key}: "…", in quotes where it looks like a number`)
      return null
    }
    const checked = check(value)
    if ('value' in checked) return checked.value
    complain(key, `${key}: ${checked.fault}`, checked.remedy)
    return null
  }
  const inner = (key: string): [StrictMap, readonly Pair[]] => {
    const node = get(key)
    if (pairs.has(key) && !isMap(node)) {
      complain(key, `"${key}" must be a map`, `write ${key}: { … }, or one line a key below it`)
    }
    const map = strictMap(isMap(node) ? node.items : [], counter, grievances)
    for (const [name, line] of map.lines) lines.set(`${key}.${name}`, line)
    return [map, isMap(node) ? node.items : []]
  }

  return {
    lines,
    get,
    complain,
    keys: () => [...pairs.keys()],
    has: (key) => pairs.has(key),
    text: (key, check = (value) => ({ value })) => (pairs.has(key) ? textOf(key, get(key), check) : null),
    textOrTexts(key, check) {
      if (!pairs.has(key)) return []
      const node = get(key)
      const all: unknown[] = isSeq(node) ? node.items : [node]
      return all.map((one) => textOf(key, one, check)).filter((one) => one !== null)
    },
    texts(key) {
      const found: Record<string, string> = {}
      const [map] = inner(key)
      for (const name of map.keys()) {
        const node = map.get(name)
        const value = isScalar(node) ? node.value : node
        if (typeof value !== 'string') {
          map.complain(name, `${key}: "${name}" ${kindOf(value)}`, `write ${name}: "…", in quotes`)
        } else if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)) {
          map.complain(name, `${key}: "${name}" is not a field name`, 'use letters, digits and _')
        } else found[name] = value
      }
      return found
    },
    maps(key) {
      const [map] = inner(key)
      return map.keys().map((name) => {
        const node = map.get(name)
        if (!isMap(node)) map.complain(name, `${name} must be a map`, 'write it as { instead: https://… }')
        return [name, strictMap(isMap(node) ? node.items : [], counter, grievances)]
      })
    },
  }
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'has no value'
  return `must be a text, not ${typeof value === 'object' ? 'a list or a map' : String(value)}`
}
