import { pino, type Logger } from "pino";

export type { Logger };

/** Keys whose values never reach a log line, at the top level and one level down. */
const SECRET_KEYS = ["authorization", "token", "password", "key", "data", "stringData", "headers"];

/** The process's root logger: JSON lines on standard output. Parts take a child of it. */
export function createLogger(options: { level: string }): Logger {
  return pino({
    level: options.level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: "[redacted]" },
  });
}

/** A logger that says nothing, for tests and dry runs. */
export const silentLogger: Logger = pino({ level: "silent" });
