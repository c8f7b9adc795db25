/** A person's yes to how many people something goes to. */
import { Complaint } from '../complaint.ts'
import { askPerson, say } from './terminal.ts'

/** They type the number that they have read; a script gives it with --yes. */
export async function confirmed(people: number, yes: string | undefined): Promise<boolean> {
  const typed = yes ?? (await askPerson(`type ${people} to send to them, anything else to stop: `))
  if (typed === null) {
    throw new Complaint('nobody is at the keyboard to confirm the number of people', {
      remedy: `in a script, give it: --yes ${people}`,
      exit: 3,
    })
  }
  if (typed.replace(/[\s,.]/g, '') === String(people)) return true
  say(`${yes === undefined ? 'stopped' : `--yes ${yes} is not ${people}`}: nothing was sent`)
  return false
}
