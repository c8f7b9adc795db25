/** The child of `checkTool`: judges one letter with the configuration of its parent, answers, and ends. */
import { readConfig } from '../../config.ts'
import { judged, judgedBytes, openBench } from '../check.ts'
import type { Order } from './check.ts'

process.once('message', async ({ file, bytes, content, deadline }: Order) => {
  await using bench = openBench(readConfig(), { content, deadline })
  const { report } = await judged(file, () => judgedBytes(bench, file, bytes))
  process.send?.(report, () => process.disconnect())
})
