import { z } from 'zod';

export const commandSchema = z.strictObject({
  command: z
    .string()
    .min(1)
    .max(1000)
    .describe('one line as the ctl file takes it, such as `spawn tiny 10` or `strategy p2c`'),
});
