/** The worker's log: one JSON object a line on standard error. Relays like to quote addresses; none gets through here. */
import pino, { type Logger } from 'pino'

const ADDRESS = /[^\s<>(),;:[\]]*@[^\s<>(),;:[\]]*/gu

export const withoutAddresses = (text: string): string => text.replace(ADDRESS, '(address)')

export const openLog = (level: string): Logger =>
  pino(
    {
      level,
      base: { pid: process.pid },
      formatters: {
        log: (facts) =>
          Object.fromEntries(
            Object.entries(facts).map(([name, fact]) => [
              name,
              typeof fact === 'string' ? withoutAddresses(fact) : fact,
            ]),
          ),
      },
    },
    pino.destination({ fd: 2, sync: true }),
  )
