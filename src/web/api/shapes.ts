/** What the API takes and gives about messages, mailings and letters; of people and lists see people-shapes.ts. */
import { z } from 'zod'
import { DELIVERY_STATES } from '../../ledger/index.ts'
import type { Fault } from '../../links/index.ts'

export const time = z.iso.datetime().describe('UTC')

export const language = z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/)

/** On one line: PostgreSQL takes no NUL in a text, and a record is read line by line. */
export const line = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u)

/** Deliveries are counted in 32 bits. */
const MOST = 2_147_483_647

/** Of a page of up to 1,000: where it begins. */
export const after = z.coerce.number().int().min(0).max(MOST).default(0).describe('the `after` of the page before')

/** A page of what the ledger counts by itself: where to go on, null at the end. */
export const next = z.int().nullable().describe('where the next page begins; null at the end')

export const messageBody = z
  .strictObject({
    template: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
      .describe('NAME of MESSAGES_DIR/NAME.md'),
    to: z.string().min(3).max(320).describe('one address'),
    language: language.optional().describe('BCP 47: the template NAME.LANGUAGE.md, or NAME.md where there is none'),
    data: z.record(z.string().min(1).max(64), z.string().max(65_536)).default({}).describe("the template's fields"),
  })
  .describe('a message to one person')

export const deliveryState = z.enum(DELIVERY_STATES)

export const messageId = z.strictObject({ id: z.string().regex(/^[1-9]\d{0,14}-[1-9]\d{0,8}$/) })

export const message = z.strictObject({
  id: z.string(),
  state: deliveryState.describe('accepted: by the relay; what a bounce says later is bounced'),
  reply: z.string().nullable().describe("the relay's last words"),
  createdAt: time,
  changedAt: time,
})

const fault = z.strictObject({
  rule: z.string(),
  part: z.enum(['html', 'text', 'header']),
  excerpt: z.string().describe("the letter's own words, the fault inside ⟦ ⟧"),
  link: z.string().nullable(),
  why: z.string(),
  remedy: z.string(),
})

/** A fault of a template: its line and certainty would lead nobody anywhere. */
export const faultOf = ({ rule, part, excerpt, link, why, remedy }: Fault): z.infer<typeof fault> => ({
  rule,
  part,
  excerpt,
  link,
  why,
  remedy,
})

export const templates = z.strictObject({
  templates: z.array(
    z.strictObject({
      name: z.string(),
      language: z.string().nullable().describe('of its file name; null: the one for all others'),
      fields: z.array(z.strictObject({ name: z.string(), needed: z.boolean().describe('it has no default') })),
      verdict: z.enum(['sound', 'refused']),
      why: z.string().nullable().describe('where it cannot be read at all'),
      faults: z.array(fault),
    }),
  ),
})

export const status = z.strictObject({
  running: z.boolean(),
  waits: z.string().nullable().describe("what stands in the worker's way"),
  since: time.nullable().describe('its last sign of life; null: it never ran, or was ended'),
  resting: z
    .array(
      z.strictObject({
        receiver: z.string().describe('a mail domain that stands for its family'),
        why: z.string(),
        since: time,
        until: time.nullable().describe('when it goes on by itself; null: gll resume --receiver lets it'),
      }),
    )
    .describe('receivers that refused too much: mail of mailings to them waits'),
})

export const mailingId = z.strictObject({ id: z.coerce.number().int().positive() })
export const mailingsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) })
export const whyBody = z.strictObject({ why: line(500).describe('kept in the record') })

export const mailing = z.strictObject({
  mailing: z.int(),
  kind: z.string(),
  subject: z.string(),
  state: z.enum(['scheduled', 'proving', 'running', 'held', 'done', 'cancelled']),
  why: z.string().nullable().describe('of a mailing that is held or cancelled'),
  corrects: z.int().nullable().describe('of a corrigendum: the mailing that it corrects'),
  audience: z.int(),
  counts: z.record(z.string(), z.int()).describe('readers by state; they add up to the audience'),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
})
export const mailings = z.strictObject({ mailings: z.array(mailing) })

export const links = z.strictObject({
  links: z.array(z.strictObject({ url: z.string(), state: z.string(), holders: z.int() })),
})

export const afterQuery = z.strictObject({ after })
export const holdersQuery = z.strictObject({
  link: line(2_048).describe('as gll links shows it'),
  after,
})
export const holders = z.strictObject({
  holders: z.array(
    z.strictObject({ n: z.int(), address: z.string(), state: deliveryState }).describe('n: of the delivery'),
  ),
  after: next,
})
export const uncertain = z.strictObject({
  uncertain: z.array(z.strictObject({ n: z.int(), address: z.string(), at: time, why: z.string().nullable() })),
  after: next,
})
export const reportQuery = z.strictObject({ format: z.enum(['md', 'html']).default('md') })

export const checkQuery = z.strictObject({
  content: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('the content alone, no look'),
})
const found = fault.extend({ certainty: z.enum(['certain', 'suspected']), line: z.int().nullable() })
export const checked = z.strictObject({
  file: z.string(),
  verdict: z.enum(['sound', 'refused']),
  faults: z.array(found),
  warnings: z.array(found).describe('a warning never refuses'),
  links: z.array(
    z.strictObject({
      url: z.string(),
      verdict: z.enum(['alive', 'dead', 'unsure']).nullable(),
      status: z.int().nullable(),
      finalUrl: z.string().nullable(),
      why: z.string(),
    }),
  ),
})
