/** The letters of the demo: one that lost its links in eight ways, one with a dead page, one that is sound. */

export const PAGES = {
  '/': 'Learning network for quality of care',
  '/report': 'Synthesis report on listening in health services',
  '/report-new-address': 'Synthesis report on listening in health services',
  '/stories': 'Stories from eleven countries',
  '/toolkit': 'Toolkit for ward rounds',
  '/register': 'Join the network',
} as const

const front = (subject: string, more = ''): string => `---
subject: ${subject}
list: members
language: en
defaults: { name: Colleague }
${more}---
Dear {{name}},
`

/** Every way in which a letter can say "here" and have no "there". */
export const damaged = (): string => `${front('Two new reports on listening to patients')}
Last spring we asked our members how they listen to patients. You can now read the summary of their answers here:

The network held four meetings on the subject. They were a chance to

- collect stories from several countries [ on ward rounds,
- try out a training programme [ module for outpatient clinics.

A toolkit goes with the report. Click here [ to open the toolkit.

- If you are not a member yet, please sign up here:
- If you are a member, open the page of the group by pressing the Group [ tab.

To find out more, visit:

For questions, write to:
`

/** All links are there, one leads nowhere. */
export const withDeadPage = (site: string): string => `${front('Two new reports on listening to patients')}
You can now read the [synthesis report](${site}/report) and the [annex](${site}/annex-that-was-never-there).

[Join the network](${site}/register) to see all of it.
`

/** The letter that is sent: \`instead\` says where to send readers if the report's page dies. */
export const sound = (site: string): string => `${front(
  'Two new reports on listening to patients',
  `links:
  ${site}/report: { instead: [${site}/report-new-address] }
`,
)}
Last spring we asked our members how they listen to patients. More than two hundred answered. You can now read the
[synthesis report](${site}/report).

The network held four meetings on the subject. They were a chance to

- collect [stories from eleven countries](${site}/stories),
- try out a [toolkit for ward rounds](${site}/toolkit).

If you are not a member yet, please [join the network](${site}/register).
`

/** A short one, whose pages live to the end. */
export const shortLetter = (site: string): string => `${front('One more thing')}
You can now read the [stories from eleven countries](${site}/stories).

If you are not a member yet, please [join the network](${site}/register).
`
