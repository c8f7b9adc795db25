/** What a command gives: its exit code. 0 done, 1 failed, 2 refused, 3 misconfigured. */
export type Exit = 0 | 1 | 2 | 3
