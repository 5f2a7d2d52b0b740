import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addedYears } from "../calendar/holidays/added-years.ts";
import { holidayTable, type HolidayTable } from "../calendar/holidays/holiday-table.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Runnable } from "../runtime/manager.ts";

/** The kubelet brings a changed ConfigMap into the pod within about a minute; a look at a few small files costs nothing. */
const EVERY_MS = 30_000;

export interface HolidayFilesOptions {
  /** A folder with a file for each country, such as `CN.yaml`, or `DE-BY.yaml` for a part of one. */
  dir: string;
  clock: Clock;
  log: Logger;
  /** Called when the years have become others. */
  onChange: (table: HolidayTable) => void;
}

type FileText = { text: string } | { unreadable: string };
type FileTexts = Readonly<Record<string, FileText>>;

/**
 * Holiday years from a mounted ConfigMap, beside those that are built in or in their place, and read again when they
 * change. What cannot be used is told in the log and left out: its years are then as unknown as they were before.
 */
export class HolidayFiles implements Runnable {
  readonly name = "holidays";
  readonly #options: HolidayFilesOptions;
  /** What was read last, to see a change. */
  #text: string;
  #table: HolidayTable;

  /** Reads the folder once, so that the first decision knows its years. */
  constructor(options: HolidayFilesOptions) {
    this.#options = options;
    const files = this.#read();
    this.#text = JSON.stringify(files);
    this.#table = this.#tableOf(files);
  }

  get table(): HolidayTable {
    return this.#table;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#look();
      await this.#options.clock.sleep(EVERY_MS, signal).catch(() => undefined);
    }
  }

  #look(): void {
    const files = this.#read();
    const text = JSON.stringify(files);
    if (text === this.#text) return;
    this.#text = text;
    this.#table = this.#tableOf(files);
    this.#options.onChange(this.#table);
  }

  /** By file name its text, or why there is none. Synchronous: it is memory that the kubelet has written. */
  #read(): FileTexts {
    const { dir } = this.#options;
    try {
      // The kubelet keeps the versions of a ConfigMap in folders whose names begin with two dots.
      const names = readdirSync(dir).filter((name) => !name.startsWith("."));
      return Object.fromEntries(names.toSorted().map((name) => [name, textOf(join(dir, name))]));
    } catch (error) {
      return { "": { unreadable: (error as Error).message } };
    }
  }

  #tableOf(files: FileTexts): HolidayTable {
    const { dir, log } = this.#options;
    const texts = Object.entries(files).flatMap(([name, file]) => ("text" in file ? [{ name, text: file.text }] : []));
    const { added, problems } = addedYears(texts);
    for (const [file, found] of Object.entries(files)) {
      if ("unreadable" in found) log.warn({ dir, file, message: found.unreadable }, "holidays left out");
    }
    for (const problem of problems) log.warn({ dir, ...problem }, "holidays left out");
    const years = Object.fromEntries([...added].map(([code, of]) => [code, of.map(({ year }) => year)]));
    log.info({ dir, years }, "holiday years read");
    return holidayTable(added);
  }
}

function textOf(path: string): FileText {
  try {
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    return { unreadable: (error as Error).message };
  }
}
