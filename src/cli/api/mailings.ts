/** How mailings stand, for programs. */
import type { Ledger } from '../../ledger/index.ts'
import { htmlOf, markdownOf, reportOn } from '../../publishing/index.ts'
import type { ApiTools, MailingView } from '../../web/index.ts'
import { isQuiet } from '../ledger.ts'
import { type Behind, nameOf } from './behind.ts'

type MailingTools = Pick<
  ApiTools,
  'status' | 'mailings' | 'mailing' | 'links' | 'holders' | 'uncertain' | 'report' | 'stop' | 'veto'
>

export function mailingTools({ config, ledger, now }: Behind): MailingTools {
  return {
    status: async () => {
      const beat = await ledger.heartbeat({ name: 'worker' })
      const running = beat !== null && !isQuiet(beat, now())
      return {
        running,
        waits: (running && beat.note) || null,
        since: beat && beat.at > 0 ? beat.at : null,
        resting: await ledger.restingReceivers({ now: now() }),
      }
    },
    mailings: async (limit) =>
      await Promise.all((await ledger.mailings({ limit })).map((mailing) => viewOf(ledger, mailing))),
    mailing: async (id) => {
      const mailing = await ledger.mailing({ id })
      return mailing && mailing.state !== 'publishing' ? await viewOf(ledger, mailing) : null
    },
    links: async (mailing) =>
      (await ledger.linkLines({ mailing })).map(({ href, state, holders }) => ({ url: href, state, holders })),
    holders: async (mailing, href, after) => await ledger.holdersOf({ mailing, href, after }),
    uncertain: async (mailing, after) => await ledger.uncertain({ mailing, after }),
    report: async (mailing, format) => {
      const report = await reportOn({ ledger, config }, mailing)
      if (!report) throw new Error(`mailing ${mailing} is gone`)
      return format === 'html' ? htmlOf(report) : markdownOf(report, null)
    },
    stop: async (how, mailing, why, caller) => {
      const was =
        how === 'hold' ? await ledger.hold({ mailing, why }) : await ledger.cancel({ mailing, why, now: now() })
      if (was === null) return null
      const done = STOPPABLE[how].includes(was)
      if (done) await ledger.audit({ at: now(), who: nameOf(caller), what: how, mailing, detail: why })
      return done
    },
    veto: async (corrigendum, caller) => {
      const was = await ledger.veto({ corrigendum, who: nameOf(caller), now: now() })
      return was === 'scheduled' || was === 'held'
    },
  }
}

/** The states that `hold` and `cancel` act on. */
const STOPPABLE: Readonly<Record<'hold' | 'cancel', readonly string[]>> = {
  hold: ['running', 'scheduled', 'proving', 'held'],
  cancel: ['publishing', 'scheduled', 'proving', 'running', 'held'],
}

async function viewOf(ledger: Ledger, mailing: Awaited<ReturnType<Ledger['mailings']>>[number]): Promise<MailingView> {
  const { id, kind, subject, state, stateWhy, corrects, audience, startedAt, finishedAt } = mailing
  const counts = await ledger.counts({ mailing: id })
  return { mailing: id, kind, subject, state, why: stateWhy, corrects, audience, counts, startedAt, finishedAt }
}
