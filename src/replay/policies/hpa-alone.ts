import type { Policy } from "../policy.ts";

/** The HPA with nothing beside it. */
export const hpaAlone: Policy = { name: "HPA alone", begin: () => ({ look: () => ({}) }) };
