/** The time-outs of people, scaled down: no look in these tests waits for much more than a second. */
export const QUICK = {
  allow: ['127.0.0.0/8', '::1'],
  pause: 0,
  connectTimeout: 1_000,
  answerTimeout: 2_000,
  visitTimeout: 1_000,
  nameTimeout: 400,
  retries: 1,
  backoff: 20,
  retryAfterCap: 2_500,
} as const
