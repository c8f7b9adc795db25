/** Tools for the web room that keep what they were asked in plain sight. */
import type { InboxLine, Letter, PeopleTools, TeamTools, WebTools } from '../../src/web/index.ts'

export const LETTER = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Reports</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>.b{color:#0b5cab}</style></head>
<body style="margin:0"><h1 style="font-family:sans-serif">Two new reports</h1>
<p>You can now read the <a class="b" href="https://reports.example.net/1">synthesis report</a>.</p></body></html>`

export interface SeenWebTools extends WebTools {
  readonly left: { token: string; how: string }[]
  readonly faults: unknown[]
}

/** `known-LANGUAGE` is a token of ours; `broken` makes every tool fail; all else is unknown. */
export function webTools(): SeenWebTools {
  const left: SeenWebTools['left'] = []
  const faults: unknown[] = []
  const known = (token: string): string | null => {
    if (token === 'broken') throw new Error('the ledger is locked')
    return token.startsWith('known-') ? token.slice(6) : null
  }
  return {
    organisation: 'Learning & Doing <Lab>',
    left,
    faults,
    readUnsubscribe: (token) => {
      const language = known(token)
      return language === null ? null : { language }
    },
    unsubscribe: async (token, how) => {
      if (known(token) !== null) left.push({ token, how })
    },
    webCopy: async (token) => {
      const language = known(token)
      if (language === null) return null
      const corrected = language.endsWith('-corrected')
      return { html: LETTER, language: language.replace('-corrected', ''), direction: 'ltr', corrected }
    },
    hook: null,
    onFault: (error, where) => faults.push([String(error), where]),
  }
}

export interface SeenPeopleTools extends PeopleTools {
  readonly joined: object[]
  readonly chosen: object[]
}

/** Everybody with a token that begins with `known` is Ann, who reads this language, on two lists. */
export function peopleTools(language = 'en'): SeenPeopleTools {
  const joined: object[] = []
  const chosen: object[] = []
  const card = {
    address: 'ann.with-a-rather-long-name@reader.example.net',
    name: 'Ann',
    language,
    lists: [
      { id: 1, name: 'gll-members', state: 'subscribed' as const, until: null },
      { id: 2, name: 'events', state: 'paused' as const, until: Date.UTC(2027, 1, 1) },
    ],
  }
  return {
    organisation: 'Global Learning Laboratory for Quality UHC',
    joined,
    chosen,
    isOpen: async (list) => list === 'members',
    join: async (order) => {
      joined.push(order)
      return { kind: 'asked' }
    },
    asked: async (token) => (token.startsWith('known') ? { language, what: 'join' } : null),
    confirm: async () => true,
    preferences: async (token) => (token.startsWith('known') ? card : null),
    choose: async (_token, choice) => {
      chosen.push(choice)
      return { kind: 'done' }
    },
    data: async () => ({ card }),
  }
}

export function teamTools(over: Partial<TeamTools> = {}): TeamTools {
  const mails = new Map<string, Letter>()
  const lines: InboxLine[] = []
  for (let n = 250; n >= 1; n--) {
    const id = `${n}.eml`
    const subject = n === 7 ? '<script>alert(1)</script>' : `Two new reports on compassion (${n})`
    const to = `reader${n}@example.net`
    lines.push({ id, receivedAt: Date.UTC(2026, 10, 24, 9, 0, n), to, subject, bytes: 20_480 + n })
    mails.set(id, {
      subject,
      from: 'GLL Team <gll@gll.invalid>',
      to,
      date: 'Tue, 24 Nov 2026 09:00:00 +0000',
      html: n === 8 ? null : LETTER.replace('</body>', '<script>document.title = "ran"</script></body>'),
      text: 'You can now read the synthesis report: https://reports.example.net/1\n',
    })
  }
  return {
    organisation: 'Learning Lab',
    concern: async () => 'nothing is running: mail waits, links are unwatched since 09:10',
    mailings: async () => [
      {
        id: 2,
        kind: 'corrigendum',
        subject: 'Corrigendum: Two new reports on compassion',
        state: 'running',
        stateWhy: null,
        audience: 180,
        counts: { accepted: 120, pending: 60, rejected: 0 },
        dead: [],
      },
      {
        id: 1,
        kind: 'announcement',
        subject: 'Two new reports <b>on compassion</b>',
        state: 'held',
        stateWhy: 'a link is dead',
        audience: 12_200,
        counts: { accepted: 11_950, rejected: 250 },
        dead: [{ link: 'https://reports.example.net/country/experiences/2026', holders: 11_950 }],
      },
    ],
    inbox: { list: async () => lines, get: async (id) => (mails.has(id) ? new TextEncoder().encode(id) : null) },
    metrics: {
      now: Date.now,
      facts: async () => ({ deliveries: { accepted: 120 }, mailings: { running: 1 }, leased: 0, resting: 1, due: {} }),
      heartbeat: async () => null,
      worker: () => null,
    },
    read: async (mail) => mails.get(new TextDecoder().decode(mail)) ?? Promise.reject(new Error('unread')),
    ...over,
  }
}
