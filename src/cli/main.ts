/**
 * The command line: what can be typed, with an example each. A command's own file is loaded only when it runs, so that
 * `gll check --content` starts without the ledger, without nodemailer and without MJML.
 */
import { Command } from 'commander'
import { isComplaint } from '../complaint.ts'
import type { Exit } from './exit.ts'
import { paint, say } from './terminal.ts'

type Run = (args: string[], options: Record<string, unknown>) => Promise<Exit>

/** Flags, what they are for, and whether they may be given several times. */
type Option = readonly [flags: string, about: string, many?: 'many']

interface Entry {
  readonly usage: string
  readonly about: string
  readonly options?: readonly Option[]
  readonly example: string
  readonly load: () => Promise<{ run: Run }>
}

const JSON_OPTION = ['--json', 'one JSON object a line on standard output'] as const
const YES_OPTION = ['--yes <count>', 'the number of people, instead of typing it (for scripts)'] as const

const entries: readonly Entry[] = [
  {
    usage: 'check <file...>',
    about: 'Find missing links, then look at every link. Sends nothing. Reads .md .mjml .html .txt .eml',
    options: [
      ['--content', 'judge the content alone and look at nothing'],
      ['--deadline <time>', 'for all looks of the run together (default 10m); what is not looked at by then is unsure'],
      JSON_OPTION,
      ['--format <name>', 'text, json, github (annotations), sarif or junit'],
    ],
    example: 'gll check letter.md',
    load: () => import('./check.ts'),
  },
  {
    usage: 'preview <file>',
    about: 'Show the letter in the browser: both parts, every link marked, faults beside it, on a desk and on a phone',
    options: [
      ['--out <folder>', 'write the page there and open nothing'],
      ['--content', 'judge the content alone and look at nothing'],
      ['--deadline <time>', 'for all looks together (default 10m)'],
    ],
    example: 'gll preview letter.md --out preview',
    load: () => import('./preview.ts'),
  },
  {
    usage: 'send <file...>',
    about:
      'Check a letter, publish it to a list, and let the worker deliver it; several are one letter in as many languages',
    options: [
      ['--list <name>', 'the list, or several; the letter may name them itself (list: in its front matter)', 'many'],
      ['--except <name>', 'not to those who are on this list; except: in the front matter', 'many'],
      ['--where <segment>', 'only to whom it means: "language = fr and tag = member"; segment: in the front matter'],
      ['--at <time>', 'when it leaves: "2027-01-31 09:00 Europe/Paris"; without a zone, that of this machine'],
      YES_OPTION,
      ['--wait', 'stay until every copy has ended in a state'],
      ['--deadline <time>', 'for all looks at links together (default 10m)'],
      ['--to <address>', 'a test copy to this address alone; of a letter without a list, a message to them'],
      ['--data <name=value>', 'with --to: a merge field, or several', 'many'],
    ],
    example:
      'gll send letter.md --list gll-members\n  gll send letter.en.md letter.fr.md letter.ar.md\n  gll send letter.md --to me@example.org\n  gll send place.md --to ann@example.org --data event=Geneva',
    load: () => import('./send.ts'),
  },
  {
    usage: 'status [mailing]',
    about: 'What became of a mailing, with counts that add up; without a number, of all of them',
    options: [['--follow', 'stay, and keep counting'], JSON_OPTION],
    example: 'gll status 12 --follow',
    load: () => import('./status.ts'),
  },
  {
    usage: 'hold <mailing>',
    about: 'Stop a mailing at its next message; what has left has left',
    options: [['--why <text>', 'kept in the record']],
    example: 'gll hold 12 --why "wrong date in the first line"',
    load: () => import('./hold.ts'),
  },
  {
    usage: 'resume [mailing]',
    about:
      'Let a held mailing go on: refused while one of its links is dead; one that was not proved is proved again. Or let mail to a receiver that refused too much go on',
    options: [
      ['--unproved', 'let it go although its copies in the seed mailboxes were not sound'],
      ['--why <text>', 'with --unproved: the reason, kept in the record'],
      ['--by <name>', 'with --unproved: who says so'],
      ['--restored', 'after a backup was restored: let corrigenda be made by themselves again'],
      ['--receiver <domain>', 'let mail to this receiver go on, which gll status names'],
    ],
    example:
      'gll resume 12\n  gll resume --receiver gmail.com\n  gll resume 12 --unproved --why "that gateway is known to us" --by "Ann Lee"',
    load: () => import('./resume.ts'),
  },
  {
    usage: 'cancel <mailing>',
    about: 'End a mailing, or stop a corrigendum before it leaves; nobody who waits will get it',
    options: [['--why <text>', 'kept in the record']],
    example: 'gll cancel 12 --why "sent by mistake"',
    load: () => import('./cancel.ts'),
  },
  {
    usage: 'links <mailing>',
    about: 'Each link of a mailing: verdict, looks, and how many people hold it',
    options: [JSON_OPTION],
    example: 'gll links 12',
    load: () => import('./links.ts'),
  },
  {
    usage: 'who [address]',
    about: 'What a person was handed, when, and what became of it; or who holds a link',
    options: [
      ['--mailing <number>', 'with --holding: the mailing'],
      ['--holding <url>', 'list the holders of this link'],
      JSON_OPTION,
    ],
    example: 'gll who ann@example.org\n  gll who --mailing 12 --holding https://www.example.org/report.pdf',
    load: () => import('./who.ts'),
  },
  {
    usage: 'correct <mailing>',
    about: 'Send a corrigendum now to exactly those who hold the wrong copy; let a held mailing go on with other links',
    options: [
      ['--link <old=new...>', 'what to correct: OLD is a number of gll links or an address; OLD=- withdraws the link'],
      ['--why <text>', "the cause in your words; it stands in the corrigendum's first paragraph"],
      ['--domain <name>', 'only to those at this mail domain, behind whose gateway the mail was damaged'],
      ['--dry-run', 'show old and new, who would get it, the subject and both parts; send nothing'],
      YES_OPTION,
    ],
    example:
      'gll correct 12 --link https://a.org/old.pdf=https://a.org/new.pdf\n  gll correct 12 --link 47=- --dry-run',
    load: () => import('./correct.ts'),
  },
  {
    usage: 'veto <corrigendum>',
    about: 'Stop a corrigendum before it leaves; its link is not asked about again while it stays dead',
    example: 'gll veto 13',
    load: () => import('./veto.ts'),
  },
  {
    usage: 'report <mailing>',
    about: 'What happened to a mailing, to be filed: its links, the people concerned, the corrigenda, a timeline',
    options: [
      ['--format <name>', 'md or html (by the name of --out, else md)'],
      ['--out <file>', 'write it there; a Markdown report gets its picture beside it'],
    ],
    example: 'gll report 12 --out report-12.html',
    load: () => import('./mailing-report.ts'),
  },
  {
    usage: 'settle <mailing> [delivery] [accepted|pending]',
    about: 'Say what became of an uncertain delivery; without one, list them. Pending sends it once more',
    options: [JSON_OPTION],
    example: 'gll settle 12\n  gll settle 12 4711 accepted',
    load: () => import('./settle.ts'),
  },
  {
    usage: 'list <import|export|fields|show> [name] [more...]',
    about: 'Lists: take people from CSV or Excel, give them out again, declare merge fields, count who is meant',
    options: [
      ['--dry-run', 'with import: say what would be new, changed and skipped, and change nothing'],
      ['--map <pairs>', 'with import: which column is what, "E-Mail=address,Ville=city,Fax=-"'],
      ['--fields <fields>', 'with import: declare fields of the list, "city:text,joined:date,points:number=0"'],
      ['--tag <tag>', 'with import: everybody gets it', 'many'],
      ['--source <text>', 'with import: how they agreed, for the record of consent (default: the file)'],
      ['--charset <name>', 'with import: utf-8, utf-16, windows-1251, … where it is not found out'],
      ['--separator <character>', 'with import: what stands between two columns, where it is not found out; or tab'],
      ['--rejected <file>', 'with import: where rows go that were not taken (default FILE.rejected.csv)'],
      ['--where <segment>', 'with export and show: only whom it means, "language = fr and tag = member"'],
      ['--format <name>', 'with export: csv or json'],
      ['--out <file>', 'with export: write it there'],
      JSON_OPTION,
    ],
    example:
      'gll list import gll-members people.xlsx --dry-run\n  gll list fields gll-members city:text points:number=0\n  gll list show gll-members --where "language = fr and city in (Bern, Basel)"\n  gll list export gll-members --out members.csv',
    load: () => import('./list.ts'),
  },
  {
    usage: 'subscriber <add|show|erase> <address>',
    about: 'Add one person to a list, show what is known of them, or forget them',
    options: [
      ['--list <name>', 'with add: the list'],
      ['--name <name>', 'with add'],
      ['--language <tag>', 'with add: en, fr, es, ru, ar, zh, …'],
      ['--time-zone <zone>', 'with add: Europe/Paris, …'],
      ['--tag <tag>', 'with add', 'many'],
      ['--field <name=value>', 'with add: a merge field of the list', 'many'],
      JSON_OPTION,
    ],
    example: 'gll subscriber add ann@example.org --list gll-members --name "Ann Lee" --language en',
    load: () => import('./subscriber.ts'),
  },
  {
    usage: 'suppress <address>',
    about: 'Never write to this address again, whatever list it is on',
    options: [['--why <text>', 'kept in the record']],
    example: 'gll suppress ann@example.org --why "asked by telephone"',
    load: () => import('./suppress.ts'),
  },
  {
    usage: 'bounce [file...]',
    about: 'Take in a report that came back, from standard input or files: whom it names, why, and what follows',
    options: [
      ['--dry-run', 'say what it is understood as, and change nothing'],
      ['--recipient <address>', 'the envelope recipient, where the mail system tells it'],
      JSON_OPTION,
    ],
    example: 'gll bounce < report.eml\n  gll bounce --dry-run --json reports/*.eml',
    load: () => import('./bounce.ts'),
  },
  {
    usage: 'vouch [what]',
    about:
      'Say by name that a link nobody can be sure of is right, or a suspected place of a letter; or list what was said',
    options: [
      ['--why <text>', 'the reason; it is kept, and shown in reports'],
      ['--by <name>', 'who says so'],
      ['--for <time>', 'how long it holds (default 30d)'],
      ['--rule <name>', 'of a letter: the rule, as gll check names it'],
      ['--line <number>', 'of a letter: the line, as gll check gives it'],
      ['--part <part>', 'of a letter: html or text'],
      ['--revoke <number>', 'take a vouch back (with --by)'],
      ['--all', 'list also what has lapsed or was revoked'],
      JSON_OPTION,
    ],
    example:
      'gll vouch https://www.example.org/members --why "opens in a browser" --by "Ann Lee"\n  gll vouch letter.md --rule pointer-without-link --line 12 --why "a quotation" --by "Ann Lee"\n  gll vouch',
    load: () => import('./vouch.ts'),
  },
  {
    usage: 'token <add|list|revoke> [which]',
    about: 'The tokens by which programs may use the API under PUBLIC_URL/v1',
    options: [['--scope <name...>', 'with add: messages, mailings, lists, check']],
    example: 'gll token add shop --scope messages\n  gll token list\n  gll token revoke 1',
    load: () => import('./token.ts'),
  },
  {
    usage: 'doctor',
    about: 'Examine what stands between us and the inbox: DNS, relay, pages, clock. Sends nothing',
    options: [
      ['--listings', 'ask block lists too, through the name server in RESOLVER; it tells them of us'],
      JSON_OPTION,
    ],
    example: 'gll doctor',
    load: () => import('./doctor.ts'),
  },
  {
    usage: 'migrate',
    about: 'Bring the tables of the ledger up to date; safe to run twice, and while a worker runs',
    example: 'gll migrate',
    load: () => import('./migrate.ts'),
  },
  {
    usage: 'serve',
    about: 'The resident program: delivers, watches links, corrects, and shows the pages',
    example: 'gll serve',
    load: () => import('./serve.ts'),
  },
]

function program(): Command {
  const gll = new Command('gll')
    .description(
      'Sends announcements. No email leaves with a dead or missing link; who holds one that broke gets a corrigendum.',
    )
    .version('0.1.0')
    .showHelpAfterError('(gll --help, or gll COMMAND --help)')
    .configureHelp({ helpWidth: 110 })
    // Commands take this over when they are made; without it commander ends the program itself, with 1.
    .exitOverride()
  for (const entry of entries) {
    const command = gll.command(entry.usage).description(entry.about)
    for (const [flags, about, many] of entry.options ?? []) {
      if (many) command.option(flags, about, (one: string, before: string[] = []) => [...before, one])
      else command.option(flags, about)
    }
    command.addHelpText('after', `\nExample:\n  ${entry.example}`)
    command.action(async () => {
      const { run } = await entry.load()
      process.exitCode = await run(command.args, command.opts())
    })
  }
  return gll
}

// Who reads has read enough (`gll status | head`): nothing went wrong.
process.stdout.on('error', (error: { code?: string }) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  await program().parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** Says what went wrong and what to do about it; gives the exit code. */
function explain(error: unknown): Exit {
  if (isComplaint(error)) {
    say(`${paint('red', 'gll:', process.stderr)} ${error.message}`)
    say(`  → ${error.remedy}`)
    return error.exit
  }
  const { code, message, stack, exitCode } = error as Error & { code?: string; exitCode?: number }
  // Commander has printed its own words.
  if (code?.startsWith('commander.')) return exitCode === 0 ? 0 : 3
  say(`${paint('red', 'gll:', process.stderr)} ${message ?? String(error)}`)
  if (process.argv.includes('--debug')) say(stack)
  else say('  → this is a fault of the program; LOG_LEVEL=debug shows where')
  return 1
}
