/**
 * Small changes to the judge of looks and to its timetable, each of which breaks a promise: [file, from, to]. `from`
 * stands exactly once in the file, or the table is out of date and its test says so.
 */
export type Mutant = readonly [file: 'judge' | 'schedule', from: string, to: string]

export const MUTANTS: readonly Mutant[] = [
  // What counts as a run.
  ['judge', "gravity }) => gravity === 'fine') + 1)", "gravity }) => gravity === 'fine'))"],
  ['judge', "weighed.findLastIndex(({ gravity }) => gravity === 'fine') + 1", '0'],
  ['judge', 'weighed.findLastIndex(', 'weighed.findIndex('],
  ['judge', "filter(({ gravity }) => gravity !== 'nothing')", 'filter(() => true)'],
  ['judge', "definite: run.filter(({ gravity }) => gravity === 'definite')", 'definite: run'],
  [
    'judge',
    "definite: run.filter(({ gravity }) => gravity === 'definite')",
    "definite: run.filter(({ gravity }) => gravity === 'indefinite')",
  ],
  ['judge', "failing: run.filter(({ gravity }) => gravity !== 'turned-away')", 'failing: run'],
  [
    'judge',
    "failing: run.filter(({ gravity }) => gravity !== 'turned-away')",
    "failing: run.filter(({ gravity }) => gravity === 'definite')",
  ],
  ['judge', "turnedAway: run.filter(({ gravity }) => gravity === 'turned-away')", 'turnedAway: []'],
  // Thresholds.
  ['judge', 'run.length >= looks', 'run.length > looks'],
  ['judge', 'run.length >= looks', 'run.length >= looks - 1'],
  ['judge', 'run.length >= looks && last.at - first.at >= over', 'last.at - first.at >= over'],
  ['judge', 'run.length >= looks && last.at - first.at >= over', 'run.length >= looks'],
  ['judge', 'last.at - first.at >= over', 'last.at - first.at > over'],
  ['judge', 'last.at - first.at >= over', 'first.at - last.at >= over'],
  ['judge', 'run.length >= looks && last', 'run.length >= looks || last'],
  ['judge', '[run[0], run.at(-1)]', '[run[1], run.at(-1)]'],
  // What is dead, and what is worth telling.
  ['judge', 'reached(definite, patience.deadAfter)', 'reached(failing, patience.deadAfter)'],
  ['judge', 'reached(definite, patience.deadAfter)', 'reached(definite, patience.deadAfterIndefinite)'],
  ['judge', 'reached(definite, patience.deadAfter)', 'reached(definite, patience.alertAfter)'],
  ['judge', 'reached(failing, patience.deadAfterIndefinite)', 'reached(definite, patience.deadAfterIndefinite)'],
  ['judge', 'reached(failing, patience.deadAfterIndefinite)', 'reached(failing, patience.alertAfterIndefinite)'],
  ['judge', 'if (reached(failing, patience.deadAfterIndefinite))', 'if (false)'],
  ['judge', "judgement('dead', failing), ...causeOf(definite)", "judgement('dead', failing)"],
  ['judge', "judgement('dead', failing), ...causeOf(definite)", "judgement('dead', definite), ...causeOf(definite)"],
  ['judge', "turnedAway.length === 0 ? ALIVE : judgement('alert', turnedAway)", 'ALIVE'],
  [
    'judge',
    "turnedAway.length === 0 ? ALIVE : judgement('alert', turnedAway)",
    "turnedAway.length === 0 ? ALIVE : judgement('dead', turnedAway)",
  ],
  [
    'judge',
    'turnedAway.length > 0 || reached(definite, patience.alertAfter)',
    'reached(definite, patience.alertAfter)',
  ],
  ['judge', 'reached(definite, patience.alertAfter) ||', 'false ||'],
  ['judge', '|| reached(failing, patience.alertAfterIndefinite)', ''],
  ['judge', "alert ? 'alert' : 'failing'", "alert ? 'failing' : 'alert'"],
  ['judge', 'since: run[0]?.at', 'since: run.at(-1)?.at'],
  ['judge', 'looks: run.length, ...causeOf', 'looks: run.length + 1, ...causeOf'],
  // Against what the gate saw.
  ['judge', "baseline.verdict !== 'alive' && baseline.cause === cause", 'baseline.cause === cause'],
  ['judge', "baseline.verdict !== 'alive' && baseline.cause === cause", "baseline.verdict !== 'alive'"],
  ['judge', "known ? 'fine' : gravity(cause)", 'gravity(cause)'],
  ['judge', "if (look.verdict !== 'alive') return look.cause", 'return look.cause'],
  ['judge', 'isDeep(then) && !isDeep(now)', '!isDeep(now)'],
  ['judge', 'isDeep(link) && isDeep(then)', 'isDeep(then)'],
  ['judge', "!isDeep(now) ? 'home-page' : 'ok'", "isDeep(now) ? 'home-page' : 'ok'"],
  // When to look next.
  ['schedule', 'Math.max(due, given.now) > end', 'due > end'],
  ['schedule', 'null : Math.max(due, given.now)', 'null : due'],
  ['schedule', 'given.looks.at(-1)?.at ?? given.publishedAt', 'given.publishedAt'],
  ['schedule', 'given.looks.at(-1)?.at ?? given.publishedAt', 'given.looks[0]?.at ?? given.publishedAt'],
  ['schedule', ', ...decisions(given, last)]', ']'],
  ['schedule', 'if (publishedAt + every > after)', 'if (publishedAt + every >= after)'],
  ['schedule', 'from + (passed + 1) * every', 'from + passed * every'],
  ['schedule', 'from + (passed + 1) * every', 'from + (passed + 2) * every'],
  ['schedule', 'if (slot <= until)', 'if (slot < until)'],
  ['schedule', 'if (slot <= until)', 'if (true)'],
  ['schedule', 'from = Math.max(from, every)', 'from = 0'],
  ['schedule', "if (state === 'alive' || state === 'dead') return []", "if (state === 'alive') return []"],
  ['schedule', '[definite, patience.deadAfter],', ''],
  ['schedule', '[failing, patience.deadAfterIndefinite],', ''],
  ['schedule', "if (state === 'failing') wanted.push(", 'if (false) wanted.push('],
  ['schedule', 'over / Math.max(1, looks - 1)', 'over / looks'],
  ['schedule', 'count < looks ? spread', 'true ? spread'],
  ['schedule', 'Math.ceil(last + spacing)', 'Math.ceil(first + spacing)'],
  ['schedule', 'T23:59:59.999Z', 'T00:00:00.000Z'],
]
