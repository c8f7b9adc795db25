/**
 * Mutation testing by hand: each small change to the judge of looks must break a promise that a test would notice. A
 * survivor is a promise that nobody holds the judge to.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { transformSync } from '@swc/core'
import { isDeep } from '../../src/links/deep.ts'
import { gravity, judge, nextLook } from '../../src/links/index.ts'
import { MUTANTS, type Mutant } from './judge-mutants.ts'
import { broken, type Judges } from './judge-oracle.ts'

const source = (file: Mutant[0]): string => readFileSync(new URL(`../../src/links/${file}.ts`, import.meta.url), 'utf8')

/** The two files as functions of what they import, with a change made. */
function load(change?: Mutant): Judges {
  const modules: Record<string, unknown> = { './gravity.ts': { gravity }, './deep.ts': { isDeep } }
  for (const file of ['judge', 'schedule'] as const) {
    const text = change?.[0] === file ? source(file).replace(change[1], () => change[2]) : source(file)
    const { code } = transformSync(text, {
      filename: `${file}.ts`,
      jsc: { target: 'esnext', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    })
    const exports: Record<string, unknown> = {}
    const require = (name: string): unknown => modules[name] ?? createRequire(import.meta.url)(name)
    new Function('exports', 'require', code)(exports, require)
    modules[`./${file}.ts`] = exports
  }
  const { judge } = modules['./judge.ts'] as Pick<Judges, 'judge'>
  const { nextLook } = modules['./schedule.ts'] as Pick<Judges, 'nextLook'>
  return { judge, nextLook }
}

test('the judge as it is keeps every promise, and so does it when loaded as its mutants are', () => {
  expect(broken({ judge, nextLook }, gravity)).toBeNull()
  expect(broken(load(), gravity)).toBeNull()
})

test('there are at least thirty mutants, each a change to what stands in the source exactly once', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(30)
  for (const [file, from, to] of MUTANTS) {
    expect([from, source(file).split(from).length - 1]).toEqual([from, 1])
    expect(to).not.toBe(from)
  }
  expect(new Set(MUTANTS.map((mutant) => mutant.join('\n'))).size).toBe(MUTANTS.length)
})

test.each(MUTANTS)('in %s: `%s` as `%s` breaks a promise', (...mutant) => {
  let found: string | null
  try {
    found = broken(load(mutant), gravity)
  } catch (error) {
    found = (error as Error).message
  }
  expect(found).not.toBeNull()
})
