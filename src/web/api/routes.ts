/**
 * Every route, in the order of the document. What is typed at a keyboard and is not here needs a person there: sending
 * (who types the count has read it), resuming and correcting (somebody looked at the letter and its links), vouching
 * (a name answers for it), settling (somebody asked the recipient). Tokens are made and ended by the operator alone, or
 * one that was stolen could make others.
 */
import { checkRoutes } from './check.ts'
import { listRoutes } from './lists.ts'
import { mailingRoutes } from './mailings.ts'
import { messageRoutes } from './messages.ts'
import type { Route } from './route.ts'
import { subscriberRoutes } from './subscribers.ts'

export const routes: readonly Route[] = [
  ...messageRoutes,
  ...mailingRoutes,
  ...listRoutes,
  ...subscriberRoutes,
  ...checkRoutes,
]
