/**
 * The rules of the gate as README shows them: what each is about, why, an example, the remedy, and whether a named
 * person can vouch.
 *
 *   node scripts/rules.ts          prints the table
 */
import { fileURLToPath } from 'node:url'
import { LOOK_RULES, RULES, type Rule } from '../src/links/index.ts'

export function rulesTable(): string {
  const rules: [string, Rule][] = Object.entries({ ...RULES, ...LOOK_RULES })
  const rows = rules.map(([name, rule]) => {
    const words = [
      `\`${name}\``,
      cell(rule.what),
      cell(rule.why),
      code(rule.example),
      cell(rule.remedy),
      vouching(name, rule),
    ]
    return `| ${words.join(' | ')} |`
  })
  return [
    '| rule | what | why | example | remedy | can a person vouch? |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const vouching = (name: string, rule: Rule): string =>
  name === 'link-could-be-better' ? 'no need: a warning' : rule.vouchable ? 'yes' : 'no: it is certain'

// GitHub splits a row at a bar even inside code.
const cell = (text: string): string => text.replaceAll('|', '\\|')
const code = (text: string): string => `\`${cell(text)}\``

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(rulesTable())
