/** The tables as Kysely sees them. The migrations make them; words.ts says what the columns mean. */
import type { Generated } from 'kysely'
import type { ConsentAct } from './words.ts'

export interface Schema {
  list: {
    id: Generated<number>
    name: string
    title: string
    created_at: number
    /** FieldSchema as JSON. */
    fields: Generated<string>
  }
  subscriber: {
    id: Generated<number>
    /** Null once erased. */
    address: string | null
    /** What is compared: domain folded to its A-label, local part as given (RFC 5321 §2.4). */
    address_key: string | null
    name: string | null
    language: string | null
    /** IANA name. */
    time_zone: Generated<string | null>
    created_at: number
    erased_at: number | null
  }
  subscription: {
    list_id: number
    subscriber_id: number
    state: 'subscribed' | 'paused' | 'unsubscribed'
    changed_at: number
    /** When a pause ends. */
    until_at: Generated<number | null>
    /** FieldValues as JSON. */
    fields: Generated<string>
    /** Tags, sorted, as JSON. */
    tags: Generated<string>
  }
  /** Append-only. `list_id` null: an act that concerns every list. */
  consent: {
    id: Generated<number>
    list_id: number | null
    subscriber_id: number | null
    act: ConsentAct
    at: number
    source: string
    /** The words that were agreed to, and their language. */
    text: Generated<string | null>
    language: Generated<string | null>
  }
  /** Asked and not confirmed: nobody is a subscriber by it. See verbs/joining.ts. */
  sign_up: {
    id: Generated<number>
    /** Null: a change of address. */
    list_id: number | null
    /** Who changes their address; or who a confirmed one has become. */
    subscriber_id: number | null
    address: string
    address_key: string
    /** The key's keyed hash. */
    hash: string
    name: string | null
    language: string | null
    text: string
    text_language: string
    source: string
    asked_at: number
    confirmed_at: number | null
  }
  /** All that is kept of an erased address: a keyed hash, so that no import brings it back. */
  erased_address: { hash: string; at: number }
  /** `until_at`: a quarantine; null: for good. */
  suppression: { address_key: string; reason: string; source: string; at: number; until_at: number | null }
  /** What came back of a copy: one row a verdict. See verbs/bouncing.ts. */
  bounce: {
    mailing_id: number
    n: number
    verdict: string
    edition_id: number | null
    at: number
    status: string | null
    reason: string | null
    diagnostic: string | null
  }
  edition: {
    id: Generated<number>
    digest: string
    kind: string
    language: string
    subject: string
    list: string | null
    /** EditionContent, fields and places as JSON. */
    content: string
    /** Announcement as JSON. */
    source: string
    created_at: number
  }
  /** `origin`: as a URL has it; null where the address has none (mail, placeholders). */
  link: { id: Generated<number>; href: string; origin: string | null }
  place: { edition_id: number; part: 'html' | 'text'; n: number; link_id: number; words: string }
  /** The gate's word that this digest is sound, at that time. */
  certificate: { digest: string; at: number }
  mailing: {
    id: Generated<number>
    kind: string
    edition_id: number
    list_id: number | null
    state: string
    state_why: string | null
    /** In hand at the commit that last held or cancelled it. */
    slipped: number | null
    audience: number
    series: string | null
    created_at: number
    published_at: number | null
    due_at: number
    started_at: number | null
    finished_at: number | null
    expires_at: number
    corrects_mailing: number | null
    corrects_edition: number | null
    /** The changes a corrigendum makes, as JSON. */
    changes: string | null
    /** `line`: the watch holds it, and lets it go on again; null where a person must. */
    held_by: string | null
    /** When the line is next to be seen to. */
    line_at: number | null
    /** How often the watch has held it. */
    holds: Generated<number>
    /** A corrigendum for those at one mail domain. */
    domain: string | null
    /** Of a corrigendum: `auto` or `hand`. */
    origin: string | null
    /** To whom, where it is more than one list as it stands: Selection as JSON. */
    selection: Generated<string | null>
  }
  chunk: {
    id: Generated<number>
    mailing_id: number
    first_n: number
    last_n: number
    role: string
    epoch: number
    owner: string | null
    lease_until: number | null
    /** When there is work next; null: none is left. */
    due_at: number | null
    pending: number
    handed: number
    accepted: number
    deferred: number
    rejected: number
    uncertain: number
    bounced: number
    suppressed: number
    cancelled: number
    expired: number
  }
  delivery: {
    mailing_id: number
    n: number
    role: string
    subscriber_id: number | null
    /** The list through which the reader got it; null: the mailing's. */
    list_id: Generated<number | null>
    address: string
    /** Merge fields in use, copied at freeze, as JSON. */
    fields: string
    in_reply_to: string | null
    /** Message-IDs, separated by spaces. */
    refs: string
    state: string
    state_at: number
    /** The edition whose bytes were handed. */
    edition_id: number | null
    epoch: number | null
    tries: number
    reply_code: number | null
    reply_enhanced: string | null
    reply_text: string | null
  }
  retry: { mailing_id: number; n: number; chunk_id: number; due_at: number }
  api_token: {
    id: Generated<number>
    name: string
    /** SHA-256 of the secret, in hexadecimal. */
    hash: string
    /** Apart by spaces. */
    scopes: string
    created_at: number
    revoked_at: number | null
  }
  /** A message to one, beside its delivery. See verbs/messages.ts. */
  message: {
    mailing_id: number
    n: number
    /** Who asked; null: ourselves. */
    token_id: number | null
    idempotency_key: string | null
    /** A digest of what was asked. */
    request: string
    created_at: number
    /** When its web hook is to be told (again) what became of it; null: there is nothing to tell. */
    hook_at: number | null
    hook_tries: Generated<number>
  }
  /** Append-only. */
  look: {
    id: Generated<number>
    link_id: number
    at: number
    /** The watch's due time that this look answered; null: a look of the gate. */
    slot: number | null
    verdict: string
    /** Look as JSON. */
    detail: string
  }
  watch: {
    mailing_id: number
    link_id: number
    published_at: number
    due_at: number | null
    state: string
    since: number | null
    cause: string | null
    /** LinkTerms of the edition as JSON. */
    terms: string | null
    /** The gate's Look as JSON. */
    baseline: string | null
    answer: string | null
    corrigendum_id: number | null
    dead_at: number | null
    /** Since when its corrigendum waits for neighbours that may live again, and when it is tried next. */
    stalled_at: number | null
    correct_at: number | null
  }
  /** Which dead links a corrigendum is for. */
  answers: { corrigendum_id: number; link_id: number }
  /** What the team is told. */
  notice: {
    id: Generated<number>
    /** Told once: a second notice of the same topic is none. */
    topic: string
    kind: string
    mailing_id: number | null
    link_id: number | null
    subject: string
    /** Markdown. */
    body: string
    /** For the web hook, as JSON. */
    facts: string
    at: number
    /** When it is to be mailed (again); null: not any more. */
    due_at: number | null
    times: Generated<number>
    /** 1: every day until it is closed. */
    remind: number
    closed_at: number | null
    /** When it is to be posted (again); null: not any more. */
    hook_at: number | null
    hook_tries: Generated<number>
  }
  proof: {
    id: Generated<number>
    mailing_id: number
    n: number
    edition_id: number
    round: number
    /** 1: sent last. */
    late: number
    address: string
    mailbox: string
    state: string
    since: number
    due_at: number | null
    judged_at: number | null
    /** Lines as JSON. */
    report: string
  }
  correction: { subscriber_id: number; mailing_id: number; link_id: number; corrigendum_id: number }
  /** Append-only. */
  audit: { id: Generated<number>; at: number; who: string; what: string; mailing_id: number | null; detail: string }
  /** A vouch holds until `until_at`, or until somebody takes it back. See verbs/vouching.ts. */
  vouch: {
    id: Generated<number>
    what: string
    rule: string
    cause: string | null
    letter: string | null
    words: string
    who: string
    why: string
    at: number
    until_at: number
    revoked_at: number | null
    revoked_by: string | null
  }
  /** One row. `restored_at`: this ledger was found older than what was sent from it, and nobody has said more. */
  generation: { lineage: string; n: number; restored_at: number | null }
  /** Messages taken from a route's DAILY_QUOTA, by hours since the epoch. See verbs/quota.ts. */
  quota: { route: string; hour: number; taken: number }
  /** What a receiver answered last: `answers` as JSON. See verbs/receivers.ts. */
  receiver: {
    name: string
    answers: string
    rests_since: number | null
    /** Null while it rests: till somebody lets it go on. */
    rests_until: number | null
    why: string | null
    /** When somebody last let it go on; 0: nobody had to. */
    resumed_at: number
  }
  heartbeat: { name: string; pid: number; at: number; note: string }
}
