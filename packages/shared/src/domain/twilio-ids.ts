import { z } from 'zod';

/** Twilio's identifier of one message: `SM` or `MM` and 32 hexadecimal digits. The key everything is deduplicated by. */
export const MessageSid = z
  .string()
  .regex(/^[A-Z]{2}[0-9a-fA-F]{32}$/)
  .brand('MessageSid');
export type MessageSid = z.infer<typeof MessageSid>;
