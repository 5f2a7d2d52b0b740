import * as s from "./schema.ts";

/** Fields that several kinds share. */

/** Where a date comes from; a better source wins over a worse one. */
export type Grade = "Published" | "Computed" | "Provisional";

export const gradeField = s.choice(
  "How sure the dates are. Published: given by the authority. Computed: from the rule, not confirmed. Provisional: a guess.",
  ["Published", "Computed", "Provisional"],
);

/** Below zero until the operator has seen the object, so that no tool takes an unseen object for a ready one. */
export const observedGenerationField = s.withDefault(
  -1,
  s.integer("The metadata.generation that this status is about; -1 until the operator has seen the object.", {
    format: "int64",
  }),
);

/** A value of the user's that cannot be used. One bad entry never hides the others, so these come in lists. */
export interface Problem {
  /** Path of the field, for example `spec.scaling.schedules[office-hours].timeZone`. */
  field: string;
  /** The value as the user wrote it. */
  value: string;
  /** What is wrong with it and what to write instead. */
  message: string;
}
