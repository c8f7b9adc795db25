/**
 * The web room: what is reached over HTTP. `openWeb` is what stands open: for readers, unsubscribing (RFC 8058), the web
 * copy, joining, confirming and choosing; for programs, the API under `api/`; for providers, where they post bounces.
 * `openTeam` is for the team alone: how the mailings stand, figures for Prometheus, and the local inbox. Plain HTML from
 * the server, no script, nothing fetched from elsewhere. It knows no ledger and parses no mail: what it shows comes
 * through its tools. It alone imports fastify and zod.
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
export type { Web } from './listen.ts'
export type { MetricsTools, WorkerMetrics } from './metrics.ts'
export type { PeopleTools } from './people.ts'
export { openWeb, type WebCopy, type WebTools } from './public.ts'
export { type InboxLine, type Letter, type MailingLine, openTeam, type TeamTools } from './team.ts'
