/**
 * Fills the parts of README.md that the program itself knows: the gate's rules, configuration from .env.example,
 * commands from --help.
 *
 *   node scripts/readme.ts          writes README.md
 *
 * A test holds README.md equal to what this would write.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rulesTable } from './rules.ts'

const README = new URL('../README.md', import.meta.url)
const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

/** README.md with every part of ours as it should be. */
export function filled(): string {
  const parts = { rules: rulesTable(), configuration: configuration(), commands: commands() }
  let text = readFileSync(README, 'utf8')
  for (const [name, part] of Object.entries(parts)) {
    const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`)
    if (!between.test(text)) throw new Error(`README.md has no place for ${name}`)
    text = text.replace(between, (_, start: string, end: string) => `${start}\n${part}\n${end}`)
  }
  return text
}

/** A row a key; what stands in brackets at the end of its comment is what holds while it is unset. */
function configuration(): string {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/((?:^# .*\n)+)([A-Z_]+)=/gm)].map(([, comment = '', key = '']) => {
    const about = comment.replace(/^# /gm, '').trim().replace(/\n/g, ' ')
    const unset = /^(.*?)\s*\(([^()]*)\)$/.exec(about)
    return `| \`${key}\` | ${(unset?.[1] ?? about).replaceAll('|', '\\|')} | ${unset?.[2] ?? ''} |`
  })
  return ['| key | what it is | unset |', '|---|---|---|', ...rows, ''].join('\n')
}

function commands(): string {
  const help = execFileSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' })
  const list = help.slice(help.indexOf('Commands:')).trimEnd()
  return `\`\`\`\n${list}\n\`\`\`\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(README, filled())
