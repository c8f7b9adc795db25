/** The rules of what looks say, as README's table shows them beside those of missing links. Names are stable. */
import type { Rule } from './missing.ts'

export const LOOK_RULES = {
  'dead-link': {
    what: 'a link that is dead',
    why: 'readers who press it get nothing, or not what they were promised: not found, no such host, a certificate that browsers reject, a private address, a deep link that lands on the home page',
    example: 'https://www.example.org/report.pdf → 404 Not Found',
    remedy: 'correct the address, or take the link out',
    certainty: 'certain',
    vouchable: false,
  },
  'unsure-link': {
    what: 'a link that nobody can be sure of',
    why: 'the site turned us away (401, 403, 429, a login), failed, or did not answer in time: before a mail leaves, that is no yes',
    example: 'https://www.example.org/members → 403 Forbidden',
    remedy: 'try again in a while; if readers can open the page, a named person may vouch for this link',
    certainty: 'suspected',
    vouchable: true,
  },
  'link-could-be-better': {
    what: 'a link that works and could be better (a warning: it never refuses)',
    why: 'for instance http where the same page is there by https',
    example: 'http://www.example.org/ where https answers too',
    remedy: 'change the address, or leave it: this is no fault',
    certainty: 'suspected',
    vouchable: true,
  },
} as const satisfies Record<string, Rule>
