import { readFileSync } from 'node:fs'
import { rulesTable } from '../scripts/rules.ts'
import { LOOK_RULES, RULES, type Rule } from '../src/links/index.ts'

const rules: Record<string, Rule> = { ...RULES, ...LOOK_RULES }

test("README's table of rules is what the program knows", () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(readme).toContain(rulesTable())
})

test('every rule says what, why, an example and a remedy, and what is certain nobody can vouch for', () => {
  for (const [name, rule] of Object.entries(rules)) {
    expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)*$/)
    for (const words of [rule.what, rule.why, rule.example, rule.remedy]) expect(words.trim()).not.toBe('')
    expect([name, rule.vouchable]).toEqual([name, rule.certainty === 'suspected'])
  }
})

test('a row a rule, and no bar or backquote breaks it', () => {
  const rows = rulesTable().trim().split('\n').slice(2)
  expect(rows).toHaveLength(Object.keys(rules).length)
  for (const row of rows) {
    expect(row.split(/(?<!\\)\|/)).toHaveLength(8)
    expect((row.match(/`/g) ?? []).length % 2).toBe(0)
  }
})
