/** What was found about one thing. `note`: a fact, neither good nor bad. `unknown`: nobody could tell just now. */
export interface Diagnosis {
  readonly topic: Topic
  /** The domain, host, selector or address it is about. */
  readonly about: string
  readonly state: 'good' | 'note' | 'unknown' | 'warning' | 'fault'
  readonly says: string
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null
}

export type Topic =
  | 'spf'
  | 'dkim'
  | 'dmarc'
  | 'mail domains'
  | 'reverse name'
  | 'unsubscribe page'
  | 'relay'
  | 'role addresses'
  | 'reports'
  | 'clock'
  | 'listings'
  | 'list id'

type State = Diagnosis['state']

/** Diagnoses of one topic about one thing, without saying both each time. */
export function examiner(topic: Topic, about: string) {
  const say = (state: State, says: string, remedy: string | null = null): Diagnosis => ({
    topic,
    about,
    state,
    says,
    remedy,
  })
  return {
    good: (says: string) => say('good', says),
    note: (says: string) => say('note', says),
    unknown: (says: string, remedy = 'run it again; where it stays so, ask the name server in RESOLVER') =>
      say('unknown', says, remedy),
    warning: (says: string, remedy: string) => say('warning', says, remedy),
    fault: (says: string, remedy: string) => say('fault', says, remedy),
  }
}
