/**
 * The web room: what is seen in a browser. `openWeb` is what readers reach: unsubscribing (RFC 8058) and the web copy.
 * `openTeam` is for the team alone: how the mailings stand, and the local inbox. Plain HTML from the server, no script,
 * nothing fetched from elsewhere. It knows no ledger and parses no mail: what it shows comes through its tools.
 * `api/` is for programs. It alone imports fastify.
 */
export { SCOPES } from './api/route.ts'
export type {
  ApiTools,
  Caller,
  CheckReport,
  GivenPerson,
  ImportAnswer,
  LinkView,
  ListCard,
  ListView,
  MailingView,
  MessageView,
  TemplateView,
} from './api/tools.ts'
export type { Listen, OnFault, Web } from './listen.ts'
export type { MetricsTools, WorkerMetrics } from './metrics.ts'
export type { PeopleTools, Preferences } from './people.ts'
export { type Leaving, openWeb, type WebCopy, type WebTools } from './public.ts'
export { type InboxLine, type InboxView, type Letter, type MailingLine, openTeam, type TeamTools } from './team.ts'
