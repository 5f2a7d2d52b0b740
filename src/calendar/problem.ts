import type { Problem } from "../api/v1alpha1/fields.ts";
import { CalendarError } from "./calendar-error.ts";

/** What `read` throws about a value, as a list: empty when it can be read. Other errors than CalendarErrors pass through. */
export function problemOf(field: string, value: string, read: (value: string) => unknown): Problem[] {
  try {
    read(value);
    return [];
  } catch (error) {
    if (error instanceof CalendarError) return [{ field, value, message: error.message }];
    throw error;
  }
}
